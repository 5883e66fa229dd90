"""What libraries call an op, and how an op is found by any of its names."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.errors import UnknownOpError
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.structure import StructuralOp

AnyOp = Op | StructuralOp

LIBRARIES = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy", "scipy": "SciPy"}

_SHORT = {"torch.nn.functional.": "F.", "numpy.": "np.", "jax.numpy.": "jnp."}


def called(op: AnyOp) -> dict[str, tuple[str, ...]]:
    """The op's dotted names in each library that has it.

    Example:
        >>> called(registry.get("sigmoid"))["SciPy"]
        ('scipy.special.expit',)
    """
    also = getattr(op, "also", None)
    every = getattr(also, "every", None)
    found = every() if every is not None else _first_names(op)
    grouped = {
        word: tuple(dict.fromkeys(n for n in found if n.split(".")[0] == library))
        for library, word in LIBRARIES.items()
    }
    return {word: names for word, names in grouped.items() if names}


def _first_names(op: AnyOp) -> tuple[str, ...]:
    also = getattr(op, "also", op)
    return tuple(name for library in LIBRARIES if (name := getattr(also, library, None)))


def pages() -> list[AnyOp]:
    """Every op that has a page: all that the package ships, but what only serves inside others."""
    elementwise = [
        op for op in registry.all_ops()
        if not op.name.endswith("_example") and "auxiliary" not in op.tags
    ]  # fmt: skip
    names = {op.name for op in elementwise}
    return [*elementwise, *(op for op in structure.all_structural() if op.name not in names)]


def find(name: str) -> AnyOp:
    """The op that a name means: its own, an alias, or a library's.

    Args:
        name: "sigmoid", "torch.special.entr", "F.gelu", "np.arctan2", "Tensor.softmax".

    Raises:
        UnknownOpError: nothing is called that; names the nearest.

    Example:
        >>> find("torch.special.entr").name, find("torch.linalg.solve").name
        ('entr', 'solve')
    """
    wanted = name.strip().removesuffix("()")
    exact = _by_name().get(wanted) or _by_name().get(_full(wanted))
    found = exact or _by_table(wanted) or registry.resolve(wanted) or structure.find(wanted)
    found = found or _loose(wanted)
    if found is None:
        near = difflib.get_close_matches(_last(wanted), sorted(_by_last()), n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UnknownOpError(f"no op is called {name!r}{hint} (derivc ops lists all)")
    return found


@lru_cache(maxsize=8)
def _index(count: int) -> tuple[dict[str, AnyOp], dict[str, AnyOp]]:
    """Ops by their names and by the last word of them; `count` ops are declared."""
    exact: dict[str, AnyOp] = {}
    last: dict[str, AnyOp] = {}
    for op in pages():
        for name in every_name(op):
            exact.setdefault(name, op)
            last.setdefault(_last(name), op)
    return exact, last


def _declared() -> int:
    return len(registry.all_ops()) + len(structure.all_structural())


def _by_name() -> dict[str, AnyOp]:
    return _index(_declared())[0]


def _by_last() -> dict[str, AnyOp]:
    return _index(_declared())[1]


def every_name(op: AnyOp) -> Iterator[str]:
    """All names of an op: its own, aliases, the libraries', and short ways to write these."""
    yield from (op.name, *op.aliases)
    for names in called(op).values():
        for name in names:
            yield name
            yield from (s + name[len(f) :] for f, s in _SHORT.items() if name.startswith(f))


def _full(name: str) -> str:
    """A dotted name with its first word written out."""
    for full, short in (*_SHORT.items(), ("torch.Tensor.", "Tensor.")):
        if name.startswith(short):
            return full + name[len(short) :]
    return name


def _by_table(name: str) -> AnyOp | None:
    """By the table of the libraries' names, where it is there: calls, methods, graph nodes."""
    try:
        table = import_module("derivc.reference.table")
    except ImportError:
        return None
    found: tuple[AnyOp, ...] = table.find(name)
    return found[0] if found else None


def _loose(name: str) -> AnyOp | None:
    """By the last word of a dotted name: a method, or a module that moved."""
    first = name.split(".", maxsplit=1)[0]
    known = first in (*LIBRARIES, "np", "jnp", "F", "nn", "Tensor", "special", "linalg", "math")
    return _by_last().get(_last(name)) if "." in name and known else None


def _last(name: str) -> str:
    return name.partition("(")[0].rpartition(".")[2].lower()

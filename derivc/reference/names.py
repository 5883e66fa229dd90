"""What libraries call an op, and how an op is found by any of its names."""

from __future__ import annotations

from collections.abc import Iterator

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.errors import UnknownOpError
from derivc.ops import registry, structure
from derivc.reference import table
from derivc.reference.table import AnyOp

LIBRARIES = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy", "scipy": "SciPy"}

_SHORT = {"torch.nn.functional.": "F.", "numpy.": "np.", "jax.numpy.": "jnp."}


def called(op: AnyOp) -> dict[str, tuple[str, ...]]:
    """The op's dotted names in each library that has it.

    Example:
        >>> called(registry.get("sigmoid"))["SciPy"]
        ('scipy.special.expit',)
    """
    grouped = {
        word: tuple(n for n in dict.fromkeys(op.also.every(library)) if ".ops." not in n)
        for library, word in LIBRARIES.items()
    }
    return {word: names for word, names in grouped.items() if names}


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
    found = table.find(name)
    if not found:
        near = table.search(name, limit=1)
        hint = f"; did you mean {near[0][0]!r}?" if near else ""
        raise UnknownOpError(f"no op is called {name!r}{hint} (derivc ops lists all)")
    return found[0]


def every_name(op: AnyOp) -> Iterator[str]:
    """All names of an op: its own, aliases, the libraries', and short ways to write these."""
    yield from (op.name, *op.aliases)
    for names in called(op).values():
        for name in names:
            yield name
            yield from (s + name[len(f) :] for f, s in _SHORT.items() if name.startswith(f))

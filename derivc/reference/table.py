"""The table of names: what PyTorch, JAX, NumPy and SciPy call every op, and the op behind a name.

Every name stands in the op's declaration; here they are brought together and looked up, as people
write them: `F.gelu(approximate="tanh")`, `nn.GELU`, `x.clamp_`, `aten::mm`, `<MulBackward0>`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.names import spelled_out
from derivc.ops.structure import StructuralOp

AnyOp = Op | StructuralOp

_PLACES = (
    "torch", "torch.nn.functional", "torch.Tensor", "torch.special", "torch.linalg", "torch.nn",
    "torch.fft", "torch.ops.aten", "jax.numpy", "jax.nn", "jax.scipy.special", "jax.lax", "numpy",
    "numpy.linalg", "scipy.special", "scipy.linalg",
)  # fmt: skip
"""Where a name without a library is looked for, in this order."""

_LIBRARIES = {"torch", "jax", "numpy", "scipy", "math", "x", "tensor", "input", "self"}
_ATEN = {"special": "torch.special", "linalg": "torch.linalg", "fft": "torch.fft"}


def every_op() -> tuple[AnyOp, ...]:
    """All ops, elementwise and structural, those of docstrings' examples left out."""
    found: list[AnyOp] = [*registry.all_ops(), *structure.all_structural()]
    return tuple(op for op in found if not op.name.endswith("_example"))


@cache
def _index(declared: int) -> dict[str, tuple[AnyOp, ...]]:
    """The ops by every name; a call with an argument stands under its function too, behind it."""
    plain: dict[str, list[AnyOp]] = {}
    called: list[tuple[str, AnyOp]] = []
    for op in every_op():
        for name in dict.fromkeys((op.name, *op.aliases, *op.also.every())):
            plain.setdefault(name, []).append(op)
            if "(" in name:
                called.append((name.partition("(")[0], op))
    for name, op in called:
        plain.setdefault(name, []).append(op)
    return {name: tuple(dict.fromkeys(ops)) for name, ops in plain.items()}


def names() -> dict[str, tuple[AnyOp, ...]]:
    """Every declared name with the ops behind it, sorted by name.

    Example:
        >>> [op.name for op in names()["torch.special.expit"]]
        ['sigmoid']
    """
    return dict(sorted(_whole().items()))


def _whole() -> dict[str, tuple[AnyOp, ...]]:
    return _index(len(every_op()))


def find(name: str) -> tuple[AnyOp, ...]:
    """The ops that a name means, the likeliest first; none where it means none.

    Args:
        name: as PyTorch, JAX, NumPy, SciPy or derivc write it, with or without the module, as a
            function, a method, a method in place, a module, a call with arguments, an operator of
            ATen, or the name of a node of PyTorch's graph.

    Example:
        >>> [op.name for op in find("F.gelu(approximate='tanh')")]
        ['gelu_tanh']
        >>> [op.name for op in find("x.clamp_")], [op.name for op in find("AddmmBackward0")]
        (['clamp'], ['addmm'])
    """
    text = re.sub(r"\s+", "", name.strip(" `")).replace('"', "'").removesuffix("()")
    if operator := _OPERATOR.fullmatch(text):
        return of_aten(operator[1])
    if node := _NODE.fullmatch(text):
        return of_aten(_snake(node[1])) or find(_snake(node[1]))
    index = _whole()
    return next((index[key] for key in _readings(text) if key in index), ())


_OPERATOR = re.compile(r"(?:torch\.ops\.)?aten(?:::|\.)(\w+)(?:\.\w+)?")
_NODE = re.compile(r"<?(?:\w+\.)*(\w+)Backward\d*(?:object.*)?>?")


def of_aten(name: str) -> tuple[AnyOp, ...]:
    """The ops behind an operator of ATen, such as `special_entr`; only by declared names."""
    base = name.partition(".")[0]
    first, _, rest = base.partition("_")
    inside = [f"{_ATEN[first]}.{rest}"] if first in _ATEN else []
    places = ("torch.ops.aten", "torch", "torch.Tensor", "torch.nn.functional")
    index = _whole()
    keys = [*(f"{place}.{base}" for place in places), *inside]
    return next((index[key] for key in keys if key in index), ())


def _readings(name: str) -> Iterator[str]:
    """What a name may stand for, from the closest reading to the widest."""
    base, bracket, arguments = name.partition("(")
    for place in _spellings(base):
        if bracket:
            yield from _calls(place, arguments.removesuffix(")"))
        yield place


def _calls(name: str, arguments: str) -> Iterator[str]:
    """A call with one of its arguments, with the value and without."""
    for argument in arguments.split(","):
        yield f"{name}({argument})"
        yield f"{name}({argument.partition('=')[0]})"


def _spellings(base: str) -> Iterator[str]:
    """A name written out; then its last part wherever it may stand; then without its underscore."""
    yield spelled_out(base)
    head, _, last = base.rpartition(".")
    yield from (f"{place}.{last}" for place in _PLACES if head and place.startswith(head))
    known = spelled_out(base).partition(".")[0].lower() in _LIBRARIES
    if not head or known:
        yield from (f"{place}.{last}" for place in _PLACES)
        yield last
    if last.endswith("_") and not last.startswith("_"):
        yield from _spellings(base[:-1])


def _snake(name: str) -> str:
    """`LogSoftmax` as `log_softmax`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def search(words: str, limit: int = 20) -> list[tuple[str, AnyOp]]:
    """Names that are, hold, or look like the words, each with its op: the closest first.

    Example:
        >>> [name for name, _ in search("softm", 3)]
        ['softmax', 'softmin', 'torch.nn.SoftMarginLoss']
    """
    wanted = spelled_out(words.strip().lower())
    found = [(words.strip(), op) for op in find(words)]
    every = [(name, op) for name, ops in _whole().items() for op in ops]
    holding = [(name, op) for name, op in every if wanted in name.lower()]
    found += sorted(holding, key=lambda pair: (_rank(pair[0], wanted), len(pair[0]), pair[0]))
    for near in difflib.get_close_matches(wanted, [name for name, _ in every], n=limit, cutoff=0.7):
        found += [(near, op) for op in _whole()[near]]
    first = {op: (name, op) for name, op in reversed(found)}
    return [first[op] for op in dict.fromkeys(op for _, op in found)][:limit]


def _rank(name: str, wanted: str) -> int:
    last = name.rpartition(".")[2].lower()
    return 0 if last == wanted else 1 if last.startswith(wanted) else 2

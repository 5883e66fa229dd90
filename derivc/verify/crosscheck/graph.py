"""Functions of tensors: derivc's graph beside PyTorch's, values, gradients and second order.

The same function is written once, against a namespace, or twice, for each of the two. The leaves
are the arrays of `inputs`; the gradient is that of the output weighted by numbers drawn once, and
second order is the derivative of the gradient along drawn vectors. Where the two differ by more
than rounding, one-sided differences of the function itself say which is right.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, final

import numpy as np

from derivc.errors import DerivcError, InputTypeError
from derivc.options import check_choice
from derivc.verify.crosscheck.distance import distance, relative
from derivc.verify.crosscheck.peers.reverse import said
from derivc.verify.crosscheck.peers.torch import TorchPeer
from derivc.verify.crosscheck.records import CrosscheckReport, Finding, Row

_FOLDERS = {"derivc": ("derivc",), "torch": ("torch", "torch.nn.functional", "torch.special")}
_MANY = 1e3
_STEPS = (1e-4, 1e-5)
_CLOSE = 1e-4
_MOST = 4

Arrays = list[Any]


@final
class Library:
    """The functions of a library by name, PyTorch's folders searched in turn.

    Args:
        name: "derivc" or "torch".

    Example:
        >>> Library("derivc").softplus(0.0) > 0.69
        True
    """

    def __init__(self, name: str):
        self.__name__ = name
        self._folders = [import_module(folder) for folder in _FOLDERS[name]]

    def __getattr__(self, name: str) -> Any:
        for folder in self._folders:
            found = getattr(folder, name, None)
            if found is not None:
                return found
        raise InputTypeError(f"{self.__name__} has no function {name!r}")


@final
@dataclass(frozen=True)
class Results:
    """What one side gave: by result's name, an array; by order, why it has none."""

    arrays: dict[str, Any]
    missing: dict[int, str]


def of_tensors(
    function: Callable[..., Any],
    inputs: Any,
    torch: Callable[..., Any] | None = None,
    order: int = 2,
    dtype: str = "float64",
    seed: int = 0,
) -> CrosscheckReport:
    """Compare a function of derivc's tensors with the same function of PyTorch's.

    Args:
        function: of derivc's tensors, one per input; or, when `torch` is left out, a function of a
            namespace and the tensors, `lambda F, x: F.softmax(x, -1).sum()`, which both run.
        inputs: the leaves: an array, several in a list, or by name in a mapping.
        torch: the function of PyTorch's tensors.
        order: 0, 1 or 2. dtype: "float64" or "float32". seed: of the weights and vectors.

    Returns:
        A report as of `crosscheck`: one row per result, over its elements.

    Raises:
        InputTypeError: the inputs are no arrays of numbers.

    Example:
        >>> import pytest
        >>> torch = pytest.importorskip("torch")
        >>> of_tensors(lambda F, x: F.softmax(x, -1)[0], [[1.0, 2.0]]).ok
        True
    """
    check_choice("dtype", dtype, ("float64", "float32"))
    names, arrays = _leaves(inputs, dtype)
    ours = _function(function, "derivc", len(arrays), torch is None)
    draw = _Draw(seed, arrays)
    title = getattr(function, "__name__", "function")
    size = sum(a.size for a in arrays)
    if TorchPeer().missing:
        skipped = {"torch": TorchPeer().missing}
        return CrosscheckReport(title, names, size, dtype, order, (), (), (), skipped)
    theirs = _function(torch or function, "torch", len(arrays), torch is None)
    found = {"derivc": _asked(_OURS, ours, arrays, draw, order, names),
             "torch": _asked(_THEIRS, theirs, arrays, draw, order, names)}  # fmt: skip
    referee = Referee(ours, arrays, draw, names)
    rows = tuple(_rows(found["derivc"], found["torch"], referee))
    return CrosscheckReport(title, names, size, dtype, order, rows)


def _leaves(inputs: Any, dtype: str) -> tuple[tuple[str, ...], Arrays]:
    if isinstance(inputs, Mapping):
        names, given = tuple(map(str, inputs)), list(inputs.values())
    else:
        several = isinstance(inputs, list | tuple) and not all(np.ndim(x) == 0 for x in inputs)
        nested = several and len({np.shape(x) for x in inputs}) == 1 and isinstance(inputs[0], list)
        given = list(inputs) if several and not nested else [inputs]
        names = tuple(f"x{i}" for i in range(len(given))) if len(given) > 1 else ("x",)
    try:
        arrays = [np.array(x, dtype) for x in given]
    except (TypeError, ValueError):
        raise InputTypeError(f"inputs must be arrays of numbers, got {inputs!r}") from None
    return names, arrays


def _function(
    function: Callable[..., Any], library: str, count: int, shared: bool
) -> Callable[..., Any]:
    """The function of tensors; one written against a namespace is given it."""
    if not shared:
        return function
    try:
        inspect.signature(function).bind(None, *range(count))
    except TypeError:
        raise InputTypeError(
            "a function that both libraries run takes their namespace first, as in"
            f" lambda F, {', '.join('xyzuvw'[:count])}: F.exp(x); or give torch=... as well"
        ) from None
    namespace = Library(library)
    return lambda *leaves: function(namespace, *leaves)


@final
class _Draw:
    """Weights of the output and vectors of second order: the same for both sides."""

    def __init__(self, seed: int, arrays: Arrays):
        self.seed = seed
        source = np.random.default_rng(seed)
        self.vectors = [_short(source, a) for a in arrays]

    def weights(self, like: Any) -> Any:
        """One weight per number of the output; 1 for a single one."""
        if like.size == 1:
            return np.ones_like(like)
        return _short(np.random.default_rng(self.seed + 1), like)


def _short(source: Any, like: Any) -> Any:
    """Binary fractions near 1, exact in every type."""
    return (1 + source.integers(-16, 16, like.shape) / 32).astype(like.dtype)


@final
@dataclass(frozen=True)
class _Side:
    """How a library makes leaves and constants, and differentiates."""

    library: str

    def leaf(self, array: Any) -> Any:
        return import_module(self.library).tensor(array, requires_grad=True)

    def constant(self, array: Any) -> Any:
        return import_module(self.library).tensor(array)

    def grad(self, total: Any, leaves: list[Any], keep: bool) -> Any:
        grad = import_module(self.library).autograd.grad
        return grad(total, leaves, create_graph=keep, allow_unused=True)


_OURS, _THEIRS = _Side("derivc"), _Side("torch")


def _asked(
    side: _Side, function: Any, arrays: Arrays, draw: _Draw, order: int, names: Sequence[str]
) -> Results:
    """Values, gradients and second order of one side; what fails is said."""
    found: dict[str, Any] = {}
    missing: dict[int, str] = {}
    try:
        leaves = [side.leaf(a) for a in arrays]
        output = function(*leaves)
        found["value"] = _plain(output)
        if order:
            weights = side.constant(draw.weights(found["value"]))
            slopes = _gradients(side, (output * weights).sum(), leaves, order > 1)
            found |= _named("d/d{}", names, slopes, arrays)
        if order > 1:
            along = _along(side, slopes, leaves, draw)
            found |= _named("(Hv)[{}]", names, along, arrays)
    except Exception as problem:  # noqa: BLE001  whatever a library raises is its answer
        level = 0 if "value" not in found else 1 if len(found) == 1 else 2
        missing = dict.fromkeys(range(level, order + 1), said(problem))
    return Results(found, missing)


def _gradients(side: _Side, total: Any, leaves: list[Any], keep: bool) -> Any:
    if not total.requires_grad:
        return [None] * len(leaves)
    return side.grad(total, leaves, keep)


def _along(side: _Side, slopes: Any, leaves: list[Any], draw: _Draw) -> Any:
    """The derivative of the gradient along the vectors."""
    terms = [
        (g * side.constant(v)).sum() for g, v in zip(slopes, draw.vectors, strict=True)
        if g is not None and g.requires_grad
    ]  # fmt: skip
    if not terms:
        return [None] * len(leaves)
    return _gradients(side, sum(terms[1:], terms[0]), leaves, False)


def _named(form: str, names: Sequence[str], gradients: Any, arrays: Arrays) -> dict[str, Any]:
    """The gradients by their results' names, as arrays; zeros where there is none."""
    every = zip(names, gradients, arrays, strict=True)
    return {form.format(n): np.zeros_like(a) if g is None else _plain(g) for n, g, a in every}


def _plain(tensor: Any) -> Any:
    if not hasattr(tensor, "detach"):
        raise InputTypeError(f"the function must return a tensor, got {type(tensor).__name__}")
    detached = tensor.detach()
    is_torch = type(tensor).__module__.startswith("torch")
    return np.array(detached.numpy(force=True) if is_torch else detached.numpy())


def _rows(ours: Results, theirs: Results, referee: Referee) -> list[Row]:
    rows = []
    for name, mine in ours.arrays.items():
        if name in theirs.arrays:
            rows.append(_row(name, mine, theirs.arrays[name], referee))
    for who, side in (("derivc", ours), ("torch", theirs)):
        for order, why in side.missing.items():
            what = ("value", "first order", "second order")[order]
            note = f"not available{' in derivc' * (who == 'derivc')}: {why}"
            rows.append(Row("torch", what, order, 0, 0.0, 0.0, (), note))
    return rows


def _row(name: str, mine: Any, theirs: Any, referee: Referee) -> Row:
    order = 0 if name == "value" else 1 if name.startswith("d/") else 2
    if mine.shape != theirs.shape:
        text = f"the shapes differ: derivc {mine.shape}, torch {theirs.shape}"
        nan = float("nan")
        finding = Finding("wrong", "", 1, text, (), nan, nan, nan, nan, nan)
        return Row("torch", name, order, mine.size, np.inf, np.inf, (finding,))
    a, b = mine.ravel(), theirs.astype(mine.dtype).ravel()
    apart = distance(a, b)
    scale = float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0))
    slack = _MANY * np.finfo(mine.dtype).eps * scale
    with np.errstate(all="ignore"):
        differing = np.flatnonzero((apart > 0) & ~(np.abs(a - b) <= slack))
    findings = [referee.finding(name, int(k), float(a[k]), float(b[k])) for k in differing[:_MOST]]
    return Row(
        "torch", name, order, mine.size, float(np.max(relative(a, b), initial=0.0)),
        float(np.max(apart, initial=0.0)), _merged(findings, len(differing)),
    )  # fmt: skip


def _merged(findings: list[Finding], count: int) -> tuple[Finding, ...]:
    kinds = {(f.kind, f.blame): f for f in reversed(findings)}
    if len(kinds) == 1:
        from dataclasses import replace

        return tuple(replace(f, points=count) for f in kinds.values())
    return tuple(findings)


@final
class Referee:
    """Says by differences of derivc's values which of two gradients is right.

    Args:
        function: of derivc's tensors. arrays: the leaves. draw: the weights. names: of the leaves.
    """

    def __init__(self, function: Any, arrays: Arrays, draw: _Draw, names: Sequence[str]):
        self.function, self.draw, self.names = function, draw, names
        self.arrays = [np.asarray(a, np.float64) for a in arrays]

    def finding(self, name: str, k: int, mine: float, theirs: float) -> Finding:
        """Why element k of a result differs."""
        nan = float("nan")
        low, high = self._slopes(name, k)
        if name == "value":
            kind, blame, cause = "wrong", "", "the two functions have different values"
        elif np.isnan(low) or np.isnan(high):
            kind, blame, cause = "unknown", "", "differences cannot tell"
        elif abs(high - low) > _CLOSE * max(1.0, abs(high), abs(low)):
            kind, blame, cause = self._kink(low, high, mine, theirs)
        else:
            kind, blame, cause = self._judged((low + high) / 2, mine, theirs)
        place = f"element {k} of {name}"
        return Finding(kind, blame, 1, f"{cause} ({place})", (), mine, theirs, nan, nan, nan)

    def _kink(self, low: float, high: float, mine: float, theirs: float) -> tuple[str, str, str]:
        sides = f"one-sided slopes {low:.6g} and {high:.6g}"
        ends = sorted((low, high))
        for who, slope in (("derivc", mine), ("torch", theirs)):
            if not np.isnan(slope) and not ends[0] - _CLOSE <= slope <= ends[1] + _CLOSE:
                return "wrong", who, f"{who} {slope:.6g} is not between the {sides}"
        return "kink", "", f"a kink: {sides}"

    def _judged(self, true: float, mine: float, theirs: float) -> tuple[str, str, str]:
        said = f"differences say {true:.6g}"
        off = {who: not abs(x - true) <= _CLOSE * max(1.0, abs(true))
               for who, x in (("derivc", mine), ("torch", theirs))}  # fmt: skip
        if off["torch"] and np.isnan(theirs) and not off["derivc"]:
            return "branch", "torch", f"torch has no number; {said}"
        guilty = [who for who, is_off in off.items() if is_off]
        if guilty:
            return "wrong", guilty[0] if len(guilty) == 1 else "", f"{' and '.join(guilty)}: {said}"
        return "cancellation", "", f"both agree with differences, {said}"

    def _slopes(self, name: str, k: int) -> tuple[float, float]:
        """The slopes to both sides of one element; of second order, at two steps."""
        measure = {"d": self._one_sided, "(": self._along}.get(name[0])
        if measure is None:
            return np.nan, np.nan
        leaf = self.names.index(name[3:] if name[0] == "d" else name[5:-1])
        try:
            (low, high), (near_low, near_high) = (measure(leaf, k, h) for h in _STEPS)
        except DerivcError:
            return np.nan, np.nan
        if name[0] == "(":
            agree = abs(near_low - low) <= _CLOSE * max(1.0, abs(low))
            return (low, low) if agree else (np.nan, np.nan)
        return (10 * near_low - low) / 9, (10 * near_high - high) / 9

    def _along(self, leaf: int, k: int, size: float) -> tuple[float, float]:
        """The second difference by one element and along the vectors, twice."""
        at, h = self.arrays[leaf].ravel()[k], 10 * size
        signs = [(a, b) for a in (1, -1) for b in (1, -1)]
        corners = [self._total(leaf, k, at + a * h, b * h) * a * b for a, b in signs]
        slope = sum(corners) / (4 * h * h)
        return slope, slope

    def _one_sided(self, leaf: int, k: int, size: float) -> tuple[float, float]:
        at = self.arrays[leaf].ravel()[k]
        h = size * max(1.0, abs(at))
        low, middle, high = (self._total(leaf, k, at + s * h) for s in (-1, 0, 1))
        return (middle - low) / h, (high - middle) / h

    def _total(self, leaf: int, k: int, number: float, along: float = 0.0) -> float:
        arrays = [a.copy() for a in self.arrays]
        arrays[leaf].reshape(-1)[k] = number
        arrays = [a + along * v for a, v in zip(arrays, self.draw.vectors, strict=True)]
        value = _plain(self.function(*[_OURS.constant(a) for a in arrays]))
        return float(np.sum(value * self.draw.weights(value)))

"""What is measured about a structural op: value and cotangents against 60 digits and PyTorch.

The true cotangent is a central difference of the op in 60 digits; it knows no rule. Errors are in
ulp of the largest number of the result, since single numbers may be zero.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from derivc.errors import UnsupportedError
from derivc.ops import structure
from derivc.ops.shorthand import mpmath
from derivc.ops.structure import StructuralOp
from derivc.reference.records import exact
from derivc.reference.records.cases import arrays, case_of

_DRAWS = 3
_STEP = 20
_FAILURES = (TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RuntimeError,
             NotImplementedError, KeyError, AssertionError)  # fmt: skip

Columns = dict[str, list[Any]]
"""The value and each cotangent as flat arrays, one array per draw."""


def measured(op: StructuralOp) -> dict[str, Any]:
    """The record of a structural op.

    Returns:
        `call`: the expression; `worst` and `torch`: by "value", "cotangent of a", ...; `without`:
        why there is no truth, or no PyTorch, to compare with.

    Raises:
        UnsupportedError: there is neither. Whatever the call raises where derivc refuses it.
    """
    text, words = case_of(op.name)
    draws = [arrays(op.name, words, seed) for seed in range(_DRAWS)]
    ours = _gathered([by_derivc(text, given) for given in draws])
    record: dict[str, Any] = {"call": text, "arrays": list(words), "worst": {}, "torch": {}}
    record["without"] = {}
    truth = _tried(record, "truth", lambda given: _truth(text, given), draws)
    theirs = None
    if op.torch is None:
        record["without"]["torch"] = "PyTorch has no such function"
    else:
        theirs = _tried(record, "torch", lambda given: by_torch(text, given), draws)
    if truth is None and theirs is None:
        raise UnsupportedError(f"{text}: nothing to compare with: {record['without']}")
    for label, column in ours.items():
        if truth is not None:
            record["worst"][label] = _worst(text, column, truth[label])
        if theirs is not None:
            record["torch"][label] = _tally(column, theirs[label], truth and truth[label])
    return record


def _tried(
    record: dict[str, Any], who: str, call: Callable[[Any], dict[str, Any]], draws: Sequence[Any]
) -> Columns | None:
    """One side's results for every draw; None, with the reason in the record, where it fails."""
    try:
        return _gathered([call(given) for given in draws])
    except _FAILURES as problem:
        record["without"][who] = f"{type(problem).__name__}: {problem}".splitlines()[0]
        return None


def attempt(make: Any) -> Any:
    """What a function gives, or None where it fails."""
    try:
        return make()
    except _FAILURES:
        return None


def _gathered(draws: Sequence[dict[str, Any]]) -> Columns:
    return {label: [draw[label] for draw in draws] for label in draws[0]}


def _labels(given: Sequence[Any]) -> list[str]:
    return [f"cotangent of {name}" for name in "abc"[: len(given)]]


def _weights(size: int, ones: bool = False) -> Any:
    """The cotangent of the output: numbers of both signs, or ones."""
    if ones:
        return np.ones(size)
    return np.array([math.cos(1.7 * k + 0.3) + 0.25 for k in range(size)])


def _scope(space: Any, given: Sequence[Any], integers: Any) -> dict[str, Any]:
    return {"F": space, "I": integers, **dict(zip("abc", given, strict=False))}


def by_derivc(text: str, given: Sequence[Any], ones: bool = False) -> dict[str, Any]:
    """Value and cotangents by derivc's tensors; `ones` is the cotangent of the output."""
    from derivc.tensor.create import tensor
    from derivc.tensor.namespace import RECORDED

    leaves = [tensor(array, requires_grad=True) for array in given]
    result = eval(text, _scope(RECORDED, leaves, np.array))  # noqa: S307  our own text
    seed = _weights(result.numel(), ones).reshape(result.shape)
    result.backward(tensor(seed))
    found = {"value": result.detach().numpy().ravel()}
    for label, leaf in zip(_labels(given), leaves, strict=True):
        found[label] = _flat(None if leaf.grad is None else leaf.grad.numpy(), leaf.shape)
    return found


def _flat(gradient: Any, shape: Any) -> Any:
    return np.zeros(shape).ravel() if gradient is None else np.asarray(gradient).ravel()


def _truth(text: str, given: Sequence[Any]) -> dict[str, Any]:
    """The same in 60 digits, cotangents by central differences."""
    mp = mpmath()
    with mp.workdps(exact.DIGITS):
        space = exact.namespace()
        numbers = [exact.lifted(array) for array in given]
        value = _result(text, space, numbers)
        found = {"value": value}
        weights = exact.lifted(_weights(value.size))
        for i, label in enumerate(_labels(given)):
            found[label] = _differences(text, space, numbers, i, weights)
        return found


def _result(text: str, space: Any, numbers: Sequence[Any]) -> Any:
    found = np.asarray(eval(text, _scope(space, numbers, np.array)), dtype=object)  # noqa: S307
    return found.ravel()


def _differences(text: str, space: Any, numbers: list[Any], index: int, weights: Any) -> Any:
    """The cotangent of one array, number by number.

    Raises:
        ArithmeticError: two steps disagree: somewhere inside precision was lost.
    """
    found = np.empty(numbers[index].size, object)
    for k in range(found.size):
        slopes = [
            _slope(text, space, numbers, (index, k), weights, digits) for digits in (_STEP, 15)
        ]
        if abs(slopes[0] - slopes[1]) > 1e-18 * (1 + abs(slopes[0])):
            raise ArithmeticError(f"{text}: the difference quotients do not agree")
        found[k] = slopes[0]
    return found


def _slope(
    text: str, space: Any, numbers: list[Any], at: tuple[int, int], weights: Any, digits: int
) -> Any:
    index, k = at
    step = mpmath().mpf(10) ** -digits
    ends = []
    for sign in (1, -1):
        moved = numbers[index].copy()
        moved.reshape(-1)[k] += sign * step
        given = [moved if i == index else n for i, n in enumerate(numbers)]
        ends.append((weights * _result(text, space, given)).sum())
    return (ends[0] - ends[1]) / (2 * step)


def by_torch(text: str, given: Sequence[Any], ones: bool = False) -> dict[str, Any]:
    """The same by PyTorch.

    Raises:
        RuntimeError: PyTorch is not installed, or lacks one of the functions.
    """
    try:
        import torch
    except ImportError as problem:
        raise RuntimeError("PyTorch is not installed") from problem

    leaves = [torch.tensor(array, requires_grad=True) for array in given]
    result = eval(text, _scope(_torch_names(), leaves, torch.tensor))  # noqa: S307  our own text
    result.backward(torch.tensor(_weights(result.numel(), ones).reshape(tuple(result.shape))))
    found = {"value": result.detach().numpy().ravel()}
    for label, leaf in zip(_labels(given), leaves, strict=True):
        found[label] = _flat(None if leaf.grad is None else leaf.grad.numpy(), tuple(leaf.shape))
    return found


def _torch_names() -> Any:
    """PyTorch's functions under derivc's names."""
    names = {}
    for op in structure.all_structural():
        if op.torch is not None:
            found: Any = importlib.import_module("torch")
            for part in op.torch.split(".")[1:]:
                found = getattr(found, part, None)
            names[op.name] = found
    return SimpleNamespace(**{**names, **_otherwise()})


def _otherwise() -> dict[str, Any]:
    """What PyTorch calls in another way, or only with arguments by name."""
    import torch

    functions: Any = torch.nn.functional
    return {
        "solve_triangular": lambda a, b, upper: torch.linalg.solve_triangular(a, b, upper=upper),
        "constant_pad": lambda x, widths, value: functions.pad(x, widths, value=value),
        "put_at": _written,
    }


def _written(x: Any, index: Any, value: Any) -> Any:
    """A copy with numbers written at an index."""
    found = x.clone()
    found[index] = value
    return found


def _scale(numbers: Any) -> Any:
    return max([abs(x) for x in numbers] or [0]) or 1


def _errors(column: Any, truth: Any) -> float:
    """The largest error in ulp of the largest number."""
    mp = mpmath()
    worst = max([abs(mp.mpf(float(c)) - t) for c, t in zip(column, truth, strict=True)] or [0])
    return float(worst / _scale(truth) * 2**53)


def _worst(text: str, columns: Sequence[Any], truths: Sequence[Any]) -> dict[str, Any]:
    errors = [_errors(c, t) for c, t in zip(columns, truths, strict=True)]
    return {"ulp": max(errors), "at": text, "points": sum(len(c) for c in columns)}


def _tally(columns: Sequence[Any], others: Sequence[Any], truths: Any) -> dict[str, Any]:
    """How many numbers are equal to PyTorch's within 16 ulp of the largest; else who is nearer."""
    tally = {"points": 0, "equal": 0, "ours_nearer": 0, "theirs_nearer": 0}
    for draw, (ours, theirs) in enumerate(zip(columns, others, strict=True)):
        unit = float(_scale(theirs)) * 2.0**-53
        for k, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            tally["points"] += 1
            if abs(a - b) <= 16 * unit:
                tally["equal"] += 1
            elif truths is not None:
                nearer = abs(a - truths[draw][k]) < abs(b - truths[draw][k])
                tally["ours_nearer" if nearer else "theirs_nearer"] += 1
    return tally

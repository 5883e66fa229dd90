"""ATen operations along dimensions: sums, extremes, norms, running sums, order."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.capture import elements as el
from derivc.capture.torch.state import state
from derivc.capture.unknown import places
from derivc.symbolic.tracing import elementwise, ordering
from derivc.symbolic.tracing.array import TracedArray
from derivc.symbolic.tracing.scalar import is_tracer

Function = Callable[..., Any]


def _over(function: Function) -> Function:
    """A reduction with PyTorch's arguments."""

    def reduce(x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        state.reducing(x)
        return el.reduced(function, x, dim, keepdim)

    return reduce


def _extreme(function: Function) -> Function:
    """`max` and `min`: of all elements, or along a dimension together with the places."""

    def reduce(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if dim is None:
            return el.reduced(function, x)
        found = el.reduced(function, x, dim, keepdim)
        return found, places(found.shape)

    return reduce


def _moments(x: Any, dim: Any, correction: Any, keep: bool) -> Any:
    def variance(items: Sequence[Any]) -> Any:
        middle = el.mean(items)
        squares = el.total((item - middle) ** 2 for item in items)
        return el.divide(squares, max(float(len(items) - correction), 0.0))

    return el.reduced(variance, x, dim, keep)


def _var(x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
         correction: Any = None) -> Any:  # fmt: skip
    return _moments(x, dim, _correction(unbiased, correction), keepdim)


def _correction(unbiased: Any, correction: Any) -> Any:
    if correction is not None:
        return correction
    return 1 if unbiased is None or unbiased else 0


def _std(*args: Any, **named: Any) -> Any:
    return el.each(_root, _var(*args, **named))


def _root(value: Any) -> Any:
    """A square root with slope 0 at 0, as PyTorch's norms and deviations have it."""
    if not is_tracer(value):
        return math.sqrt(value) if value >= 0 else math.nan
    return elementwise.choose(value > 0, elementwise.sqrt(value), 0.0)


def _norm(
    x: Any, order: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Any:
    state.reducing(x)
    p = 2 if order is None else order
    return el.reduced(lambda items: _length(items, float(p)), x, dim, keepdim)


def _length(items: Sequence[Any], p: float) -> Any:
    """The p-norm of elements."""
    if p == 2:
        return el.root_of_squares(items)
    sizes = [abs(item) for item in items]
    if math.isinf(p):
        return el.largest(sizes) if p > 0 else el.smallest(sizes)
    if p == 0:
        return el.total(item != 0 for item in items)
    if p == 1:
        return el.total(sizes)
    return el.power(el.total(el.power(size, p) for size in sizes), 1 / p)


def _log_sum_exp(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return el.reduced(el.log_sum_exp, x, dim, keepdim)


def log_softmax(x: Any, dim: int, half_to_float: bool = False, **named: Any) -> Any:
    """The logarithm of `softmax`: x less the logarithm of the sum of exponentials."""
    state.reducing(x)
    return el.each(operator.sub, x, _log_sum_exp(x, dim, True)) if x.ndim else el.boxed(0.0)


def softmax(x: Any, dim: int, half_to_float: bool = False, **named: Any) -> Any:
    """The exponential of `log_softmax`; nothing overflows."""
    return el.mapped("exp")(log_softmax(x, dim))


def _running(function: Function) -> Function:
    return lambda x, dim, *, dtype=None: el.running(function, el.each(el.as_number, x), dim)


def _running_extreme(name: str) -> Function:
    def apply(x: Any, dim: int) -> Any:
        found = el.running(elementwise.function_of(name), x, dim)
        return found, places(found.shape)

    return apply


def _sorted(x: Any, dim: int = -1, descending: bool = False, **named: Any) -> Any:
    if not x.ndim:
        return x.copy(), places(())
    found = el.objects(ordering.sort(x.copy().view(TracedArray), axis=dim))
    found = np.flip(found, axis=dim) if descending else found
    return found, places(found.shape)


def _topk(x: Any, k: int, dim: int = -1, largest: bool = True, ordered: bool = True) -> Any:
    found = np.take(_sorted(x, dim, largest)[0], range(k), axis=dim)
    return found, places(found.shape)


def _kth(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    found = np.take(_sorted(x, dim)[0], [k - 1], axis=dim)
    found = found if keepdim else np.squeeze(found, axis=dim)
    return found, places(found.shape)


def _median(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The lower of the two values in the middle."""
    if dim is None:
        return _kth(x.reshape(-1), (x.size + 1) // 2)[0]
    return _kth(x, (x.shape[dim] + 1) // 2, dim, keepdim)


def _argument(x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    return places(el.reduced(lambda items: items[0], x, dim, keepdim).shape)


def _log_cumulative(x: Any, dim: int) -> Any:
    return el.running(el.op("logaddexp"), x, dim)


def _certain(x: Any) -> Any:
    """Whether all is as it should be: traced values are taken for valid ones."""
    return el.boxed(True)


TABLE: dict[str, Function] = {
    "sum": _over(el.total), "nansum": _over(el.total), "mean": _over(el.mean),
    "nanmean": _over(el.mean), "prod": _over(el.product), "amax": _over(el.largest),
    "amin": _over(el.smallest), "all": _over(el.every), "any": _over(el.some),
    "count_nonzero": _over(lambda items: el.total(item != 0 for item in items)),
    "max": _extreme(el.largest), "min": _extreme(el.smallest),
    "aminmax": lambda x, *, dim=None, keepdim=False: (
        el.reduced(el.smallest, x, dim, keepdim), el.reduced(el.largest, x, dim, keepdim)),
    "var": _var, "std": _std,
    "var_mean": lambda x, dim=None, *a, **k: (
        _var(x, dim, *a, **k), el.reduced(el.mean, x, dim, k.get("keepdim", False))),
    "std_mean": lambda x, dim=None, *a, **k: (
        _std(x, dim, *a, **k), el.reduced(el.mean, x, dim, k.get("keepdim", False))),
    "dist": lambda a, b, p=2: _norm(el.each(operator.sub, a, b), p), "linalg_vector_norm": _norm,
    "norm": _norm, "logsumexp": _log_sum_exp,
    "_log_softmax": log_softmax, "_softmax": softmax, "_is_all_true": _certain,
    "cumsum": _running(operator.add), "cumprod": _running(operator.mul),
    "logcumsumexp": _log_cumulative, "cummax": _running_extreme("maximum"),
    "cummin": _running_extreme("minimum"), "sort": _sorted, "topk": _topk, "kthvalue": _kth,
    "median": _median, "argmax": _argument, "argmin": _argument,
}  # fmt: skip

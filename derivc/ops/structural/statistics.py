r"""Statistics along dimensions: quantiles, modes, moments in pairs, differences."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from math import ceil, floor
from typing import Any

from derivc.errors import InputTypeError, OutOfRangeError
from derivc.ops.structural.axes import Dims
from derivc.ops.structural.reductions import Extremum
from derivc.ops.structural.selection import gathered_one, scattered_one
from derivc.ops.structure import composite, structural

Aminmax = namedtuple("Aminmax", ["min", "max"])  # noqa: PYI024  as PyTorch's results


def _at(xp: Any, x: Any, index: Any, dim: int, keepdim: bool) -> Extremum:
    values = xp.take_along_axis(x, index, axis=dim)
    both = (values, index)
    return Extremum(*(t if keepdim else xp.squeeze(t, axis=dim) for t in both))


def _mode(xp: Any, x: Any, dim: int = -1, keepdim: bool = False) -> Extremum:
    """The smallest of the most frequent numbers, at the last place where it stands."""
    if not x.ndim:
        return Extremum(x.copy(), xp.zeros((), int))
    last = xp.moveaxis(x, dim, -1)
    often = xp.sum(last[..., :, None] == last[..., None, :], axis=-1)
    best = often == xp.max(often, axis=-1, keepdims=True)
    value = xp.min(xp.where(best, last, xp.inf), axis=-1, keepdims=True)
    n = last.shape[-1]
    index = n - 1 - xp.argmax((last == value)[..., ::-1], axis=-1)[..., None]
    return _at(xp, x, xp.moveaxis(index, -1, dim), dim, keepdim)


structural(
    "mode", "The most frequent number along a dimension (the smallest of several), and where it is"
    " last.",
    forward=_mode, vjp=scattered_one, jvp=gathered_one, torch="torch.mode",
    definition=r"y = \text{the most frequent } x_i", formula=r"\bar{x}_{i^*} = \bar{y}",
    also="T.mode",
)  # fmt: skip


def _nanmedian(xp: Any, x: Any, dim: int = -1, keepdim: bool = False) -> Extremum:
    if not x.ndim:
        return Extremum(x.copy(), xp.zeros((), int))
    order = xp.argsort(x, axis=dim, kind="stable")  # NaN come last
    numbers = xp.sum(~xp.isnan(x), axis=dim, keepdims=True)
    place = xp.maximum(numbers - 1, 0) // 2
    return _at(xp, x, xp.take_along_axis(order, place, axis=dim), dim, keepdim)


structural(
    "nanmedian_along", "The median along a dimension (the lower of two) without NaN, and where it"
    " is.",
    forward=_nanmedian, vjp=scattered_one, jvp=gathered_one, torch="torch.nanmedian",
    definition=r"y = x_{i^*}, \quad \text{as many numbers below as above}",
    formula=r"\bar{x}_{i^*} = \bar{y}", also="T.nanmedian",
)  # fmt: skip


def _nanmedian_of(F: Any, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    if dim is None:
        return F.nanmedian_along(F.reshape(x, (-1,)), 0)[0]
    return F.nanmedian_along(x, dim, keepdim)


composite(
    "nanmedian", "The median without NaN: of all numbers, or along a dimension with its place.",
    _nanmedian_of, torch="torch.nanmedian",
    definition=r"y = x_{i^*}, \quad \text{as many numbers below as above}",
    formula=r"\bar{x}_{i^*} = \bar{y}",
)  # fmt: skip
composite(
    "std_mean", "The standard deviation and the mean over dimensions.",
    lambda F, x, dim=None, correction=1, keepdim=False: (
        F.std(x, dim, correction, keepdim), F.mean(x, dim, keepdim)
    ),
    torch="torch.std_mean", definition=r"s = \sqrt{\tfrac{1}{n - c} \textstyle\sum (x_i - \mu)^2},"
    r" \quad \mu = \tfrac{1}{n} \sum x_i",
    formula=r"\bar{x} = \bar{s}\,\frac{x - \mu}{(n - c)\, s} + \bar{\mu} / n",
    renamed={"axis": "dim", "keepdims": "keepdim", "unbiased": "correction"},
)  # fmt: skip
composite(
    "var_mean", "The variance and the mean over dimensions.",
    lambda F, x, dim=None, correction=1, keepdim=False: (
        F.var(x, dim, correction, keepdim), F.mean(x, dim, keepdim)
    ),
    torch="torch.var_mean", definition=r"v = \tfrac{1}{n - c} \textstyle\sum (x_i - \mu)^2, \quad"
    r" \mu = \tfrac{1}{n} \sum x_i",
    formula=r"\bar{x} = \bar{v}\,\frac{2 (x - \mu)}{n - c} + \bar{\mu} / n",
    renamed={"axis": "dim", "keepdims": "keepdim", "unbiased": "correction"},
)  # fmt: skip
composite(
    "aminmax", "The smallest and the largest number, of all or along a dimension.",
    lambda F, x, dim=None, keepdim=False: Aminmax(F.amin(x, dim, keepdim), F.amax(x, dim, keepdim)),
    torch="torch.aminmax", definition=r"y = \min_i x_i, \quad z = \max_i x_i",
    formula=r"\bar{x}_i = \bar{y}\,[x_i = y] / \#\{j : x_j = y\} + \bar{z}\,[x_i = z] / \#\{j : x_j"
    r" = z\}",
    also="T.aminmax",
)  # fmt: skip


def _nanmean(F: Any, x: Any, dim: Dims = None, keepdim: bool = False) -> Any:
    counted = F.sum(F.indicator(F.isnan(x), 0, 1, x), dim, keepdim)
    return F.nansum(x, dim, keepdim) / F.constant(counted)


composite(
    "nanmean", "The mean over dimensions of the numbers that are not NaN.", _nanmean,
    torch="torch.nanmean", definition=r"y = \tfrac{1}{n} \textstyle\sum_{x_i \text{ a number}} x_i",
    formula=r"\bar{x} = \bar{y}\,[x \text{ is a number}] / n",
    also="T.nanmean np.nanmean jnp.nanmean",
)  # fmt: skip
structural(
    "count_nonzero", "How many numbers are not zero, over dimensions.",
    forward=lambda xp, x, dim=None: xp.asarray(xp.count_nonzero(x, axis=dim)),
    vjp=lambda F, g, x: x * 0, jvp=lambda F, t, x, y_shape: F.zeros(y_shape, float),
    torch="torch.count_nonzero", definition=r"y = \#\{i : x_i \ne 0\}",
    formula=r"\bar{x} = 0: \text{the count does not change nearby}",
    also="T.count_nonzero np.count_nonzero jnp.count_nonzero",
)  # fmt: skip


_SHARES: dict[str, Callable[[float], float]] = {
    "linear": lambda place: place - floor(place),
    "midpoint": lambda place: 0.5 if place % 1 else 0.0,
    "lower": lambda place: 0.0,
    "higher": lambda place: 1.0,
    "nearest": lambda place: float(round(place) - floor(place)),
}
"""By the name of an interpolation: how much of the number above a place counts."""


def _quantile(
    F: Any,
    x: Any,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    interpolation: str = "linear",
) -> Any:
    lead = x.ndim
    flat = F.reshape(x, (-1,)) if dim is None else F.moveaxis(x, dim, -1)
    asked = F.constant(F.lift(q))
    found = [_one_quantile(F, flat, float(p), interpolation) for p in asked.reshape(-1).tolist()]
    if keepdim:
        found = [_widened(F, y, lead, dim) for y in found]
    return F.stack(found, 0) if asked.ndim else found[0]


def _widened(F: Any, y: Any, ndim: int, dim: int | None) -> Any:
    return F.reshape(y, (1,) * ndim) if dim is None else F.unsqueeze(y, dim)


def _one_quantile(F: Any, x: Any, q: float, interpolation: str) -> Any:
    """Between the two numbers of the sorted ones that surround the place q (n - 1)."""
    if not 0 <= q <= 1:
        raise OutOfRangeError(f"quantile: q lies between 0 and 1, got {q}")
    if interpolation not in _SHARES:
        raise InputTypeError(
            f"quantile: interpolation is one of {', '.join(_SHARES)}; got {interpolation!r}"
        )
    ordered, place = F.sort(x, -1)[0], q * (x.shape[-1] - 1)
    low, high = (F.select(ordered, -1, int(f(place))) for f in (floor, ceil))
    share = _SHARES[interpolation](place)
    return low + (high - low) * share


composite(
    "quantile", "The number below which a fraction of the numbers lies.",
    _quantile, torch="torch.quantile", tensors=["x"],
    definition=r"y = (1 - w)\, x_{(k)} + w\, x_{(k+1)}, \quad k + w = q (n - 1)",
    formula=r"\bar{x}_{(k)} = (1 - w) \bar{y}, \quad \bar{x}_{(k+1)} = w \bar{y}",
    also="T.quantile np.quantile jnp.quantile",
)  # fmt: skip


def _diff(F: Any, x: Any, n: int = 1, dim: int = -1) -> Any:
    for _ in range(n):
        last = x.shape[dim] - 1
        x = F.narrow(x, dim, 1, last) - F.narrow(x, dim, 0, last)
    return x


composite(
    "differences", "The differences of neighbours along a dimension, n times.", _diff,
    torch="torch.diff",
    definition=r"y_i = x_{i+1} - x_i", formula=r"\bar{x}_i = \bar{y}_{i-1} - \bar{y}_i",
    also="T.diff np.diff jnp.diff",
)  # fmt: skip


def _widths(F: Any, y: Any, x: Any, dx: Any, dim: int) -> Any:
    """The widths of the intervals along a dimension."""
    if x is None:
        return dx
    return (
        F.along(F.differences(x), dim % y.ndim, y.ndim) if x.ndim == 1 else F.differences(x, 1, dim)
    )


def _heights(F: Any, y: Any, dim: int) -> Any:
    n = y.shape[dim] - 1
    return (F.narrow(y, dim, 0, n) + F.narrow(y, dim, 1, n)) * 0.5


composite(
    "trapezoid", "The integral along a dimension by the trapezoidal rule.",
    lambda F, y, x=None, dx=1, dim=-1: F.sum(_heights(F, y, dim) * _widths(F, y, x, dx, dim), dim),
    torch="torch.trapezoid", tensors=["y", "x"],
    definition=r"z = \textstyle\sum_i \tfrac{1}{2} (y_i + y_{i+1}) (x_{i+1} - x_i)",
    formula=r"\bar{y}_i = \tfrac{1}{2} \bar{z} (x_{i+1} - x_{i-1}), \quad \bar{x}_i = \tfrac{1}{2}"
    r" \bar{z} (y_{i-1} - y_{i+1})",
    also="torch.trapz np.trapezoid jnp.trapezoid",
)  # fmt: skip
composite(
    "cumulative_trapezoid", "The running integral along a dimension by the trapezoidal rule.",
    lambda F, y, x=None, dx=1, dim=-1: F.cumsum(
        _heights(F, y, dim) * _widths(F, y, x, dx, dim), dim
    ),
    torch="torch.cumulative_trapezoid", tensors=["y", "x"],
    definition=r"z_k = \textstyle\sum_{i < k} \tfrac{1}{2} (y_i + y_{i+1}) (x_{i+1} - x_i)",
    formula=r"\text{as of trapezoid, with } \textstyle\sum_{k > i} \bar{z}_k \text{ for } \bar{z}",
)  # fmt: skip

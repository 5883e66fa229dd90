r"""Numbers picked by their order: sorted, the k-th, the median, running extrema.

The cotangent goes to where the number was.
"""

from __future__ import annotations

from typing import Any

from derivc.ops.structural.reductions import Extremum
from derivc.ops.structure import structural


def _scattered(F: Any, g: Any, x_shape: Any, y: Any, dim: int) -> Any:
    """Every cotangent at the place that its number came from."""
    return F.scatter_zeros(g[0], dim, y[1], x_shape) if x_shape else g[0]


def _gathered(F: Any, t: Any, x_shape: Any, y: Any, dim: int) -> Any:
    """The tangents of the numbers, where these came from."""
    return (F.gather(t, dim, F.constant(y[1])) if x_shape else t), None


def _sorted(xp: Any, x: Any, dim: int = -1, descending: bool = False) -> Any:
    if not x.ndim:
        return Extremum(x.copy(), xp.zeros((), int))
    order = xp.argsort(-x if descending else x, axis=dim, kind="stable")
    return Extremum(xp.take_along_axis(x, order, axis=dim), order)


structural(
    "sort", "The numbers in order along a dimension, and where they were.", forward=_sorted,
    vjp=_scattered, torch="torch.sort", jvp=_gathered,
    formula=r"\bar{x}_{\text{order}_i} = \bar{y}_i",
    also="T.sort np.sort jnp.sort",
    definition=r"y_i = x_{\text{order}_i}, \quad y_1 \le y_2 \le \dots",
    tangent=r"\dot{y}_i = \dot{x}_{\text{order}_i}",
)  # fmt: skip


def _topk(xp: Any, x: Any, k: int, dim: int = -1, largest: bool = True) -> Any:
    values, order = _sorted(xp, x, dim, largest)
    first = xp.arange(k)
    return Extremum(xp.take(values, first, axis=dim), xp.take(order, first, axis=dim))


structural(
    "topk", "The k largest (or smallest) numbers along a dimension, and where they are.",
    forward=_topk, vjp=_scattered, torch="torch.topk",
    jvp=_gathered, formula=r"\bar{x}_{\text{index}_i} = \bar{y}_i",
    also="T.topk",
    definition=r"y_i = \text{the } i\text{-th largest } x",
)  # fmt: skip


def _kth(xp: Any, x: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    values, order = _sorted(xp, x, dim)
    place = xp.array([k - 1])
    found = (xp.take(t, place, axis=dim) if x.ndim else t for t in (values, order))
    return Extremum(*(t if keepdim or not x.ndim else xp.squeeze(t, axis=dim) for t in found))


def scattered_one(F: Any, g: Any, x_shape: Any, y: Any, dim: int, keepdim: bool) -> Any:
    """The cotangent of one number along a dimension, where it came from."""
    if not x_shape:
        return g[0]
    both = (g[0], y[1])
    one, index = both if keepdim else (F.unsqueeze(t, dim) for t in both)
    return F.scatter_zeros(one, dim, F.constant(index), x_shape)


def gathered_one(F: Any, t: Any, x_shape: Any, y: Any, dim: int, keepdim: bool) -> Any:
    """The tangent of one number along a dimension, where it came from."""
    if not x_shape:
        return t, None
    index = y[1] if keepdim else F.unsqueeze(y[1], dim)
    found = F.gather(t, dim, F.constant(index))
    return (found if keepdim else F.squeeze(found, dim)), None


structural(
    "kthvalue", "The k-th smallest number along a dimension, and where it is.", forward=_kth,
    vjp=scattered_one, torch="torch.kthvalue", jvp=gathered_one, formula=r"\bar{x}_{i^*} = \bar{y}",
    also="T.kthvalue",
    definition=r"y = \text{the } k\text{-th smallest } x",
)  # fmt: skip


def _median(xp: Any, x: Any, dim: int = -1, keepdim: bool = False) -> Any:
    n = x.shape[dim] if x.ndim else 1
    return _kth(xp, x, (n + 1) // 2, dim, keepdim)


structural(
    "median_along", "The median along a dimension (the lower of two), and where it is.",
    forward=_median, vjp=scattered_one, torch="torch.median", jvp=gathered_one,
    formula=r"\bar{x}_{i^*} = \bar{y}",
    also="T.median",
    definition=r"y = x_{i^*}, \quad \text{as many numbers below as above}",
)  # fmt: skip


def _running(name: str) -> None:
    def forward(xp: Any, x: Any, dim: int) -> Any:
        values = getattr(xp, f"{name}imum").accumulate(x, axis=dim)
        n = x.shape[dim]
        places = xp.arange(n).reshape([-1 if i == dim % x.ndim else 1 for i in range(x.ndim)])
        latest = xp.where(x == values, places, -1)
        return Extremum(values, xp.maximum.accumulate(latest, axis=dim))

    structural(
        f"cum{name}", f"The running {name}imum along a dimension, and where it is.",
        forward=forward, vjp=_scattered, jvp=_gathered, torch=f"torch.cum{name}",
        formula=r"\bar{x}_i = \textstyle\sum \bar{y}_j \text{ over the } j \text{ with } i^*_j = i",
        definition=rf"y_j = \{name}_{{i \le j}} x_i", also=f"T.cum{name} lax.cum{name}",
    )  # fmt: skip


_running("max")
_running("min")

r"""Reductions: sums, products, extrema, moments and norms over dimensions.

`dim` is a dimension, several, or None for all; `keepdim` leaves them with extent 1.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.ops.structural.axes import Dims, axes, count, numpy_axis, restored, spread
from derivc.ops.structure import composite, structural

Extremum = namedtuple("Extremum", ["values", "indices"])  # noqa: PYI024  as PyTorch's results


def _reduce(name: str) -> Any:
    def forward(xp: Any, x: Any, dim: Dims = None, keepdim: bool = False) -> Any:
        return getattr(xp, name)(x, axis=numpy_axis(x.shape, dim), keepdims=keepdim)

    return forward


structural(
    "sum", "The sum over dimensions.", forward=_reduce("sum"), jvp="linear",
    formula=r"\bar{x} = \bar{y}",
    vjp=lambda F, g, x_shape, dim: spread(F, g, x_shape, dim), torch="torch.sum",
    also="T.sum np.sum jnp.sum",
    definition=r"y = \textstyle\sum_i x_i",
)  # fmt: skip


def _mean(xp: Any, x: Any, dim: Dims = None, keepdim: bool = False) -> Any:
    total = xp.sum(x, axis=numpy_axis(x.shape, dim), keepdims=keepdim)
    return xp.asarray(total / xp.asarray(count(x.shape, dim), total.dtype))


structural(
    "mean", "The mean over dimensions.", forward=_mean,
    vjp=lambda F, g, x_shape, dim: spread(F, g / count(x_shape, dim), x_shape, dim),
    jvp="linear", formula=r"\bar{x} = \bar{y} / n", torch="torch.mean",
    also="T.mean np.mean jnp.mean",
    definition=r"y = \tfrac{1}{n} \textstyle\sum_i x_i",
)  # fmt: skip
structural(
    "nansum", "The sum over dimensions, NaN counted as zero.", forward=_reduce("nansum"),
    vjp=lambda F, g, x, dim: spread(F, g, x.shape, dim) * F.indicator(F.isnan(x), 0, 1, x),
    jvp="summed", formula=r"\bar{x} = \bar{y}\,[x \text{ is a number}]", torch="torch.nansum",
    also="T.nansum np.nansum jnp.nansum",
    definition=r"y = \textstyle\sum_{x_i \text{ a number}} x_i",
)  # fmt: skip


def _others(F: Any, x: Any, dim: int) -> Any:
    """For every number along a dimension, the product of the others: right beside zeros too."""
    before = F.exclusive_cumprod(x, dim)
    after = F.flip(F.exclusive_cumprod(F.flip(x, dim), dim), dim)
    return before * after


def _prod_vjp(F: Any, g: Any, x: Any, y: Any, dim: Dims) -> Any:
    shape = tuple(x.shape)
    if not F.has_zero(x):
        return spread(F, g * y, shape, dim) / x
    if dim is None or not shape:
        flat = F.reshape(x, (-1,))
        return F.reshape(F.reshape(g, (1,)) * _others(F, flat, 0), shape)
    (axis,) = axes(shape, dim)
    return spread(F, g, shape, dim) * _others(F, x, axis)


structural(
    "prod", "The product over a dimension, or over all.", forward=_reduce("prod"), vjp=_prod_vjp,
    jvp="summed", numbers="holomorphic",
    formula=r"\bar{x}_i = \bar{y} \prod_{j \ne i} x_j", torch="torch.prod",
    also="T.prod np.prod jnp.prod",
    definition=r"y = \textstyle\prod_i x_i",
    tangent=r"\dot{y} = \textstyle\sum_i \dot{x}_i \prod_{j \ne i} x_j",
)  # fmt: skip


def _ties(F: Any, g: Any, x: Any, y: Any, dim: Dims) -> Any:
    """The cotangent split evenly over all numbers that attain the extremum."""
    shape = tuple(x.shape)
    mask = F.same(x, restored(F, y, shape, dim))
    return restored(F, g, shape, dim) * mask / F.sum(mask, axes(shape, dim) or None, True)


for _name, _word in (("amax", "largest"), ("amin", "smallest")):
    structural(
        _name, f"The {_word} number over dimensions; ties share the cotangent evenly.",
        forward=_reduce(_name), vjp=_ties, jvp="summed", torch=f"torch.{_name}",
        formula=r"\bar{x}_i = \bar{y}\,[x_i = y] / \#\{j : x_j = y\}",
        definition=rf"y = \{_name[1:]}_i x_i",
        also=f"T.{_name} np.{_name} jnp.{_name} np.{_name[1:]} jnp.{_name[1:]}",
    )  # fmt: skip


def _extremum(xp: Any, x: Any, dim: int, keepdim: bool, name: str) -> Any:
    index = getattr(xp, f"arg{name}")(x, axis=dim, keepdims=True)
    values = xp.take_along_axis(x, index, axis=dim) if x.ndim else x.copy()
    if keepdim or not x.ndim:
        return Extremum(values, index)
    return Extremum(xp.squeeze(values, axis=dim), xp.squeeze(index, axis=dim))


def _picked(F: Any, g: Any, x_shape: Any, y: Any, dim: int, keepdim: bool) -> Any:
    """The cotangent at the index that the forward pass returned."""
    g = g[0]
    if not x_shape:
        return g
    index = restored(F, y[1], x_shape, dim)
    return F.scatter_zeros(restored(F, g, x_shape, dim), dim, index, x_shape)


def _picked_jvp(F: Any, t: Any, x_shape: Any, y: Any, dim: int, keepdim: bool) -> Any:
    """The tangent at that index."""
    if not x_shape:
        return t, None
    found = F.gather(t, dim, F.constant(restored(F, y[1], x_shape, dim)))
    return (found if keepdim else F.squeeze(found, dim)), None


def _along(name: str) -> None:
    structural(
        f"{name}_along", f"The {name}imum along one dimension, and where it is.",
        forward=lambda xp, x, dim, keepdim=False: _extremum(xp, x, dim, keepdim, name),
        vjp=_picked, jvp=_picked_jvp, formula=r"\bar{x}_{i^*} = \bar{y}", torch=f"torch.{name}",
        definition=rf"y = \{name}_i x_i = x_{{i^*}}", also=f"T.{name}",
    )  # fmt: skip


_along("max")
_along("min")


def _first(x: Any, dim: Dims) -> Any:
    """The first number along the dimensions: taken off, it leaves exact zeros of equal numbers."""
    chosen = axes(tuple(x.shape), dim)
    return x[tuple(slice(0, 1) if i in chosen else slice(None) for i in range(x.ndim))]


def _var(xp: Any, x: Any, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> Any:
    axis, free = numpy_axis(x.shape, dim), count(x.shape, dim) - correction
    moved = x - _first(x, dim) if x.size else x
    centred = moved - _mean(xp, moved, dim, True)
    total = xp.sum(centred * xp.conj(centred), axis=axis, keepdims=keepdim).real
    return total / xp.asarray(max(free, 0), total.dtype)


def _centred(F: Any, x: Any, dim: Dims) -> Any:
    moved = x - _first(F.constant(x), dim) if 0 not in x.shape else x
    return moved - F.mean(moved, axes(tuple(x.shape), dim) or None, True)


def _var_vjp(F: Any, g: Any, x: Any, dim: Dims, correction: float) -> Any:
    free = count(tuple(x.shape), dim) - correction
    scale = restored(F, g, tuple(x.shape), dim) * (2 / free if free else float("nan"))
    return scale * _centred(F, x, dim)


structural(
    "var", "The variance over dimensions; `correction` is taken off the count.", forward=_var,
    vjp=_var_vjp, jvp="summed",
    formula=r"\bar{x} = \bar{y}\,\frac{2 (x - \mu)}{n - c}", torch="torch.var",
    renamed={"axis": "dim", "keepdims": "keepdim", "ddof": "correction", "unbiased": "correction"},
    also="T.var np.var(ddof=1) jnp.var(ddof=1)",
    definition=r"y = \tfrac{1}{n - c} \textstyle\sum_i (x_i - \mu)^2",
    tangent=r"\dot{y} = \tfrac{2}{n - c} \textstyle\sum_i (x_i - \mu) \dot{x}_i",
)  # fmt: skip


def _std_vjp(F: Any, g: Any, x: Any, y: Any, dim: Dims, correction: float) -> Any:
    free = count(tuple(x.shape), dim) - correction
    scale = F.over(g, y * free if free else y * float("nan"))
    return restored(F, scale, tuple(x.shape), dim) * _centred(F, x, dim)


structural(
    "std", "The standard deviation over dimensions; equal numbers have slope 0.",
    forward=lambda xp, x, dim=None, correction=1, keepdim=False: xp.sqrt(
        _var(xp, x, dim, correction, keepdim)
    ),
    vjp=_std_vjp, jvp="summed",
    formula=r"\bar{x} = \bar{y}\,\frac{x - \mu}{(n - c)\, y}", torch="torch.std",
    renamed={"axis": "dim", "keepdims": "keepdim", "ddof": "correction", "unbiased": "correction"},
    also="T.std np.std(ddof=1) jnp.std(ddof=1)",
    definition=r"y = \sqrt{\tfrac{1}{n - c} \textstyle\sum_i (x_i - \mu)^2}",
    tangent=r"\dot{y} = \tfrac{1}{(n - c) y} \textstyle\sum_i (x_i - \mu) \dot{x}_i",
)  # fmt: skip


def _norm(xp: Any, x: Any, ord: Any = 2, dim: Dims = None, keepdim: bool = False) -> Any:
    axis = numpy_axis(x.shape, dim)
    size = xp.abs(x if x.dtype.kind in "fc" else x.astype(float))
    top = xp.max(size, axis=axis, keepdims=True, initial=0.0)
    safe = xp.where((top == 0) | ~xp.isfinite(top), 1.0, top).astype(top.dtype)
    if ord in ("inf", float("inf")):
        return xp.max(size, axis=axis, keepdims=keepdim)
    if ord == -float("inf"):
        return xp.min(size, axis=axis, keepdims=keepdim)
    if ord == 0:
        return xp.sum(size != 0, axis=axis, keepdims=keepdim).astype(size.dtype)
    if ord == 1:
        return xp.sum(size, axis=axis, keepdims=keepdim)
    total = xp.sum((size / safe) ** ord, axis=axis, keepdims=keepdim) ** (1 / ord)
    scale = safe if keepdim else xp.reshape(safe, total.shape)
    return (total * scale).astype(size.dtype)


def _norm_vjp(F: Any, g: Any, x: Any, y: Any, ord: Any, dim: Dims) -> Any:
    shape = tuple(x.shape)
    size, g = restored(F, y, shape, dim), restored(F, g, shape, dim)
    if ord == 0:
        return x * 0
    if ord == 1:
        return g * F.sign(x)
    if ord in ("inf", float("inf"), -float("inf")):
        mask = F.same(F.abs(x), size)
        return g * F.sign(x) * mask / F.sum(mask, axes(shape, dim) or None, True)
    if ord == 2:
        return x * F.over(g, size)
    ratio = F.over(F.abs(x), size)
    return g * F.sign(x) * F.where(F.is_zero(x), 0 * ratio, ratio ** (ord - 1))


structural(
    "vector_norm", "The p-norm of the numbers over dimensions, without overflow on the way.",
    forward=_norm, vjp=_norm_vjp, torch="torch.linalg.vector_norm",
    jvp="summed",
    formula=r"\bar{x} = \bar{y}\,\operatorname{sgn}(x) (|x|/y)^{p-1}, \quad 0 \text{ at } 0",
    also="np.linalg.vector_norm jnp.linalg.vector_norm",
    definition=r"y = \bigl(\textstyle\sum_i |x_i|^p\bigr)^{1/p}",
    tangent=r"\dot{y} = \textstyle\sum_i \operatorname{sgn}(x_i) (|x_i|/y)^{p-1} \dot{x}_i",
)  # fmt: skip
composite(
    "norm", "The p-norm of the numbers over dimensions.",
    lambda F, x, p=2, dim=None, keepdim=False: F.vector_norm(
        x, 2 if p == "fro" else p, dim, keepdim
    ),
    torch="torch.norm", formula=r"\bar{x} = \bar{y}\,\operatorname{sgn}(x) (|x|/y)^{p-1}",
    renamed={"axis": "dim", "keepdims": "keepdim", "ord": "p"},
    also="linalg.norm T.norm np.linalg.norm jnp.linalg.norm",
    definition=r"y = \bigl(\textstyle\sum_i |x_i|^p\bigr)^{1/p}",
)  # fmt: skip


def _logsumexp(xp: Any, x: Any, dim: Dims = None, keepdim: bool = False) -> Any:
    axis = numpy_axis(x.shape, dim)
    top = xp.max(x, axis=axis, keepdims=True)
    safe = xp.where(xp.isfinite(top), top, 0).astype(x.dtype)
    total = xp.log(xp.sum(xp.exp(x - safe), axis=axis, keepdims=True)) + safe
    return total if keepdim else xp.reshape(total, xp.sum(x, axis=axis).shape)


structural(
    "logsumexp", "The logarithm of the sum of exponentials, without overflow on the way.",
    forward=_logsumexp, torch="torch.logsumexp",
    vjp=lambda F, g, x, y, dim: restored(F, g, tuple(x.shape), dim)
    * F.exp(x - restored(F, y, tuple(x.shape), dim)),
    jvp="summed",
    numbers="holomorphic",
    formula=r"\bar{x} = \bar{y}\, e^{x - y}",
    also="special.logsumexp T.logsumexp jax.nn.logsumexp jsp.special.logsumexp "
    "sp.special.logsumexp",
    definition=r"y = \log \textstyle\sum_i e^{x_i}",
    tangent=r"\dot{y} = \textstyle\sum_i e^{x_i - y} \dot{x}_i",
)  # fmt: skip


def _softmax(xp: Any, x: Any, dim: int = -1) -> Any:
    if not x.ndim:
        return xp.ones_like(x)
    raised = xp.exp(x - xp.max(x, axis=dim, keepdims=True, initial=-xp.inf))
    return raised / xp.sum(raised, axis=dim, keepdims=True)


structural(
    "softmax", "Exponentials divided by their sum.", forward=_softmax, torch="torch.softmax",
    vjp=lambda F, g, y, dim: y * (g - F.sum(g * y, dim if y.ndim else None, True)),
    jvp="symmetric",
    numbers="holomorphic",
    formula=r"\bar{x} = y \left(\bar{y} - \textstyle\sum \bar{y} y\right)",
    also="special.softmax F.softmax T.softmax nn.Softmax jax.nn.softmax jsp.special.softmax "
    "sp.special.softmax nn.Softmax2d aten._softmax aten._safe_softmax aten._masked_softmax",
    definition=r"y_i = e^{x_i} / \textstyle\sum_j e^{x_j}",
    tangent=r"\dot{y} = y \left(\dot{x} - \textstyle\sum y \dot{x}\right)",
)  # fmt: skip


def _log_softmax(xp: Any, x: Any, dim: int = -1) -> Any:
    if not x.ndim:
        return xp.zeros_like(x)
    lowered = x - xp.max(x, axis=dim, keepdims=True, initial=-xp.inf)
    return lowered - xp.log(xp.sum(xp.exp(lowered), axis=dim, keepdims=True))


structural(
    "log_softmax", "The logarithm of softmax.", forward=_log_softmax, torch="torch.log_softmax",
    vjp=lambda F, g, y, dim: g - F.exp(y) * F.sum(g, dim if y.ndim else None, True),
    jvp=lambda F, t, y, dim: t - F.sum(F.exp(y) * t, dim if y.ndim else None, True),
    numbers="holomorphic",
    formula=r"\bar{x} = \bar{y} - e^{y} \textstyle\sum \bar{y}",
    also="special.log_softmax F.log_softmax T.log_softmax nn.LogSoftmax jax.nn.log_softmax "
    "jsp.special.log_softmax sp.special.log_softmax aten._log_softmax",
    definition=r"y_i = x_i - \log \textstyle\sum_j e^{x_j}",
    tangent=r"\dot{y} = \dot{x} - \textstyle\sum e^{y} \dot{x}",
)  # fmt: skip
composite(
    "softmin", "Softmax of the negative.", lambda F, x, dim=-1: F.softmax(-x, dim),
    torch="torch.nn.functional.softmin",
    formula=r"\bar{x} = -y \left(\bar{y} - \textstyle\sum \bar{y} y\right)",
    also="nn.Softmin",
    definition=r"y_i = e^{-x_i} / \textstyle\sum_j e^{-x_j}",
)  # fmt: skip

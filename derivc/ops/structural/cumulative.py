r"""Running sums and products along a dimension."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite, structural


def _reversed_cumsum(F: Any, g: Any, dim: int) -> Any:
    return F.flip(F.cumsum(F.flip(g, dim), dim), dim)


structural(
    "cumsum", "The running sum along a dimension.", torch="torch.cumsum",
    forward=lambda xp, x, dim=0: xp.cumsum(x, axis=dim) if x.ndim else x.copy(),
    vjp=lambda F, g, dim: _reversed_cumsum(F, g, dim) if g.ndim else g,
    jvp="linear", formula=r"\bar{x}_i = \sum_{j \ge i} \bar{y}_j",
    also="T.cumsum T.cumsum_ np.cumsum jnp.cumsum lax.cumsum",
    definition=r"y_i = \textstyle\sum_{j \le i} x_j",
)  # fmt: skip


def _scan(xp: Any, a: Any, x: Any, dim: int) -> Any:
    """r_i = a_i + x_{i+1} r_{i+1}, from the last to the first."""
    a, x = xp.moveaxis(a, dim, 0), xp.moveaxis(x, dim, 0)
    found = xp.array(a)
    for i in range(len(a) - 2, -1, -1):
        found[i] += x[i + 1] * found[i + 1]
    return xp.moveaxis(found, 0, dim)


def _shifted(F: Any, x: Any, dim: int) -> Any:
    """The numbers one place on along a dimension, zero in the first place."""
    n = x.shape[dim]
    zero = F.narrow(x, dim, 0, min(1, n)) * 0
    return F.cat([zero, F.narrow(x, dim, 0, max(n - 1, 0))], dim)


def _scan_vjp(F: Any, g: Any, x: Any, y: Any, dim: int) -> Any:
    """The recurrence runs the other way: s_i = g_i + x_i s_{i-1}."""
    factors = _shifted(F, F.flip(x, dim), dim)
    total = F.flip(F.scan_back(F.flip(g, dim), factors, dim), dim)
    return total, y * _shifted(F, total, dim)


def _scan_factor_jvp(F: Any, t: Any, x: Any, y: Any, dim: int) -> Any:
    """r' follows the same recurrence, with t_{i+1} r_{i+1} added at every step."""
    added = F.flip(_shifted(F, F.flip(t * y, dim), dim), dim)
    return F.scan_back(added, x, dim)


structural(
    "scan_back", "The recurrence r_i = a_i + x_{i+1} r_{i+1}, backwards along a dimension.",
    forward=_scan, vjp=_scan_vjp, tensors=["a", "x"],
    jvp=(lambda F, t, x, dim: F.scan_back(t, x, dim), _scan_factor_jvp),
    numbers="holomorphic",
    formula=r"s_i = \bar{y}_i + x_i s_{i-1}, \quad \bar{a} = s, \quad \bar{x}_{i+1} = y_{i+1} s_i",
    definition="r_i = a_i + x_{i+1} r_{i+1}",
)  # fmt: skip


def _cumprod_jvp(F: Any, t: Any, x: Any, dim: int) -> Any:
    """s_i = t_i (the product before i) + x_i s_{i-1}: no division, so zeros do no harm."""
    if not t.ndim:
        return t
    added, factors = F.exclusive_cumprod(x, dim) * t, _shifted(F, F.flip(x, dim), dim)
    return F.flip(F.scan_back(F.flip(added, dim), factors, dim), dim)


def _cumprod_vjp(F: Any, g: Any, x: Any, y: Any, dim: int) -> Any:
    if not g.ndim:
        return g
    if not F.has_zero(x):
        return _reversed_cumsum(F, g * y, dim) / x
    return F.exclusive_cumprod(x, dim) * F.scan_back(g, x, dim)


structural(
    "cumprod", "The running product along a dimension.", torch="torch.cumprod",
    forward=lambda xp, x, dim=0: xp.cumprod(x, axis=dim) if x.ndim else x.copy(),
    vjp=_cumprod_vjp, jvp=_cumprod_jvp,
    numbers="holomorphic",
    formula=r"\bar{x}_i = \sum_{j \ge i} \bar{y}_j \prod_{k \le j, k \ne i} x_k",
    also="T.cumprod T.cumprod_ np.cumprod jnp.cumprod lax.cumprod",
    definition=r"y_i = \textstyle\prod_{j \le i} x_j",
    tangent=r"\dot{y}_i = \textstyle\sum_{j \le i} \dot{x}_j \prod_{k \le i, k \ne j} x_k",
)  # fmt: skip


def _exclusive(F: Any, x: Any, dim: int = 0) -> Any:
    n = x.shape[dim]
    one = F.narrow(x, dim, 0, min(1, n)) * 0 + 1
    return F.cat([one, F.narrow(F.cumprod(x, dim), dim, 0, max(n - 1, 0))], dim)


composite(
    "exclusive_cumprod", "The product of all numbers before, along a dimension.", _exclusive,
    formula=r"\bar{x}_i = \textstyle\sum_{j > i} \bar{y}_j \prod_{k < j, k \ne i} x_k",
    definition=r"y_i = \textstyle\prod_{j < i} x_j",
)  # fmt: skip


def _logcumsumexp(xp: Any, x: Any, dim: int = 0) -> Any:
    return xp.logaddexp.accumulate(x, axis=dim) if x.ndim else x.copy()


def _logcumsumexp_vjp(F: Any, g: Any, x: Any, y: Any, dim: int) -> Any:
    """Every y_j with j >= i has the partial exp(x_i - y_j): the sum of g exp(-y), scaled."""
    if not g.ndim:
        return g
    low = F.constant(y).min(dim, keepdims=True)
    return F.exp(x - low) * _reversed_cumsum(F, g * F.exp(low - y), dim)


def _logcumsumexp_jvp(F: Any, t: Any, x: Any, y: Any, dim: int) -> Any:
    if not t.ndim:
        return t
    low = F.constant(y).min(dim, keepdims=True)
    return F.exp(low - y) * F.cumsum(t * F.exp(x - low), dim)


structural(
    "logcumsumexp", "The logarithm of the running sum of exponentials.", forward=_logcumsumexp,
    vjp=_logcumsumexp_vjp, torch="torch.logcumsumexp",
    jvp=_logcumsumexp_jvp,
    formula=r"\bar{x}_i = \sum_{j \ge i} \bar{y}_j\, e^{x_i - y_j}",
    also="T.logcumsumexp",
    definition=r"y_i = \log \textstyle\sum_{j \le i} e^{x_j}",
    tangent=r"\dot{y}_i = \textstyle\sum_{j \le i} e^{x_j - y_i} \dot{x}_j",
)  # fmt: skip

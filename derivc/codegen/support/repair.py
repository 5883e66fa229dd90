"""A second look, with a wider range, at what overflowed or underflowed on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.codegen.support.plan import _Plan

# --- carried ---


_WIDER = {"e": np.float64, "f": np.float64, "d": np.longdouble}


# Repair: where a flag was raised, an element whose result is infinite, NaN, zero, or so large or
# small that its square would be, while its arguments are finite, may have overflowed or underflowed
# on the way. It is computed again in a wider format; what is NaN or infinite even so, where
# exponentials leave every format, with exponents of its own.


def _repair(plan: _Plan, m: int, given: list[Any], outputs: list[Any], dtype: Any) -> None:
    """Compute doubtful elements with a wider range."""
    wide: Any = np.dtype(_WIDER.get(dtype.char, np.longdouble))
    if np.finfo(wide).maxexp <= np.finfo(dtype).maxexp:
        return
    doubtful = _doubtful(plan, m, given, outputs, np.finfo(dtype))
    _again(plan, m, given, outputs, doubtful, lambda array: array.astype(wide))
    if plan.scaled:
        lost = np.any([~np.isfinite(outputs[k][doubtful]) for k in plan.computed], axis=0)
        _again(plan, m, given, outputs, doubtful[lost], plan.scaled)


def _again(
    plan: _Plan, m: int, given: list[Any], outputs: list[Any], where: Any, widen: Any
) -> None:
    """Compute elements again; of many a sample first, which shows whether it helps."""
    sample = where if where.size <= 256 else where[:: where.size // 64]
    if _recompute(plan, m, given, outputs, sample, widen) and sample.size < where.size:
        _recompute(plan, m, given, outputs, where, widen)


def _doubtful(plan: _Plan, m: int, given: list[Any], outputs: list[Any], limits: Any) -> Any:
    """The positions that a repair may help."""
    sure = np.ones(outputs[0].shape, bool)
    for k in plan.computed:
        size = np.abs(outputs[k])
        sure &= (size >= np.sqrt(limits.smallest_normal)) & (size <= np.sqrt(limits.max))
    finite = np.ones(sure.shape, bool)
    for i, value in enumerate(given):
        finite &= np.isfinite(value) if m >> i & 1 else bool(np.all(np.isfinite(value)))
    return np.flatnonzero(~sure & finite)


def _recompute(
    plan: _Plan, m: int, given: list[Any], outputs: list[Any], where: Any, widen: Any
) -> bool:
    """Compute elements over widened arrays; whether one of them came out otherwise."""
    if not where.size:
        return False
    taken = [
        widen(v[where]) if m >> i & 1 else widen(np.asarray(v))[()] if np.ndim(v) == 0
        else list(map(widen, np.asarray(v)))
        for i, v in enumerate(given)
    ]  # fmt: skip
    results, work = (
        [widen(np.zeros(where.size)) for _ in range(n)] for n in (len(outputs), plan.work)
    )
    with np.errstate(all="ignore"):
        uniform = plan.uniform(m, taken) if plan.uniform else ()
        bits = np.empty((plan.bits, where.size), bool)
        plan.block(m, taken, uniform, results, work, bits)
        improved = [_improve(outputs[k], np.asarray(results[k]), where) for k in plan.computed]
        return any(improved)


def _improve(output: Any, result: Any, where: Any) -> bool:
    """Take over what is no NaN and differs by more than a few roundings, or is no longer zero."""
    before, after = output[where], result.astype(output.dtype)
    limits = np.finfo(output.dtype)
    least = np.where(before == 0, 0, limits.smallest_normal)
    allowed = np.maximum(least, 64 * limits.eps * np.abs(after))
    close = np.abs(after - before) <= allowed
    better = (after == after) & (after != before) & ~close
    output[where[better]] = after[better]
    return bool(better.any())

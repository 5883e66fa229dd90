"""A second look, in a wider format, at what overflowed or underflowed on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.codegen.support.plan import _Plan

# --- carried ---


_WIDER = {"e": np.float64, "f": np.float64, "d": np.longdouble}


# Repair: where a flag was raised, an element whose result is infinite, NaN, zero, or so large or
# small that its square would be, while its arguments are finite, may have overflowed or underflowed
# on the way. It is computed again in a wider format.


def _repair(plan: _Plan, m: int, given: list[Any], outputs: list[Any], dtype: Any) -> None:
    """Compute doubtful elements again; of many a sample first, which shows whether it helps."""
    wide: Any = np.dtype(_WIDER.get(dtype.char, np.longdouble))
    if np.finfo(wide).maxexp <= np.finfo(dtype).maxexp:
        return
    doubtful = _doubtful(plan, m, given, outputs, np.finfo(dtype))
    sample = doubtful if doubtful.size <= 256 else doubtful[:: doubtful.size // 64]
    if _recompute(plan, m, given, outputs, sample, wide) and sample.size < doubtful.size:
        _recompute(plan, m, given, outputs, doubtful, wide)


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
    plan: _Plan, m: int, given: list[Any], outputs: list[Any], where: Any, wide: Any
) -> bool:
    """Compute elements in the wider format; whether one of them came out otherwise."""
    if not where.size:
        return False
    taken = [
        v[where].astype(wide) if m >> i & 1 else np.asarray(v, wide)[()] if np.ndim(v) == 0
        else list(np.asarray(v, wide))
        for i, v in enumerate(given)
    ]  # fmt: skip
    results, work = (np.empty((n, where.size), wide) for n in (len(outputs), plan.work))
    with np.errstate(all="ignore"):
        uniform = plan.uniform(m, taken) if plan.uniform else ()
        bits = np.empty((plan.bits, where.size), bool)
        plan.block(m, taken, uniform, list(results), work, bits)
        improved = [_improve(outputs[k], results[k], where) for k in plan.computed]
        return any(improved)


def _improve(output: Any, result: Any, where: Any) -> bool:
    """Take over what is no NaN and differs by more than a few roundings, or a subnormal number."""
    before, after = output[where], result.astype(output.dtype)
    limits = np.finfo(output.dtype)
    allowed = np.maximum(limits.smallest_normal, 64 * limits.eps * np.abs(after))
    close = np.abs(after - before) <= allowed
    better = (after == after) & (after != before) & ~close
    output[where[better]] = after[better]
    return bool(better.any())

"""Arrays: blocks that stay in the cache, one ufunc after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from derivc.codegen.support.memory import _fresh
from derivc.codegen.support.plan import _Plan, _scratch
from derivc.codegen.support.repair import _repair

# --- carried ---


_CACHE = 1 << 21  # bytes that the arrays of a block may take: they stay in the cache
_SHORTEST, _LONGEST = 8192, 131072  # elements of a block


# Arrays: blocks that stay in the cache, one ufunc after the other.


def _by_blocks(
    plan: _Plan, arrays: Any, dtype: Any, shape: tuple[int, ...], targets: Any
) -> list[Any]:
    """The results as arrays, each of its own shape followed by the broadcast shape."""
    size = math.prod(shape)
    inner = np.dtype(np.float32) if dtype == np.float16 else dtype
    results = [_fresh((*part, *shape), inner) for part in plan.own] if targets is None else [
        t if inner == t.dtype and _usable(t, arrays, targets) else _fresh(t.shape, inner)
        for t in targets
    ]  # fmt: skip
    if size:
        outputs: list[Any] = []
        for result, part in zip(results, plan.own, strict=True):
            outputs.extend([result.reshape(size)] if part == () else result.reshape(-1, size))
        _fill(plan, _taken(plan, arrays, inner, shape, size), outputs, inner, shape, size)
    if inner == dtype:
        return results
    with np.errstate(all="ignore"):
        return [r.astype(dtype) for r in results]


def _usable(target: Any, arrays: list[Any], others: list[Any]) -> bool:
    """Whether blocks can be written straight into an array of the caller's."""
    apart = not any(np.may_share_memory(target, a) for a in (*arrays, *others) if a is not target)
    return apart and target.flags.c_contiguous and type(target) is np.ndarray


def _taken(plan: _Plan, arrays: Any, dtype: Any, shape: tuple[int, ...], size: int) -> Any:
    """Arguments as blocks are cut from them: flat arrays, broadcast views, numbers, lists.

    Returns:
        Them, the mask of those that vary over the result, and whether all of these are flat.
    """
    taken: list[Any] = []
    m, flat = 0, True
    for i, (array, fixed) in enumerate(zip(arrays, plan.shapes, strict=True)):
        if fixed is not None:
            taken.append(list(array.astype(dtype).reshape(-1)))
            continue
        if array.size == 1 and size > 1:
            taken.append(array.astype(dtype).reshape(())[()])
            continue
        m |= 1 << i
        if array.shape == shape and array.dtype == dtype and array.flags.c_contiguous:
            taken.append(array.reshape(size))
        elif size == 1:
            taken.append(array.astype(dtype).reshape(1))
        else:
            taken.append(np.broadcast_to(array, shape))
            flat = False
    return taken, m, flat


def _fill(
    plan: _Plan, inputs: Any, outputs: list[Any], dtype: Any, shape: tuple[int, ...], size: int
) -> None:
    """Compute block by block; a block in which a floating-point flag was raised is looked into."""
    taken, m, flat = inputs
    most = max(_SHORTEST, min(_LONGEST, _CACHE // (dtype.itemsize * plan.rows)))
    raised: list[str] = []
    with np.errstate(all="call", call=lambda kind, flag: raised.append(kind)):
        uniform = plan.uniform(m, taken) if plan.uniform else ()
        doubtful = bool(raised)
        if flat and size <= most:
            plan.block(m, taken, uniform, outputs, *_scratch.take(plan, size, dtype))
            if raised:
                _repair(plan, m, taken, outputs, dtype)
            return
        work, bits = _scratch.take(plan, min(size, most), dtype)
        for start, stop, box in _boxes((size,) if flat else shape, most):
            given = [
                (t[start:stop] if flat else _cut(t, start, stop, box, dtype)) if m >> i & 1 else t
                for i, t in enumerate(taken)
            ]
            outs, n = [o[start:stop] for o in outputs], stop - start
            plan.block(m, given, uniform, outs, [w[:n] for w in work], [c[:n] for c in bits])
            if raised or doubtful:
                _repair(plan, m, given, outs, dtype)
                raised.clear()


def _boxes(shape: tuple[int, ...], most: int) -> Iterator[tuple[int, int, Any]]:
    """Index boxes that are runs of C order: start, stop, and the index."""
    axis, inner = len(shape) - 1, 1
    while axis > 0 and inner * shape[axis] <= most:
        inner *= shape[axis]
        axis -= 1
    pieces = -(-shape[axis] * inner // most)
    step = -(-shape[axis] // min(pieces, shape[axis]))
    start = 0
    for lead in np.ndindex(*shape[:axis]):
        for i in range(0, shape[axis], step):
            stop = start + (min(i + step, shape[axis]) - i) * inner
            yield start, stop, (*lead, slice(i, i + step))
            start = stop


def _cut(array: Any, start: int, stop: int, box: Any, dtype: Any) -> Any:
    """A block of an argument: a slice where it is contiguous, a small copy where it is not."""
    piece = array[start:stop] if array.ndim == 1 else array[box]
    return np.ascontiguousarray(piece, dtype).reshape(stop - start)


def _select(condition: Any, a: Any, b: Any, out: Any = None) -> Any:
    """`a` where the condition holds, `b` elsewhere."""
    if out is None:
        return np.where(condition, a, b)[()]
    if np.ndim(condition) == 0:
        np.copyto(out, a if condition else b)
        return out
    if out is not b:
        np.copyto(out, b)
    np.putmask(out, condition, a)
    return out


def _in_double(ufunc: Any, part: int | None = None) -> Any:
    """A ufunc of SciPy, or one part of its result; it has no wide loops: arguments are narrowed."""

    def call(*arrays: Any, out: Any = None) -> Any:
        wide = any(getattr(a, "dtype", None) == np.longdouble for a in arrays)
        if not wide and part is None:
            return ufunc(*arrays, out=out)
        result = ufunc(*([np.asarray(a, float) for a in arrays] if wide else arrays))
        result = result if part is None else result[part]
        if out is None:
            return np.longdouble(result) if wide else result
        np.copyto(out, result)
        return out

    return call

"""What generated modules carry along: how numbers and arrays are taken in and handed out.

The text below the mark is copied into every generated module, so that it runs without derivc.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from types import FunctionType
from typing import Any, final

import numpy as np

# --- carried ---


@final
class _Plan:
    """One function: its arguments, the shape of its result, and the code that computes it.

    `layout` is a list for a tuple of results and an array's own shape for each of them; `pack` nests
    results so; `computed` are the outputs that are neither constants nor arguments.
    """

    def __init__(self, **fields: Any):
        self.name: str = fields["name"]
        self.function = fields["function"]
        self.arguments: tuple[str, ...] = fields["arguments"]
        self.shapes: tuple[Any, ...] = fields["shapes"]
        self.layout = fields["layout"]
        self.own = _own_shapes(self.layout)
        self.pack = fields["pack"]
        self.computed = fields["computed"]
        self.numbers, self.uniform, self.block = (
            fields.get(part) for part in ("numbers", "uniform", "block")
        )
        self.work, self.bits = fields["work"], fields["bits"]
        self.rows = len(self.arguments) + sum(map(math.prod, self.own)) + self.work


@final
class _Scratch(threading.local):
    """The buffers of the last call in this thread, kept because fresh memory is slow to touch."""

    key: Any = None
    rows: tuple[list[Any], list[Any]] = ([], [])

    def take(self, plan: _Plan, length: int, dtype: Any) -> tuple[list[Any], list[Any]]:
        key = (plan.work, plan.bits, length, dtype)
        if key != self.key:
            work, bits = np.empty((plan.work, length), dtype), np.empty((plan.bits, length), bool)
            self.rows, self.key = (list(work), list(bits)), key
        return self.rows


_scratch = _Scratch()
_DOUBLE = np.dtype(float)
_WIDER = {"e": np.float64, "f": np.float64, "d": np.longdouble}
_NUMBERS = {float, int, bool, np.float64}
_CACHE = 1 << 21  # bytes that the arrays of a block may take: they stay in the cache
_SHORTEST, _LONGEST = 8192, 32768  # elements of a block


def _evaluate(plan: _Plan, given: tuple[Any, ...], out: Any = None) -> Any:
    """One call: numbers or arrays in, the result in the plan's layout out."""
    kinds = set(map(type, given))
    if out is None and plan.numbers is None:
        if kinds <= _NUMBERS and kinds != {float}:
            result = plan.function(*map(float, given))
            return _mapped(plan.layout, np.float64, result) if np.float64 in kinds else result
        if kinds == {np.ndarray} and _alike(given):
            return plan.pack(_by_blocks(plan, given, _DOUBLE, given[0].shape, None))
    arrays = [_real(plan, i, value) for i, value in enumerate(given)]
    dtype = _dtype(given, arrays)
    shape = _shape(plan, arrays)
    targets = None if out is None else _targets(plan, out, shape, dtype)
    if plan.numbers is not None and shape == ():
        results = _by_numbers(plan, arrays, dtype)
    else:
        results = _by_blocks(plan, arrays, dtype, shape, targets)
    if targets is not None:
        _hand_over(targets, results)
        return out
    if kinds <= {float, int, bool}:
        return plan.pack([float(r) if r.ndim == 0 else r for r in results])
    return plan.pack([r[()] for r in results])


def _alike(given: tuple[Any, ...]) -> bool:
    """The most common case: arrays of one shape, float64, contiguous."""
    shape = given[0].shape
    return bool(shape) and all(
        [a.dtype is _DOUBLE and a.shape == shape and a.flags.c_contiguous for a in given]
    )


def _real(plan: _Plan, position: int, value: Any) -> Any:
    """An argument as an array of real numbers, of the shape it must have."""
    array = np.asarray(float(value) if type(value) is int else value)
    name, shape = plan.arguments[position], plan.shapes[position]
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{plan.name}(): {name} must hold real numbers, got {array.dtype}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{plan.name}(): {name} must have shape {shape}, got {array.shape}")
    return array


def _dtype(given: tuple[Any, ...], arrays: list[Any]) -> Any:
    """The dtype of the results: the arrays'; Python numbers adapt, integers become float64."""
    strong = {
        array.dtype if array.dtype.kind == "f" else np.dtype(float)
        for value, array in zip(given, arrays)
        if type(value) not in (float, int, bool)
    }
    return np.result_type(*strong) if strong else np.dtype(float)


def _shape(plan: _Plan, arrays: list[Any]) -> tuple[int, ...]:
    """The shape that the scalar arguments broadcast to."""
    shapes = {a.shape for a, fixed in zip(arrays, plan.shapes) if fixed is None}
    if len(shapes) == 1:
        return shapes.pop()
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        told = ", ".join(f"{n} {a.shape}" for n, a in zip(plan.arguments, arrays))
        raise ValueError(f"{plan.name}(): the shapes do not broadcast: {told}") from None


# Results, perhaps in arrays that the caller gave.


def _mapped(layout: Any, function: Any, result: Any) -> Any:
    """The function applied to every single number of a result."""
    if isinstance(layout, list):
        return tuple([_mapped(part, function, r) for part, r in zip(layout, result)])
    return function(result) if layout == () else result


def _own_shapes(layout: Any) -> list[Any]:
    if isinstance(layout, list):
        return [shape for part in layout for shape in _own_shapes(part)]
    return [layout]


def _stack(numbers: Any, shape: tuple[int, ...]) -> Any:
    """An array of a shape from numbers in C order."""
    return np.array(numbers, dtype=float).reshape(shape)


def _targets(plan: _Plan, out: Any, shape: tuple[int, ...], dtype: Any) -> list[Any]:
    """The arrays in `out`, checked one by one."""
    found: list[Any] = []
    _collect(plan, plan.layout, out, found)
    for own, target in zip(_own_shapes(plan.layout), found):
        wanted = (*own, *shape)
        if target.shape != wanted or target.dtype != dtype:
            raise ValueError(
                f"{plan.name}(): out must have shape {wanted} and dtype {dtype},"
                f" got {target.shape} and {target.dtype}"
            )
        if not target.flags.writeable:
            raise ValueError(f"{plan.name}(): out is read-only")
    return found


def _collect(plan: _Plan, layout: Any, out: Any, found: list[Any]) -> None:
    if not isinstance(layout, list):
        if not isinstance(out, np.ndarray):
            raise ValueError(f"{plan.name}(): out must hold arrays, got {type(out).__name__}")
        found.append(out)
    elif not isinstance(out, (tuple, list)) or len(out) != len(layout):
        raise ValueError(f"{plan.name}(): out must be a tuple of {len(layout)}, like the result")
    else:
        for part, inner in zip(layout, out):
            _collect(plan, part, inner, found)


def _hand_over(targets: list[Any], results: list[Any]) -> None:
    for target, result in zip(targets, results):
        if target is not result:
            target[...] = result


def _usable(target: Any, arrays: list[Any], others: list[Any]) -> bool:
    """Whether blocks can be written straight into an array of the caller's."""
    apart = not any(np.may_share_memory(target, a) for a in (*arrays, *others) if a is not target)
    return apart and target.flags.c_contiguous and type(target) is np.ndarray


# Numbers and arrays of fixed shape: one flat function over Python floats.


def _by_numbers(plan: _Plan, arrays: list[Any], dtype: Any) -> list[Any]:
    given = [a.astype(float).reshape(-1).tolist() for a in arrays]
    given = [g[0] if shape is None else g for g, shape in zip(given, plan.shapes)]
    try:
        flat = plan.numbers(*given)
        doubtful = not all(map(math.isfinite, flat))
    except (ArithmeticError, ValueError):
        doubtful = True
    if doubtful:
        flat = _by_wide_numbers(plan, arrays)
    numbers, results = iter(flat), []
    with np.errstate(all="ignore"):
        for own in _own_shapes(plan.layout):
            part = [next(numbers) for _ in range(math.prod(own))]
            results.append(np.array(part, dtype=dtype).reshape(own))
    return results


@final
class _WideMath:
    """The functions of `math` over NumPy's widest numbers; no errors, but infinities and NaN."""

    names = {"pow": "power", "atan2": "arctan2", "fabs": "abs"}
    names |= {f"a{f}{h}": f"arc{f}{h}" for f in ("sin", "cos", "tan") for h in ("", "h")}

    def __getattr__(self, name: str) -> Any:
        wide = getattr(np, self.names.get(name, name), None)
        return wide if wide is not None else lambda *numbers: _narrow(getattr(math, name), numbers)


def _narrow(function: Any, numbers: Any) -> Any:
    """A function that only knows floats, for wide numbers."""
    try:
        return np.longdouble(function(*map(float, numbers)))
    except (ArithmeticError, ValueError):
        return np.longdouble("nan")


def _by_wide_numbers(plan: _Plan, arrays: list[Any]) -> Any:
    """The same code over wider numbers: what only overflows or underflows on the way is found."""
    swapped = {id(math): _WideMath(), id(float): np.longdouble}
    scope = {"float": float, **plan.numbers.__globals__}
    scope = {name: swapped.get(id(value), value) for name, value in scope.items()}
    wide = FunctionType(plan.numbers.__code__, scope)
    given = [list(a.astype(np.longdouble).reshape(-1)) for a in arrays]
    with np.errstate(all="ignore"):
        return wide(*[g[0] if shape is None else g for g, shape in zip(given, plan.shapes)])


# Arrays: blocks that stay in the cache, one ufunc after the other.


def _by_blocks(
    plan: _Plan, arrays: Any, dtype: Any, shape: tuple[int, ...], targets: Any
) -> list[Any]:
    """The results as arrays, each of its own shape followed by the broadcast shape."""
    size = math.prod(shape)
    inner = np.dtype(np.float32) if dtype == np.float16 else dtype
    results = [np.empty((*part, *shape), inner) for part in plan.own] if targets is None else [
        t if inner == t.dtype and _usable(t, arrays, targets) else np.empty(t.shape, inner)
        for t in targets
    ]  # fmt: skip
    if size:
        outputs: list[Any] = []
        for result, part in zip(results, plan.own):
            outputs.extend([result.reshape(size)] if part == () else result.reshape(-1, size))
        _fill(plan, _taken(plan, arrays, inner, shape, size), outputs, inner, shape, size)
    if inner == dtype:
        return results
    with np.errstate(all="ignore"):
        return [r.astype(dtype) for r in results]


def _taken(plan: _Plan, arrays: Any, dtype: Any, shape: tuple[int, ...], size: int) -> Any:
    """Arguments as blocks are cut from them: flat arrays, broadcast views, numbers, lists.

    Returns:
        Them, the mask of those that vary over the result, and whether all of these are flat.
    """
    taken: list[Any] = []
    m, flat = 0, True
    for i, (array, fixed) in enumerate(zip(arrays, plan.shapes)):
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
        rows = _scratch.take(plan, min(size, most), dtype)
        for start, stop, box in _boxes((size,) if flat else shape, most):
            given = [_cut(t, start, stop, box, dtype) if m >> i & 1 else t for i, t in enumerate(taken)]
            outs = [o[start:stop] for o in outputs]
            n = stop - start
            plan.block(m, given, uniform, outs, *([row[:n] for row in kind] for kind in rows))
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


# Repair: an element whose result is infinite, NaN, zero or subnormal while its arguments are finite
# may have overflowed or underflowed on the way. It is computed again in a wider format.


def _repair(plan: _Plan, m: int, given: list[Any], outputs: list[Any], dtype: Any) -> None:
    """Compute doubtful elements again; of many a sample first, which shows whether it helps."""
    wide = np.dtype(_WIDER.get(dtype.char, np.longdouble))
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
        sure &= (size >= limits.smallest_normal) & (size <= limits.max)
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
        return any([_improve(outputs[k], results[k], where) for k in plan.computed])


def _improve(output: Any, result: Any, where: Any) -> bool:
    """Take over what is no NaN and differs by more than a subnormal number."""
    before, after = output[where], result.astype(output.dtype)
    close = np.abs(after - before) <= np.finfo(output.dtype).smallest_normal
    better = (after == after) & (after != before) & ~close
    output[where[better]] = after[better]
    return bool(better.any())


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


def _in_double(ufunc: Any) -> Any:
    """A ufunc of SciPy, which has no wide loops: wide arguments are narrowed for the call."""

    def call(*arrays: Any, out: Any = None) -> Any:
        if all(getattr(a, "dtype", None) != np.longdouble for a in arrays):
            return ufunc(*arrays, out=out)
        result = ufunc(*[np.asarray(a, float) for a in arrays])
        if out is None:
            return np.longdouble(result)
        np.copyto(out, result)
        return out

    return call

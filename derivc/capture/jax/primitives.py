"""JAX's primitives that compute, each done on object arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.capture import elements as el
from derivc.capture.jax.first_true import Decisive, first_true
from derivc.capture.jax.values import array_of
from derivc.capture.torch.layout import _pad
from derivc.capture.torch.networks import _windows, convolved
from derivc.capture.torch.pointwise import _clamped
from derivc.capture.torch.products import _triangular
from derivc.capture.unknown import Unknown, places
from derivc.symbolic.tracing import elementwise, linear_algebra, ordering
from derivc.symbolic.tracing.array import TracedArray

Function = Callable[..., Any]
Array = Any


def _by_element(function: Function) -> Function:
    return lambda *values, **params: el.each(function, *map(array_of, values))


def _same(x: Any, **params: Any) -> Any:
    return x


def _all_same(*values: Any, **params: Any) -> list[Any]:
    return list(values)


def _reduction(function: Function) -> Function:
    return lambda x, axes, **params: el.reduced(function, array_of(x), list(axes)) if axes else x


def _running(function: Function) -> Function:
    def apply(x: Array, axis: int, reverse: bool = False) -> Array:
        array = np.flip(x, axis) if reverse else x
        found = el.running(function, el.each(el.as_number, array), axis)
        return np.flip(found, axis) if reverse else found

    return apply


def _largest_place(x: Array, axes: Sequence[int], **params: Any) -> Array:
    return el.reduced(first_true, array_of(x), list(axes))


def _smallest_place(x: Array, axes: Sequence[int], **params: Any) -> Array:
    return el.reduced(lambda items: Unknown(), array_of(x), list(axes))


def _cast(x: Array, new_dtype: Any, **params: Any) -> Array:
    """Truth values stay what they are among integers, where they choose branches."""
    kind = np.dtype(new_dtype).kind
    if kind == "b":
        return el.each(elementwise.condition_of, x)
    if kind in "iu":
        return el.each(_whole, x)
    return el.each(el.as_number, x)


def _whole(value: Any) -> Any:
    is_number = isinstance(value, float) or type(value).__name__ == "Scalar"
    return elementwise.function_of("trunc")(value) if is_number else value


def _select(which: Any, *cases: Any) -> Array:
    return el.each(_chosen, array_of(which), *map(array_of, cases))


def _chosen(which: Any, *cases: Any) -> Any:
    if isinstance(which, Decisive):
        return which.pick(cases)
    if len(cases) == 2:
        return el.choose(which, cases[1], cases[0])
    found = cases[0]
    for number, case in enumerate(cases[1:], 1):
        found = el.choose(which == number, case, found)
    return found


def _clamp(low: Any, x: Any, high: Any) -> Array:
    """Within bounds; the places of conditions are."""
    keep = lambda v, a, b: v if isinstance(v, Decisive) else _clamped(v, a, b)  # noqa: E731
    return el.each(keep, *map(array_of, (x, low, high)))


def _round(x: Array, rounding_method: Any) -> Array:
    if int(rounding_method) == 1:
        return el.mapped("round")(x)
    return el.each(_away_from_zero, x)


def _away_from_zero(x: Any) -> Any:
    return el.op("sign")(x) * el.op("floor")(abs(x) + 0.5)


def _dot(a: Any, b: Any, dimension_numbers: Any, **params: Any) -> Array:
    """Batch dimensions first, then what is free in a and in b; the contracted ones are summed."""
    a, b = array_of(a), array_of(b)
    (over_a, over_b), (batch_a, batch_b) = dimension_numbers
    left, free_a = _ordered(a, batch_a, over_a, last=True)
    right, free_b = _ordered(b, batch_b, over_b, last=False)
    batch = [a.shape[i] for i in batch_a]
    return el.dot(left, right).reshape((*batch, *free_a, *free_b))


def _ordered(x: Array, batch: Any, over: Any, last: bool) -> tuple[Array, list[int]]:
    """As a stack of matrices: batch, free, contracted (or contracted, free)."""
    free = [i for i in range(x.ndim) if i not in (*batch, *over)]
    stack = int(np.prod([x.shape[i] for i in batch]))
    rows = int(np.prod([x.shape[i] for i in free]))
    order = [*batch, *free, *over] if last else [*batch, *over, *free]
    turned = x.transpose(order)
    shape = (stack, rows, -1) if last else (stack, -1, rows)
    return turned.reshape(shape), [x.shape[i] for i in free]


def _convolution(x: Array, kernel: Array, dimension_numbers: Any, window_strides: Any,
                 padding: Any, lhs_dilation: Any, rhs_dilation: Any, feature_group_count: int,
                 batch_group_count: int, **params: Any) -> Array:  # fmt: skip
    """Batch and channels first; zeros between the elements of x where it is dilated."""
    if batch_group_count != 1:
        raise NotImplementedError("groups over the batch")
    spec = dimension_numbers
    image = array_of(x).transpose(spec.lhs_spec)
    weight = array_of(kernel).transpose(spec.rhs_spec)
    d = image.ndim - 2
    image = _bordered(_spread(image, lhs_dilation), padding)
    found = convolved(image, weight, window_strides, [0] * d, rhs_dilation, feature_group_count)
    return found.transpose(tuple(int(i) for i in np.argsort(spec.out_spec)))


def _spread(x: Array, dilation: Sequence[int]) -> Array:
    shape = [(n - 1) * k + 1 for n, k in zip(x.shape[2:], dilation, strict=True)]
    made = np.full((*x.shape[:2], *shape), 0.0, dtype=object)
    places: Any = (..., *(slice(None, None, k) for k in dilation))
    made[places] = x
    return made


def _bordered(x: Array, padding: Sequence[tuple[int, int]]) -> Array:
    return _pad(x, [width for pair in reversed(padding) for width in pair])


def _pooled(function: Function, outside: float) -> Function:
    def apply(x: Array, window_dimensions: Any, window_strides: Any, padding: Any,
              window_dilation: Any = None, **params: Any) -> Array:  # fmt: skip
        widths = [width for pair in reversed(padding) for width in pair]
        padded = _pad(array_of(x), widths, outside)
        gaps = window_dilation or (1,) * padded.ndim
        table, _ = _windows(padded, window_dimensions, window_strides, gaps)
        return el.reduced(function, table, [-1])

    return apply


def _scattered(function: Function) -> Function:
    """Elements added (multiplied, ...) at places: JAX's gather says where each belongs."""

    def apply(x: Any, indices: Any, updates: Any, dimension_numbers: Any, mode: Any,
              **params: Any) -> Array:  # fmt: skip
        x, updates = array_of(x), array_of(updates)
        targets = _targets(x.shape, np.asarray(indices), updates.shape, dimension_numbers)
        made = x.reshape(-1).copy()
        for place, value in zip(targets.reshape(-1), updates.reshape(-1), strict=True):
            if 0 <= place < made.size:  # others are dropped
                made[place] = function(made[place], value)
        return made.reshape(x.shape)

    return apply


def _targets(shape: Any, indices: Array, updates: Any, numbers: Any) -> Array:
    """For every element of the updates, the place where it goes in the flat operand, or -1."""
    import jax

    into = jax.lax.GatherDimensionNumbers(
        offset_dims=numbers.update_window_dims,
        collapsed_slice_dims=numbers.inserted_window_dims,
        start_index_map=numbers.scatter_dims_to_operand_dims,
        operand_batching_dims=numbers.operand_batching_dims,
        start_indices_batching_dims=numbers.scatter_indices_batching_dims,
    )
    window = iter(numbers.update_window_dims)
    left_out = (*numbers.inserted_window_dims, *numbers.operand_batching_dims)
    sizes = [1 if i in left_out else updates[next(window)] for i in range(len(shape))]
    every = np.arange(int(np.prod(shape))).reshape(shape)
    found = jax.lax.gather(every, indices, into, tuple(sizes), mode="fill", fill_value=-1)
    return np.asarray(found)


def _sorted(*arrays: Any, dimension: int, is_stable: bool, num_keys: int) -> list[Array]:
    """The first operand sorted; where the others go is not known."""
    first = array_of(arrays[0])
    found = el.objects(ordering.sort(first.copy().view(TracedArray), axis=dimension))
    return [found, *(places(first.shape) for _ in arrays[1:])]


def _top(x: Array, k: int, axis: int = -1, **params: Any) -> list[Array]:
    ordered = np.flip(_sorted(x, dimension=axis, is_stable=True, num_keys=1)[0], axis)
    found = np.take(ordered, range(k), axis)
    return [found, places(found.shape)]


def _substituted(a: Any, b: Any, left_side: bool, lower: bool, transpose_a: bool,
                 conjugate_a: bool, unit_diagonal: bool, **params: Any) -> Array:  # fmt: skip
    matrix, upper = array_of(a), not lower
    if transpose_a:
        matrix, upper = matrix.T, lower
    given = array_of(b)
    return _triangular(matrix, given, upper=upper, left=left_side, unitriangular=unit_diagonal)


def _cholesky(x: Array, **params: Any) -> Array:
    return el.objects(linear_algebra.cholesky(x.view(TracedArray)))


_OPS = {
    "exp": "exp", "exp2": "exp2", "expm1": "expm1", "log": "log", "log1p": "log1p", "sin": "sin",
    "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan", "atan2": "atan2",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "asinh", "acosh": "acosh",
    "atanh": "atanh", "logistic": "sigmoid", "cbrt": "cbrt", "rsqrt": "rsqrt", "erf": "erf",
    "erfc": "erfc", "erf_inv": "erfinv", "lgamma": "lgamma", "digamma": "digamma", "zeta": "zeta",
    "polygamma": "polygamma", "igamma": "gammainc", "igammac": "gammaincc",
    "regularized_incomplete_beta": "betainc", "bessel_i0e": "i0e", "bessel_i1e": "i1e",
    "floor": "floor", "ceil": "ceil", "sign": "sign", "rem": "fmod",
    "stop_gradient": "stop_gradient",
}  # fmt: skip
_BINARY: dict[str, Function] = {
    "add": operator.add, "add_any": operator.add, "sub": operator.sub, "mul": operator.mul,
    "div": el.divide, "pow": el.power, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt,
    "le": operator.le, "lt_to": operator.lt, "le_to": operator.le, "eq_to": operator.eq,
    "gt": operator.gt, "ge": operator.ge, "neg": operator.neg, "abs": abs,
    "sqrt": elementwise.sqrt, "square": lambda x: x**2, "is_finite": lambda x: True,
}  # fmt: skip
_NAMED = {"max": "maximum", "min": "minimum", "and": "logical_and", "or": "logical_or",
          "xor": "logical_xor", "not": "logical_not"}  # fmt: skip

TABLE: dict[str, Function] = {
    **{name: _by_element(el.op(ours)) for name, ours in _OPS.items()},
    **{name: _by_element(function) for name, function in _BINARY.items()},
    **{name: _by_element(elementwise.function_of(ours)) for name, ours in _NAMED.items()},
    **dict.fromkeys(("copy", "real", "conj", "reduce_precision", "pvary", "sharding_constraint"),
                    _same),
    "optimization_barrier": _all_same, "device_put": _all_same,
    "integer_pow": lambda x, y: el.each(lambda v: el.power(v, y), x),
    "convert_element_type": _cast, "select_n": _select, "clamp": _clamp, "round": _round,
    "reduce_sum": _reduction(el.total), "reduce_prod": _reduction(el.product),
    "reduce_max": _reduction(el.largest), "reduce_min": _reduction(el.smallest),
    "reduce_and": _reduction(el.every), "reduce_or": _reduction(el.some),
    "argmax": _largest_place, "argmin": _smallest_place,
    "cumsum": _running(operator.add), "cumprod": _running(operator.mul),
    "cummax": _running(elementwise.function_of("maximum")),
    "cummin": _running(elementwise.function_of("minimum")),
    "cumlogsumexp": _running(el.op("logaddexp")),
    "conv_general_dilated": _convolution, "dot_general": _dot, "sort": _sorted, "top_k": _top,
    "cholesky": _cholesky,
    "reduce_window_max": _pooled(el.largest, -np.inf), "reduce_window_sum": _pooled(el.total, 0.0),
    "reduce_window_min": _pooled(el.smallest, np.inf), "triangular_solve": _substituted,
    "scatter_add": _scattered(operator.add),
    "scatter_mul": _scattered(operator.mul),
    "scatter_max": _scattered(elementwise.function_of("maximum")),
    "scatter_min": _scattered(elementwise.function_of("minimum")),
}  # fmt: skip

"""Gradients against central differences, with PyTorch's arguments, defaults and report."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.errors import GradcheckError, InputTypeError
from derivc.tensor.grads import grad, many
from derivc.tensor.tensor import Tensor


@final
@dataclass(frozen=True)
class _Options:
    eps: float
    atol: float
    rtol: float
    nondet_tol: float


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Compare the gradients of a function with central differences.

    Args:
        func: of tensors, returning one or a tuple of them.
        inputs: a tensor, or a tuple; those that require grad are checked. Use float64.
        eps: the step. atol, rtol: how far the Jacobians may differ.
        raise_exception: raise on a difference; else return False.
        nondet_tol: how far two backward passes may differ.
        check_undefined_grad: also check that missing cotangents count as zeros.
        check_grad_dtypes: also check that gradients have the dtype of their input.
        fast_mode: compare the products with one random direction each instead of all entries.

    Returns:
        True when all gradients agree.

    Raises:
        GradcheckError: they do not; shows both Jacobians.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor([0.5, 1.5], requires_grad=True)
        >>> dc.gradcheck(lambda x: x.sin() * x, x)
        True
    """
    options = _Options(eps, atol, rtol, nondet_tol)
    try:
        _check(func, many(inputs), options, fast_mode, check_undefined_grad, check_grad_dtypes)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    gen_non_contig_grad_outputs: bool = False,
    **options: Any,
) -> bool:
    """Compare the gradients of the gradients of a function with central differences.

    Args:
        func: of tensors, returning one or a tuple of them.
        inputs: a tensor, or a tuple; those that require grad are checked.
        grad_outputs: the cotangents; default: random numbers in [-1, 1].
        gen_non_contig_grad_outputs: make them not contiguous.
        options: as for `gradcheck`.

    Raises:
        GradcheckError: they do not agree.

    Example:
        >>> import derivc as dc
        >>> dc.gradgradcheck(lambda x: x.sin() * x, dc.tensor([0.5, 1.5], requires_grad=True))
        True
    """
    given = many(inputs)
    outputs = _differentiable(many(func(*given)))
    seeds = many(grad_outputs) if grad_outputs is not None else _random_seeds(outputs)
    if gen_non_contig_grad_outputs:
        seeds = tuple(_not_contiguous(s) for s in seeds)
    seeds = tuple(s if s.requires_grad else s.detach().requires_grad_() for s in seeds)
    count = len(given)

    def pulled(*args: Any) -> Any:
        leaves = [a for a in args[:count] if isinstance(a, Tensor) and a.requires_grad]
        found = _differentiable(many(func(*args[:count])))
        grads = grad(list(found), leaves, list(args[count:]), create_graph=True, allow_unused=True)
        return tuple(g for g in grads if g is not None)

    return gradcheck(pulled, (*given, *seeds), **options)


def _random_seeds(outputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    rng = np.random.default_rng(0)
    return tuple(Tensor._make(rng.uniform(-1, 1, o.shape).astype(o.dtype)) for o in outputs)


def _not_contiguous(tensor: Tensor) -> Tensor:
    return Tensor._make(np.repeat(tensor._array[..., None], 2, -1)[..., 0])


def _differentiable(outputs: tuple[Any, ...]) -> tuple[Tensor, ...]:
    return tuple(o for o in outputs if isinstance(o, Tensor) and o.requires_grad)


def _check(
    func: Any, inputs: tuple[Any, ...], options: _Options, fast: bool, undefined: bool, dtypes: bool
) -> None:
    leaves = _checked_inputs(inputs)
    every = many(func(*inputs))
    outputs = _differentiable(every)
    _check_constant(func, inputs, leaves, every, options)
    for k, output in enumerate(outputs):
        checker = _fast if fast else _slow
        checker(func, inputs, leaves, output, k, options)
        _check_linear(output, leaves, options)
        if dtypes:
            _check_dtypes(output, leaves)
    if undefined and outputs:
        _check_undefined(outputs, leaves)


def _checked_inputs(inputs: tuple[Any, ...]) -> list[Tensor]:
    """The inputs to check.

    Raises:
        InputTypeError: none of them requires grad.
        GradcheckError: one has several numbers in one place of memory.
    """
    found = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    if not found:
        raise InputTypeError(
            "gradcheck expects at least one input tensor to require gradient, but none of the them"
            " have requires_grad=True."
        )
    for i, x in enumerate(found):
        if x.dtype not in (np.dtype(float), np.dtype(complex)):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or"
                " complex. This check will likely fail if all the inputs are not of double"
                " precision floating point or complex. ",
                UserWarning,
                stacklevel=4,
            )
        if x.numel() and any(
            s == 0 and n > 1 for s, n in zip(x._array.strides, x.shape, strict=True)
        ):
            raise GradcheckError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs"
                " that are non-overlapping to be able to compute the numerical gradients correctly."
                " You should call .contiguous on the input before passing it to gradcheck."
            )
    return found


def _numbers(array: Any) -> Any:
    """An array as real numbers: of complex ones real and imaginary parts."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _numerical(func: Any, inputs: Any, x: Tensor, k: int, options: _Options) -> Any:
    """The Jacobian of output k by the real numbers of x: one row each, by central differences."""
    was = np.array(x._array)
    base = _numbers(was)
    rows = []
    for j in range(base.size):
        ends = []
        for sign in (1, -1):
            moved = np.array(base)
            moved[j] += sign * options.eps
            ends.append(_moved(func, inputs, x, moved.view(was.dtype).reshape(was.shape), k))
        rows.append((ends[0] - ends[1]) / (2 * options.eps))
    x._array[...] = was
    return np.array(rows) if rows else np.zeros((0, 1))


def _moved(func: Any, inputs: Any, x: Tensor, array: Any, k: int) -> Any:
    """Output k with other numbers in x."""
    x._array[...] = array
    return np.array(_numbers(_differentiable(many(func(*inputs)))[k]._array), dtype=float)


def _pulled(output: Tensor, leaves: Sequence[Tensor], seed: Any) -> list[Any]:
    found = grad(output, list(leaves), Tensor._make(seed), retain_graph=True, allow_unused=True)
    return [
        np.zeros(_numbers(x._array).shape) if g is None else _numbers(g._array)
        for g, x in zip(found, leaves, strict=True)
    ]


def _analytical(output: Tensor, leaves: Sequence[Tensor]) -> list[Any]:
    """The same Jacobians by backward passes, one column each."""
    size = _numbers(output._array).size
    columns: list[list[Any]] = [[] for _ in leaves]
    for j in range(size):
        seed = np.zeros(size)
        seed[j] = 1
        shaped = seed.view(output.dtype if output.dtype.kind == "c" else float)
        for column, g in zip(
            columns, _pulled(output, leaves, shaped.reshape(output.shape)), strict=True
        ):
            column.append(g)
    return [np.array(c).T if c else np.zeros((0, 0)) for c in columns]


def _slow(
    func: Any, inputs: Any, leaves: list[Tensor], output: Tensor, k: int, options: _Options
) -> None:
    analytical = _analytical(output, leaves)
    again = _analytical(output, leaves)
    for i, x in enumerate(leaves):
        _check_reentrant(analytical[i], again[i], options)
        numerical = _numerical(func, inputs, x, k, options)
        if not _close(analytical[i], numerical, options.atol, options.rtol):
            raise GradcheckError(_mismatch(k, i, numerical, analytical[i]))


def _close(a: Any, b: Any, atol: float, rtol: float) -> bool:
    if a.size == 0 or b.size == 0:
        return True
    return bool(a.shape == b.shape and np.allclose(a, b, rtol, atol, equal_nan=True))


def _check_reentrant(one: Any, two: Any, options: _Options) -> None:
    if one.size and not np.allclose(one, two, 0, options.nondet_tol, equal_nan=True):
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output"
            " multiple times gives different values, although analytical gradient matches numerical"
            f" gradient.The tolerance for nondeterminism was {options.nondet_tol}."
        )


def _mismatch(output: int, index: int, numerical: Any, analytical: Any) -> str:
    return (
        f"Jacobian mismatch for output {output:d} with respect to input {index:d},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
    )


def _check_linear(output: Tensor, leaves: Sequence[Tensor], options: _Options) -> None:
    """A zero cotangent must give zero."""
    for g in _pulled(output, leaves, np.zeros(output.shape, output.dtype)):
        if not np.allclose(g, 0, atol=options.atol):
            raise GradcheckError("backward not multiplied by grad_output")


def _check_dtypes(output: Tensor, leaves: Sequence[Tensor]) -> None:
    seed = Tensor._make(np.ones(output.shape, output.dtype))
    found = grad(output, list(leaves), seed, retain_graph=True, allow_unused=True)
    for i, (g, x) in enumerate(zip(found, leaves, strict=True)):
        if g is not None and g.dtype != x.dtype:
            raise GradcheckError(f"the gradient of input {i} is {g.dtype}, the input {x.dtype}")


def _check_constant(
    func: Any, inputs: Any, leaves: list[Tensor], every: Any, options: _Options
) -> None:
    """Outputs without gradient must not change with the inputs."""
    constant = [i for i, o in enumerate(every) if isinstance(o, Tensor) and not o.requires_grad]
    constant = [i for i in constant if every[i].dtype.kind in "fc"]
    for x in leaves if constant else ():
        was = np.array(x._array)
        x._array[...] = was + options.eps
        moved = many(func(*inputs))
        x._array[...] = was
        for i in constant:
            before = every[i]._array
            if not np.allclose(moved[i]._array, before, 0, options.eps * options.atol):
                raise GradcheckError(
                    "Numerical gradient for function expected to be zero"
                    f" (output {i} does not require grad but depends on an input)"
                )


def _check_undefined(outputs: Sequence[Tensor], leaves: Sequence[Tensor]) -> None:
    """A cotangent that is missing for one of several outputs must count as zero."""
    if len(outputs) < 2:
        return
    one = outputs[0]
    alone = _pulled(one, leaves, np.ones(one.shape, one.dtype))
    seeds = [Tensor._make(np.ones(one.shape, one.dtype))]
    seeds += [Tensor._make(np.zeros(o.shape, o.dtype)) for o in outputs[1:]]
    both = grad(list(outputs), list(leaves), seeds, retain_graph=True, allow_unused=True)
    for g, expected in zip(both, alone, strict=True):
        found = np.zeros(expected.shape) if g is None else _numbers(g._array)
        if not np.allclose(found, expected, equal_nan=True):
            raise GradcheckError(
                "Expected backward function to handle undefined output grads. Please look at"
                ' "Notes about undefined output gradients" in the documentation of Function'
            )


def _fast(
    func: Any, inputs: Any, leaves: list[Tensor], output: Tensor, k: int, options: _Options
) -> None:
    """One product vᵀ J u per input, u of length 1 and not negative, v random."""
    rng = np.random.default_rng(k)
    size = _numbers(output._array).size
    v = rng.uniform(size=size)
    shaped = v.view(output.dtype if output.dtype.kind == "c" else float).reshape(output.shape)
    pulled = _pulled(output, leaves, shaped.astype(output.dtype))
    for i, x in enumerate(leaves):
        u = rng.uniform(size=_numbers(x._array).size)
        u /= np.linalg.norm(u) or 1.0
        numerical = v @ _directional(func, inputs, x, u, k, options)
        allowed = options.atol * u.sum() * v.sum() + options.rtol * abs(numerical)
        if not abs(float(pulled[i] @ u) - numerical) <= allowed:
            _explain(func, inputs, leaves, output, k, i, options)


def _directional(func: Any, inputs: Any, x: Tensor, u: Any, k: int, options: _Options) -> Any:
    was = np.array(x._array)
    base = _numbers(was)
    ends = [
        _moved(func, inputs, x, (base + s * options.eps * u).view(was.dtype).reshape(was.shape), k)
        for s in (1, -1)
    ]
    x._array[...] = was
    return (ends[0] - ends[1]) / (2 * options.eps)


def _explain(
    func: Any, inputs: Any, leaves: list[Tensor], output: Tensor, k: int, i: int, options: _Options
) -> None:
    """The slow check for the message; it says too when that passes."""
    analytical = _analytical(output, leaves)[i]
    numerical = _numerical(func, inputs, leaves[i], k, options)
    text = _mismatch(k, i, numerical, analytical)
    if _close(analytical, numerical, options.atol, options.rtol):
        text += (
            "\nThe above quantities relating the numerical and analytical jacobians are computed in"
            " fast mode. Running in slow mode, the check passes: your function is likely correct,"
            " or the tolerances of the fast mode are too small."
        )
    raise GradcheckError(text)

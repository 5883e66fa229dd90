"""`backward` and `grad`: what is asked of the engine, checked first."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.errors import AutogradError, InputTypeError
from derivc.tensor.backward import run
from derivc.tensor.modes import mode
from derivc.tensor.node import Node, edge_of
from derivc.tensor.tensor import Tensor

_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter"
    " and its gradient which can cause a memory leak. We recommend using dc.grad when creating the"
    " graph to avoid this. If you have to use this function, make sure to reset the .grad fields of"
    " your parameters to None after use to break the cycle and avoid the leak."
)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of one or several tensors to the `.grad` of the leaves behind them.

    Args:
        tensors: a tensor, or several; their gradients add up.
        grad_tensors: the cotangent of each; None for a tensor of one number.
        retain_graph: keep what was saved for another pass (default: `create_graph`).
        create_graph: record the backward pass itself.
        inputs: the tensors whose `.grad` is wanted, leaves or not; default: all leaves.

    Raises:
        AutogradError: a gradient cannot be made.
    """
    roots = _roots(tensors, grad_tensors, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    if create_graph:
        warnings.warn(_CYCLE, UserWarning, stacklevel=3)
    if inputs is None:
        run(roots, keep, create_graph)
        return
    chosen = _each(inputs)
    if not chosen:
        raise AutogradError("`inputs` argument to `backward()` cannot be empty.")
    _into(chosen, roots, keep, create_graph)


def _into(chosen: Sequence[Tensor], roots: Any, keep: bool, create: bool) -> None:
    from derivc.tensor.accumulate import accumulate

    found = run(roots, keep, create, [_target(t) for t in chosen])
    for tensor in chosen:
        cotangent = found.get(_target(tensor))
        if cotangent is not None:
            accumulate(tensor, cotangent if create else np.array(cotangent), create)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of outputs by inputs, without touching any `.grad`.

    Args:
        outputs: a tensor, or several; their gradients add up.
        inputs: a tensor, several, or a dict of them.
        grad_outputs: the cotangent of each output; None for an output of one number.
        retain_graph: keep what was saved for another pass (default: `create_graph`).
        create_graph: record the backward pass itself, to differentiate it again.
        allow_unused: give None for inputs that the outputs do not depend on.
        is_grads_batched: the first dimension of the cotangents counts a batch of them.
        materialize_grads: give zeros instead of None.

    Returns:
        A tuple with one gradient per input; a dict for a dict of inputs.

    Raises:
        AutogradError: an input was not used, or a gradient cannot be made.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(3.0, requires_grad=True)
        >>> (g,) = dc.grad(x**3, x, create_graph=True)
        >>> dc.grad(g, x)
        (tensor(18.),)
    """
    if materialize_grads and allow_unused is False:
        raise AutogradValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got:"
            " allow_unused=False."
        )
    if isinstance(inputs, dict):
        options = (grad_outputs, retain_graph, create_graph, allow_unused, is_grads_batched)
        found = grad(outputs, list(inputs.values()), *options, materialize_grads)
        return dict(zip(inputs, found, strict=True))
    if is_grads_batched:
        return _batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused)
    chosen = _each(inputs)
    for tensor in chosen:
        if not isinstance(tensor, Tensor):
            raise InputTypeError(f"inputs must be Tensors, got {type(tensor).__name__}")
    if not all(t.requires_grad for t in chosen):
        raise AutogradError("One of the differentiated Tensors does not require grad")
    roots = _roots(outputs, grad_outputs, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    arrived = run(roots, keep, create_graph, [_target(t) for t in chosen])
    loose = bool(allow_unused) or materialize_grads
    return tuple(
        _given(arrived.get(_target(t)), i, t, loose, materialize_grads, create_graph)
        for i, t in enumerate(chosen)
    )


class AutogradValueError(AutogradError, ValueError):
    """Options that contradict each other."""


def _given(
    cotangent: Any, position: int, tensor: Tensor, loose: bool, zeros: bool, create: bool
) -> Tensor | None:
    """One gradient as the caller gets it."""
    if cotangent is not None:
        return cotangent if isinstance(cotangent, Tensor) else Tensor._make(_mine(cotangent))
    if not loose:
        raise AutogradError(
            f"The differentiated Tensor at index {position} appears to not have been used in the"
            " graph. Set allow_unused=True if this is the desired behavior."
        )
    if not zeros:
        return None
    made = Tensor._make(np.zeros(tensor.shape, tensor.dtype))
    made._requires = create
    return made


def _mine(array: Any) -> Any:
    """An array that may be written to and lies nowhere else."""
    return array if array.flags.owndata and array.flags.writeable else np.array(array)


def _batched(
    outputs: Any, inputs: Any, grads: Any, keep: bool | None, create: bool, loose: bool | None
) -> Any:
    """One pass per cotangent of the batch, the results stacked."""
    from derivc.tensor.namespace import RECORDED

    many: list[Any] = [Tensor._lift(g) for g in _each(grads)]
    count = many[0].shape[0]
    rows = []
    for k in range(count):
        kept = True if k < count - 1 else keep
        rows.append(grad(outputs, inputs, [g[k] for g in many], kept, create, loose))
    columns = zip(*rows, strict=True)
    return tuple(None if c[0] is None else RECORDED.stack(list(c)) for c in columns)


def many(value: Any) -> tuple[Any, ...]:
    """The elements of a tuple or list, or the one thing."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _each(given: Any) -> list[Any]:
    return list(given.values() if isinstance(given, dict) else many(given))


def _target(tensor: Tensor) -> tuple[Node, int]:
    node, index = edge_of(tensor)
    if node is None:
        raise AutogradError("One of the differentiated Tensors does not require grad")
    return node, index


def _roots(tensors: Any, cotangents: Any, create: bool) -> list[tuple[Node, int, Any]]:
    """Where the pass begins.

    Raises:
        AutogradError: numbers of tensors and gradients differ, or one of them does not fit.
    """
    if mode.now.inference:
        raise AutogradError("Cannot call backward or grad inside InferenceMode")
    outputs = _each(tensors)
    given = [None] * len(outputs) if cotangents is None else _each(cotangents)
    if len(given) != len(outputs):
        raise AutogradError(f"got {len(outputs)} tensors and {len(given)} gradients")
    found = []
    for i, (output, cotangent) in enumerate(zip(outputs, given, strict=True)):
        if not isinstance(output, Tensor):
            raise InputTypeError(f"expected a Tensor, got {type(output).__name__}")
        seed = _seed(output, cotangent, i, create)
        node, index = edge_of(output)
        if node is None:
            raise AutogradError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            )
        found.append((node, index, seed))
    return found


def _seed(output: Tensor, cotangent: Any, i: int, create: bool) -> Any:
    """The cotangent of one output, 1 for a single number."""
    if cotangent is None:
        return _implicit(output, create)
    given = cotangent if isinstance(cotangent, Tensor) else Tensor._make(np.asarray(cotangent))
    if given.shape != output.shape:
        raise AutogradError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {given.shape} and output[{i}] has"
            f" a shape of {output.shape}."
        )
    if (given.dtype.kind == "c") != (output.dtype.kind == "c"):
        raise AutogradError(
            "For complex Tensors, both grad_output and output are required to have the same dtype."
            f" Mismatch in dtype: grad_output[{i}] has a dtype of {given.dtype} and output[{i}] has"
            f" a dtype of {output.dtype}."
        )
    given = given.to(output.dtype)
    return given if create else given._array


def _implicit(output: Tensor, create: bool) -> Any:
    if output.numel() != 1 and output.requires_grad:
        raise AutogradError(
            "grad can be implicitly created only for scalar outputs; the output has shape"
            f" {output.shape}: reduce it first, as in .sum().backward(), or give the cotangent of"
            " every number, as in .backward(dc.ones_like(y))"
        )
    if output.dtype.kind == "c":
        raise AutogradError(
            f"grad can be implicitly created only for real scalar outputs but got {output.dtype};"
            " take .real, .imag or .abs() of it, or give the cotangent"
        )
    one = np.ones(output.shape, output.dtype)
    return Tensor._make(one) if create else one

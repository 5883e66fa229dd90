"""Derivatives of functions of tensors: gradients, products with Jacobians, whole Jacobians."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.errors import AutogradError, InputTypeError
from derivc.tensor.calling import Function, gradients, inside, is_inside, leaf, like
from derivc.tensor.forward import pushed
from derivc.tensor.grad_mode import enable_grad
from derivc.tensor.grads import many
from derivc.tensor.jacobians import by_columns, by_rows, check_dependence, check_strategy, zeros_for
from derivc.tensor.modes import mode
from derivc.tensor.node import edge_of
from derivc.tensor.tensor import Tensor


def grad_of(
    function: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Function:
    """A function for the gradient of a function that returns one number.

    Args:
        function: of tensors, arrays or numbers.
        argnums: by which arguments to differentiate; a tuple gives a tuple of gradients.
        has_aux: the function returns (number, anything); so does the gradient.

    Raises:
        AutogradError: when called, if the function does not return one real number.

    Example:
        >>> import derivc as dc
        >>> dc.grad_of(lambda x: (x**3).sum())(dc.tensor([1.0, 2.0]))
        tensor([ 3., 12.])
        >>> dc.grad_of(dc.grad_of(lambda x: x**3))(2.0)
        tensor(12.)
    """

    @functools.wraps(function)
    def gradient(*args: Any, **named: Any) -> Any:
        value, found = value_and_grad(function, argnums, has_aux)(*args, **named)
        return (found, value[1]) if has_aux else found

    return gradient


def value_and_grad(
    function: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Function:
    """A function for the value and the gradient together; arguments as for `grad_of`.

    Example:
        >>> import derivc as dc
        >>> dc.value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
        (tensor(6.), (tensor(3.), tensor(2.)))
    """
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @functools.wraps(function)
    def both(*args: Any, **named: Any) -> Any:
        leaves, outer = _leaves(args, chosen)
        answer = inside(function, leaves, named)
        value = answer[0] if has_aux else answer
        _check_scalar(value)
        with enable_grad():
            found = gradients(value, [leaves[i] for i in chosen], None, outer)
        kept = value if outer else value.detach()
        slopes = found[0] if isinstance(argnums, int) else tuple(found)
        return ((kept, answer[1]) if has_aux else kept), slopes

    return both


def _check_scalar(value: Any) -> None:
    if not isinstance(value, Tensor):
        raise InputTypeError(f"the function must return a Tensor, got {type(value).__name__}")
    if value.numel() != 1 or value.ndim:
        raise AutogradError(
            f"Gradient only defined for scalar-output functions. Output had shape: {value.shape}."
        )
    if value.dtype.kind != "f":
        raise AutogradError(f"the gradient is of a real number, the function gave {value.dtype}")


def _leaves(args: Sequence[Any], chosen: Sequence[int]) -> tuple[list[Any], bool]:
    """The arguments, those to differentiate by as new places in the graph.

    Returns:
        Them, and whether one of them is part of a graph outside, which is continued.
    """
    outer = mode.now.enabled and any(getattr(a, "_requires", False) for a in args)
    found = list(args)
    for i in chosen:
        found[i] = leaf(args[i])
    return found, outer


def _called(function: Function, inputs: Any) -> tuple[list[Tensor], tuple[Tensor, ...], Any]:
    """The inputs as places in a graph, and the outputs over them."""
    leaves = [leaf(x) for x in many(inputs)]
    output = inside(function, leaves, {})
    for part in many(output):
        if not isinstance(part, Tensor):
            raise InputTypeError(f"the function must return Tensors, got {type(part).__name__}")
    return leaves, many(output), output


def _seeds(outputs: Sequence[Tensor], v: Any) -> list[Tensor]:
    """The cotangents of outputs, or tangents of inputs, in their shapes."""
    if v is None:
        if len(outputs) != 1 or outputs[0].numel() != 1:
            raise AutogradError(
                "The vector v can only be None if the user-provided function returns a single"
                " Tensor with a single element."
            )
        return [Tensor._make(np.ones(outputs[0].shape, outputs[0].dtype))]
    found = [Tensor._lift(x) for x in many(v)]
    if len(found) != len(outputs):
        raise AutogradError(f"v has {len(found)} elements, {len(outputs)} were expected")
    for i, (one, output) in enumerate(zip(found, outputs, strict=True)):
        if one.shape != output.shape:
            raise AutogradError(
                f"v has invalid size: entry {i} should be {output.shape} but got {one.shape}"
            )
    return found


def vjp(function: Function, inputs: Any, v: Any = None, create_graph: bool = False) -> Any:
    """The outputs of a function, and the product of a vector with its Jacobian.

    Args:
        function: of tensors, returning one or a tuple.
        inputs: a tensor, or a tuple of them.
        v: the cotangent of every output; may be left out for one number.
        create_graph: record the product, to differentiate it.

    Returns:
        (outputs, product), the product in the layout of the inputs.

    Raises:
        AutogradError: v does not fit the outputs.

    Example:
        >>> import derivc as dc
        >>> dc.functional.vjp(lambda x: x**2, dc.tensor([1.0, 2.0]), dc.tensor([1.0, 1.0]))
        (tensor([1., 4.]), tensor([2., 4.]))
    """
    leaves, outputs, output = _called(function, inputs)
    keep = create_graph or is_inside(inputs, v)
    with enable_grad():
        total = _weighted(outputs, _seeds(outputs, v))
        found = gradients(total, leaves, None, keep)
    return _plain(output, keep), like(found, inputs)


def _weighted(outputs: Sequence[Tensor], seeds: Sequence[Tensor]) -> Any:
    """The sum of all products of outputs with seeds."""
    terms: list[Any] = [
        (o * s).sum()  # type: ignore[operator]
        for o, s in zip(outputs, seeds, strict=True)
    ]
    return functools.reduce(lambda a, b: a + b, terms)


def _plain(output: Any, keep: bool) -> Any:
    """Outputs without their graph, unless it is kept."""
    if keep:
        return output
    return like([o.detach() for o in many(output)], output)


def jvp(function: Function, inputs: Any, v: Any = None, create_graph: bool = False) -> Any:
    """The outputs of a function, and the product of its Jacobian with a vector.

    Forward mode: the tangents go through the recorded operations in their order, each by the
    partials that are declared for it.

    Args:
        function: of tensors, returning one or a tuple.
        inputs: a tensor, or a tuple of them.
        v: the tangent of every input.
        create_graph: record the product, to differentiate it.

    Returns:
        (outputs, product), the product in the layout of the outputs.

    Raises:
        AutogradError: v does not fit the inputs, or an operation has no derivative.

    Example:
        >>> import derivc as dc
        >>> dc.functional.jvp(lambda x: x**2, dc.tensor([1.0, 2.0]), dc.tensor([1.0, 0.0]))
        (tensor([1., 4.]), tensor([2., 0.]))
    """
    leaves, outputs, output = _called(function, inputs)
    tangents = _seeds(leaves, v)
    seeds = {edge_of(x): t.to(x.dtype) for x, t in zip(leaves, tangents, strict=True)}
    keep = create_graph or is_inside(inputs, v)
    found = [zeros_for(*pair) for pair in zip(pushed(outputs, seeds, keep), outputs, strict=True)]
    return _plain(output, keep), like(found, output)


def jacobian(
    function: Function, inputs: Any, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False, strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The Jacobian: one array of shape output + input for every output and input.

    Args:
        function: of tensors, returning one or a tuple.
        inputs: a tensor, or a tuple of them.
        create_graph: record it, to differentiate it.
        strict: complain about outputs that do not depend on an input.
        vectorize, strategy: taken as in PyTorch; "forward-mode" makes one pass for every number of
            the inputs instead of one for every number of the outputs. The result is the same.

    Returns:
        A tensor; tuples of them, by output and then by input, where there are several.

    Raises:
        AutogradError: with `strict`, an output does not depend on an input.

    Example:
        >>> import derivc as dc
        >>> dc.functional.jacobian(lambda x: x**2, dc.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """
    check_strategy(strategy, vectorize)
    leaves, outputs, output = _called(function, inputs)
    for k, one in enumerate(outputs if strict else ()):
        check_dependence(one, leaves, k)
    keep = create_graph or is_inside(inputs)
    if strategy == "forward-mode":
        columns = [by_columns(outputs, leaf, keep) for leaf in leaves]
        rows: list[Any] = [like(row, inputs) for row in zip(*columns, strict=True)]
    else:
        rows = [like(by_rows(one, leaves, keep), inputs) for one in outputs]
    return like(rows, output)


def hessian(
    function: Function, inputs: Any, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False, outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of one number, of shape input + input.

    Args:
        function: of tensors, returning a tensor with a single element.
        inputs: a tensor, or a tuple of them; then the result is a tuple of tuples.
        create_graph, strict, vectorize, outer_jacobian_strategy: as for `jacobian`.

    Raises:
        AutogradError: the function gives more than one number.

    Example:
        >>> import derivc as dc
        >>> dc.functional.hessian(lambda x: (x**3).sum(), dc.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """

    def gradient(*leaves: Tensor) -> Any:
        value = _single(function(*leaves))
        with enable_grad():
            return like(gradients(value, leaves, None, True), inputs)

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def _single(value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.numel() != 1:
        raise AutogradError(
            "The Tensor returned by the function given to hessian should contain a single element"
        )
    return value


def hvp(function: Function, inputs: Any, v: Any = None, create_graph: bool = False) -> Any:
    """The value of one number, and the product of its Hessian with a vector.

    Args:
        function: of tensors, returning a tensor with a single element.
        inputs: a tensor, or a tuple of them.
        v: one tensor per input, of its shape.
        create_graph: record the product, to differentiate it.

    Returns:
        (value, product), the product in the layout of the inputs.

    Example:
        >>> import derivc as dc
        >>> dc.functional.hvp(lambda x: (x**3).sum(), dc.tensor([1.0, 2.0]), dc.tensor([1.0, 1.0]))
        (tensor(9.), tensor([ 6., 12.]))
    """
    leaves, outputs, output = _called(function, inputs)
    vectors = _seeds(leaves, v)
    keep = create_graph or is_inside(inputs, v)
    with enable_grad():
        first = gradients(_single(outputs[0]), leaves, None, True)
        found = gradients(_weighted(first, vectors), leaves, None, keep)
    return _plain(output, keep), like(found, inputs)


vhp = hvp
"""The product from the left: the Hessian is symmetric."""

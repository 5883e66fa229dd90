"""`Function`: an operation whose forward and backward the user writes, as in PyTorch."""

from __future__ import annotations

import functools
from abc import ABC
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.errors import AutogradError, DeclarationError, InputTypeError
from derivc.tensor.function_node import Context, FunctionNode
from derivc.tensor.grad_mode import no_grad
from derivc.tensor.modes import mode
from derivc.tensor.tensor import Tensor


class Function(ABC):  # noqa: B024  nothing is abstract until it is called
    """An operation of one's own: derive a class with static `forward` and `backward`.

    `forward(ctx, *inputs)`, or `forward(*inputs)` together with `setup_context(ctx, inputs,
    output)`; `backward(ctx, *cotangents)` returns one gradient per input, None for what is no
    tensor; `jvp(ctx, *tangents)`, which may be left out, one tangent per output. It is called by
    `apply`, and recorded as one node.

    Example:
        >>> import derivc as dc
        >>> class Cube(dc.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x**3
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         (x,) = ctx.saved_tensors
        ...         return g * 3 * x**2
        >>> x = dc.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
    """

    def __init__(self) -> None:
        raise InputTypeError(
            f"{type(self).__name__} should not be instantiated. Methods on autograd functions are"
            " all static, so you should invoke them on the class itself: use"
            f" {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*args: Any, **named: Any) -> Any:
        """Compute the output. To be written by the user."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Prepare `ctx` after a `forward` that does not take it. May be written by the user."""
        del ctx, inputs, output

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        """Compute the gradients of the inputs. To be written by the user."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom"
            " autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        """Compute the tangents of the outputs. May be written by the user.

        Without it, forward mode transposes `backward` by differentiating it.
        """
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with"
            " forward mode AD."
        )

    @classmethod
    def _pushforward(cls) -> Callable[..., Any] | None:
        """The user's `jvp`, if there is one."""
        return None if cls.jvp is Function.jvp else cls.jvp

    @classmethod
    def _pullback(cls) -> Callable[..., Any]:
        """`backward`, or `vjp`, which is another name for it.

        Raises:
            DeclarationError: the class has both.
        """
        both = cls.backward is not Function.backward, cls.vjp is not Function.vjp
        if all(both):
            raise DeclarationError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You"
                " should only implement one of them."
            )
        return cls.vjp if both[1] else cls.backward

    @classmethod
    def apply(cls, *args: Any, **named: Any) -> Any:
        """Call the operation; it is recorded when an input requires grad."""
        if named:
            args = _positional(cls, args, named)
        return _apply(cls, args)

    @staticmethod
    def from_expression(source: Any, name: str = "Expression", **options: Any) -> type[Function]:
        """A class whose forward and backward are generated from an expression.

        Args:
            source: anything that `derivc.compile` takes.
            name: the name of the class.
            options: as for `derivc.compile`.

        Returns:
            A subclass with the kernel in `kernel`; its docstring shows the derivatives.

        Example:
            >>> import derivc as dc
            >>> Decay = dc.Function.from_expression("x*exp(-y)")
            >>> print(Decay.__doc__)
            x*exp(-y)
            <BLANKLINE>
            by x: exp(-y)
            by y: -x*exp(-y)
        """
        from derivc.tensor.generated import class_of

        return class_of(source, name, options)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Say of a `backward` that it cannot be differentiated again: trying to is an error.

    Args:
        backward: of a `Function`, below `@staticmethod`.

    Example:
        >>> import derivc as dc
        >>> class Double(dc.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return 2 * x
        ...
        ...     @staticmethod
        ...     @dc.once_differentiable
        ...     def backward(ctx, g):
        ...         return 2 * g
        >>> x = dc.tensor(1.0, requires_grad=True)
        >>> dc.grad(Double.apply(x), x)
        (tensor(2.),)
    """

    @functools.wraps(backward)
    def run(ctx: Any, *cotangents: Any) -> Any:
        recorded = mode.now.enabled and any(
            isinstance(c, Tensor) and c.requires_grad for c in cotangents
        )
        with no_grad():
            answer = backward(ctx, *cotangents)
        return _refusing(answer) if recorded else answer

    return run


def _refusing(answer: Any) -> Any:
    """Gradients that complain when they are differentiated."""
    from derivc.tensor.elementwise import MissingNode

    problem = AutogradError(
        "trying to differentiate twice a function that was marked with @once_differentiable"
    )

    def mark(gradient: Any) -> Any:
        if not isinstance(gradient, Tensor):
            return gradient
        made = gradient.detach()
        made._node, made._requires = MissingNode([], problem), True
        return made

    return tuple(map(mark, answer)) if isinstance(answer, tuple) else mark(answer)


def _positional(cls: type[Function], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    import inspect

    signature = inspect.signature(cls.forward)
    if _separate(cls):
        return signature.bind(*args, **named).args
    return signature.bind(None, *args, **named).args[1:]


def _separate(cls: type[Function]) -> bool:
    """Whether `forward` leaves the context to `setup_context`."""
    return cls.setup_context is not Function.setup_context


def _apply(cls: type[Function], args: tuple[Any, ...]) -> Any:
    ctx = Context()
    tracked = [isinstance(a, Tensor) and a.requires_grad for a in args]
    records = any(tracked) and mode.now.enabled
    ctx.needs_input_grad = tuple(tracked)
    node = FunctionNode(cls, ctx, args) if records else None
    with no_grad():
        if _separate(cls):
            output = cls.forward(*args)
            cls.setup_context(ctx, args, output)
        else:
            output = cls.forward(ctx, *args)
    if not isinstance(output, tuple | Tensor):
        return output
    results = [_result(r, args, ctx) for r in (output if isinstance(output, tuple) else (output,))]
    if node is not None:
        _link(node, ctx, args, results, output)
    return tuple(results) if isinstance(output, tuple) else results[0]


def _result(result: Any, args: tuple[Any, ...], ctx: Context) -> Any:
    """An output; an input that is handed on as it is becomes a view of it."""
    if isinstance(result, Tensor) and any(result is a for a in args):
        if any(result is d for d in ctx._dirty):
            return result
        alias = Tensor._make(result._array)
        alias._counter = result._counter
        return alias
    return result


def _link(
    node: FunctionNode, ctx: Context, args: tuple[Any, ...], results: list[Any], output: Any
) -> None:
    """Give the outputs their node."""
    from derivc.tensor.inplace import check

    many = output if isinstance(output, tuple) else (output,)
    for dirty in ctx._dirty:
        check(dirty)
        dirty._counter[0] += 1
    node.outputs = [
        (r._array.shape, r._array.dtype) if isinstance(r, Tensor) else ((), np.dtype(float))
        for r in results
    ]
    node.save(args, many)
    for k, (result, returned) in enumerate(zip(results, many, strict=True)):
        constant = any(returned is c for c in ctx._constant)
        if isinstance(result, Tensor) and not constant and result._array.dtype.kind in "fc":
            result._node, result._index, result._requires = node, k, True
    if mode.now.anomaly is not None:
        node.trail = mode.now.anomaly.here()

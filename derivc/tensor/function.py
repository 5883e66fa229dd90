"""`Function`: an operation whose forward and backward the user writes, as in PyTorch."""

from __future__ import annotations

import functools
from abc import ABC
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from derivc.errors import AutogradError, DeclarationError, InputTypeError
from derivc.tensor.grad_mode import enable_grad, no_grad
from derivc.tensor.modes import State, mode
from derivc.tensor.node import Node, edge_of, fit
from derivc.tensor.saved import keep, restored, values
from derivc.tensor.tensor import Tensor


@final
class Context:
    """What `forward` leaves for `backward`; attributes of any name may be set on it.

    Attributes:
        needs_input_grad: per input, whether its gradient is wanted.
    """

    needs_input_grad: tuple[bool, ...] = ()
    _node: FunctionNode | None = None

    def __init__(self) -> None:
        self._to_save: tuple[Any, ...] = ()
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (inputs, outputs, intermediate results) for the backward pass; once.

        Raises:
            InputTypeError: something else than tensors and None was given.
        """
        for i, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise InputTypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type"
                    f" {type(tensor).__name__}"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Does nothing: tangents are found by two reverse passes, which need no more."""

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved.

        Raises:
            FreedGraphError: it was freed. InplaceError: it was changed in place since.
        """
        if self._node is None:
            return self._to_save
        return self._node.saved_tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs `forward` changed in place and returns."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no derivative."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for outputs that nobody used."""
        self._materialize = value


@final
class FunctionNode(Node):
    """A user's function that was applied; its attributes are those of the context."""

    def __init__(self, function: type[Function], ctx: Context, args: Sequence[Any]):
        tensors = [(i, a) for i, a in enumerate(args) if isinstance(a, Tensor)]
        super().__init__([edge_of(t) for _, t in tensors])
        self.function, self.ctx = function, ctx
        self.count = len(args)
        self.positions = [i for i, _ in tensors]
        self.inputs = [(t._array.shape, t._array.dtype) for _, t in tensors]
        self.places: list[Any] = []

    def name(self) -> str:
        """The class's name with "Backward" behind it."""
        return self.function.__name__ + "Backward"

    @property
    def formula(self) -> str:
        """The class's own `formula`, if it has one."""
        return str(getattr(self.function, "formula", ""))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "ctx":
            raise AttributeError(name)
        return getattr(self.ctx, name)

    def save(self, args: Sequence[Any], results: Sequence[Any]) -> None:
        """Keep what the user asked to keep, and where it came from."""
        inputs = [a for a in args if isinstance(a, Tensor)]
        for tensor in self.ctx._to_save:
            own = [k for k, r in enumerate(results) if r is tensor]
            given = [k for k, a in enumerate(inputs) if a is tensor]
            self.places.append(("own", own[0]) if own else ("in", given[0]) if given else None)
        arrays = [None if t is None else t._array for t in self.ctx._to_save]
        keep(self, arrays, [t for t in self.ctx._to_save if t is not None])
        self.ctx._to_save = ()
        self.ctx._node = self

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, as tensors with their history."""
        return tuple(
            None if array is None else Tensor._lift(restored(array, self._edge(place)))
            for array, place in zip(values(self), self.places, strict=True)
        )

    def _edge(self, place: Any) -> Any:
        if place is None:
            return None
        return (self, place[1]) if place[0] == "own" else self.edges[place[1]]

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """By the user's `backward`, not recorded."""
        with no_grad():
            found = self._asked([None if c is None else Tensor._make(c) for c in cotangents])
        return [
            None if g is None else fit(self._checked(g, i)._array, *self.inputs[i])
            for i, g in enumerate(found)
        ]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """By the user's `backward`, recorded."""
        from derivc.tensor.namespace import RECORDED

        with enable_grad():
            found = self._asked(list(cotangents))
            return [
                None if g is None else RECORDED.fit(self._checked(g, i), *self.inputs[i])
                for i, g in enumerate(found)
            ]

    def _asked(self, cotangents: list[Any]) -> list[Any]:
        """What the user's `backward` returns, for the tensors among the inputs."""
        self.check_alive()
        if self.ctx._materialize:
            cotangents = [
                Tensor._make(np.zeros(*meta)) if c is None else c
                for c, meta in zip(cotangents, self.outputs, strict=True)
            ]
        answer = self.function._pullback()(self.ctx, *cotangents)
        found = list(answer) if isinstance(answer, tuple | list) else [answer]
        while len(found) > self.count and found[-1] is None:
            found.pop()
        if len(found) != self.count:
            raise AutogradError(
                f"function {self.name()} returned an incorrect number of gradients (expected"
                f" {self.count}, got {len(found)})"
            )
        for i, gradient in enumerate(found):
            if gradient is not None and i not in self.positions:
                raise AutogradError(
                    f"function {self.name()} returned a gradient different than None at position"
                    f" {i + 1}, but the corresponding forward input was not a Variable"
                )
        return [found[i] for i in self.positions]

    def _checked(self, gradient: Any, i: int) -> Tensor:
        if not isinstance(gradient, Tensor):
            raise InputTypeError(f"expected Variable or None (got {type(gradient).__name__})")
        shape = self.inputs[i][0]
        try:
            fits = np.broadcast_shapes(shape, gradient.shape) in (shape, gradient.shape)
        except ValueError:
            fits = False
        if not fits:
            raise AutogradError(
                f"Function {self.name()} returned an invalid gradient at index {i} - got"
                f" {list(gradient.shape)} but expected shape compatible with {list(shape)}"
            )
        return gradient


class Function(ABC):  # noqa: B024  nothing is abstract until it is called
    """An operation of one's own: derive a class with static `forward` and `backward`.

    `forward(ctx, *inputs)`, or `forward(*inputs)` together with `setup_context(ctx, inputs,
    output)`; `backward(ctx, *cotangents)` returns one gradient per input, None for what is no
    tensor. It is called by `apply`, and recorded as one node.

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
    """Say of a `backward` that it cannot be differentiated again: trying to is an error."""

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

"""The node of a user's function, and the context that its forward leaves for its backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.errors import AutogradError, InputTypeError
from derivc.tensor.grad_mode import enable_grad, no_grad
from derivc.tensor.modes import State
from derivc.tensor.node import Node, edge_of, fit
from derivc.tensor.saved import keep, restored, values
from derivc.tensor.tensor import Tensor

if TYPE_CHECKING:
    from derivc.tensor.function import Function


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
        self._for_forward: tuple[Any, ...] = ()
        self._pushing: tuple[Any, ...] | None = None

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
        """Keep tensors for `jvp`, which finds them in `saved_tensors`."""
        self._for_forward = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved: for `backward`, and during `jvp` what was saved for that, if anything.

        Raises:
            FreedGraphError: it was freed. InplaceError: it was changed in place since.
        """
        if self._pushing is not None:
            return self._pushing
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
        self.ctx._for_forward = tuple(
            next(((k, t._array) for k, r in enumerate(results) if r is t), t)
            for t in self.ctx._for_forward
        )

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

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """By the user's `jvp`; without one, by the transpose of the user's `backward`."""
        from derivc.tensor.forward import transposed

        jvp = self.function._pushforward()
        if jvp is None:
            return transposed(self, tangents)
        given: list[Any] = [None] * self.count
        for i, t, meta in zip(self.positions, tangents, self.inputs, strict=True):
            missing = t is None and self.ctx._materialize
            given[i] = Tensor._make(np.zeros(*meta)) if missing else t
        answer = self._with_forward_saved(jvp, given)
        found = list(answer) if isinstance(answer, tuple) else [answer]
        if len(found) != len(self.outputs):
            raise AutogradError(
                f"function {self.name()}: jvp returned an incorrect number of tangents (expected"
                f" {len(self.outputs)}, got {len(found)})"
            )
        return found

    def _with_forward_saved(self, jvp: Any, given: list[Any]) -> Any:
        ctx = self.ctx
        if ctx._for_forward:
            ctx._pushing = tuple(
                restored(t[1], (self, t[0])) if isinstance(t, tuple) else t
                for t in ctx._for_forward
            )
        try:
            return jvp(ctx, *given)
        finally:
            ctx._pushing = None

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

"""Views: tensors that share memory. A change of one is a change of all, in value and in history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final
from weakref import WeakSet

import numpy as np

from derivc.ops.structure import StructuralOp
from derivc.tensor import structural
from derivc.tensor.modes import State, mode
from derivc.tensor.node import Node, edge_of

if TYPE_CHECKING:
    from derivc.tensor.tensor import Tensor


@final
class Path:
    """How a view is reached from its base: structural ops with their arguments, in order."""

    def __init__(self, steps: tuple[tuple[StructuralOp, dict[str, Any]], ...], recorded: bool):
        self.steps, self.recorded = steps, recorded

    def then(self, op: StructuralOp, given: dict[str, Any]) -> Path:
        """One step further."""
        return Path((*self.steps, (op, given)), self.recorded and mode.now.enabled)

    def through(self, array: Any) -> Any:
        """The view of an array."""
        for op, given in self.steps:
            array = op.forward(np, array, **given)
        return array

    def recorded_through(self, tensor: Any) -> Any:
        """The view of a tensor, recorded."""
        for op, given in self.steps:
            tensor = structural.apply(op, (tensor,), given)
        return tensor


def mark(base: Tensor, view: Tensor, op: StructuralOp, given: dict[str, Any]) -> None:
    """Let a view follow its base."""
    view._counter = base._counter
    before = base._path or Path((), mode.now.enabled)
    view._path = before.then(op, given)
    view._base = base if base._base is None else base._base
    view._stamp = view._base._stamp
    if not view._base._requires:  # it may yet become part of a graph, and its views with it
        view._base._followers = view._base._followers or WeakSet()
        view._base._followers.add(view)


def refresh(view: Tensor) -> None:
    """Give a view the history that its base has by now."""
    base = view._base
    if base is None or view._path is None or view._stamp == base._stamp:
        return
    view._stamp = base._stamp
    before, mode.now.enabled = mode.now.enabled, True
    try:
        again = view._path.recorded_through(base)
    finally:
        mode.now.enabled = before
    view._node, view._index, view._requires = again._node, again._index, again._requires


def joined(base: Tensor) -> None:
    """Say to the views of a base that it has become part of a graph."""
    for view in base._followers or ():
        view._requires = True
    base._followers = None


@final
class CopySlices(Node):
    """A part of a base was overwritten: its old history counts outside the part."""

    def __init__(self, base: Tensor, part: Tensor, path: Path):
        super().__init__([edge_of(base), edge_of(part)])
        self.path = path
        self.shape = base._array.shape
        self.inputs = [(t._array.shape, t._array.dtype) for t in (base, part)]
        self.outputs = [self.inputs[0]]

    def name(self) -> str:
        """PyTorch's name."""
        return "CopySlices"

    @property
    def formula(self) -> str:
        """Both cotangents in TeX."""
        return (
            r"\bar{x} = \bar{y} \text{ outside the part}, \quad \bar{v} = \bar{y} \text{ in the"
            r" part}"
        )

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """The part cut out, and what is left."""
        rest = np.array(cotangents[0])
        part = self.path.through(rest)
        cut = np.array(part)
        part[...] = 0
        return [rest, cut]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """The same over tensors."""
        from derivc.tensor.namespace import RECORDED

        (g,) = cotangents
        places, inside = self._inside()
        rest = RECORDED.where(inside, 0.0, g)
        return [rest, RECORDED.getitem(RECORDED.reshape(g, (-1,)), places)]

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """The base's tangent with that of the part written over it."""
        from derivc.tensor.namespace import RECORDED

        base, part = (
            np.zeros(*meta) if t is None else t
            for t, meta in zip(tangents, self.inputs, strict=True)
        )
        places, inside = self._inside()
        spread = RECORDED.reshape(RECORDED.put_zeros(part, places, (inside.size,)), self.shape)
        return [RECORDED.where(inside, spread, base)]

    def _inside(self) -> tuple[Any, Any]:
        """Where the part's numbers lie in the flat base, and whether each of its places is one."""
        size = int(np.prod(self.shape))
        places = self.path.through(np.arange(size).reshape(self.shape))
        inside = np.zeros(size, bool)
        inside[places] = True
        return places, inside.reshape(self.shape)

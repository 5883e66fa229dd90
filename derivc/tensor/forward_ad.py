"""Dual tensors: a number and its tangent, under the names of `torch.autograd.forward_ad`.

A dual tensor is a place in the graph at which a tangent starts. The tangent of what was computed
from it is found when it is asked for, by a pass through the recorded operations.
"""

from __future__ import annotations

import threading
from collections import namedtuple
from collections.abc import Sequence
from typing import Any, final

from derivc.errors import AutogradError
from derivc.tensor.forward import Tangents, pushed
from derivc.tensor.grads import AutogradValueError
from derivc.tensor.modes import State, mode
from derivc.tensor.node import AccumulateGrad, Node, edge_of
from derivc.tensor.tensor import Tensor

UnpackedDualTensor = namedtuple("UnpackedDualTensor", ["primal", "tangent"])  # noqa: PYI024


@final
class _Level(threading.local):
    """The tangents of the dual tensors of this thread, None outside of a level."""

    tangents: Tangents | None = None


_level = _Level()


@final
class DualNode(Node):
    """Where a tangent starts; to a backward pass it is not there."""

    def __init__(self, primal: Tensor):
        super().__init__([edge_of(primal)])
        self.outputs = ((primal._array.shape, primal._array.dtype),)

    def name(self) -> str:
        """Named after the function that made it."""
        return "MakeDualBackward"

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """Handed on."""
        return cotangents

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """Handed on."""
        return cotangents

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """Handed on: a level that has ended, in a pass of another kind."""
        return tangents


def enter_dual_level() -> int:
    """Let dual tensors be made; `dual_level` does it for a block.

    Raises:
        AutogradError: a level was entered already.
    """
    if _level.tangents is not None:
        raise AutogradError("Nested forward mode AD is not supported at the moment")
    _level.tangents = {}
    mode.now.depth += 1
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Forget all tangents.

    Raises:
        AutogradError: no level was entered.
    """
    if _level.tangents is None or level not in (None, 0):
        raise AutogradError(
            "Trying to exit a forward AD level that was not entered: call enter_dual_level() first"
        )
    _level.tangents = None
    mode.now.depth -= 1


@final
class dual_level:  # noqa: N801  PyTorch's name
    """A block in which tensors may have tangents.

    Example:
        >>> import derivc as dc
        >>> with dc.forward_ad.dual_level():
        ...     x = dc.forward_ad.make_dual(dc.tensor([1.0, 2.0]), dc.tensor([1.0, 0.5]))
        ...     dc.forward_ad.unpack_dual(x**2)
        UnpackedDualTensor(primal=tensor([1., 4.]), tangent=tensor([2., 2.]))
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *problem: object) -> None:
        exit_dual_level()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Tensor:
    """A tensor with a tangent, over the same memory.

    Args:
        tensor: of floating-point or complex numbers.
        tangent: of the same shape.
        level: there is one.

    Raises:
        AutogradError: outside of a level, whole numbers (also a ValueError), shapes that differ.
    """
    if _level.tangents is None or level not in (None, 0):
        raise AutogradError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to"
            " enter_dual_level() first."
        )
    primal, moving = Tensor._lift(tensor), Tensor._lift(tangent)
    for word, given in (("primal", primal), ("tangent", moving)):
        if given.dtype.kind not in "fc":
            raise AutogradValueError(
                f"Expected {word} to be floating point or complex, but got: {given.dtype}"
            )
    if primal.shape != moving.shape:
        raise AutogradError(
            "Trying to set a forward gradient that has a different size than that of the original"
            f" Tensor, this is not supported. Tensor is of size {list(primal.shape)} while the"
            f" given forward gradient is of size {list(moving.shape)}."
        )
    made = Tensor._make(primal._array)
    made._counter = primal._counter
    made._node, made._requires = DualNode(primal), True
    _level.tangents[made._node, 0] = moving.to(primal.dtype)
    return made


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The numbers of a tensor, and their tangent: None where no dual tensor matters to them.

    Both belong to the graph of the leaves behind them, if there are any.
    """
    tangents = _level.tangents
    if not tangents or not tensor.requires_grad or level not in (None, 0):
        return UnpackedDualTensor(tensor, None)
    real = any(t.requires_grad for t in tangents.values()) or _has_leaf(tensor)
    (found,) = pushed([tensor], tangents, mode.now.enabled and real)
    return UnpackedDualTensor(tensor if real else tensor.detach(), found)


def _has_leaf(tensor: Tensor) -> bool:
    """Whether a tensor that asks for gradients itself lies behind one."""
    seen: set[int] = set()
    stack = [edge_of(tensor)[0]]
    while stack:
        node = stack.pop()
        if type(node) is AccumulateGrad:
            return True
        if node is not None and node.sequence not in seen:
            seen.add(node.sequence)
            stack += [behind for behind, _ in node.edges]
    return False

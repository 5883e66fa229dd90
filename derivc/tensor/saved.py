"""What nodes keep of their inputs and outputs, and the check that nobody changed it since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import ref

from derivc.errors import InplaceError, InputTypeError
from derivc.tensor.modes import mode
from derivc.tensor.node import AccumulateGrad, Node
from derivc.tensor.tensor import Tensor

_INFERENCE = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference"
    " mode in computation tracked by autograd. To work around this, you can make a clone to get a"
    " normal tensor and use it in autograd, or use `dc.no_grad()` instead of `dc.inference_mode()`."
)


def keep(node: Node, saved: list[Any], tensors: Sequence[Tensor]) -> None:
    """Save values for the backward pass.

    Args:
        node: that needs them.
        saved: arrays and numbers.
        tensors: those whose arrays they are; a change in place of one of them is noticed.

    Raises:
        InputTypeError: one of them was made in inference mode.
    """
    node.saved = saved
    if tensors:
        guards = []
        for tensor in tensors:
            if tensor._inference:
                raise InputTypeError(_INFERENCE)
            guards.append(((counter := tensor._counter), counter[0]))
        node.guards = guards
        if mode.now.saving:
            _pack(node)


def values(node: Node) -> Sequence[Any]:
    """What a node saved, as arrays.

    Raises:
        FreedGraphError: it was freed. InplaceError: it was changed in place since.
    """
    for counter, version in node.guards:
        if counter[0] != version:
            raise InplaceError(_changed(node.name(), version, counter[0]))
    if node.saved is None:
        node.check_alive()
    if node.unpack is None:
        return node.saved  # type: ignore[return-value]
    return [_unpacked(node.unpack, value) for value in node.saved or ()]


def restored(value: Any, edge: Any) -> Any:
    """A saved value as a tensor with its history again, which an edge knows."""
    node, index = edge or (None, 0)
    if type(node) is AccumulateGrad:
        return node.variable if node.variable._array is value else _leaf(value, node)
    if node is None:
        return value
    made = Tensor._make(value)
    made._node, made._index, made._requires = node, index, True
    return made


def _leaf(value: Any, node: AccumulateGrad) -> Tensor:
    """The numbers that a leaf had, with the leaf's place in the graph."""
    made = Tensor._make(value)
    made._requires, made._accumulator = True, ref(node)
    return made


def _pack(node: Node) -> None:
    """Hand every saved value to the user's innermost hook, and keep what it returns.

    Raises:
        InplaceError: the hook changed a value.
    """
    hooks = mode.now.saving[-1]
    packed = []
    for value in node.saved or ():
        plain = Tensor._lift(value)
        answer = hooks[0](plain)
        if plain._counter[0]:
            raise InplaceError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as"
                " input to pack hook can not be modified by in-place operations as this can lead"
                " to unexpected side-effects. Please open an issue if you need to perform in-place"
                " operations on the input to a pack hook."
            )
        packed.append(answer)
    node.saved, node.unpack = packed, hooks[1]


def _unpacked(unpack: Any, value: Any) -> Any:
    found = unpack(value)
    if not hasattr(found, "_array"):
        raise InputTypeError(
            f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type"
            f" {type(found).__name__}"
        )
    return found._array


def _changed(name: str, saved: int, now: int) -> str:
    return (
        "one of the variables needed for gradient computation has been modified by an inplace"
        f" operation: a tensor that {name} saved is at version {now}; expected version {saved}"
        " instead. Hint: enable anomaly detection to find the operation that failed to compute its"
        " gradient, with dc.set_detect_anomaly(True), or clone() the tensor before the change."
    )

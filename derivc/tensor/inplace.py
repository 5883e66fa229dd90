"""Changes in place: values are written into the tensor's memory, and its history goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from derivc.errors import InplaceError, ShapeError
from derivc.tensor.modes import mode
from derivc.tensor.views import CopySlices, joined, refresh

if TYPE_CHECKING:
    from derivc.tensor.tensor import Tensor


def change(tensor: Tensor, compute: Callable[[Any], Any], operands: Sequence[Any] = ()) -> Tensor:
    """Replace a tensor's numbers by a function of them.

    Args:
        tensor: it keeps its memory, shape and dtype.
        compute: from the tensor as it was to what it becomes.
        operands: what else goes in; whether one requires grad decides whether it is recorded.

    Returns:
        The tensor itself.

    Raises:
        InplaceError: gradients would be wrong, or the memory cannot be written to.
    """
    check(tensor)
    records = mode.now.enabled and any(getattr(o, "_requires", False) for o in (tensor, *operands))
    was = _before(tensor) if records else tensor.detach()
    result = compute(was)
    _write(tensor, result)
    if records:
        _adopt(tensor, result if result._requires else _constant(result, was))
    return tensor


def _constant(result: Tensor, was: Tensor) -> Tensor:
    """Numbers that do not depend on the old ones, with a history that sends zeros back."""
    from derivc.tensor.namespace import RECORDED

    found: Tensor = RECORDED.where(np.ones(was.shape, bool), result, was)
    return found


def check(tensor: Tensor) -> None:
    """Refuse changes that would make gradients wrong.

    Raises:
        InplaceError: says which rule forbids it.
    """
    if tensor._inference and not mode.now.inference:
        raise InplaceError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. You can make"
            " a clone to get a normal tensor before doing inplace update."
        )
    if mode.now.enabled:
        _check_recorded(tensor)
    if not tensor._array.flags.writeable:
        raise InplaceError(
            "unsupported operation: more than one element of the written-to tensor refers to a"
            " single memory location. Please clone() the tensor before performing the operation."
        )


def _check_recorded(tensor: Tensor) -> None:
    if tensor._requires and tensor.grad_fn is None:
        raise InplaceError(
            "a leaf Variable that requires grad is being used in an in-place operation."
        )
    base = tensor._base
    if base is None:
        return
    if base._requires and base._node is None:
        raise InplaceError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation."
        )
    if tensor._path is not None and not tensor._path.recorded:
        raise InplaceError(
            "A view was created in no_grad mode and is being modified inplace with grad mode"
            " enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You"
            " can clarify your code by moving both the view and the inplace either both inside the"
            " no_grad block (if you don't want the inplace to be tracked) or both outside (if you"
            " want the inplace to be tracked)."
        )


def _before(tensor: Tensor) -> Tensor:
    """The tensor as it was: its history, over a copy of its numbers."""
    from derivc.tensor.tensor import Tensor

    node = tensor.grad_fn
    was = Tensor._make(np.array(tensor._array))
    was._node, was._index, was._requires = node, tensor._index, tensor._requires
    was._accumulator = tensor._accumulator
    return was


def _write(tensor: Tensor, result: Tensor) -> None:
    found, own = result._array, tensor._array
    if np.broadcast_shapes(found.shape, own.shape) != own.shape:
        raise ShapeError(
            f"output with shape {list(own.shape)} doesn't match the broadcast shape"
            f" {list(np.broadcast_shapes(found.shape, own.shape))}"
        )
    if not np.can_cast(found.dtype, own.dtype, "same_kind"):
        raise InplaceError(
            f"result type {found.dtype} can't be cast to the desired output type {own.dtype}"
        )
    own[...] = found
    tensor._counter[0] += 1


def _adopt(tensor: Tensor, result: Tensor) -> None:
    """Take over the history of a result; through a view, that of the base changes."""
    if result._array.shape != tensor._array.shape:
        from derivc.tensor.namespace import RECORDED

        result = RECORDED.expand(result, tensor._array.shape)
    if result._array.dtype != tensor._array.dtype:
        result = result.to(tensor._array.dtype)
    base = tensor._base
    if base is None:
        tensor._node, tensor._index, tensor._requires = result._node, result._index, True
        tensor._stamp += 1
        joined(tensor)
        return
    assert tensor._path is not None
    node = CopySlices(base, result, tensor._path)
    base._node, base._index, base._requires = node, 0, True
    base._stamp += 1
    joined(base)
    refresh(tensor)


def set_item(tensor: Tensor, index: Any, value: Any) -> None:
    """`tensor[index] = value`.

    Raises:
        InplaceError: gradients would be wrong.
    """
    from derivc.ops.structural.indexing import is_basic
    from derivc.tensor.namespace import RECORDED

    if is_basic(index) and tensor._array.ndim:
        part = RECORDED.getitem(tensor, index)
        filled = RECORDED.lift(value)
        change(part, lambda was: _spread(filled, was._array), [filled])
        return
    written = RECORDED.lift(value)
    change(tensor, lambda was: _with_items(was, index, written), [written])


def _spread(value: Any, like: Any) -> Any:
    """A value in the shape that it is written to; leading dimensions of extent 1 fall away."""
    from derivc.tensor.namespace import RECORDED

    while value.ndim > like.ndim and value.shape[0] == 1:
        value = RECORDED.squeeze(value, 0)
    return RECORDED.expand(value.to(like.dtype) if like.dtype.kind in "fc" else value, like.shape)


def _with_items(was: Any, index: Any, value: Any) -> Any:
    """The tensor with numbers at a fancy index: later ones win."""
    from derivc.tensor.namespace import RECORDED

    source = np.full(was.shape, -1)
    source[index] = np.arange(source[index].size).reshape(source[index].shape)
    flat = RECORDED.reshape(RECORDED.expand(value, source[index].shape), (-1,))
    if not flat.shape[0]:
        return was
    return RECORDED.where(source >= 0, RECORDED.getitem(flat, np.maximum(source, 0)), was)

"""Tensor: a NumPy array that remembers how it was made, with PyTorch's attributes and rules."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.errors import AutogradError, InputTypeError
from derivc.tensor.modes import mode
from derivc.tensor.node import AccumulateGrad, Handle, Node

if TYPE_CHECKING:
    from derivc.tensor.views import Path

_NOT_A_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad"
    " attribute won't be populated during autograd.backward(). If you indeed want the .grad field"
    " to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor."
)


@final
class Tensor:
    """A NumPy array in a graph; made by `derivc.tensor`.

    Every declared op is a method; `backward()` fills the `.grad` of the leaves.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor([1.0, 2.0], requires_grad=True)
        >>> (x**2).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """

    _grad: Tensor | None = None
    _node: Node | None = None
    _index: int = 0
    _requires: bool = False
    _base: Tensor | None = None
    _path: Path | None = None
    _followers: Any = None
    _stamp: int = 0
    _accumulator: weakref.ref[AccumulateGrad] | None = None
    _hooks: dict[int, Any] | None = None
    _after_hooks: dict[int, Any] | None = None
    _inference: bool = False
    _array: Any
    _counter: list[int]

    __array_priority__ = 1000
    __hash__ = object.__hash__

    def __new__(cls, *args: Any, **named: Any) -> Tensor:
        """Refuse to be called.

        Raises:
            InputTypeError: always; `derivc.tensor` makes tensors.
        """
        raise InputTypeError("make tensors with dc.tensor(data, requires_grad=...)")

    @staticmethod
    def _make(array: Any) -> Tensor:
        """A tensor around an array, which is not copied."""
        made: Tensor = object.__new__(Tensor)
        made._array = array
        made._counter = [0]
        if mode.now.inference:
            made._inference = True
        return made

    @staticmethod
    def _lift(value: Any) -> Tensor:
        """A tensor as it is, anything else as one."""
        return value if isinstance(value, Tensor) else Tensor._make(np.asarray(value))

    # What it holds.

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents."""
        shape: tuple[int, ...] = self._array.shape
        return shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return int(self._array.ndim)

    @property
    def dtype(self) -> Any:
        """The NumPy dtype."""
        return self._array.dtype

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph; changes of it are not noticed."""
        return Tensor._make(self._array)

    @data.setter
    def data(self, value: Any) -> None:
        self._array = np.asarray(getattr(value, "_array", value), self._array.dtype)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one extent."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """The number of dimensions."""
        return self.ndim

    def numel(self) -> int:
        """How many numbers there are."""
        return int(self._array.size)

    def item(self) -> Any:
        """The one number as a Python number.

        Raises:
            AutogradError: there are more numbers, or none.
        """
        if self._array.size != 1:
            raise AutogradError(
                f"a Tensor with {self._array.size} elements cannot be converted to Scalar"
            )
        return self._array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self._array.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The array itself, not a copy.

        Raises:
            AutogradError: the tensor requires grad; detach it first.
        """
        if self._requires and not force:
            raise AutogradError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy()"
                " instead."
            )
        return self._array

    # Its place in the graph.

    @property
    def is_leaf(self) -> bool:
        """True for a tensor that no recorded operation made."""
        return self._node is None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return self._requires

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._node is not None and not value:
            raise AutogradError(
                "you can only change requires_grad flags of leaf variables. If you want to use a"
                " computed variable in a subgraph that doesn't require differentiation use"
                " var_no_grad = var.detach()."
            )
        self._ask(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for gradients, or no longer."""
        self.requires_grad = requires_grad
        return self

    def _ask(self, value: bool) -> None:
        if value and self.dtype.kind not in "fc":
            raise AutogradError(
                "only Tensors of floating point and complex dtype can require gradients"
            )
        if value and self._inference and not mode.now.inference:
            raise AutogradError(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not"
                " allowed."
            )
        self._requires = bool(value)

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it; None for a leaf."""
        if self._base is not None:
            from derivc.tensor.views import refresh

            refresh(self)
        return self._node

    @property
    def output_nr(self) -> int:
        """Which output of its node it is."""
        return self._index

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward passes have added up; None before the first."""
        if self._grad is None and self._node is not None and not self.retains_grad:
            warnings.warn(_NOT_A_LEAF, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            _check_grad(self, value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        """Forget the gradient."""
        self._grad = None

    @property
    def retains_grad(self) -> bool:
        """Whether backward passes fill `.grad` although it is no leaf."""
        kept = self._node.retained if self._node is not None else None
        return bool(kept) and kept is not None and self._index in kept

    def retain_grad(self) -> None:
        """Let backward passes fill `.grad` of a tensor that is no leaf.

        Raises:
            AutogradError: the tensor requires no grad.
        """
        if not self._requires:
            raise AutogradError("can't retain_grad on Tensor that has requires_grad=False")
        node = self.grad_fn
        if node is not None:
            node.retain(self._index, weakref.ref(self))

    def register_hook(self, hook: Callable[[Tensor], Any]) -> Handle:
        """Call `hook(grad)` when the gradient is known; what it returns replaces the gradient.

        Raises:
            AutogradError: the tensor requires no grad.
        """
        if not self._requires:
            raise AutogradError("cannot register a hook on a tensor that doesn't require gradient")
        node = self.grad_fn
        if node is not None:
            return node.watch(self._index, hook)
        self._hooks = self._hooks or {}
        return Handle(self._hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> Handle:
        """Call `hook(tensor)` after the gradient of a leaf was added to `.grad`.

        Raises:
            AutogradError: the tensor is no leaf.
        """
        if self._node is not None or not self._requires:
            raise AutogradError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors"
            )
        self._after_hooks = self._after_hooks or {}
        return Handle(self._after_hooks, hook)

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this number to the `.grad` of every leaf that it depends on.

        Args:
            gradient: the cotangent, of the tensor's shape; needed unless it holds one number.
            retain_graph: keep what the nodes saved, for another pass (default: `create_graph`).
            create_graph: record the backward pass, so that it can be differentiated.
            inputs: the tensors whose `.grad` is wanted; default: all leaves.

        Raises:
            AutogradError: the gradient cannot be made; the message says why.
        """
        from derivc.tensor.grads import backward

        backward(self, gradient, retain_graph, create_graph, inputs)

    def explain(self, gradient: Any = None, names: Any = None) -> Any:
        """The backward pass from here, every step with its formula and its numbers."""
        from derivc.tensor.explain import explain

        return explain(self, gradient, names)

    def detach(self) -> Tensor:
        """The same memory outside the graph; changes of it are noticed by what was saved."""
        made = Tensor._make(self._array)
        made._counter = self._counter
        return made

    def detach_(self) -> Tensor:
        """Leave the graph.

        Raises:
            AutogradError: the tensor is a view.
        """
        if self._base is not None:
            raise AutogradError(
                "Can't detach views in-place. Use detach() instead. If you are using"
                " DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as"
                " True, gradients are views of DDP buckets."
            )
        self._node, self._index, self._requires = None, 0, False
        return self

    @property
    def _version(self) -> int:
        """How often the memory was changed in place."""
        return self._counter[0]

    # Conversions and display.

    def to(self, dtype: Any) -> Tensor:
        """The tensor in another dtype; itself when it has it."""
        from derivc.tensor.namespace import RECORDED

        wanted = np.dtype(dtype)
        found: Tensor = self if wanted == self._array.dtype else RECORDED.cast(self, wanted)
        return found

    def __repr__(self) -> str:
        from derivc.tensor.show import text

        return text(self)

    def __derivc_kernel__(self, kernel: Any, args: Any, named: dict[str, Any]) -> Any:
        """A compiled kernel of which this tensor is an argument."""
        from derivc.tensor.kernels import apply

        return apply(kernel, args, named)

    @staticmethod
    def __derivc_functional__(name: str) -> Any:
        """The functional form of a derivative."""
        from derivc.tensor import functional

        return getattr(functional, name)


def _check_grad(tensor: Tensor, value: Any) -> None:
    """Complain about what is no gradient of this tensor."""
    if not isinstance(value, Tensor):
        raise InputTypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type"
            f" {type(value).__name__}"
        )
    if value is tensor:
        raise AutogradError("can't assign Variable as its own grad")
    if value.shape != tensor.shape:
        raise AutogradError(
            f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size"
            f" '{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the"
            " same size"
        )
    if value.dtype != tensor.dtype:
        raise AutogradError(
            f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with"
            f" grad_dtype '{tensor.dtype}'. The gradient must match the tensor's grad_dtype."
        )

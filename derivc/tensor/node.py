"""Nodes of the runtime graph: what was done, to what, and how cotangents go back through it."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, final
from weakref import ref

import numpy as np

from derivc.errors import FreedGraphError, InputTypeError
from derivc.ops.structural.shapes import cast, sum_to

if TYPE_CHECKING:
    from derivc.tensor.modes import State
    from derivc.tensor.tensor import Tensor

SEQUENCE = itertools.count()

Edge = tuple["Node | None", int]


class Node(ABC):
    """One operation that was recorded.

    Attributes:
        edges: per input the node that made it and which of its outputs it was; (None, 0) for an
            input without gradient.
        outputs: per output its shape and dtype.
        saved: what the backward pass needs; None once it was freed. `guards` are the version
            counters of its tensors with what they showed; `unpack` the user's hook, if any.
    """

    saved: Sequence[Any] | None = ()
    guards: Sequence[tuple[list[int], int]] = ()
    unpack: Callable[[Any], Any] | None = None
    outputs: Sequence[tuple[tuple[int, ...], np.dtype[Any]]] = ()
    watched: dict[int, dict[int, Callable[..., Any]]] | None = None
    retained: dict[int, Any] | None = None
    post_hooks: dict[int, Callable[..., Any]] | None = None
    pre_hooks: dict[int, Callable[..., Any]] | None = None
    hooked: bool = False
    trail: str | None = None
    edges: Sequence[Edge]
    sequence: int

    def __init__(self, edges: Sequence[Edge]):
        self.edges = edges
        self.sequence = next(SEQUENCE)

    @abstractmethod
    def name(self) -> str:
        """The name of the operation with "Backward" behind it."""

    @property
    def formula(self) -> str:
        """The backward formula in TeX, or "" where there is none."""
        return ""

    @abstractmethod
    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """Cotangents of the inputs (arrays, or None), one per edge, from those of the outputs."""

    @abstractmethod
    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """The same over tensors, recorded, so that it can be differentiated again."""

    @abstractmethod
    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """Tangents of the outputs (tensors, or None) from those of the inputs, one per edge."""

    @property
    def next_functions(self) -> tuple[Edge, ...]:
        """The edges, under PyTorch's name."""
        return tuple(self.edges)

    def release(self) -> None:
        """Drop what was saved."""
        if self.saved:
            self.saved, self.guards = None, ()

    def check_alive(self) -> None:
        """Complain when the saved values are gone.

        Raises:
            FreedGraphError: the graph was already used and freed.
        """
        if self.saved is None:
            raise FreedGraphError

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` after this node; what it returns replaces them."""
        self.hooked, self.post_hooks = True, self.post_hooks or {}
        return Handle(self.post_hooks, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_outputs)` before this node; what it returns replaces them."""
        self.hooked, self.pre_hooks = True, self.pre_hooks or {}
        return Handle(self.pre_hooks, hook)

    def watch(self, index: int, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad)` with the cotangent of one output; what it returns replaces it."""
        self.hooked, self.watched = True, self.watched or {}
        return Handle(self.watched.setdefault(index, {}), hook)

    def retain(self, index: int, tensor: Any) -> None:
        """Fill `.grad` of the tensor that a weak reference is to, one of the outputs."""
        self.hooked, self.retained = True, self.retained or {}
        self.retained[index] = tensor

    def __call__(self, *cotangents: Any) -> Any:
        """The cotangents of the inputs for tensors that are cotangents of the outputs."""
        found = tuple(self.pull_recorded(list(cotangents)))
        return found[0] if len(found) == 1 else found

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


@final
class Handle:
    """A registered hook; `remove()` takes it away, and so does leaving a `with` block."""

    _next = itertools.count()

    def __init__(self, hooks: dict[int, Any], hook: Callable[..., Any]):
        if not callable(hook):
            raise InputTypeError(f"a hook must be callable, got {type(hook).__name__}")
        self.hooks, self.id = hooks, next(Handle._next)
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; doing so twice does no harm."""
        self.hooks.pop(self.id, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *problem: object) -> None:
        self.remove()


@final
class AccumulateGrad(Node):
    """The end of the graph at a leaf: its cotangent is added to `variable.grad`.

    The graph holds it, and it holds the leaf; the leaf has a weak reference only, so that it goes
    when nobody needs it. Hooks of a leaf are therefore kept by the leaf.
    """

    def __init__(self, variable: Tensor):
        super().__init__(())
        self.variable = variable
        self.outputs = ((variable._array.shape, variable._array.dtype),)

    def name(self) -> str:
        """Always "AccumulateGrad"."""
        return "AccumulateGrad"

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """Nothing lies behind a leaf."""
        return ()

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """Nothing lies behind a leaf."""
        return ()

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """Nothing lies behind a leaf."""
        return ()


def edge_of(tensor: Tensor) -> Edge:
    """Where the cotangent of a tensor goes."""
    if not tensor._requires:
        return (None, 0)
    node = tensor.grad_fn  # of a view, this may be made anew
    if node is not None:
        return (node, tensor._index)
    return (accumulator(tensor), 0)


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The node of a leaf, made when it is first used."""
    found: AccumulateGrad | None = None if leaf._accumulator is None else leaf._accumulator()
    if found is None:
        found = AccumulateGrad(leaf)
        leaf._accumulator = ref(found)
    return found


def camel(name: str) -> str:
    """The name of a node after an op.

    Example:
        >>> camel("log_softmax")
        'LogSoftmaxBackward'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) + "Backward"


def fit(cotangent: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """A cotangent in the shape and dtype of its input: summed over what broadcasting repeated."""
    if type(cotangent) is not np.ndarray:
        cotangent = np.asarray(cotangent)
    if cotangent.shape != shape:
        cotangent = unbroadcast(cotangent, shape)
    return cotangent if cotangent.dtype == dtype else cast(np, cotangent, dtype)


def unbroadcast(array: Any, shape: tuple[int, ...]) -> Any:
    """An array summed to a shape, and repeated where it has fewer numbers."""
    lead = array.ndim - len(shape)
    if lead >= 0:
        own = zip(shape, array.shape[lead:], strict=True)
        array = sum_to(np, array, tuple(1 if n == 1 else m for n, m in own))
    return np.broadcast_to(array, shape)

"""What happens to saved values: hooks that pack them away, and checkpoints that do not save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

from derivc.errors import AutogradError
from derivc.tensor.grad_mode import enable_grad, no_grad
from derivc.tensor.grads import grad
from derivc.tensor.modes import State, mode
from derivc.tensor.node import Node, edge_of
from derivc.tensor.tensor import Tensor


@final
class saved_tensors_hooks:  # noqa: N801  PyTorch's name
    """Every value that is saved inside goes through `pack`; the backward pass calls `unpack`.

    Args:
        pack: from a tensor to anything. unpack: from that to the tensor.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(2.0, requires_grad=True)
        >>> with dc.saved_tensors_hooks(lambda t: t.numpy().tobytes(), lambda b: dc.tensor(2.0)):
        ...     y = x * x
        >>> y.backward()
        >>> x.grad
        tensor(4.)
    """

    def __init__(self, pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]):
        self.hooks = (pack, unpack)

    def __enter__(self) -> None:
        if mode.now.hookless is not None:
            raise AutogradError(mode.now.hookless)
        mode.now.saving.append(self.hooks)

    def __exit__(self, *problem: object) -> None:
        mode.now.saving.pop()


@final
class disable_saved_tensors_hooks:  # noqa: N801  PyTorch's name
    """To set hooks for saved tensors is an error inside.

    Args:
        message: of the error.

    Raises:
        AutogradError: hooks are set already, or are set inside.

    Example:
        >>> import derivc as dc
        >>> with dc.disable_saved_tensors_hooks("no hooks here"):
        ...     y = dc.tensor(2.0, requires_grad=True) ** 2
    """

    def __init__(self, message: str):
        self.message = message

    def __enter__(self) -> None:
        if mode.now.saving:
            raise AutogradError(self.message)
        self.before, mode.now.hookless = mode.now.hookless, self.message

    def __exit__(self, *problem: object) -> None:
        mode.now.hookless = self.before


@final
class CheckpointNode(Node):
    """A function whose inside is computed again in the backward pass."""

    def __init__(self, function: Callable[..., Any], args: Sequence[Any], named: dict[str, Any]):
        self.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        super().__init__([edge_of(args[i]) for i in self.places])
        self.function, self.args, self.named = function, list(args), named
        self.versions = [args[i]._counter[0] for i in self.places]
        self.saved = [None]

    def name(self) -> str:
        """PyTorch's name."""
        return "CheckpointFunctionBackward"

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """Compute again, then go back through what was computed."""
        given = [None if c is None else Tensor._make(c) for c in cotangents]
        found = self._again(given, False)
        return [None if g is None else g._array for g in found]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """The same, recorded."""
        return self._again(cotangents, True)

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """Compute again, recording, then go forward through what was computed."""
        from derivc.tensor.forward import along

        self.check_alive()
        leaves = list(self.args)
        for i in self.places:
            leaves[i] = self._place(leaves[i])
        with enable_grad():
            outputs = _tuple(self.function(*leaves, **self.named))
        return along(outputs, [leaves[i] for i in self.places], tangents)

    def _again(self, cotangents: Sequence[Any], create: bool) -> list[Any]:
        self.check_alive()
        leaves = list(self.args)
        for i, version in zip(self.places, self.versions, strict=True):
            if leaves[i]._counter[0] != version:
                raise AutogradError("an input of a checkpoint was changed in place since")
            leaves[i] = self._leaf(leaves[i], create)
        with enable_grad():
            outputs = _tuple(self.function(*leaves, **self.named))
        if len(outputs) != len(self.outputs):
            raise AutogradError(
                "A different number of tensors was saved during the original forward and"
                " recomputation."
            )
        pairs = [
            (o, c) for o, c in zip(outputs, cotangents, strict=True)
            if c is not None and o.requires_grad
        ]  # fmt: skip
        wanted = [leaves[i] for i in self.places if leaves[i].requires_grad]
        answers = iter(self._pulled(pairs, wanted, create))
        return [next(answers) if leaves[i].requires_grad else None for i in self.places]

    @staticmethod
    def _place(given: Any) -> Tensor:
        """A new place in the graph for an input, behind it when the pass is recorded."""
        if mode.now.enabled:
            return given.clone()  # type: ignore[no-any-return]
        return Tensor._make(given._array).requires_grad_(given.requires_grad)

    @staticmethod
    def _leaf(given: Tensor, create: bool) -> Tensor:
        """An input as the function sees it again."""
        if create:
            return given
        return given.detach().requires_grad_(given.requires_grad)

    @staticmethod
    def _pulled(pairs: Any, wanted: list[Tensor], create: bool) -> Sequence[Any]:
        outputs, seeds = [o for o, _ in pairs], [c for _, c in pairs]
        if not outputs or not wanted:
            return [None] * len(wanted)
        found: Sequence[Any] = grad(outputs, wanted, seeds, create_graph=create, allow_unused=True)
        return found


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def checkpoint(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Call a function without saving what it computes; the backward pass computes it again.

    Args:
        function: of tensors, returning one or a tuple of them; the same at every call.
        args: its arguments. Tensors that it uses but does not get as arguments have no gradient.
        named: its keyword arguments; `use_reentrant` is taken as in PyTorch, and ignored.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(2.0, requires_grad=True)
        >>> dc.checkpoint(lambda x: (x * x).exp(), x).backward()
        >>> round(x.grad.item(), 3)
        218.393
    """
    for ignored in ("use_reentrant", "preserve_rng_state", "determinism_check", "debug"):
        named.pop(ignored, None)
    records = mode.now.enabled and any(getattr(a, "_requires", False) for a in args)
    with no_grad():
        output = function(*args, **named)
    if not records:
        return output
    node = CheckpointNode(function, args, named)
    results = _tuple(output)
    node.outputs = [(r._array.shape, r._array.dtype) for r in results]
    for i, result in enumerate(results):
        result._node, result._index, result._requires = node, i, True
    return output

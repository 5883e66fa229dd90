"""Runs PyTorch's operations for real and records beside each what its numbers stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, final

import numpy as np

from derivc.capture.elements import objects
from derivc.errors import DerivcError
from derivc.symbolic.tracing.array import plain
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.elementwise import choose
from derivc.symbolic.tracing.ufuncs import elementwise
from derivc.verify.audit.torched.memory import Lost, Memory, lost, varies

_FAILURES = (DerivcError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError)
_READS_VALUES = frozenset(
    "_local_scalar_dense nonzero is_nonzero equal allclose sort topk argmax argmin argsort max min"
    " median unique unique_consecutive masked_select searchsorted bucketize kthvalue"
    " _unique2 aminmax cummax cummin histc bincount multinomial".split()
)
"""Operations after which a program may take another path at another point."""


@final
class Log:
    """What a recording notices besides the trees.

    Attributes:
        dtypes: the floating dtypes of all results. reads: operations that look at values.
        lost: operations without a rule that met a stand-in.
    """

    def __init__(self) -> None:
        self.dtypes: set[str] = set()
        self.reads: set[str] = set()
        self.lost: set[str] = set()


def recording(memory: Memory, log: Log) -> Any:
    """The context manager under which operations are recorded."""
    return _mode_class()(memory, log)


@cache
def _mode_class() -> Any:
    from torch.utils._python_dispatch import TorchDispatchMode

    @final
    class Recording(TorchDispatchMode):
        """A dispatch mode: it sees every operation below autograd."""

        def __init__(self, memory: Memory, log: Log):
            super().__init__()
            self.memory, self.log = memory, log

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return _Step(self.memory, self.log, func, args, kwargs or {}).run()

    return Recording


@final
class _Step:
    """One operation."""

    def __init__(self, memory: Memory, log: Log, func: Any, args: Any, kwargs: Any):
        self.memory, self.log, self.func = memory, log, func
        self.args, self.kwargs = args, kwargs
        self.name = func._schema.name.partition("::")[2]
        self.base = self.name.rstrip("_") if func._schema.is_mutable else self.name

    def run(self) -> Any:
        """Compute, and record what the results stand for."""
        given = [t for t in _tensors((self.args, self.kwargs)) if self.memory.knows(t)]
        before = [(t, self.memory.read(t).copy()) for t in given]
        moves = [varies(values) for _, values in before]
        self._note(any(moves))
        result = self._decomposed() if self._needs_parts(moves) else None
        if result is None:
            found = self._values() if given else None
            result = self.func(*self.args, **self.kwargs)
            if given:
                self._record(result, found)
        self.log.dtypes.update(str(t.dtype) for t in _tensors(result) if t.is_floating_point())
        return result

    def _note(self, moving: bool) -> None:
        mask = self.base in ("index", "index_put") and any(
            str(t.dtype) == "torch.bool" and self.memory.knows(t) for t in _tensors(self.args[1:])
        )
        if moving and (self.base in _READS_VALUES or mask):
            self.log.reads.add(self.base)

    def _needs_parts(self, moves: Sequence[bool]) -> bool:
        known = find(self.base) or self.base in (*_MOVING, *_SPECIAL)
        return any(moves) and not known and not self._is_view()

    def _is_view(self) -> bool:
        return bool(self.func.is_view) or self.base in _SILENT

    def _decomposed(self) -> Any:
        """The operation written in simpler ones, which are recorded instead; None without one."""
        from torch._decomp import decomposition_table

        parts = decomposition_table.get(self.func)
        if parts is None or self.func._schema.is_mutable:
            self.log.lost.add(self.name)
            return None
        with recording(self.memory, self.log):
            return parts(*self.args, **self.kwargs)

    def _values(self) -> Any:
        """What the results stand for; None where the operation only looks at the same memory."""
        if self._is_view():
            return None
        try:
            if self.base in _SPECIAL:
                return _SPECIAL[self.base](self)
            return self._by_rule()
        except _FAILURES as problem:
            if self.base in _MOVING:
                return (self._moved(),)
            self.log.lost.add(f"{self.name} ({problem})"[:200])
            return Lost(self.name)

    def _by_rule(self) -> Any:
        rule = find(self.base)
        read = _mapped(self._read, self.args)
        named = {k: self._read(v) for k, v in self.kwargs.items() if k not in _IGNORED}
        why = next((w for v in (*read, *named.values()) if (w := _lost(v))), "")
        if rule is None or why:
            return Lost(why or self.name)
        with np.errstate(all="ignore"):
            return _finished(rule(*read, **named))

    def _read(self, value: Any) -> Any:
        return objects(self.memory.read(value)) if _is_tensor(value) else value

    def _moved(self) -> Any:
        """The operation done to the places of the elements instead of to the elements."""
        import torch

        cells: list[Any] = [0.0]

        def places(tensor: Any) -> Any:
            if not tensor.is_floating_point() and not self.memory.knows(tensor):
                return tensor
            if str(tensor.dtype) == "torch.bool":
                return tensor
            start = len(cells)
            cells.extend(np.ravel(self.memory.read(tensor)))
            return torch.arange(start, len(cells)).reshape(tuple(tensor.shape))

        args = _mapped(places, self.args)
        kwargs = {k: v for k, v in self.kwargs.items() if k not in _IGNORED}
        found = self.func(*args, **_mapped(places, kwargs))
        flat = np.empty(len(cells), object)
        flat[:] = cells
        return flat[found.numpy()]

    def _record(self, result: Any, found: Any) -> None:
        if found is None:
            return
        targets = _tensors(self.args[0] if self._writes_first() else result)
        if isinstance(found, Lost):
            found = tuple(found for _ in targets)
        for tensor, values in zip(targets, found, strict=False):
            self.memory.write(tensor, _fitting(values, tensor))

    def _writes_first(self) -> bool:
        return bool(self.func._schema.is_mutable) and "out" not in self.kwargs


_MOVING = frozenset(
    "clone cat stack index index_select gather flip roll repeat tril triu constant_pad_nd"
    " slice_scatter select_scatter index_put scatter slice_backward select_backward diag_embed"
    " unfold repeat_interleave take masked_select embedding pixel_shuffle".split()
)
"""Operations that only move elements, and fill the rest with zeros: done to places instead."""


def find(name: str) -> Any:
    """What an operation does to object arrays, or None: the table is that of `dc.from_torch`."""
    from derivc.capture.torch.dispatch import find as captured

    return captured(name)


def _finished(result: Any) -> Any:
    """A result as a tuple of arrays."""
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def as_numbers(values: Any) -> Any:
    """Conditions and truth values as 1 and 0."""

    def number(v: Any) -> Any:
        return choose(v, 1.0, 0.0) if isinstance(v, Condition | bool) else v

    return elementwise(number, [values])


_SILENT = frozenset(["detach", "alias", "lift_fresh", "_unsafe_view", "set_", "resize_"])
_IGNORED = frozenset(["dtype", "device", "layout", "pin_memory", "memory_format", "out", "copy",
                      "non_blocking"])  # fmt: skip


def _fitting(values: Any, tensor: Any) -> Any:
    """The values in the tensor's shape; numbers of a float tensor are floats."""
    if isinstance(values, Lost):
        return values
    values = plain(values)
    values = as_numbers(values) if tensor.is_floating_point() else values
    return np.asarray(plain(values), dtype=object).reshape(np.shape(values))


def _lost(value: Any) -> str:
    if isinstance(value, list | tuple):
        return next((w for v in value if (w := _lost(v))), "")
    return lost(value) if isinstance(value, np.ndarray) else ""


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _tensors(value: Any) -> list[Any]:
    """All tensors in nested lists, tuples and dictionaries."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return [t for part in value for t in _tensors(part)]
    return [value] if _is_tensor(value) else []


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with every tensor replaced."""
    if isinstance(value, list | tuple):
        return type(value)(_mapped(function, part) for part in value)
    if isinstance(value, dict):
        return {key: _mapped(function, part) for key, part in value.items()}
    return function(value) if _is_tensor(value) else value


def _extreme_along(name: str) -> Callable[[_Step], Any]:
    """max and min along a dimension: the elements that were picked; overall: a reduction."""

    def values(step: _Step) -> Any:
        read = step.memory.read(step.args[0])
        if len(step.args) == 1:
            return _finished(find("amax" if name == "max" else "amin")(objects(read)))
        _, places = step.func(*step.args, **step.kwargs)
        dim, keep = step.args[1], step.args[2] if len(step.args) > 2 else False
        index = places.numpy() if keep else np.expand_dims(places.numpy(), dim)
        picked = np.take_along_axis(read, index, dim)
        picked = picked if keep else picked.squeeze(dim)
        return picked, places.numpy().astype(object)

    return values


def _picked(step: _Step) -> Any:
    """sort and topk: the elements that were picked, by the places that came out."""
    read = step.memory.read(step.args[0])
    _, places = step.func(*step.args, **step.kwargs)
    dim = step.kwargs.get("dim", step.args[-1] if step.base == "sort" else -1)
    dim = dim if isinstance(dim, int) and not isinstance(dim, bool) else -1
    return np.take_along_axis(read, places.numpy(), dim), places.numpy().astype(object)


def _accumulated(step: _Step) -> Any:
    """index_put, perhaps with accumulation."""
    accumulate = len(step.args) > 3 and step.args[3]
    if not accumulate:
        return (step._moved(),)
    total = step.memory.read(step.args[0]).copy()
    places = tuple(slice(None) if i is None else i.numpy() for i in step.args[1])
    np.add.at(total, places, step.memory.read(step.args[2]))  # type: ignore[arg-type]
    return (total,)


_SPECIAL: dict[str, Callable[[_Step], Any]] = {
    "max": _extreme_along("max"), "min": _extreme_along("min"), "sort": _picked, "topk": _picked,
    "index_put": _accumulated, "_local_scalar_dense": lambda step: (),
    "argmax": lambda step: (), "argmin": lambda step: (), "nonzero": lambda step: (),
    "empty_like": lambda step: (), "zeros_like": lambda step: (), "ones_like": lambda step: (),
    "full_like": lambda step: (), "new_empty": lambda step: (), "new_zeros": lambda step: (),
    "new_ones": lambda step: (), "new_full": lambda step: (), "rand_like": lambda step: (),
    "randn_like": lambda step: (), "argsort": lambda step: (), "equal": lambda step: (),
    "is_same_size": lambda step: (), "empty": lambda step: (), "native_dropout": lambda step: (),
    "bernoulli": lambda step: (), "_has_same_storage_numel": lambda step: (),
}  # fmt: skip

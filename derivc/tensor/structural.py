"""Structural ops on tensors: the declared forward and backward formulas, recorded as one node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from derivc.errors import (
    DerivcError,
    DomainError,
    NotImplementedGradientError,
    OutOfRangeError,
    ShapeError,
)
from derivc.ops.structure import StructuralOp
from derivc.tensor.dtypes import promoted
from derivc.tensor.modes import State, mode, noted
from derivc.tensor.node import Node, camel, edge_of, fit
from derivc.tensor.saved import keep, restored, values
from derivc.tensor.tensor import Tensor


@final
class StructuralNode(Node):
    """A structural op that was applied.

    Attributes:
        op: its declaration.
        given: all arguments by name, tensors left out.
        count: how many tensors are in its list, if it takes one.
        places: per edge the name of the parameter, and its position in a list of tensors.
        kept: what was saved: the name, the position in a list, which output it was.
    """

    kept: Sequence[tuple[str, int, int]]

    def __init__(self, op: StructuralOp, bound: dict[str, Any], places: list[tuple[str, int]]):
        tensors = [_at(bound, place) for place in places]
        super().__init__([edge_of(t) for t in tensors])
        self.op, self.places = op, places
        self.count = len(bound[op.sequence]) if op.sequence else 0
        self.inputs = [(t._array.shape, t._array.dtype) for t in tensors]
        self.given = {name: _plain(bound[name]) for name in op.others}
        for name, source, what in op.facts:
            self.given[name] = _shape(bound[source]) if what == "shape" else _dtype(bound[source])

    def keep(self, bound: dict[str, Any], given: dict[str, Any], results: list[Tensor]) -> None:
        """Save what the backward formula reads."""
        if self.op.sequence in self.op.saves:
            self._keep_many(bound, given)
            return
        names = self.op.kept
        self.kept = [(name, -1, -1) for name in names]
        saved = [_original(bound[name], given[name]) for name in names]
        tensors = [bound[name] for name in names]
        if "y" in self.op.saves:
            self.kept += [("y", -1, k) for k in range(len(results))]
            saved += [r._array for r in results]
            tensors += results
        keep(self, saved, [t for t in tensors if isinstance(t, Tensor)])

    def _keep_many(self, bound: dict[str, Any], given: dict[str, Any]) -> None:
        """The same for an op of a list of tensors."""
        name = self.op.sequence
        assert name is not None
        self.kept = [(name, k, -1) for k in range(len(bound[name]))]
        saved = [_original(t, a) for t, a in zip(bound[name], given[name], strict=True)]
        keep(self, saved, [t for t in bound[name] if isinstance(t, Tensor)])

    def name(self) -> str:
        """The op's name with "Backward" behind it."""
        return camel(self.op.name)

    @property
    def formula(self) -> str:
        """The declared backward formula in TeX."""
        return self.op.formula

    def arguments(self, tensors: bool, names: Sequence[str]) -> dict[str, Any]:
        """What a formula asks for, by name: over tensors what was saved has its history."""
        found: dict[str, Any] = {}
        edges = dict(zip(self.places, self.edges, strict=True)) if tensors else {}
        for (name, position, output), value in zip(self.kept, values(self), strict=True):
            if tensors:
                edge = edges.get((name, position)) if output < 0 else self._own_edge(output)
                value = restored(value, edge)  # noqa: PLW2901
            if self._is_many(name):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        every = self.given | found
        if "needs" in names:
            every["needs"] = self._needs()
        if "y_shape" in names:
            every["y_shape"] = self.outputs[0][0]
        return {name: every[name] for name in names}

    def _own_edge(self, output: int) -> Any:
        whole = self.outputs[output][1].kind not in "fc" or output in self.op.constants
        return None if whole else (self, output)

    def _is_many(self, name: str) -> bool:
        return name == self.op.sequence or (name == "y" and len(self.outputs) > 1)

    def _needs(self) -> dict[str, Any]:
        needed: dict[str, Any] = dict.fromkeys(self.op.tensors, False)
        if self.op.sequence:
            needed[self.op.sequence] = [False] * self.count
        for name, position in self.places:
            if position < 0:
                needed[name] = True
            else:
                needed[name][position] = True
        return needed

    def _pulled(self, F: Any, cotangents: list[Any], tensors: bool) -> list[Any]:
        vjp = self.op.vjp
        assert vjp is not None
        many = len(cotangents) > 1
        g = self._filled(F, cotangents) if many else cotangents[0]
        turned = self.op.numbers == "holomorphic" and self.outputs[-1][1].kind == "c"
        if turned:  # conj(Jᵀ conj g), which is Jᴴ g
            g = _conjugated(F, g)
        found = vjp(F, g, **self.arguments(tensors, self.op.reads))
        found = _conjugated(F, found) if turned else found
        if self.op.sequence is None and len(self.op.tensors) == 1:
            return [found]
        names = [*self.op.tensors, *([self.op.sequence] if self.op.sequence else [])]
        by_name = dict(zip(names, found if len(names) > 1 else (found,), strict=True))
        return [by_name[n] if k < 0 else by_name[n][k] for n, k in self.places]

    def _filled(self, F: Any, cotangents: list[Any]) -> list[Any]:
        """Zeros for outputs that nobody used."""
        pairs = zip(cotangents, self.outputs, strict=True)
        return [F.zeros(*meta) if c is None else c for c, meta in pairs]

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """By the declared formula, over arrays."""
        from derivc.tensor.namespace import ARRAYS

        found = self._pulled(ARRAYS, cotangents, False)
        return [fit(g, *meta) for g, meta in zip(found, self.inputs, strict=True)]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """By the declared formula, over tensors."""
        from derivc.tensor.namespace import RECORDED

        found = self._pulled(RECORDED, list(cotangents), True)
        return [
            RECORDED.fit(RECORDED.lift(g), shape, dtype)
            for g, (shape, dtype) in zip(found, self.inputs, strict=True)
        ]

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """As the op declares."""
        from derivc.tensor import forward

        return forward.structural(self, tangents)


def _conjugated(F: Any, value: Any) -> Any:
    """Complex conjugates of one array, or of several."""
    if isinstance(value, tuple | list):
        return type(value)(_conjugated(F, v) for v in value)
    return None if value is None else F.conjugated(value)


def _original(operand: Any, array: Any) -> Any:
    """A tensor's own array, as it was before all operands were brought to a common dtype."""
    own = getattr(operand, "_array", None)
    return array if own is None else own


def _at(bound: dict[str, Any], place: tuple[str, int]) -> Tensor:
    name, position = place
    found: Tensor = bound[name] if position < 0 else bound[name][position]
    return found


def _dtype(value: Any) -> Any:
    return np.asarray(raw(value)).dtype


def _shape(value: Any) -> Any:
    """The shape of an argument, or those of a list of them."""
    if isinstance(value, list | tuple):
        return [_shape(v) for v in value]
    array = getattr(value, "_array", None)
    return tuple(np.shape(value) if array is None else array.shape)


def raw(value: Any) -> Any:
    """The array of a tensor; anything else as it is."""
    array = getattr(value, "_array", None)
    return value if array is None else array


_SIMPLE = {int, float, bool, str, np.ndarray}


def _plain(value: Any) -> Any:
    """An argument without tensors in it."""
    if value is None or type(value) in _SIMPLE:
        return value
    if isinstance(value, tuple | list) and any(hasattr(v, "_array") for v in value):
        return type(value)(raw(v) for v in value)
    return raw(value)


def apply(op: StructuralOp, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """A structural op of tensors, arrays and numbers; recorded when one of them asks for it.

    Raises:
        ShapeError: the shapes do not fit.
    """
    if op.compose is not None:
        from derivc.tensor.namespace import RECORDED

        return composed(op, RECORDED, _lifted(op, op.bind(args, named)))
    bound = op.bind(args, named)
    given = arrays(op, bound)
    y = forward(op, given)
    results = [Tensor._make(np.asarray(p)) for p in (y if isinstance(y, tuple) else (y,))]
    places = _places(op, bound) if mode.now.enabled else []
    if places:
        _record(op, bound, given, places, results)
    if op.is_view:
        _mark_view(op, bound, results[0], given)
    return results[0] if not isinstance(y, tuple) else _retupled(y, results)


def composed(op: StructuralOp, F: Any, bound: dict[str, Any]) -> Any:
    """A composite over tensors or arrays.

    Raises:
        ShapeError: the arguments do not fit the formula that it is written in.
    """
    assert op.compose is not None
    try:
        return op.compose(F, **bound)
    except DerivcError:
        raise
    except (ValueError, LookupError, ZeroDivisionError) as problem:
        shapes = {k: v.shape for k, v in bound.items() if hasattr(v, "shape")}
        shown = ", ".join(f"{k} {tuple(shape)}" for k, shape in shapes.items())
        raise ShapeError(f"{op.name}: {problem} (shapes: {shown})") from problem


def _lifted(op: StructuralOp, bound: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a composite, arrays and lists of numbers as tensors."""
    for name in op.tensors:
        if bound[name] is not None:
            bound[name] = Tensor._lift(bound[name])
    if op.sequence:
        bound[op.sequence] = [Tensor._lift(v) for v in bound[op.sequence]]
    return bound


def forward(op: StructuralOp, given: dict[str, Any]) -> Any:
    """The op over arrays.

    Raises:
        ShapeError: NumPy finds that the arguments do not fit.
        DomainError: a matrix is singular, or not positive definite.
    """
    try:
        with noted():
            return op.forward(np, **given)
    except DerivcError:
        raise
    except np.linalg.LinAlgError as problem:
        raise DomainError(f"{op.name}: {problem} (shapes: {_shapes(given)})") from problem
    except (ValueError, IndexError) as problem:
        kind = OutOfRangeError if isinstance(problem, IndexError) else ShapeError
        raise kind(f"{op.name}: {problem} (shapes: {_shapes(given)})") from problem


def _shapes(given: dict[str, Any]) -> str:
    """The shapes of all arrays, for a message."""
    found = {k: v.shape for k, v in given.items() if isinstance(v, np.ndarray)}
    many = {
        k: [np.shape(a) for a in v]
        for k, v in given.items()
        if isinstance(v, list) and any(isinstance(a, np.ndarray) for a in v)
    }
    return ", ".join(f"{k} {v}" for k, v in (found | many).items())


def arrays(op: StructuralOp, bound: dict[str, Any]) -> dict[str, Any]:
    """The arguments as arrays, those that are differentiated by in one dtype."""
    given = {k: _plain(v) for k, v in bound.items()}
    many = [np.asarray(raw(v)) for v in bound[op.sequence]] if op.sequence else []
    names = [n for n in op.tensors if given[n] is not None]
    every = [*many, *(np.asarray(given[n]) for n in names)]
    if len(every) > 1 and any(a.dtype is not every[0].dtype for a in every):
        dtype = promoted(every)
        every = [a if a.dtype == dtype else a.astype(dtype) for a in every]
    if op.sequence:
        given[op.sequence] = every[: len(many)]
    given.update(zip(names, every[len(many) :], strict=True))
    return given


def _retupled(y: Any, results: list[Tensor]) -> Any:
    return type(y)(*results) if hasattr(y, "_fields") else tuple(results)


def _places(op: StructuralOp, bound: dict[str, Any]) -> list[tuple[str, int]]:
    """Where the tensors stand that ask for a gradient."""
    found = [(n, -1) for n in op.tensors if getattr(bound[n], "_requires", False)]
    if op.sequence:
        many = enumerate(bound[op.sequence])
        found += [(op.sequence, i) for i, t in many if getattr(t, "_requires", False)]
    return found


def _record(
    op: StructuralOp, bound: dict[str, Any], given: Any, places: Any, results: list[Tensor]
) -> None:
    """Make the node.

    Raises:
        NotImplementedGradientError: the op has no derivative, or none for complex numbers.
    """
    if op.vjp is None:
        raise NotImplementedGradientError(f"the derivative for {op.name} is not implemented")
    if op.numbers == "real" and any(r._array.dtype.kind == "c" for r in results):
        raise NotImplementedGradientError(
            f"the derivative for {op.name} of complex numbers is not implemented"
        )
    node = StructuralNode(op, bound, places)
    node.outputs = [(r._array.shape, r._array.dtype) for r in results]
    for i, result in enumerate(results):
        if result._array.dtype.kind in "fc" and i not in op.constants:
            result._node, result._index, result._requires = node, i, True
    node.keep(bound, given, results)
    if mode.now.anomaly is not None:
        node.trail = mode.now.anomaly.here()


def _mark_view(op: StructuralOp, bound: dict[str, Any], result: Tensor, given: Any) -> None:
    """A result that shares memory with its input follows that input's changes."""
    base = bound[op.tensors[0]]
    if not hasattr(base, "_array") or not np.may_share_memory(base._array, result._array):
        return
    from derivc.tensor.views import mark

    mark(base, result, op, {k: v for k, v in given.items() if k != op.tensors[0]})

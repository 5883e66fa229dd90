"""Compiled functions on tensors: one node whose backward is the compiled pullback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from derivc.errors import (
    AutogradError,
    NotDifferentiableError,
    NotImplementedGradientError,
    ShapeError,
)
from derivc.tensor import complexes
from derivc.tensor.compiled import LARGE, Compiled, Pullback
from derivc.tensor.dtypes import DOUBLE, aligned
from derivc.tensor.modes import State, begin, end, mode
from derivc.tensor.node import SEQUENCE, Node, camel, edge_of, fit
from derivc.tensor.saved import keep, restored, values
from derivc.tensor.tensor import Tensor

_NUMBERS = {float, int, bool}


@final
class KernelNode(Node):
    """A compiled function that was applied to tensors and numbers.

    Attributes:
        pullback: how cotangents go back; it knows the function and which arguments are wanted.
        inputs: shape and dtype of the wanted arguments.
    """

    pullback: Pullback
    inputs: Sequence[tuple[tuple[int, ...], Any]]
    is_complex = False

    def __init__(self, pullback: Pullback, edges: Sequence[Any], inputs: Sequence[Any]):
        self.sequence = next(SEQUENCE)  # no call of the base: this is the most used line of all
        self.pullback, self.edges, self.inputs = pullback, edges, inputs

    @property
    def function(self) -> Compiled:
        """What was applied."""
        return self.pullback.of

    def name(self) -> str:
        """The op's name with "Backward" behind it."""
        return camel(self.function.name)

    @property
    def formula(self) -> str:
        """The cotangents of the inputs in TeX."""
        from derivc.tensor.formulas import of_kernel

        return of_kernel(self.function)

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """By the compiled pullback."""
        back = self.pullback
        if back.selects:  # zeros from here on are zeros, even next to NaN
            now.careful = True
        arguments = [*values(self), *cotangents] if self.saved or self.saved is None else cotangents
        large = False
        if len(cotangents) > 1:
            arguments = [0.0 if a is None else a for a in arguments]
        else:
            large = cotangents[0].size >= LARGE
        if self.is_complex:
            kept = complexes.conjugated(arguments[: -len(cotangents)])
            results = complexes.evaluate(back.compiled, kept + cotangents)
            return [fit(r, s, d) for r, (s, d) in zip(results, self.inputs, strict=True)]
        results = back.compiled.flagged(arguments, large, now)
        if len(results) == 1:  # as below, without a comprehension
            (result,), ((shape, dtype),) = results, self.inputs
            if type(result) is np.ndarray and result.shape == shape and result.dtype is dtype:
                return results
        return [
            r if type(r) is np.ndarray and r.shape == s and r.dtype is d else fit(r, s, d)
            for r, (s, d) in zip(results, self.inputs)  # noqa: B905  of one length by construction
        ]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """By the same pullback, applied to tensors: a node again."""
        from derivc.tensor.namespace import RECORDED

        back, kept = self.pullback, self._kept()
        if self.is_complex:
            kept = [RECORDED.conj(k) if hasattr(k, "dtype") else k for k in kept]
        given = [0.0 if c is None else c for c in cotangents]
        mode.now.careful = mode.now.careful or back.selects
        results = _many(apply(back.compiled, [*kept, *given]))
        return [RECORDED.fit(r, *meta) for r, meta in zip(results, self.inputs, strict=True)]

    def _kept(self) -> list[Any]:
        """What was saved, as tensors with their history."""
        back = self.pullback
        edges = dict(zip(back.wanted, self.edges, strict=True))
        saved, n = values(self), len(back.reads)
        kept = [restored(v, edges.get(i)) for i, v in zip(back.reads, saved[:n], strict=True)]
        return kept + [restored(v, (self, i)) for i, v in zip(back.results, saved[n:], strict=True)]

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """By the compiled pushforward: of a kernel as a whole, of an op for every argument."""
        from derivc.tensor.namespace import RECORDED

        back, kept = self.pullback, self._kept()
        mode.now.careful = mode.now.careful or back.selects
        if back.forward is not None:
            moving = [0.0 if t is None else t for t in tangents]
            found = _many(apply(back.forward.compiled, [*back.forward.of(kept), *moving]))
        else:
            pairs = [(back.term(i), t) for i, t in enumerate(tangents) if t is not None]
            terms = [_many(apply(f.compiled, [*f.of(kept), t])) for f, t in pairs]
            found = tuple(sum(each[1:], each[0]) for each in zip(*terms, strict=True))
        return [RECORDED.fit(t, *meta) for t, meta in zip(found, self._results(), strict=True)]

    def _results(self) -> Sequence[tuple[tuple[int, ...], Any]]:
        """Shape and dtype of the results; not kept where they follow from the inputs'."""
        return self.outputs or ((np.broadcast_shapes(*(s for s, _ in self.inputs)), DOUBLE),)


def _many(results: Any) -> tuple[Any, ...]:
    return results if isinstance(results, tuple) else (results,)


def cotangents(
    function: Compiled, wanted: tuple[int, ...], args: Sequence[Any], given: Sequence[Any]
) -> tuple[Any, ...]:
    """The cotangents of some arguments for those of the results, as tensors.

    Raises:
        NotImplementedGradientError: one of them does not exist.
    """
    back = _pullback_of(function, wanted)
    if isinstance(back, NotImplementedGradientError):
        raise back
    many = _many(apply(function, args) if back.results else ())
    kept = [*(args[i] for i in back.reads), *(many[i] for i in back.results)]
    return _many(apply(back.compiled, [*kept, *given]))


def _pullback_of(
    function: Compiled, wanted: tuple[int, ...]
) -> Pullback | NotImplementedGradientError:
    """The compiled pullback, or why there is none."""
    try:
        return function.pullback(wanted)
    except NotDifferentiableError as problem:
        names = [function.specs.definition.elements[i] for i in wanted]
        return NotImplementedGradientError(
            f"the derivative for '{function.name}: {', '.join(names)}' is not implemented:"
            f" {problem}"
        )


def _mark_missing(
    problem: NotImplementedGradientError, edges: list[Any], results: list[Tensor]
) -> None:
    """Results with a history that only a backward pass complains about, as in PyTorch."""
    node = MissingNode(edges, problem)
    for result in results:
        result._node, result._requires = node, True


@final
class MissingNode(Node):
    """An op without a derivative by one of its inputs."""

    def __init__(self, edges: list[Any], problem: AutogradError):
        super().__init__(edges)
        self.problem = problem

    def name(self) -> str:
        """As PyTorch calls it."""
        return "NotImplemented"

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """Complain.

        Raises:
            NotImplementedGradientError: always.
        """
        raise self.problem

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """Complain.

        Raises:
            NotImplementedGradientError: always.
        """
        raise self.problem

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """Complain.

        Raises:
            NotImplementedGradientError: always.
        """
        raise self.problem


def apply(function: Compiled, operands: Sequence[Any]) -> Any:
    """A compiled function of tensors, arrays and numbers; recorded when one of them asks for it.

    The most common cases, small tensors of doubles and one result, take the shortest path there is.

    Returns:
        A tensor; a tuple of them for a function with several results.
    """
    if function.is_plain:
        if len(operands) == 1:
            x = operands[0]
            if type(x) is Tensor and x._array.dtype is DOUBLE and x._array.size < LARGE:
                return _one(function, x, mode.now)
        elif len(operands) == 2 and _is_small(operands[0]) and _is_small(operands[1]):
            return _two(function, operands[0], operands[1], mode.now)
    return _apply(function, operands)


def _is_small(operand: Any) -> bool:
    """Whether an operand is a small tensor of doubles, or a plain number."""
    if type(operand) is Tensor:
        return operand._array.dtype is DOUBLE and operand._array.size < LARGE
    return type(operand) is float or type(operand) is int


def _computed(function: Compiled, arrays: tuple[Any, ...], now: State) -> Tensor:
    """The one result over arrays of doubles."""
    token = begin(now.noting)
    try:
        (raw,) = function.flagged(arrays, False, now)
    except ValueError as problem:
        raise _misfit(function, arrays) from problem
    finally:
        end(token)
    return Tensor._make(raw if type(raw) is np.ndarray else np.asarray(raw))


def _one(function: Compiled, x: Tensor, now: State) -> Tensor:
    """A function of one small tensor."""
    array = x._array
    result = _computed(function, (array,), now)
    if not (x._requires and now.enabled):
        return result
    back = function.pullbacks.get(_FIRST)
    if back is None or x._inference or now.saving or now.anomaly is not None:
        _record(function, [0], (x,), [array], [result])
        return result
    node = KernelNode(back, (_edge(x),), ((array.shape, DOUBLE),))
    if back.reads:
        node.saved, node.guards = [array], ((x._counter, x._counter[0]),)
    elif back.results:
        node.saved, node.guards = [result._array], ((result._counter, 0),)
    result._node, result._requires = node, True
    return result


_FIRST = (0,)


def _edge(operand: Tensor) -> Any:
    """`edge_of`, without the call in the most common case."""
    node = operand._node
    if node is not None and operand._base is None:
        return node, operand._index
    return edge_of(operand)


def _two(function: Compiled, a: Any, b: Any, now: State) -> Tensor:
    """A function of two operands, small tensors or numbers."""
    x = a._array if type(a) is Tensor else a
    y = b._array if type(b) is Tensor else b
    result = _computed(function, (x, y), now)
    first, second = type(a) is Tensor and a._requires, type(b) is Tensor and b._requires
    if not (first or second) or not now.enabled:
        return result
    key = (0, 1) if first and second else _FIRST if first else (1,)
    back = function.pullbacks.get(key)
    if back is None or back.results or now.saving or now.anomaly is not None:
        _record(function, list(key), (a, b), [x, y], [result])
        return result
    if first and second:
        inputs: Any = ((x.shape, DOUBLE), (y.shape, DOUBLE))
        node = KernelNode(back, (_edge(a), _edge(b)), inputs)
    else:
        shape = (x if first else y).shape
        node = KernelNode(back, (_edge(a if first else b),), ((shape, DOUBLE),))
        if result._array.shape != shape:  # else it is known from the input
            node.outputs = ((result._array.shape, DOUBLE),)
    if back.reads:
        _keep(node, back, (a, b), [x, y], [result])
    result._node, result._requires = node, True
    return result


def _apply(function: Compiled, operands: Sequence[Any]) -> Any:
    """The same for operands of any kind and size, and any number of results."""
    arrays = [_operand(o) for o in operands]
    wanted = [i for i, o in enumerate(operands) if type(o) is Tensor and o._requires]
    large = any(type(a) is np.ndarray and a.size >= LARGE for a in arrays)
    arrays, dtype = aligned(arrays)
    if dtype is not None and dtype.kind == "c" and not function.boolean:
        function = complexes.form_of(function)
        raw = complexes.evaluate(function, arrays)
    else:
        try:
            raw = function.evaluate(arrays, large and dtype is not None)
        except ValueError as problem:
            raise _misfit(function, arrays) from problem
    results = [_tensor(r, None if function.boolean else dtype) for r in raw]
    if wanted and mode.now.enabled and not function.boolean:
        _record(function, wanted, operands, arrays, results)
    return results[0] if len(results) == 1 else tuple(results)


def _misfit(function: Compiled, arrays: Sequence[Any]) -> ShapeError:
    """The error for shapes that do not broadcast."""
    names = function.specs.definition.elements
    pairs = zip(names, arrays, strict=True)
    told = ", ".join(f"{n} {a.shape}" for n, a in pairs if isinstance(a, np.ndarray))
    return ShapeError(f"{function.name}: the shapes do not broadcast: {told}")


def _operand(operand: Any) -> Any:
    if type(operand) is Tensor:
        return operand._array
    return operand if type(operand) in _NUMBERS else np.asarray(operand)


def _tensor(result: Any, dtype: Any) -> Tensor:
    """A result as a tensor of the dtype that the operands give."""
    if type(result) is not np.ndarray:
        result = np.asarray(result)
    if result.dtype is not dtype and dtype is not None and result.dtype != dtype:
        result = result.astype(dtype)
    return Tensor._make(result)


def _record(
    function: Compiled,
    wanted: list[int],
    operands: Sequence[Any],
    arrays: list[Any],
    results: list[Tensor],
) -> None:
    key = tuple(wanted)
    back = function.pullbacks.get(key) or _pullback_of(function, key)
    if isinstance(back, NotImplementedGradientError):
        _mark_missing(back, [edge_of(operands[i]) for i in wanted], results)
        return
    edges, inputs = [], []
    for i in wanted:
        operand = operands[i]
        array = operand._array
        inputs.append((array.shape, array.dtype))
        edges.append(_edge(operand))
    node = KernelNode(back, edges, inputs)
    _keep(node, back, operands, arrays, results)
    for i, result in enumerate(results):
        result._node, result._requires, result._index = node, True, i
    node.outputs = [(r._array.shape, r._array.dtype) for r in results]
    if results[0]._array.dtype is not DOUBLE:
        node.is_complex = results[0]._array.dtype.kind == "c"
    if mode.now.anomaly is not None:
        node.trail = mode.now.anomaly.here()


def _keep(
    node: KernelNode,
    back: Pullback,
    operands: Sequence[Any],
    arrays: list[Any],
    results: list[Tensor],
) -> None:
    """Save what the pullback reads: operands as they were before they had a common dtype."""
    saved, tensors = [], [results[i] for i in back.results]
    for i in back.reads:
        operand = operands[i]
        if type(operand) is Tensor:
            saved.append(operand._array)
            tensors.append(operand)
        else:
            saved.append(arrays[i])
    keep(node, [*saved, *(results[i]._array for i in back.results)], tensors)

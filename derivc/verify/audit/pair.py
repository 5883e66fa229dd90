"""A forward and a backward in plain Python as a subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, final

import numpy as np

from derivc.verify.audit.places import calling, place_of
from derivc.verify.audit.subject import Array, CallError, Case, Gradients, Subject, Trace
from derivc.verify.audit.traced import cut, flat, traced_trees
from derivc.verify.audit.trees import element_names
from derivc.verify.audit.truth import extrapolated


@final
class PairSubject(Subject):
    """`forward(*inputs)`, and `backward(*inputs, *cotangents)` that returns one gradient each."""

    def __init__(self, forward: Callable[..., Any], backward: Callable[..., Any]):
        self.functions, self.library = (forward, backward), "python"
        self.name = getattr(forward, "__name__", "function")
        self.place = place_of(forward)
        given = tuple(inspect.signature(forward).parameters.values())
        self.parameters = given[: forward.nin] if isinstance(forward, np.ufunc) else given
        self.cotangent_names = ()

    def forward(self, case: Case, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs."""
        with calling("forward", self.place), np.errstate(all="ignore"):
            return _listed(self.functions[0](*case.with_arrays(_copies(arrays))))

    def backward(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Gradients:
        """The gradients."""
        copies, seeds = _copies(arrays), _copies(cotangents)
        with calling("backward", self.place), np.errstate(all="ignore"):
            found = self.functions[1](*case.with_arrays(copies), *seeds)
        rows = found if isinstance(found, tuple | list) else (found,)
        if len(rows) not in (len(case.args), len(case.moving)):
            problem = TypeError(
                f"wrong number of gradients: {len(rows)} for {len(case.args)} arguments"
            )
            raise CallError("backward", problem)
        kept = rows if len(rows) == len(case.moving) else [rows[i] for i in case.moving]
        return tuple(_fitting(g, a) for g, a in zip(kept, arrays, strict=True))

    def second(
        self,
        case: Case,
        arrays: Sequence[Array],
        cotangents: Sequence[Array],
        directions: Sequence[Array],
    ) -> tuple[Gradients, Gradients]:
        """There is no double backward of plain Python: differences of backward stand for it."""
        parts = [*arrays, *cotangents]

        def along(group: int, element: int, number: float) -> float:
            moved = _copies(parts)
            moved[group].reshape(-1)[element] = number
            found = self.backward(case, moved[: len(arrays)], moved[len(arrays) :])
            pairs = zip(found, directions, strict=True)
            return float(sum(np.sum(g * v) for g, v in pairs if g is not None))

        made = []
        for group, part in enumerate(parts):
            numbers = [
                extrapolated(partial(along, group, i), float(v)) for i, v in enumerate(part.flat)
            ]
            made.append(np.array(numbers).reshape(np.shape(part)))
        return tuple(made[: len(arrays)]), tuple(made[len(arrays) :])

    def trace(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Trace | None:
        """By running both over stand-ins."""
        inputs = element_names(case.moving_names, arrays)
        marks = element_names(
            ("g",) if len(cotangents) == 1 else tuple(f"g{i}" for i in range(len(cotangents))),
            cotangents,
        )
        shapes = [np.shape(a) for a in (*arrays, *cotangents)]
        outputs = traced_trees(self._forward_of(case), shapes[: len(arrays)], inputs)
        written = traced_trees(self._backward_of(case, len(arrays)), shapes, (*inputs, *marks))
        sizes = [np.size(c) for c in cotangents], [np.size(a) for a in arrays]
        groups = [cut(trees, n) for trees, n in zip((outputs, written), sizes, strict=True)]
        if groups[0] is None:
            return None
        gradients = groups[1] or tuple(None for _ in arrays)
        return Trace(inputs, groups[0], marks, gradients)

    def _forward_of(self, case: Case) -> Callable[..., Any]:
        return lambda *moving: flat(self.functions[0](*case.with_arrays(moving)))

    def _backward_of(self, case: Case, count: int) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            found = self.functions[1](*case.with_arrays(values[:count]), *values[count:])
            rows = found if isinstance(found, tuple | list) else (found,)
            return flat(rows if len(rows) == count else [rows[i] for i in case.moving])

        return call


def _copies(arrays: Sequence[Array]) -> list[Array]:
    return [np.array(a, dtype=float) for a in arrays]


def _listed(result: Any) -> tuple[Array, ...]:
    rows = result if isinstance(result, tuple | list) else (result,)
    return tuple(np.asarray(row, dtype=float) for row in rows)


def _fitting(gradient: Any, like: Array) -> Any:
    """A gradient in the shape of its input.

    Raises:
        CallError: it has another one.
    """
    if gradient is None:
        return None
    found = np.asarray(gradient, dtype=float)
    if found.shape == np.shape(like):
        return found
    problem = RuntimeError(
        f"expected shape compatible with {list(np.shape(like))}, got {list(found.shape)}"
    )
    raise CallError("backward", problem)

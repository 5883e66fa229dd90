"""A `derivc.Function` as a subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from derivc.verify.audit.places import calling, place_of
from derivc.verify.audit.subject import Array, Case, Gradients, Subject, Trace
from derivc.verify.audit.traced import cut, flat, traced_trees
from derivc.verify.audit.trees import element_names


@final
class OwnSubject(Subject):
    """A class derived from `derivc.Function`, applied as its users apply it."""

    def __init__(self, function: Any):
        from derivc.tensor.function import Function

        self.function, self.library, self.name = function, "derivc", function.__name__
        self.place = place_of(function)
        given = tuple(inspect.signature(function.forward).parameters.values())
        self._has_setup = function.setup_context is not Function.setup_context
        self.parameters = given if self._has_setup else given[1:]
        self.cotangent_names = ()

    def _applied(self, case: Case, arrays: Sequence[Array]) -> tuple[list[Any], list[Any]]:
        """The tensors that vary, and the outputs that can be differentiated."""
        from derivc.tensor.create import tensor
        from derivc.tensor.tensor import Tensor

        args = list(case.with_arrays(arrays))
        args = [tensor(a) if isinstance(a, np.ndarray) else a for a in args]
        for place in case.moving:
            args[place] = tensor(np.array(args[place].detach().numpy()), requires_grad=True)
        with calling("forward", self.place), np.errstate(all="ignore"):
            found = self.function.apply(*args)
        rows = found if isinstance(found, tuple | list) else (found,)
        outputs = [t for t in rows if isinstance(t, Tensor) and t.requires_grad]
        return [args[place] for place in case.moving], outputs

    def forward(self, case: Case, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs."""
        return tuple(_numbers(t) for t in self._applied(case, arrays)[1])

    def backward(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Gradients:
        """The gradients."""
        from derivc.tensor.create import tensor

        moving, outputs = self._applied(case, arrays)
        seeds = [tensor(np.array(c)) for c in cotangents]
        found = self._pulled(moving, outputs, seeds, False)
        return tuple(None if t is None else _numbers(t) for t in found)

    def _pulled(self, moving: Any, outputs: Any, seeds: Any, graph: bool) -> Any:
        from derivc.tensor.grads import grad

        with calling("backward", self.place), np.errstate(all="ignore"):
            return grad(outputs, moving, grad_outputs=seeds, create_graph=graph, allow_unused=True)

    def second(
        self,
        case: Case,
        arrays: Sequence[Array],
        cotangents: Sequence[Array],
        directions: Sequence[Array],
    ) -> tuple[Gradients, Gradients]:
        """By derivc's own double backward."""
        from derivc.tensor.create import tensor

        moving, outputs = self._applied(case, arrays)
        seeds = [tensor(np.array(c), requires_grad=True) for c in cotangents]
        found = self._pulled(moving, outputs, seeds, True)
        along = [tensor(np.array(v)) for v in directions]
        terms = [(t * v).sum() for t, v in zip(found, along, strict=True) if t is not None]
        total = sum(terms[1:], terms[0]) if terms else None
        if total is None or not total.requires_grad:
            return tuple(None for _ in moving), tuple(None for _ in seeds)
        with calling("backward", self.place), np.errstate(all="ignore"):
            total.backward()
        made = tuple(None if t.grad is None else _numbers(t.grad) for t in (*moving, *seeds))
        return made[: len(moving)], made[len(moving) :]

    def trace(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Trace | None:
        """By running both over stand-ins, where they need no tensors."""
        inputs = element_names(case.moving_names, arrays)
        count = len(cotangents)
        marks = element_names(
            ("g",) if count == 1 else tuple(f"g{i}" for i in range(count)), cotangents
        )
        shapes = [np.shape(a) for a in (*arrays, *cotangents)]
        with calling("backward", self.place):
            found = traced_trees(self._both(case, len(arrays)), shapes, (*inputs, *marks))
        groups = cut(found, [np.size(a) for a in (*cotangents, *arrays)])
        return None if groups is None else Trace(inputs, groups[:count], marks, groups[count:])

    def _both(self, case: Case, count: int) -> Callable[..., Any]:
        """Forward and backward in one call; all numbers of both."""

        def call(*values: Any) -> Any:
            ctx, args = StandInContext(case), case.with_arrays(values[:count])
            if self._has_setup:
                outputs = self.function.forward(*args)
                self.function.setup_context(ctx, args, outputs)
            else:
                outputs = self.function.forward(ctx, *args)
            rows = self.function.backward(ctx, *values[count:])
            rows = rows if isinstance(rows, tuple | list) else (rows,)
            return flat(outputs) + flat([rows[i] for i in case.moving])

        return call


@final
class StandInContext:
    """What `ctx` is while a function runs over stand-ins: it keeps what it is given."""

    def __init__(self, case: Case):
        self.needs_input_grad = tuple(i in case.moving for i in range(len(case.args)))
        self.saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for backward."""
        self.saved_tensors = values

    def mark_dirty(self, *values: Any) -> None:
        """Of no consequence here."""

    def set_materialize_grads(self, value: bool) -> None:
        """Of no consequence here: all cotangents are there."""

    def save_for_forward(self, *values: Any) -> None:
        """Of no consequence here."""


def _numbers(tensor: Any) -> Array:
    return np.array(tensor.detach().numpy(), dtype=float)

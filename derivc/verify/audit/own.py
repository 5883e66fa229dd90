"""A `derivc.Function` as a subject."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from derivc.verify.audit.places import calling, place_of
from derivc.verify.audit.subject import Array, Case, Gradients, Subject


@final
class OwnSubject(Subject):
    """A class derived from `derivc.Function`, applied as its users apply it."""

    def __init__(self, function: Any):
        from derivc.tensor.function import Function

        self.function, self.library, self.name = function, "derivc", function.__name__
        self.place = place_of(function)
        given = tuple(inspect.signature(function.forward).parameters.values())
        setup = function.setup_context is not Function.setup_context
        self.parameters = given if setup else given[1:]
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


def _numbers(tensor: Any) -> Array:
    return np.array(tensor.detach().numpy(), dtype=float)

"""A function of the user's own with its hand-written gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from derivc.errors import ShapeError
from derivc.verify.crosscheck.peers.base import Answer, Job, Peer
from derivc.verify.crosscheck.peers.reverse import said
from derivc.verify.crosscheck.quantity import Columns, Quantity

_FORMS = (
    "give a function that returns (value, gradient), a pair (function, gradient), or an object"
    " that can be called and has .grad"
)


@final
class GivenPeer(Peer):
    """What a person wrote, called at one point after the other with floats or arrays.

    Args:
        name: its name in the table.
        function: returns the value, or (value, gradient); or a pair of functions; or an object
            with `.grad`. A gradient has one number (or array) per argument.
    """

    def __init__(self, name: str, function: Any):
        self.name, self.function = name, function

    def answer(self, job: Job) -> Answer:
        """Values, and partials where the user gave a gradient."""
        try:
            rows = [self._row(job, point) for point in zip(*job.columns, strict=True)]
        except Exception as problem:  # noqa: BLE001  whatever the user's function raises
            return Answer({}, (), dict.fromkeys(_orders(job), said(problem)))
        wanted = [q for q in job.subject.wanted if rows and q in rows[0]]
        found: Columns = {q: np.array([row[q] for row in rows]) for q in wanted}
        had = {q.order for q in found}
        return Answer(found, (), {o: _why(o) for o in _orders(job) if o not in had})

    def _row(self, job: Job, point: Sequence[Any]) -> dict[Quantity, float]:
        arguments = job.subject.target._arguments(point)
        value, gradient = _both(self.function, arguments)
        subject = job.subject
        values = np.ravel(np.asarray(value, float))
        row = {Quantity(o): float(v) for o, v in enumerate(values)}
        if gradient is not None:
            wanted = [q for q in subject.wanted if q.order == 1]
            parts = np.concatenate([np.ravel(np.asarray(p, float)) for p in _parts(gradient)])
            if len(parts) != len(wanted):
                raise ShapeError(f"the gradient has {len(parts)} numbers, not {len(wanted)}")
            row |= {q: float(p) for q, p in zip(wanted, parts, strict=True)}
        return row


def _parts(gradient: Any) -> Sequence[Any]:
    return gradient if isinstance(gradient, tuple | list) else [gradient]


def _both(function: Any, arguments: Sequence[Any]) -> tuple[Any, Any]:
    """Value and gradient, None where there is none."""
    if isinstance(function, tuple | list):
        value, gradient = function
        return value(*arguments), gradient(*arguments)
    gradient = getattr(function, "grad", None)
    if callable(gradient):
        return function(*arguments), gradient(*arguments)
    result = function(*arguments)
    if isinstance(result, tuple) and len(result) == 2:
        return result
    return result, None


def _orders(job: Job) -> list[int]:
    return sorted({q.order for q in job.subject.wanted})


def _why(order: int) -> str:
    return f"no gradient was given: {_FORMS}" if order == 1 else "only a gradient is taken"

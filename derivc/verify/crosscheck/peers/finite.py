"""Finite differences of the function as it is written: a complex step where all is analytic.

Without a complex step, the values come from the kernel itself and central differences of halved
steps are extrapolated. Sources: L. N. Trefethen's and C. Moler's complex step, in W. Squire and
G. Trapp, SIAM Review 40 (1998) 110-112; Press et al., Numerical Recipes, section 5.7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from derivc.ir.interpret import interpret
from derivc.verify.crosscheck.peers.base import Answer, Job, Peer
from derivc.verify.crosscheck.peers.spelling import OPERATORS, number
from derivc.verify.crosscheck.quantity import Columns, Quantity
from derivc.verify.finite import richardson

_ANALYTIC: dict[str, Callable[..., Any]] = {
    name: getattr(np, name) for name in "exp log sin cos tan sinh cosh tanh sqrt square".split()
} | {name: OPERATORS[name] for name in ("add", "sub", "mul", "div", "neg", "pow")}
_TINY = 1e-150
_STEP = 6e-6


@final
class FinitePeer(Peer):
    """Differences of values: what a person would check a gradient with."""

    name = "finite"
    exact = False

    def answer(self, job: Job) -> Answer:
        """Partials only: of values there is nothing to difference."""
        complex_step = all(
            step.op == "const" or step.op in _ANALYTIC for step in job.subject.program.instructions
        )
        make, note = (
            (_by_complex_step, "by a complex step") if complex_step
            else (_by_richardson, "by extrapolated central differences of the kernel's values")
        )  # fmt: skip
        with np.errstate(all="ignore"):
            found = make(job)
        return Answer(found, (note,))


def _by_complex_step(job: Job) -> Columns:
    """Im f(x + ih)/h, and the central difference of it for second order."""
    columns = [np.asarray(c, np.float64) for c in job.columns]
    return {q: _complex(job, columns, q) for q in job.subject.wanted if q.order}


def _complex(job: Job, columns: Sequence[Any], quantity: Quantity) -> Any:
    first = quantity.by[0]
    if quantity.order == 1:
        return _imaginary(job, columns, first, quantity.output)
    other = job.vector if quantity.along else {quantity.by[1]: 1.0}
    size = _STEP * np.maximum.reduce([np.ones(job.size), *(np.abs(columns[i]) for i in other)])
    up, down = (_imaginary(job, _moved(columns, other, sign * size), first, 0) for sign in (1, -1))
    return (up - down) / (2 * size)


def _moved(columns: Sequence[Any], step: dict[int, float], size: Any) -> list[Any]:
    return [c + step[i] * size if i in step else c for i, c in enumerate(columns)]


def _imaginary(job: Job, columns: Sequence[Any], index: int, output: int) -> Any:
    given = [c.astype(complex) for c in columns]
    given[index] = given[index] + 1j * _TINY
    table = _ANALYTIC.__getitem__
    values = interpret(job.subject.program, given, table, number)
    return np.broadcast_to(np.imag(values[output]) / _TINY, (job.size,))


def _by_richardson(job: Job) -> Columns:
    """Extrapolated central differences, point by point."""
    rows = [_at_point(job, point) for point in zip(*job.columns, strict=True)]
    return {q: np.array([row[q] for row in rows]) for q in (rows[0] if rows else {})}


def _at_point(job: Job, point: Sequence[Any]) -> dict[Quantity, float]:
    at = [float(x) for x in point]
    return {q: _difference(job, at, q) for q in job.subject.wanted if q.order}


def _difference(job: Job, at: list[float], quantity: Quantity) -> float:
    """Of values for a partial, of the kernel's partials for a second one."""
    target, first = job.subject.target, quantity.by[0]
    if quantity.order == 1:
        return richardson(lambda *x: target.computed(x)[0][quantity.output], at, first)
    terms = job.vector if quantity.along else {quantity.by[1]: 1.0}
    return sum(
        v * richardson(lambda *x: target.computed(x)[1][0, first], at, j) for j, v in terms.items()
    )

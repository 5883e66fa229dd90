"""Peers with reverse mode: one backward pass through the sum gives the partials at every point."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from derivc.errors import DerivcError
from derivc.verify.crosscheck.peers.base import Answer, Function, Job, Peer
from derivc.verify.crosscheck.peers.spelling import Speller, notes_of
from derivc.verify.crosscheck.quantity import Columns, Quantity

_LONGEST = 160


class ReversePeer(Peer):
    """A system with arrays, a gradient, and gradients of gradients.

    Args:
        function: the user's own, of the peer's arrays, one per argument; None to spell the
            expression in the peer's ops.
    """

    def __init__(self, function: Callable[..., Any] | None = None):
        self.given = function
        self.spells = function is None

    @abstractmethod
    def speller(self, like: Any) -> Speller:
        """The ops of the peer."""

    @abstractmethod
    def array(self, column: Any) -> Any:
        """A column as an array of the peer."""

    @abstractmethod
    def stack(self, parts: Sequence[Any]) -> Any:
        """Arrays along a new first axis."""

    @abstractmethod
    def first(
        self, function: Function, columns: Sequence[Any], output: int, moving: Sequence[int]
    ) -> list[Any]:
        """The partials of one output by the columns `moving`, at every point."""

    @abstractmethod
    def second(
        self, function: Function, columns: Sequence[Any], pairs: Sequence[tuple[int, int]]
    ) -> list[Any]:
        """The second partials of the only output, at every point."""

    @abstractmethod
    def along(
        self, function: Function, columns: Sequence[Any], vector: dict[int, float]
    ) -> list[Any]:
        """The products of the Hessian with a vector by input, at every point."""

    def setting(self, _job: Job) -> AbstractContextManager[Any]:
        """What must hold while the peer computes (64-bit numbers, no warnings)."""
        return nullcontext()

    def answer(self, job: Job) -> Answer:
        """Values, partials and second partials, each order on its own: one may not be there."""
        with self.setting(job), np.errstate(all="ignore"):
            columns = [self.array(c) for c in job.columns]
            speller = self.speller(columns[0])
            function = self._function(job, speller)
            found: Columns = {}
            missing: dict[int, str] = {}
            for order in sorted({q.order for q in job.subject.wanted}):
                try:
                    found.update(self._computed(job, function, columns, order))
                except Exception as problem:  # noqa: BLE001  whatever a peer raises is its answer
                    missing[order] = said(problem)
        return Answer(found, notes_of(speller, self.name), missing)

    def _computed(
        self, job: Job, function: Function, columns: list[Any], order: int
    ) -> dict[Quantity, Any]:
        wanted = [q for q in job.subject.wanted if q.order == order]
        return {q: _plain(c, job.size) for q, c in self._asked(job, function, columns, wanted)}

    def _asked(
        self, job: Job, function: Function, columns: list[Any], wanted: list[Quantity]
    ) -> Iterator[tuple[Quantity, Any]]:
        moving = job.subject.moving
        if wanted[0].order == 0:
            yield from zip(wanted, function(columns), strict=True)
        elif wanted[0].along:
            yield from zip(wanted, self.along(function, columns, job.vector), strict=True)
        elif wanted[0].order == 2:
            pairs = [(q.by[0], q.by[1]) for q in wanted]
            yield from zip(wanted, self.second(function, columns, pairs), strict=True)
        else:
            for output in range(job.subject.outputs):
                partials = self.first(function, columns, output, moving)
                yield from zip((Quantity(output, (i,)) for i in moving), partials, strict=True)

    def _function(self, job: Job, speller: Speller) -> Function:
        if self.given is None:
            return lambda columns: speller.run(job.subject.program, columns)
        return self._of_user(job, self.given)

    def _of_user(self, job: Job, given: Callable[..., Any]) -> Function:
        """The user's function over columns: at once where all arguments are scalars."""
        if job.subject.is_columnar:
            return lambda columns: _outputs(given(*columns), job.subject.outputs)

        def one_by_one(columns: Sequence[Any]) -> list[Any]:
            rows = []
            for k in range(job.size):
                arguments = self._arguments(job, [c[k] for c in columns])
                rows.append(_outputs(given(*arguments), job.subject.outputs))
            return [self.stack(column) for column in zip(*rows, strict=True)]

        return one_by_one

    def _arguments(self, job: Job, elements: list[Any]) -> list[Any]:
        rest, found = elements, []
        for argument in job.subject.arguments:
            part, rest = rest[: len(argument.elements)], rest[len(argument.elements) :]
            whole = part[0] if argument.shape is None else self.stack(part).reshape(argument.shape)
            found.append(whole)
        return found


def _outputs(result: Any, count: int) -> list[Any]:
    if count == 1 and not isinstance(result, tuple | list):
        return [result]
    return list(result) if isinstance(result, tuple | list) else list(result.reshape(count))


def _plain(column: Any, size: int) -> Any:
    """A column as a NumPy array of its own."""
    detached = column.detach().numpy(force=True) if hasattr(column, "detach") else column
    return np.broadcast_to(np.asarray(detached), (size,)).copy()


def said(problem: Exception) -> str:
    """What an exception says, in one line."""
    text = str(problem).strip().split("\n")[0] or type(problem).__name__
    shown = text if isinstance(problem, DerivcError) else f"{type(problem).__name__}: {text}"
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."

"""From records to numbered steps: outermost rules first, within a bound on their number."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, final

from derivc.symbolic.steps.abridge import NODES
from derivc.symbolic.steps.job import Draft, Job
from derivc.symbolic.steps.plainly import Plainly
from derivc.symbolic.steps.plans import plan
from derivc.symbolic.steps.step import Step
from derivc.symbolic.steps.values import Values
from derivc.symbolic.steps.written import filled
from derivc.symbolic.walk import size

_NODES = 60
"""The room of one step, in nodes shown, by which long derivations are cut."""


def drafted(job: Job, limit: int) -> dict[Any, Draft]:
    """The drafts of the parts that need explaining, the outermost first.

    At most so many, and fewer where they are long: nobody reads more.
    """
    found: dict[Any, Draft] = {}
    ahead, room = deque([job.turn.tree]), float(limit * _NODES)
    while ahead and len(found) < limit and room > 0:
        node = ahead.popleft()
        if job.key(node) not in found:
            draft = plan(job, node)
            found[job.key(node)] = draft
            room -= _length(draft)
            ahead.extend(part for part in draft.wanted if needs_step(job, part))
    return found


def _length(draft: Draft) -> float:
    """About how many nodes are shown for a draft."""
    return min(size(draft.whole), NODES) + min(size(draft.result), NODES)


def needs_step(job: Job, node: Any) -> bool:
    """Whether a part's derivative is more than 1 for the variable and 0 for constants."""
    return not job.is_variable(node) and not job.still(node)


@final
class Numbering:
    """Gives drafts their numbers, in reading order.

    Args:
        job: the turn. drafts: by key. values: the point's numbers. first: the first number.
        plain: gives trees the reader's symbols.
    """

    def __init__(
        self, job: Job, drafts: dict[Any, Draft], values: Values, plain: Plainly, first: int
    ):
        self.plain = plain
        self.job, self.drafts, self.values, self.last = job, drafts, values, first - 1
        self.told: dict[Any, int] = {}
        self.missing: dict[Any, None] = {}

    def step(self, node: Any) -> Step | None:
        """The step of a node; None where it was left out."""
        key = self.job.key(node)
        if key not in self.drafts:
            self.missing[key] = None
            return None
        draft = self.drafts[key]
        if key in self.told:
            return self._finished(draft, (), same_as=self.told[key])
        number = self._next()
        self.told[key] = number
        outer = [self._finished(each, (), number=self._next()) for each in draft.outer]
        inner = [self.step(part) for part in self._wanted(draft)]
        parts = (*outer, *(part for part in inner if part))
        return self._finished(draft, parts, number=number, left_out=None in inner)

    def _next(self) -> int:
        self.last += 1
        return self.last

    def _wanted(self, draft: Draft) -> Iterator[Any]:
        """The parts that need a step, each once."""
        seen = set()
        for part in draft.wanted:
            if self.job.key(part) not in seen and needs_step(self.job, part):
                seen.add(self.job.key(part))
                yield part

    def _finished(
        self, d: Draft, parts: tuple[Step, ...],
        number: int = 0, same_as: int = 0, left_out: bool = False,
    ) -> Step:  # fmt: skip
        plain, told = self.plain, bool(same_as)
        return Step(
            number, d.rule, d.title, d.variable, plain(d.expression), plain(d.result), d.general,
            tuple((name, plain(part)) for name, part in d.let),
            None if told else plain(d.applied), None if told else plain(self._together(d)),
            None if d.slope is d.result else plain(d.slope), parts, d.notes, same_as, left_out,
            self.values.of(d.whole), self.values.of(d.slope), self.values.named(d.let),
            plain(d.display),
        )  # fmt: skip

    def _together(self, draft: Draft) -> Any:
        """The rule with all derivatives put in, before anything is collected."""
        if draft.applied is None:
            return None
        inner = {(id(part), self.job.variable): self.job.slope(part) for part in draft.wanted}
        outer = {(id(each.expression), each.variable): each.slope for each in draft.outer}
        return filled(draft.applied, inner | outer)

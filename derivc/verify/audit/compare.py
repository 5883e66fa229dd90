"""The written gradient beside the true one, number by number, and what the differences are worth.

At moderate points a number is right within 1e-7 of the truth (or of the truth's usual size), at
extreme ones within 1e-4: there only what would show in training counts, an overflow, a NaN, or most
digits lost. An error that the rounding of the arguments alone would make is excused.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from derivc.errors import DerivcError
from derivc.verify.audit import truth as truths
from derivc.verify.audit.formulas import convention
from derivc.verify.audit.points import EXTREME, GIVEN, JOINT, KINK, MODERATE, Point
from derivc.verify.audit.subject import Trace

MODERATE_LIMIT, EXTREME_LIMIT, EXACT_LIMIT, SINGLE_LIMIT = 1e-7, 1e-4, 1e-9, 1e-4
_SLACK = 16.0
RIGHT, WRONG, UNSTABLE, SKIPPED = "right", "wrong", "unstable", "skipped"


@final
@dataclass(frozen=True)
class Sample:
    """One number of a written gradient.

    Args:
        array, element: which. point: where. trace: of the call there. written: the number; None
            where no gradient was returned. true: the truth, NaN where there is none.
        outcome: "right", "wrong", "unstable", or "skipped" where nothing can be said.
        finite: whether the forward's own results are numbers there.
    """

    array: int
    element: int
    point: Point
    trace: Trace | None
    written: float | None
    true: float
    finite: bool = True
    truth: Any = field(default=None, repr=False, compare=False)
    outcome: str = SKIPPED

    @property
    def error(self) -> float:
        """The distance to the truth; infinite for a NaN."""
        apart = abs((self.written or 0.0) - self.true)
        return math.inf if math.isnan(apart) else apart

    @property
    def at(self) -> float:
        """The element's own number."""
        return float(np.ravel(self.point.arrays[self.array])[self.element])

    @property
    def is_usable(self) -> bool:
        """Whether there are a true number and a forward that works."""
        overflows = self.trace is not None and self.point.kind == EXTREME
        return math.isfinite(self.true) and (self.finite or overflows)


def judged(samples: Sequence[Sample], single: bool = False) -> list[Sample]:
    """The samples with their outcomes; `single` for numbers of float32."""
    usual = {a: typical([s for s in samples if s.array == a]) for a in {s.array for s in samples}}
    first = [_judged(sample, usual[sample.array], single) for sample in samples]
    wrong = {s.array for s in first if s.outcome == WRONG and s.point.kind != EXTREME}
    return [_settled(sample, sample.array in wrong) for sample in first]


def _settled(sample: Sample, is_wrong: bool) -> Sample:
    """Without trees, what fails only at extreme points is unstable."""
    doubt = sample.outcome == WRONG and sample.point.kind == EXTREME and not _has_tree(sample)
    return replace(sample, outcome=UNSTABLE) if doubt and not is_wrong else sample


def typical(samples: Iterable[Sample]) -> float:
    """The usual size of the truth at moderate points; 1 where it is zero throughout."""
    found = [abs(s.true) for s in samples if s.is_usable and s.point.kind in (GIVEN, MODERATE)]
    return (statistics.median(found) or max(found) or 1.0) if found else 1.0


def _judged(sample: Sample, usual: float, single: bool) -> Sample:
    if not sample.is_usable:
        return sample
    if sample.point.kind == JOINT and not math.isfinite(sample.written or 0.0):
        return sample
    limit = max(_limit(sample, usual), single * SINGLE_LIMIT * max(abs(sample.true), usual))
    if sample.error <= limit or (sample.error < math.inf and _excused(sample, limit)):
        return replace(sample, outcome=RIGHT)
    if sample.point.kind in (KINK, JOINT) and _is_conventional(sample, limit):
        return replace(sample, outcome=SKIPPED)
    lost = sample.point.kind in (EXTREME, KINK) and not math.isfinite(sample.written or 0.0)
    return replace(sample, outcome=UNSTABLE if lost or _is_exact(sample, usual) else WRONG)


def _limit(sample: Sample, usual: float) -> float:
    true = abs(sample.true)
    if sample.point.kind == EXTREME:
        return EXTREME_LIMIT * true + 1e-6 * usual
    return MODERATE_LIMIT * max(true, usual)


def _excused(sample: Sample, limit: float) -> bool:
    moved = sample.truth.uncertainty(sample.array, sample.element)
    return bool(sample.error <= limit + _SLACK * moved)


def _is_conventional(sample: Sample, limit: float) -> bool:
    """Whether differentiating step by step gives the same, where kinks of the steps cancel.

    sign(x)*relu(|x|) is x, and yet PyTorch's slope of it at 0 is 0.
    """
    if sample.trace is None or sample.written is None:
        return False
    found = convention(sample.trace, sample.point, sample.array, sample.element)
    return found is not None and abs(found - sample.written) <= limit


def _has_tree(sample: Sample) -> bool:
    return sample.trace is not None and sample.trace.written[sample.array] is not None


def _is_exact(sample: Sample, usual: float) -> bool:
    """Whether the written formula is right in exact arithmetic, and only its rounding is not."""
    exact = exact_written(sample)
    bound = EXACT_LIMIT * max(abs(sample.true), 1e-3 * usual)
    return exact is not None and abs(exact - sample.true) <= bound


def exact_written(sample: Sample) -> float | None:
    """The written formula at 50 digits; None where it could not be read."""
    if sample.trace is None or sample.written is None:
        return None
    trees = sample.trace.written[sample.array]
    if trees is None:
        return None
    try:
        return truths.value(trees[sample.element], truths.place(sample.trace, sample.point))
    except (DerivcError, ArithmeticError, ValueError, TypeError, KeyError):
        return None


def worst(samples: Iterable[Sample]) -> Sample | None:
    """The sample that says most: a wrong one before an unstable one, moderate points first."""
    rank = {WRONG: 3, UNSTABLE: 2, RIGHT: 1, SKIPPED: 0}
    usable = [s for s in samples if s.outcome != SKIPPED]
    return max(usable, key=lambda s: (rank[s.outcome], *_weight(s)), default=None)


def _weight(sample: Sample) -> tuple[bool, float]:
    far = sample.point.kind == EXTREME
    relative = sample.error / max(abs(sample.true), 1e-300) if sample.outcome == RIGHT else 0.0
    return (far if sample.outcome == UNSTABLE else not far), max(min(sample.error, 1e300), relative)

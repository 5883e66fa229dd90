"""What is known of a wrong gradient: numbers at several points, and the trees they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, final

from derivc.errors import DerivcError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.evaluate import evaluate
from derivc.symbolic.walk import size
from derivc.verify.audit import truth as truths
from derivc.verify.audit.compare import RIGHT, WRONG, Sample, exact_written
from derivc.verify.audit.formulas import READABLE, trace_outputs, true_tree
from derivc.verify.audit.points import EXTREME, GIVEN, MODERATE
from derivc.verify.audit.subject import Case, Trace

_POINTS = 6
_FEWEST = 3
_FAILURES = (DerivcError, ArithmeticError, ValueError, TypeError, KeyError, AssertionError)


@final
class Evidence:
    """One element's gradient, where it is wrong.

    Args:
        samples: wrong ones of one element, of one trace where there are traces.
        others: all samples of the function.
    """

    def __init__(self, case: Case, samples: Sequence[Sample], others: Sequence[Sample]):
        self.case, self.samples, self.others = case, list(samples[:_POINTS]), others
        self.array, self.element = samples[0].array, samples[0].element
        self.trace: Trace | None = samples[0].trace

    @property
    def input(self) -> str:
        """The argument's name."""
        return self.case.moving_names[self.array]

    @property
    def name(self) -> str:
        """The element's name."""
        assert self.trace is not None
        return self.trace.inputs[self.array][self.element]

    @cached_property
    def true(self) -> list[Any]:
        """The true numbers: to 40 digits where the formula is known."""
        tree = self.true_tree
        if tree is None:
            return [mpmath().mpf(s.true) for s in self.samples]
        return [self.number(tree, k) for k in range(len(self.samples))]

    @cached_property
    def written(self) -> list[Any]:
        """The written numbers: to 40 digits where the formula could be read."""
        tree = self.written_tree
        if tree is None:
            return [mpmath().mpf(s.written or 0.0) for s in self.samples]
        return [self.number(tree, k) for k in range(len(self.samples))]

    @cached_property
    def true_tree(self) -> Any:
        """The true formula, or None."""
        return None if self.trace is None else true_tree(self.trace, self.array, self.element)

    @cached_property
    def written_tree(self) -> Any:
        """The written formula, or None."""
        if self.trace is None or self.trace.written[self.array] is None:
            return None
        exact = exact_written(self.samples[0])
        written = self.samples[0].written or 0.0
        if exact is None or abs(exact - written) > 1e-5 * max(abs(written), 1e-3):
            return None  # it left the trace, through NumPy for instance
        return self.trace.written[self.array][self.element]  # type: ignore[index]

    @cached_property
    def is_readable(self) -> bool:
        """Whether the formulas are known, and short enough to be searched."""
        if self.true_tree is None or self.trace is None:
            return False
        return all(size(t) <= READABLE for t in (self.true_tree, *trace_outputs(self.trace)))

    @cached_property
    def places(self) -> list[Mapping[str, float]]:
        """The points, by the names of the trace."""
        assert self.trace is not None
        return [truths.place(self.trace, s.point) for s in self.samples]

    def number(self, tree: Any, k: int) -> Any:
        """A tree at the k-th point, to 40 digits; NaN where it has no value."""
        try:
            return evaluate(tree, self.places[k])
        except _FAILURES:
            return mpmath().nan

    @cached_property
    def tolerance(self) -> float:
        """How well numbers can agree: but for rounded constants, where there are trees."""
        trees = self.true_tree is not None and self.written_tree is not None
        return 1e-12 if trees else 1e-6

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Whether the numbers agree at all points."""
        return len(a) >= _FEWEST and all(self.close(x, y) for x, y in zip(a, b, strict=True))

    def close(self, a: Any, b: Any) -> bool:
        """Whether two numbers agree."""
        if not (mpmath().isfinite(a) and mpmath().isfinite(b)):
            return bool(a == b)
        return bool(abs(a - b) <= self.tolerance * max(abs(a), abs(b)))

    def makes_right(self, tree: Any) -> bool:
        """Whether a formula has the true values."""
        numbers = []
        for k, true in enumerate(self.true):
            number = self.number(tree, k)
            if not self.close(number, true):
                return False
            numbers.append(number)
        seen = len(numbers) >= _FEWEST or (len(numbers) > 1 and len(self.controls) >= _FEWEST)
        return seen and all(self._stays_right(tree, s) for s in self.controls)

    @cached_property
    def controls(self) -> list[Sample]:
        """Points of the same trees where the gradient is right, and must stay so."""
        key = _key(self.samples[0])
        right = [s for s in self.others if s.array == self.array and s.outcome == RIGHT]
        near = [s for s in right if s.point.kind in (GIVEN, MODERATE) and _key(s) == key]
        return near[:_POINTS]

    def _stays_right(self, tree: Any, sample: Sample) -> bool:
        assert sample.trace is not None
        try:
            found = evaluate(tree, truths.place(sample.trace, sample.point))
        except _FAILURES:
            return False
        return bool(abs(found - sample.true) <= 1e-9 * max(abs(found), abs(sample.true)))


def collect(case: Case, samples: Sequence[Sample], array: int) -> Evidence | None:
    """The evidence on one array's gradient; None when nothing is wrong with it."""
    wrong = [s for s in samples if s.array == array and s.outcome == WRONG]
    near = [s for s in wrong if s.point.kind != EXTREME] or wrong
    if not near:
        return None
    groups: dict[Any, list[Sample]] = {}
    for sample in near:
        groups.setdefault(_key(sample), []).append(sample)
    largest = max(groups.values(), key=len)
    return Evidence(case, _spread(largest), samples)


def _key(sample: Sample) -> Any:
    trees = None if sample.trace is None else sample.trace.outputs
    written = None if sample.trace is None else sample.trace.written
    return sample.element, trees, written


def _spread(samples: list[Sample]) -> list[Sample]:
    """Those with numbers that say something first."""
    return sorted(samples, key=lambda s: s.true == 0 or not s.written)


def region(evidence: Evidence) -> str:
    """Where the gradient is wrong, when it is so only on one side of a number: "x < 0"; else ""."""
    own = [s for s in evidence.others if s.array == evidence.array and s.point.kind != EXTREME]
    wrong = [s.at for s in own if s.outcome == WRONG]
    right = [s.at for s in own if s.outcome == RIGHT]
    if len(right) < _FEWEST or len(wrong) < 2:
        return ""
    if max(wrong) < min(right):
        return f"{evidence.input} < {_between(max(wrong), min(right))}"
    if min(wrong) > max(right):
        return f"{evidence.input} > {_between(max(right), min(wrong))}"
    return ""


def _between(low: float, high: float) -> str:
    """The shortest number between two."""
    for digits in range(8):
        found = round((low + high) / 2, digits)
        if low <= found <= high:
            return f"{found + 0.0:g}"
    return f"{low:g}"

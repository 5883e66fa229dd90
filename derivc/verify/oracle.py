"""The oracle: values and partials of a program to as many digits as asked for.

Values are evaluated at rising precision until two precisions agree. Partials are central
differences at high precision, so they share nothing with the rules of differentiation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, final

from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering import multiprecision
from derivc.ops.shorthand import mpmath

Number = Any
DIGITS = 50
_LEVELS = 4


def evaluate(program: Program, point: Sequence[Any], digits: int = DIGITS) -> list[Number]:
    """The outputs of a program at a point.

    Args:
        program: op level or expanded.
        point: one number per input; floats stand for the exact binary numbers they are.
        digits: the decimal digits that must be right.

    Returns:
        One mpmath number per output; NaN where there is no real value.

    Example:
        >>> import sympy as sp
        >>> from derivc.lowering.lower import lower
        >>> x = sp.Symbol("x", real=True)
        >>> float(evaluate(lower([1 - sp.cos(x)], ["x"]), [1e-20])[0])
        5e-41
    """
    start = digits + 10 + span(point)
    before = at_precision(program, point, start)
    for level in range(1, _LEVELS + 1):
        after, watch = _watched(program, point, start << level)
        settled = before is not None and after is not None and _all_agree(before, after, digits)
        if after is not None and settled and not (watch.is_doubtful and 0 in after):
            return after
        before = after
    return before or [mpmath().nan] * len(program.outputs)


def at_precision(
    program: Program, point: Sequence[Any], digits: int, held: Held | None = None
) -> list[Number] | None:
    """The outputs, computed with so many digits throughout; None where these are too few.

    Args:
        held: what `stop_gradient` holds; default: nothing.
    """
    return _watched(program, point, digits, held)[0]


def _watched(
    program: Program, point: Sequence[Any], digits: int, held: Held | None = None
) -> tuple[list[Number] | None, _Watch]:
    watch = _Watch(held)
    with mpmath().workdps(digits):
        given = [multiprecision.to_exact(value) for value in point]
        found = interpret(program, given, watch.function, multiprecision.constant)
    return None if watch.lost else found, watch


@final
class Held:
    """The values of `stop_gradient`: kept on the first run, and given again on every other one."""

    def __init__(self) -> None:
        self.values: list[Number] = []
        self.ahead: list[Number] | None = None

    def again(self) -> Held:
        """Before another run: what the first one met, in the same order."""
        self.ahead = self.values[::-1]
        return self

    def __call__(self, value: Number) -> Number:
        """The value itself, or the one held in its place."""
        if self.ahead is not None:
            return self.ahead.pop()
        self.values.append(value)
        return value


@final
class _Watch:
    """Notices that a sum lost a term, and that a later one cancelled: 1 - (1 - exp(-1e9)) = 0.

    It looks into what composites mean. A result of zero is doubtful where a term was lost (as in
    log(1 + exp(-1e3))), or where a sum is zero: 2 - erfc(-1e2), which is no 2.
    """

    def __init__(self, held: Held | None = None) -> None:
        self.absorbed = self.lost = self.cancelled = False
        self.held = held

    @property
    def is_doubtful(self) -> bool:
        """Whether a result of zero may be too small a number for the precision."""
        return self.absorbed or self.cancelled

    def function(self, name: str) -> Callable[..., Number]:
        """The op of that name, sums watched."""
        if name == "stop_gradient" and self.held is not None:
            return self.held
        meaning = multiprecision.meaning_of(name)
        if meaning is not None:
            return lambda *args: interpret(
                meaning, list(args), self.function, multiprecision.constant
            )[0]
        plain = multiprecision.function(name)
        if name not in ("add", "sub"):
            return plain

        def watched(a: Number, b: Number) -> Number:
            found = plain(a, b)
            if found == 0 and a != 0:
                self.lost |= self.absorbed
                self.cancelled = True
            elif mpmath().isfinite(found) and a != 0 and b != 0:
                self.absorbed |= bool(abs(found) in (abs(a), abs(b)))
            return found

        return watched


def span(point: Sequence[Any]) -> int:
    """The decimal orders between 1 and the largest and smallest of the numbers together."""
    sizes = [_order(value) for value in point]
    return max([0, *sizes]) - min([0, *sizes])


def _order(value: Any) -> int:
    if value == 0 or value != value or abs(value) == math.inf:
        return 0
    return int(mpmath().mag(multiprecision.to_exact(value)) * 0.30103)


def _all_agree(before: list[Number], after: list[Number], digits: int) -> bool:
    return all(_agree(a, b, digits) for a, b in zip(before, after, strict=True))


def _agree(a: Number, b: Number, digits: int) -> bool:
    mp = mpmath()
    if isinstance(a, bool) or a != a or b != b or not mp.isfinite(b):
        return bool(a == b or (a != a and b != b))
    return bool(abs(a - b) <= abs(b) * mp.mpf(10) ** -digits)


def partial(
    program: Program, point: Sequence[Any], index: int, digits: int = 30, output: int = 0
) -> Number:
    """The derivative of one output by one input, by central differences of ever smaller step.

    Args:
        index: the input. output: the output. The others are as for `evaluate`.

    Returns:
        An mpmath number; NaN at a kink, at an edge of the domain, and where there is no value.
    """
    before, apart = None, None
    for level in range(_LEVELS + 1):
        if level == _LEVELS and not before:
            break  # not a digit was seen: one level more will not settle them
        found = _differences(program, point, index, output, (digits + 5) << level)
        if found is None:
            continue
        slope, gap = found
        if slope != slope or (apart is not None and _is_kink(gap, apart)):
            return mpmath().nan
        if before is not None and slope != 0 and _agree(before, slope, digits):
            return slope
        before, apart = slope, gap
    return before if before == 0 else mpmath().nan  # a zero may be a slope too small to be seen yet


def _differences(
    program: Program, point: Sequence[Any], index: int, output: int, digits: int
) -> tuple[Number, Number] | None:
    """The central difference with a step of 10**-digits, and how far the one-sided ones differ.

    None where the precision is too low.
    """
    mp, extent = mpmath(), span(point)
    precision = 3 * digits + 3 * extent
    with mp.workdps(precision):
        centre = multiprecision.to_exact(point[index])
        step = mp.mpf(10) ** -(digits + extent)
        values, held = [], Held()
        for moved in (centre, centre - step, centre + step):
            given = [*point[:index], moved, *point[index + 1 :]]
            outputs = at_precision(program, given, precision, held)
            if outputs is None:
                return None
            values.append(outputs[output])
            held.again()
        middle, low, high = values
        return (high - low) / (2 * step), abs((high - middle) - (middle - low)) / step


def _is_kink(gap: Number, before: Number) -> bool:
    """A gap between the one-sided slopes that neither shrinks with the step nor is noise."""
    return bool(before / 2 < gap < 2 * before)


def gradient(
    program: Program, point: Sequence[Any], digits: int = 30, output: int = 0
) -> list[Number]:
    """The derivatives of one output by every input, as `partial` finds them."""
    return [partial(program, point, i, digits, output) for i in range(len(program.inputs))]


def truth_float(value: Number) -> float:
    """The double nearest to an mpmath number: subnormals and overflow rounded once.

    Example:
        >>> truth_float(mpmath().mpf(10) ** 400), truth_float(mpmath().mpf(10) ** -324 * 6)
        (inf, 5e-324)
    """
    mp = mpmath()
    if value != value:
        return math.nan
    if value == 0 or not mp.isfinite(value):
        return float(value)
    sign, mantissa, exponent, _ = value._mpf_
    mantissa = int(-mantissa if sign else mantissa)
    size = exponent + mantissa.bit_length()
    if size > 1024 or size < -1080:
        return math.copysign(math.inf if size > 0 else 0.0, -1 if sign else 1)
    try:
        return float(mantissa << exponent) if exponent >= 0 else mantissa / (1 << -exponent)
    except OverflowError:
        return -math.inf if sign else math.inf

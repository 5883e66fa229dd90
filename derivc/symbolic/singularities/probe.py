"""How a function behaves as a point is approached from one side: a limit, a pole, a logarithm.

The function is evaluated at distances 10**-12, 10**-24, 10**-48, each the square of the one before.
Along such a sequence a limit is approached faster and faster, a logarithm doubles at every step, a
power of the distance squares, and what does none of these oscillates or is essential. Slopes and
curvatures are central differences at hundreds of digits: no rule of differentiation is used, so
that what is found here judges the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from derivc.ops.shorthand import mpmath
from derivc.symbolic.singularities.precise import Precise

DIGITS = 320
_BETWEEN = ("0.31", "0.77")
_SAME = 30


@final
@dataclass(frozen=True)
class Scheme:
    """Where a function is looked at.

    Args:
        exponents: of the distances, powers of 1/10. step: of the differences, as a further power.
        digits: of the arithmetic.
    """

    exponents: tuple[int, ...]
    step: int
    digits: int


FINE = Scheme((12, 24, 48), 20, DIGITS)
QUICK = Scheme((8, 16, 32), 12, 130)
"""For functions that take too long at 320 digits."""


def scheme_of(function: Precise) -> Scheme:
    """The finer one, unless the function has parts that are slow."""
    return QUICK if function.slow else FINE


@final
@dataclass(frozen=True)
class Behaviour:
    """What a sequence of values does.

    Args:
        kind: "finite", "pole" (grows like a power), "log", "essential", "oscillating" or "none"
            (there are no real values).
        limit: the finite limit, or an infinity of the right sign; NaN where there is none.
        order: the power of the distance by which a pole grows.
        slow: whether the limit is approached as slowly as a logarithm decays.
    """

    kind: str
    limit: Any
    order: float = 0.0
    slow: bool = False

    @property
    def finite(self) -> bool:
        """Whether there is a finite limit."""
        return self.kind == "finite"

    @property
    def infinite(self) -> bool:
        """Whether it grows without bound."""
        return self.kind in ("pole", "log") or (
            self.kind == "essential" and bool(mpmath().isinf(self.limit))
        )


@final
@dataclass(frozen=True)
class Side:
    """The behaviour of a function, its slope and its curvature towards a point from one side."""

    value: Behaviour
    slope: Behaviour
    curvature: Behaviour


NONE = Behaviour("none", None)


def side(function: Precise, centre: Any, way: int) -> Side:
    """The behaviour towards a point from the right (way = 1) or from the left (way = -1).

    Args:
        function: of one variable. centre: the point, an mpmath number of 320 digits.
    """
    mp, scheme = mpmath(), scheme_of(function)
    with mp.workdps(scheme.digits):
        distances = [mp.mpf(10) ** -e for e in scheme.exponents]
        distances += [distances[-1] * mp.mpf(c) for c in _BETWEEN]
        if function(centre + way * distances[-1]) != function(centre + way * distances[-1]):
            return Side(NONE, NONE, NONE)
        rows = [_local(function, centre + way * h, h, scheme.step) for h in distances]
        span = scheme.exponents[-1] - scheme.exponents[-2]
        return Side(*(behaviour([row[i] for row in rows], span) for i in range(3)))


def _local(function: Precise, at: Any, distance: Any, power: int) -> tuple[Any, Any, Any]:
    """Value, slope and curvature at a point, by central differences of a far smaller step."""
    step = distance * mpmath().mpf(10) ** -power
    low, middle, high = function(at - step), function(at), function(at + step)
    return middle, (high - low) / (2 * step), (high - 2 * middle + low) / step**2


def behaviour(values: Sequence[Any], span: int = 24) -> Behaviour:
    """What the values do; the last two lie at 0.31 and 0.77 times the least distance.

    Args:
        span: the powers of ten between the last two distances of the path.
    """
    mp = mpmath()
    *path, first, second = values
    if any(v != v for v in (path[-1], first, second)):
        return Behaviour("none", mp.nan)
    if any(mp.isinf(v) for v in (path[-1], first, second)):
        same = path[-1] == first == second
        return Behaviour("essential", path[-1] if same else mp.nan)
    a, b, c = path[-3:]
    if _settled(b, c, first, second):
        return Behaviour("finite", c if abs(c) > mp.mpf(10) ** -28 else mp.mpf(0))
    return _growing(b, c, first, second, span) or _slow(a, b, c, first, second)


def _settled(b: Any, c: Any, first: Any, second: Any) -> bool:
    """Whether all last values agree to thirty digits, or have all but vanished."""
    mp = mpmath()
    scale = max(abs(c), mp.mpf(1)) if abs(c) > mp.mpf(10) ** -8 else mp.mpf(1)
    near = mp.mpf(10) ** -_SAME * scale
    return all(abs(v - c) <= near for v in (first, second)) and abs(b - c) <= near * 10**12


def _growing(b: Any, c: Any, first: Any, second: Any, span: int) -> Behaviour | None:
    """A power of the distance: measured between the last two, and once more within."""
    mp = mpmath()
    if 0 in (b, c, first, second) or abs(c) <= 10**3 * abs(b):
        return None
    signs = {mp.sign(v) for v in (c, first, second)}
    if len(signs) > 1:
        return Behaviour("oscillating", mp.nan)
    whole = mp.log10(abs(c / b)) / span
    inner = mp.log10(abs(first / c)) / -mp.log10(mp.mpf(_BETWEEN[0]))
    other = mp.log10(abs(second / c)) / -mp.log10(mp.mpf(_BETWEEN[1]))
    if abs(inner - other) > 0.1 * abs(inner) + 0.1:
        return Behaviour("oscillating", mp.nan)
    if abs(whole - inner) > 0.2 * abs(whole) + 0.05:
        return Behaviour("essential", mp.sign(c) * mp.inf)
    return Behaviour("pole", mp.sign(c) * mp.inf, _order(float(inner)))


def _order(power: float) -> float:
    """The simple fraction near a measured power (a factor of a logarithm bends it a little)."""
    near = Fraction(power).limit_denominator(12)
    return float(near) if abs(near - power) < 0.02 else power


def _slow(a: Any, b: Any, c: Any, first: Any, second: Any) -> Behaviour:
    """A logarithm, its reciprocal, or none: by the ratio of the steps along the path."""
    mp = mpmath()
    before, after = b - a, c - b
    within = max(abs(first - c), abs(second - c))
    if before == 0 or within > abs(after) / 2 + mp.mpf(10) ** -_SAME:
        return Behaviour("oscillating", mp.nan)
    ratio = after / before
    if ratio > 1.4:
        return Behaviour("log", mp.sign(after) * mp.inf)
    if ratio < -0.9 or ratio > 0.9:
        return Behaviour("oscillating", mp.nan)
    if 0 < ratio < 0.45:
        return Behaviour("finite", _snapped(c - _rest(before, ratio), abs(after)), slow=True)
    return Behaviour("finite", _snapped(c - after**2 / (after - before), abs(after)), slow=True)


def _rest(before: Any, ratio: Any) -> Any:
    """What is left of C h**p at the last of three distances h, h**2, h**4.

    With q = h**p the steps between them are C q (q - 1) and that times q (q + 1).
    """
    q = (mpmath().sqrt(1 + 4 * ratio) - 1) / 2
    return before * q**3 / (q - 1)


def _snapped(value: Any, error: Any) -> Any:
    """The small fraction that a slowly approached limit must be, where one is near."""
    mp = mpmath()
    near = Fraction(float(value)).limit_denominator(1000)
    exact = mp.mpf(near.numerator) / near.denominator
    return exact if abs(exact - value) <= max(error / 100, mp.mpf(10) ** -9) else value

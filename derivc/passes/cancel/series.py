"""Removable singularities: next to them, a polynomial takes the place of what cancels.

Where f(u) loses digits around a point c, f(u) = t^p (c0 + c1 t + c2 t^2 + ...) with t = u - c, for
|t| < r. The coefficients interpolate f at Chebyshev points in high precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.ops.shorthand import mpmath
from derivc.passes.cancel.judge import FLOAT, lost, run, usable
from derivc.passes.weight import exact_effort

Number = Any

_PRECISION = 700
_CENTRES = (0, 1, -1)
_PROBES = (28, 17, 9, 4)
_TOO_MUCH = 3.0
_LONGEST = 100
"""The most work that one value of the function may take, by `exact_effort`: a series wants 1500."""
_RADII = (Fraction(4), Fraction(2), *(Fraction(1, 2**k) for k in (0, 1, 2, 3, 5, 7, 9, 11)))
_LENGTHS = (8, 12, 16, 20, 24, 28)
_EVEN_LONGER = 36
"""Reaches halfway to a singularity at 1 or 2, from where on little is lost; tried there only."""
_POWERS = range(-4, 9)


@final
@dataclass(frozen=True)
class Series:
    """t**power * polynomial(t) for |t| < radius, t = u - centre."""

    centre: int
    radius: Fraction
    power: int
    coefficients: tuple[float, ...]

    def __call__(self, t: Number) -> Number:
        """Its value, by Horner's rule."""
        found = mpmath().mpf(0)
        for coefficient in reversed(self.coefficients):
            found = found * t + coefficient
        return found * t**self.power


@lru_cache(maxsize=512)
def fitted(function: Program) -> Series | None:
    """The series of a function of one variable where it loses digits; None where it loses none.

    None too where many values of it would take long: a product of two Bessel functions.

    Args:
        function: one input, one output.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["u"])
        >>> sine = b.finish([b.emit("div", b.emit("sub", 0, b.emit("sin", 0)), 0)])
        >>> fitted(sine).power
        2
    """
    if exact_effort(function) > _LONGEST:
        return None
    for centre in _CENTRES:
        if _loses(function, centre):
            found = _fit(function, centre)
            if found is not None:
                return found
    return None


def _loses(function: Program, centre: int) -> bool:
    """Whether more digits are lost next to a point than rounding its argument would lose.

    What cancels at the point loses the more, the nearer: where the nearest places lose next to
    nothing, the others, which may take long in so many digits, are not asked.
    """
    total, count = 0.0, 2 * len(_PROBES)
    for k in _PROBES:
        for sign in (1, -1):
            found = _lost_at(function, mpmath().mpf(centre + sign * 1.37 * 2.0**-k))
            if found is None:
                return False
            total += found
        if total <= _TOO_MUCH:
            return False
    return total > _TOO_MUCH * count


def _lost_at(function: Program, u: Number) -> float | None:
    """The bits lost at a place beyond those of its rounding; None where there is no value."""
    true, mp = run(function, [u], _PRECISION), mpmath()
    if not usable(true) or true == 0:
        return None
    with mp.workprec(_PRECISION):
        beside = u * (1 + mp.mpf(2) ** -FLOAT)
    unavoidable = lost(run(function, [beside], _PRECISION), true)
    return max(0.0, lost(run(function, [u], FLOAT), true) - unavoidable)


def _fit(function: Program, centre: int) -> Series | None:
    power = _leading(function, centre)
    if power is None:
        return None
    for radius in _RADII:
        longest = _accurate(function, centre, power, radius, _LENGTHS[-1])
        if longest is not None:  # where the longest is wrong, the shorter ones are too
            shorter = (_accurate(function, centre, power, radius, n) for n in _LENGTHS[:-1])
            return next((found for found in shorter if found is not None), longest)
        if Fraction(1, 2) <= radius <= 1:
            found = _accurate(function, centre, power, radius, _EVEN_LONGER)
            if found is not None:
                return found
    return None


def _accurate(
    function: Program, centre: int, power: int, radius: Fraction, length: int
) -> Series | None:
    found = _interpolated(function, centre, power, radius, length)
    return found if found is not None and _is_accurate(function, found) else None


def _leading(function: Program, centre: int) -> int | None:
    """The p of f ~ a t^p on both sides of a point; None where there is no such p."""
    mp = mpmath()
    with mp.workprec(_PRECISION):
        step = mp.mpf(2) ** -110
        near, far, left = (run(function, [centre + t], _PRECISION) for t in (step, 2 * step, -step))
        if not all(usable(v) and v != 0 for v in (near, far, left)):
            return None
        slope = mp.log(abs(far / near), 2)
        power = int(mp.nint(slope))
        whole = abs(slope - power) < 1e-20
        same = abs(left / near - (-1) ** power) < 1e-20
    return power if whole and same and power in _POWERS else None


def _interpolated(
    function: Program, centre: int, power: int, radius: Fraction, length: int
) -> Series | None:
    """The polynomial through f/t^p at `length` Chebyshev points, none of which is 0."""
    mp = mpmath()
    with mp.workprec(_PRECISION):
        r = mp.mpf(radius.numerator) / radius.denominator
        nodes = [r * mp.cos(mp.pi * (2 * i + 1) / (2 * length)) for i in range(length)]
        values = [run(function, [centre + t], _PRECISION) for t in nodes]
        if not all(map(usable, values)):
            return None
        right = mp.matrix([v / t**power for v, t in zip(values, nodes, strict=True)])
        exact = _unit(length) * right
        found = _rounded([c / r**k for k, c in enumerate(exact)], r)
    return Series(centre, radius, power, found) if found else None


@lru_cache(maxsize=8)
def _unit(length: int) -> Number:
    """From values at the Chebyshev points of [-1, 1] to the coefficients of a polynomial."""
    mp = mpmath()
    with mp.workprec(_PRECISION):
        nodes = [mp.cos(mp.pi * (2 * i + 1) / (2 * length)) for i in range(length)]
        return mp.matrix([[t**k for k in range(length)] for t in nodes]) ** -1


def _rounded(exact: Number, radius: Number) -> tuple[float, ...]:
    """The coefficients as floats, without those that count for nothing within the radius."""
    sizes = [abs(c) * radius**k for k, c in enumerate(exact)]
    least = max(sizes) * mpmath().mpf(2) ** -(FLOAT + 12)
    found = [float(c) if size > least else 0.0 for c, size in zip(exact, sizes, strict=True)]
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def _is_accurate(function: Program, series: Series) -> bool:
    """Whether the series is right to two bits wherever it will be used."""
    mp = mpmath()
    r = float(series.radius)
    for i in range(1, 24):
        for t in (mp.mpf(r * i / 23.5), mp.mpf(-r * i / 23.5), mp.mpf(r * 2.0 ** -(2 * i))):
            with mp.workprec(_PRECISION):
                u = series.centre + t
            true = run(function, [u], _PRECISION)
            with mp.workprec(FLOAT):
                computed = series(t)
            if not usable(true) or lost(computed, true) > 2.5:
                return False
    return True


def emitted(b: SmartBuilder, series: Series, u: Value, elsewhere: Value) -> Value:
    """The series next to its centre, the value as it stands elsewhere."""
    t = b.emit("sub", u, b.const(series.centre))
    found = _horner(b, t, series.coefficients)
    if series.power:
        found = b.emit("mul", b.emit("pow", t, b.const(series.power)), found)
    near = b.emit("lt", b.emit("abs", t), b.const(series.radius))
    return b.emit("where", near, found, elsewhere)


def _horner(b: SmartBuilder, t: Value, coefficients: tuple[float, ...]) -> Value:
    """A polynomial; one in t^2 when it has no odd terms."""
    if not any(coefficients[1::2]):
        t, coefficients = b.emit("mul", t, t), coefficients[::2]
    found = b.const(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        found = b.emit("add", b.const(coefficient), b.emit("mul", found, t))
    return found

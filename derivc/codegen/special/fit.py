"""Computes `coefficients.py` in 60 digits: `python -m derivc.codegen.special.fit`.

Every table is a Chebyshev series of a smooth function: what is left of a special function when its
logarithm, its exponential or its leading power is taken away. The formulas stand at the functions
that read the tables.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import mpmath as mp

DIGITS = 60
NODES = 80
SMALL = mp.mpf(10) ** -17
PLACE = Path(__file__).parent / "coefficients.py"


@final
@dataclass(frozen=True)
class Fit:
    """A function to expand.

    Args:
        of: the function of x. low, high: the interval; high may be infinite.
        power: the power of x that the variable of the series is.
        shift: for an infinite interval, how far left of zero the variable has its pole; the one
            that needs the fewest coefficients.
    """

    of: Callable[[Any], Any]
    low: float
    high: float
    power: int = 1
    shift: float = 0.0

    def table(self) -> tuple[float, float, tuple[float, ...]]:
        """What `_near` or `_far` reads: two numbers of the map, and the coefficients."""
        low, high = (mp.mpf(end) ** self.power for end in (self.low, self.high))
        if mp.isinf(high):
            width = 2 * (low + self.shift)
            series = self._series(lambda s: width / (1 - s) - self.shift)
            return float(width), float(self.shift), series
        half, middle = (high - low) / 2, (high + low) / 2
        return float(1 / half), float(-middle / half), self._series(lambda s: middle + half * s)

    def _series(self, place: Callable[[Any], Any]) -> tuple[float, ...]:
        """The coefficients that matter, by the discrete orthogonality of the polynomials."""
        angles = [mp.pi * (2 * k + 1) / (2 * NODES) for k in range(NODES)]
        values = [self.of(mp.root(place(mp.cos(angle)), self.power)) for angle in angles]
        found = [
            2 * mp.fsum(v * mp.cos(j * t) for v, t in zip(values, angles, strict=True)) / NODES
            for j in range(NODES)
        ]
        found[0] /= 2
        largest = max(map(abs, found))
        count = max(j for j in range(NODES) if abs(found[j]) > SMALL * largest)
        return tuple(float(c) for c in found[: count + 1])


def _sine_part(x: Any) -> Any:
    return mp.ci(x) * mp.sin(x) + (mp.pi / 2 - mp.si(x)) * mp.cos(x)


def _cosine_part(x: Any) -> Any:
    return (mp.pi / 2 - mp.si(x)) * mp.sin(x) - mp.ci(x) * mp.cos(x)


def _fresnel(x: Any, f: bool) -> Any:
    s, c, angle = mp.mpf(1) / 2 - mp.fresnels(x), mp.mpf(1) / 2 - mp.fresnelc(x), mp.pi * x**2 / 2
    if f:
        return (s * mp.cos(angle) - c * mp.sin(angle)) * mp.pi * x
    return (c * mp.cos(angle) + s * mp.sin(angle)) * mp.pi**2 * x**3


def _wave(n: int, p: bool) -> Callable[[Any], Any]:
    """P or x Q of https://dlmf.nist.gov/10.17.i."""

    def part(x: Any) -> Any:
        j, y, angle = mp.besselj(n, x), mp.bessely(n, x), x - (2 * n + 1) * mp.pi / 4
        s, c, root = mp.sin(angle), mp.cos(angle), mp.sqrt(mp.pi * x / 2)
        return root * (j * c + y * s) if p else root * (y * c - j * s) * x

    return part


def _dawson(x: Any) -> Any:
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def _stirling(x: Any) -> Any:
    return mp.loggamma(x) - ((x - 0.5) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)


def _less_log(x: Any, value: Any) -> Any:
    return value - mp.log(x) - mp.euler


def _2_pi() -> Any:
    return 2 / mp.pi


FITS = {
    "_E1_NEAR": Fit(lambda x: (mp.e1(x) + mp.log(x) + mp.euler) / x, 0, 1),
    "_E1_FAR": Fit(lambda x: x * mp.exp(x) * mp.e1(x), 1, mp.inf, shift=2),
    "_EI_NEAR": Fit(lambda x: _less_log(x, mp.ei(x)) / x, 0, 6),
    "_EI_MIDDLE": Fit(lambda x: x * mp.exp(-x) * mp.ei(x), 6, 16),
    "_EI_FAR": Fit(lambda x: x * mp.exp(-x) * mp.ei(x), 16, mp.inf),
    "_SHI_NEAR": Fit(lambda x: mp.shi(x) / x, 0, 6, 2),
    "_CHI_NEAR": Fit(lambda x: _less_log(x, mp.chi(x)) / x**2, 0, 6, 2),
    "_SI_NEAR": Fit(lambda x: mp.si(x) / x, 0, 4, 2),
    "_CI_NEAR": Fit(lambda x: _less_log(x, mp.ci(x)) / x**2, 0, 4, 2),
    "_SI_F": Fit(lambda x: _sine_part(x) * x, 4, mp.inf, 2, 48),
    "_SI_G": Fit(lambda x: _cosine_part(x) * x * x, 4, mp.inf, 2, 48),
    "_FRESNEL_S": Fit(lambda x: mp.fresnels(x) / x**3, 0, 1.5, 4),
    "_FRESNEL_C": Fit(lambda x: mp.fresnelc(x) / x, 0, 1.5, 4),
    "_FRESNEL_F": Fit(lambda x: _fresnel(x, True), 1.5, mp.inf, 4, 16),
    "_FRESNEL_G": Fit(lambda x: _fresnel(x, False), 1.5, mp.inf, 4, 16),
    "_DAWSN_NEAR": Fit(lambda x: _dawson(x) / x, 0, 4, 2),
    "_DAWSN_FAR": Fit(lambda x: _dawson(x) * 2 * x, 4, mp.inf, 2),
    "_ERFCX": Fit(lambda x: (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x), 0, mp.inf, shift=3.5),
    "_ERFC_NEAR": Fit(lambda x: mp.erf(x) / x, 0, 1, 2),
    "_J0_NEAR": Fit(lambda x: mp.besselj(0, x), 0, 8, 2),
    "_J1_NEAR": Fit(lambda x: mp.besselj(1, x) / x, 0, 8, 2),
    "_Y0_NEAR": Fit(lambda x: mp.bessely(0, x) - _2_pi() * mp.log(x) * mp.j0(x), 0, 8, 2),
    "_Y1_NEAR": Fit(
        lambda x: (mp.bessely(1, x) - _2_pi() * (mp.log(x) * mp.j1(x) - 1 / x)) / x, 0, 8, 2
    ),
    "_P0": Fit(_wave(0, True), 8, mp.inf, 2),
    "_Q0": Fit(_wave(0, False), 8, mp.inf, 2),
    "_P1": Fit(_wave(1, True), 8, mp.inf, 2),
    "_Q1": Fit(_wave(1, False), 8, mp.inf, 2),
    "_I0_SMALL": Fit(lambda x: mp.besseli(0, x), 0, 1, 2),
    "_I1_SMALL": Fit(lambda x: mp.besseli(1, x) / x, 0, 1, 2),
    "_K0_NEAR": Fit(lambda x: mp.besselk(0, x) + mp.log(x) * mp.besseli(0, x), 0, 1, 2),
    "_K1_NEAR": Fit(
        lambda x: (mp.besselk(1, x) - 1 / x - mp.log(x) * mp.besseli(1, x)) / x, 0, 1, 2
    ),
    "_K0_FAR": Fit(lambda x: mp.sqrt(x) * mp.exp(x) * mp.besselk(0, x), 1, mp.inf, shift=1),
    "_K1_FAR": Fit(lambda x: mp.sqrt(x) * mp.exp(x) * mp.besselk(1, x), 1, mp.inf, shift=1),
    "_I0_NEAR": Fit(lambda x: mp.exp(-x) * mp.besseli(0, x), 0, 8),
    "_I1_NEAR": Fit(lambda x: mp.exp(-x) * mp.besseli(1, x) / x, 0, 8),
    "_I0_FAR": Fit(lambda x: mp.sqrt(x) * mp.exp(-x) * mp.besseli(0, x), 8, mp.inf),
    "_I1_FAR": Fit(lambda x: mp.sqrt(x) * mp.exp(-x) * mp.besseli(1, x), 8, mp.inf),
    "_GAMMA": Fit(mp.gamma, 1, 2),
    "_STIRLING": Fit(lambda x: _stirling(x) * x, 8, mp.inf, 2),
    "_PSI": Fit(lambda x: (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) * x * x, 10, mp.inf, 2),
}
"""By the name in the table, what is expanded."""

POWERS = {
    "_TRIGAMMA": (lambda x: (mp.psi(1, x) - 1 / x - 1 / (2 * x * x)) * x**3, 4, 10),
}
"""By the name in the table, what is expanded in 1/x^2 from a place on, and in how many powers."""


def powers(of: Callable[[Any], Any], low: float, count: int) -> tuple[float, ...]:
    """The coefficients of the polynomial in 1/x^2 that agrees at Chebyshev's nodes, from x^0 on."""
    nodes = [(mp.cos(mp.pi * (2 * k + 1) / (2 * count)) + 1) / (2 * low**2) for k in range(count)]
    rows = mp.matrix([[z**j for j in range(count)] for z in nodes])
    found = mp.lu_solve(rows, mp.matrix([of(1 / mp.sqrt(z)) for z in nodes]))
    return tuple(float(c) for c in found)


_HEAD = '''\
"""Coefficients of Chebyshev series, written by `python -m derivc.codegen.special.fit`.

Per table two numbers of the map to -1 .. 1, and the coefficients. `_TRIGAMMA` holds coefficients of
powers, `_BERNOULLI` the numbers B_2k/(2k)! of https://dlmf.nist.gov/24.2.E1, `_RGAMMA` those of
1/Gamma(1 + z) in https://dlmf.nist.gov/5.7.E1.
"""

# fmt: off
'''


def _rows(numbers: tuple[float, ...]) -> str:
    """Numbers in lines."""
    given = " ".join(f"{number!r}," for number in numbers)
    return textwrap.fill(given, 100, initial_indent="    ", subsequent_indent="    ") + "\n"


def text(names: list[str] | None = None) -> str:
    """The module of coefficients.

    Args:
        names: of the tables to compute; default: all.
    """
    parts = [_HEAD]
    with mp.workdps(DIGITS):
        for name in names or [*FITS, *POWERS]:
            if name in POWERS:
                parts.append(f"{name} = (\n{_rows(powers(*POWERS[name]))})\n")
                continue
            first, second, series = FITS[name].table()
            parts.append(f"{name} = ({first!r}, {second!r}, (\n{_rows(series)}))\n")
        numbers = tuple(float(mp.bernoulli(2 * k) / mp.factorial(2 * k)) for k in range(1, 13))
        series = tuple(float(c) for c in mp.taylor(lambda z: mp.rgamma(1 + z), 0, 21))
    parts.append(f"_BERNOULLI = (\n{_rows(numbers)})\n")
    return "\n".join([*parts, f"_RGAMMA = (\n{_rows(series)})\n"])


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")

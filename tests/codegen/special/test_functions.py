"""The special functions that modules carry along, over NumPy, against 50-digit mpmath."""

from __future__ import annotations

import random
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from derivc.codegen.special import FUNCTIONS, PREFIX, WHOLE, Carrier, coefficients
from derivc.codegen.special import fit as fits

DIGITS = 50


def _log(low: float, high: float) -> Any:
    return lambda chance: 10 ** chance.uniform(low, high)


def _flat(low: float, high: float) -> Any:
    return lambda chance: chance.uniform(low, high)


POSITIVE = [_log(-9, 2.8), _flat(0, 30)]
BOTH = [_flat(-30, 30), lambda chance: -(10 ** chance.uniform(-9, 2.5)), _log(-9, 2.5)]
UNIT = [_flat(0, 1), _log(-9, 0)]
BELOW_ONE = [lambda chance: 1 - 10 ** chance.uniform(-12, 0), _flat(-9, 1)]
ANGLE = [_flat(-9, 9), _log(-6, 0)]


def _erfcinv(p: Any) -> Any:
    guess = mp.sqrt(-mp.log(p * mp.sqrt(mp.pi) * mp.sqrt(-mp.log(p)))) if p < 1e-3 else mp.mpf(1)
    tail = lambda t: mp.log(mp.erfc(t)) - mp.log(p)  # noqa: E731
    return mp.findroot(tail, guess) if p < 0.5 else mp.erfinv(1 - p)


def _log_ndtr(x: Any) -> Any:
    return mp.log(mp.ncdf(x)) if x < 0 else mp.log1p(-mp.ncdf(-x))


def _lower(a: Any, b: Any, x: Any) -> Any:
    """The incomplete beta function, https://dlmf.nist.gov/8.17.E8."""
    return x**a * (1 - x) ** b * mp.hyp2f1(a + b, 1, a + 1, x) / (a * mp.beta(a, b))


TRUTHS: dict[str, tuple[Any, list[Any], tuple[Any, ...]]] = {
    "exp1": (mp.e1, POSITIVE, ()), "Ei": (mp.ei, BOTH, ()),
    "Shi": (mp.shi, BOTH, ()), "Chi": (mp.chi, POSITIVE, ()),
    "Si": (mp.si, BOTH, ()), "Ci": (mp.ci, POSITIVE, ()),
    "fresnels": (mp.fresnels, BOTH, ()), "fresnelc": (mp.fresnelc, BOTH, ()),
    "erf": (mp.erf, BOTH, ()), "erfc": (mp.erfc, [_flat(-5, 26), _log(-9, 0)], ()),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), [_flat(-26, 30), _log(-9, 5)], ()),
    "ndtr": (mp.ncdf, [_flat(-37, 5)], ()), "log_ndtr": (_log_ndtr, [_flat(-60, 30)], ()),
    "dawsn": (lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), [_flat(-30, 30)], ()),
    "erfi": (mp.erfi, [_flat(-26.6, 26.6), _log(-9, 0)], ()),
    "erfinv": (mp.erfinv, [_flat(-1, 1), _log(-12, 0)], ()),
    "erfcinv": (_erfcinv, [_log(-300, 0), _flat(0, 1)], ()),
    "ndtri": (lambda x: -mp.sqrt(2) * _erfcinv(2 * x), [_log(-300, -1), _flat(0, 0.5)], ()),
    "elliptic_k": (mp.ellipk, BELOW_ONE, ()), "elliptic_e": (mp.ellipe, BELOW_ONE, ()),
    "elliptic_f": (lambda m, z: mp.ellipf(z, m), ANGLE, (0.4, 0.999999, -3.5, -1e6)),
    "elliptic_einc": (lambda m, z: mp.ellipe(z, m), ANGLE, (0.4, 0.999999, -3.5, -1e6)),
    "j0": (mp.j0, BOTH, ()), "j1": (mp.j1, BOTH, ()),
    "y0": (lambda x: mp.bessely(0, x), POSITIVE, ()),
    "y1": (lambda x: mp.bessely(1, x), POSITIVE, ()),
    "k0": (lambda x: mp.besselk(0, x), POSITIVE, ()),
    "k1": (lambda x: mp.besselk(1, x), POSITIVE, ()),
    "k0e": (lambda x: mp.besselk(0, x) * mp.exp(x), POSITIVE, ()),
    "k1e": (lambda x: mp.besselk(1, x) * mp.exp(x), POSITIVE, ()),
    "i0": (lambda x: mp.besseli(0, x), BOTH, ()), "i1": (lambda x: mp.besseli(1, x), BOTH, ()),
    "i0e": (lambda x: mp.besseli(0, x) * mp.exp(-abs(x)), BOTH, ()),
    "i1e": (lambda x: mp.besseli(1, x) * mp.exp(-abs(x)), BOTH, ()),
    "expint": (mp.expint, POSITIVE, (-2, 0, 1, 2, 5, 20)),
    "jv": (mp.besselj, [_flat(-60, 60)], (-3, 0, 1, 2, 5, 20)),
    "yv": (mp.bessely, [_flat(0.1, 60)], (-3, 0, 1, 2, 5, 20)),
    "iv": (mp.besseli, [_flat(-60, 60)], (-3, 0, 1, 2, 5, 20)),
    "kv": (mp.besselk, [_flat(0.1, 60)], (-3, 0, 1, 2, 5, 20)),
    "ive": (lambda n, x: mp.besseli(n, x) * mp.exp(-abs(x)), [_flat(-60, 60)], (2, 5, 20)),
    "gamma": (mp.gamma, [_flat(-5, 171), _log(-9, 1)], ()),
    "lgamma_far": (lambda x: mp.re(mp.loggamma(x)), [_flat(-5, 30), _log(-9, 200)], ()),
    "digamma": (mp.digamma, [_flat(-5, 30), _log(-9, 200)], ()),
    "trigamma": (lambda x: mp.psi(1, x), [_flat(-5, 30), _log(-9, 150)], ()),
    "zeta": (mp.zeta, [_log(-2, 2)], (1.1, 2.0, 7.2, 60.0)),
    "beta": (mp.beta, [_log(-9, 2)], (0.015, 2.75, 43.25, 1e5)),
    "betaln": (lambda a, b: mp.log(mp.beta(a, b)), [_log(-9, 4)], (0.015, 2.75, 43.25, 1e5)),
    "binomial": (mp.binomial, [_flat(-0.9, 12)], (12.0, 43.25, 900.0)),
    "gammainc": (lambda a, x: mp.gammainc(a, 0, x, regularized=True), [_log(-3, 2)],
                 (0.5, 2.75, 20.0, 300.0)),
    "gammaincc": (lambda a, x: mp.gammainc(a, x, regularized=True), [_log(-3, 2)],
                  (0.5, 2.75, 20.0, 300.0)),
    "lowergamma": (lambda a, x: mp.gammainc(a, 0, x), [_log(-3, 2)],
                   (0.5, 2.75, 43.25, 150.5, 300.0)),
    "uppergamma": (lambda a, x: mp.gammainc(a, x), [_log(-3, 2)],
                   (0.5, 2.75, 43.25, 150.5, 300.0)),
    "betainc": (_lower, [_flat(0, 0.9)], ((0.5, 0.5), (3.0, 0.5), (2.75, 43.25), (300.0, 200.0))),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), BOTH, ()),
    "legendre": (mp.legendre, [_flat(-1, 1)], (0, 1, 2, 7)),
    "chebyshevt": (mp.chebyt, [_flat(-1, 1)], (0, 1, 2, 7)),
    "chebyshevu": (mp.chebyu, [_flat(-1, 1)], (0, 1, 2, 7)),
    "laguerre": (lambda n, x: mp.laguerre(n, 0, x), [_flat(0, 9)], (0, 1, 2, 7)),
    "assoc_laguerre": (lambda n, x: mp.laguerre(n, mp.mpf(1.5), x), [_flat(0, 9)], (0, 1, 2, 7)),
    "gegenbauer": (lambda n, x: mp.gegenbauer(n, mp.mpf(1.5), x), [_flat(-1, 1)], (0, 1, 2, 7)),
}  # fmt: skip
"""By op: what mpmath says, where to ask, and the orders or first arguments."""

LOOSE = {"assoc_laguerre": 64, "laguerre": 64, "gegenbauer": 64, "legendre": 64,
         "chebyshevt": 64, "chebyshevu": 64, "betainc": 40, "beta": 40, "binomial": 40}  # fmt: skip
"""Ops that lose more than a few ulp: recurrences near their zeros, exponentials of logarithms."""


def load() -> dict[str, Any]:
    """Every function, as a module over an array namespace has it."""
    namespace: dict[str, Any] = {"math": __import__("math")}
    exec("\n".join(Carrier("", {}).carried(FUNCTIONS)), namespace)
    return namespace


CODE = load()


def value(op: str, first: Any, x: Any) -> Any:
    """A function of ours at numbers."""
    extra = {"assoc_laguerre": [1.5], "gegenbauer": [1.5]}.get(op, [])
    args = [first, *extra, x] if op in WHOLE else [*_filled(first, x), x]
    if op in ("elliptic_f", "elliptic_einc"):
        args.reverse()
    with np.errstate(all="ignore"):
        return CODE[PREFIX + FUNCTIONS[op]](np, *args)


def _filled(first: Any, x: Any) -> list[Any]:
    return [np.full(np.shape(x), a, x.dtype) for a in _tuple(first)]


def _tuple(first: Any) -> tuple[Any, ...]:
    return first if isinstance(first, tuple) else () if first is None else (first,)


def carried(function: Any, x: Any, y: Any) -> Any:
    """How far the value moves when the argument does, by a difference of 50-digit values."""
    h = abs(x) * mp.mpf(10) ** -15
    return abs(function(x + h) - y) / mp.mpf(10) ** -15


def test_every_function_has_a_truth() -> None:
    assert set(TRUTHS) == set(FUNCTIONS)


@pytest.mark.parametrize("op", TRUTHS)
def test_few_ulp_over_the_domain(op: str) -> None:
    truth, ranges, firsts = TRUTHS[op]
    chance = random.Random(op)
    for first in firsts or (None,):
        places = [r(chance) for r in ranges for _ in range(6)]
        got = value(op, first, np.array(places))
        given = [mp.mpf(a) if op not in WHOLE else a for a in _tuple(first)]
        for place, number in zip(places, got, strict=True):
            with mp.workdps(DIGITS):
                function = lambda x: mp.re(truth(*given, x))  # noqa: E731, B023
                expected = function(mp.mpf(place))
                moved = carried(function, mp.mpf(place), expected)
            if 1e-300 < abs(expected) < 1e300:
                error = abs(mp.mpf(float(number)) - expected) / (abs(expected) + moved) * 2**53
                assert error <= LOOSE.get(op, 16), (first, place, number, expected)


INF, NAN = mp.inf, mp.nan
EXTREMES = {
    "exp1": [(0, INF), (INF, 0), (-1, NAN)], "Ei": [(0, -INF), (INF, INF), (-INF, 0)],
    "expint": [(0, 1), (INF, 0)], "Shi": [(0, 0), (INF, INF), (-INF, -INF)],
    "Chi": [(0, -INF), (INF, INF)], "Ci": [(0, -INF), (INF, 0)],
    "Si": [(0, 0), (INF, mp.pi / 2), (-INF, -mp.pi / 2)],
    "fresnels": [(0, 0), (INF, 0.5), (1e300, 0.5)], "fresnelc": [(0, 0), (-INF, -0.5)],
    "erfcx": [(0, 1), (INF, 0), (-INF, INF)], "dawsn": [(0, 0), (INF, 0), (1e300, 5e-301)],
    "erfi": [(0, 0), (INF, INF), (-INF, -INF)], "erfc": [(INF, 0), (-INF, 2)],
    "log_ndtr": [(INF, 0), (-INF, -INF)], "elliptic_k": [(0, mp.pi / 2), (1, INF), (2, NAN)],
    "elliptic_e": [(0, mp.pi / 2), (1, 1), (2, NAN)],
    "j0": [(0, 1), (INF, 0)], "j1": [(0, 0), (-INF, 0), (1e-300, 5e-301)],
    "y0": [(0, -INF), (INF, 0), (-1, NAN)], "y1": [(0, -INF), (INF, 0)],
    "k0": [(0, INF), (INF, 0), (-1, NAN)], "k1": [(0, INF), (1e-300, 1e300)],
    "k0e": [(0, INF), (INF, 0)], "k1e": [(0, INF), (INF, 0)],
    "i0": [(0, 1), (-INF, INF)], "i1": [(0, 0), (-INF, -INF)],
    "i0e": [(0, 1), (INF, 0)], "i1e": [(0, 0), (INF, 0)],
    "jv": [(0, 0), (INF, 0)], "yv": [(0, -INF), (1e-300, -INF)], "iv": [(0, 0), (INF, INF)],
    "kv": [(0, INF), (INF, 0), (1e-300, INF)], "ive": [(0, 0), (INF, 0)],
    "gamma": [(0, INF), (INF, INF), (172, INF), (1e-300, 1e300)],
    "lgamma_far": [(0, INF), (INF, INF)], "digamma": [(0, -INF), (INF, INF)],
    "erfinv": [(0, 0), (1, INF), (-1, -INF)], "erfcinv": [(0, INF), (1, 0), (2, -INF)],
    "ndtri": [(0, -INF), (0.5, 0), (1, INF)], "cbrt": [(0, 0), (-INF, -INF)],
}  # fmt: skip


@pytest.mark.parametrize("op", EXTREMES)
def test_ends_and_poles(op: str) -> None:
    first = 2 if op in WHOLE else None
    places = np.array([*(float(x) for x, _ in EXTREMES[op]), np.nan])
    wanted = [*(float(y) for _, y in EXTREMES[op]), np.nan]
    got = value(op, first, places)
    assert np.allclose(got, wanted, rtol=1e-15, atol=0, equal_nan=True), got


def test_gamma_functions_in_few_digits_where_gamma_overflows() -> None:
    x = np.array([0.45, 3.0, 60.0, 85.0], dtype=np.float32)
    for op in ("lowergamma", "uppergamma"):
        got = value(op, 43.25, x)
        for place, number in zip(x, got, strict=True):
            expected = TRUTHS[op][0](mp.mpf(43.25), mp.mpf(float(place)))
            wanted = expected if expected < 3e38 else mp.inf
            assert float(number) == pytest.approx(float(wanted), rel=3e-5, abs=1e-37)


def test_the_ends_of_incomplete_functions() -> None:
    ends = np.array([0.0, 1.0, np.nan])
    assert np.array_equal(value("betainc", (2.0, 3.0), ends), ends, equal_nan=True)
    far = np.array([0.0, np.inf, np.nan])
    assert np.array_equal(value("gammainc", 2.0, far), [0, 1, np.nan], equal_nan=True)
    assert np.array_equal(value("gammaincc", 2.0, far), [1, 0, np.nan], equal_nan=True)
    assert np.array_equal(value("lowergamma", 3.0, far), [0, 2, np.nan], equal_nan=True)
    assert np.array_equal(value("uppergamma", 3.0, far), [2, 0, np.nan], equal_nan=True)
    assert value("zeta", 2.0, np.array([1e300]))[0] == pytest.approx(1e-300, rel=1e-14)


@pytest.mark.parametrize("name", ["_E1_NEAR", "_GAMMA", "_STIRLING", "_TRIGAMMA"])
def test_tables_are_what_the_script_computes(name: str) -> None:
    _agrees(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*fits.FITS, *fits.POWERS])
def test_all_tables_are_what_the_script_computes(name: str) -> None:
    _agrees(name)


def _agrees(name: str) -> None:
    written: dict[str, Any] = {}
    exec(fits.text([name]), written)
    assert written[name] == CODE[PREFIX + name]
    assert written["_BERNOULLI"] == CODE[f"{PREFIX}_BERNOULLI"]
    assert written["_RGAMMA"] == coefficients._RGAMMA


@pytest.mark.parametrize("op", FUNCTIONS)
def test_float32_stays_float32_and_is_finite(op: str) -> None:
    first = TRUTHS[op][2][0] if TRUTHS[op][2] else None
    x = np.linspace(0.1, 0.9, 5, dtype=np.float32)
    extra = {"assoc_laguerre": [1.5], "gegenbauer": [1.5]}.get(op, [])
    args = [first, *extra, x] if op in WHOLE else [*_filled(first, x), x]
    if op in ("elliptic_f", "elliptic_einc"):
        args.reverse()
    found = CODE[PREFIX + FUNCTIONS[op]](np, *args)
    assert found.dtype == np.float32
    assert np.allclose(found, value(op, first, x.astype(float)), rtol=3e-5)

"""Value and partials where terms cancel, beside mpmath: removable points and small rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from tests.ops.near import ulps

Truth = Callable[..., Any]
CASES: list[tuple[str, str, Truth, tuple[float, ...]]] = [
    # Divided differences.
    ("(exp(x) - exp(y))/(x - y)", "x y", lambda x, y: (mp.exp(x) - mp.exp(y)) / (x - y),
     (1.0, 1.0000000000000002)),
    ("(exp(x + h) - exp(x))/h", "x h", lambda x, h: (mp.exp(x + h) - mp.exp(x)) / h, (-2.4, 3e-15)),
    ("(sin(x) - sin(y))/(x - y)", "x y", lambda x, y: (mp.sin(x) - mp.sin(y)) / (x - y),
     (1.0, 1.0000000001)),
    ("(cos(x) - cos(y))/(y - x)", "x y", lambda x, y: (mp.cos(x) - mp.cos(y)) / (y - x),
     (1.0, 1.0000000001)),
    ("(sinh(x) - sinh(y))/(x - y)", "x y", lambda x, y: (mp.sinh(x) - mp.sinh(y)) / (x - y),
     (1.0, 1.0000000001)),
    ("(cosh(x) - cosh(y))/(x - y)", "x y", lambda x, y: (mp.cosh(x) - mp.cosh(y)) / (x - y),
     (1.0, 1.0000000001)),
    ("(log(x) - log(y))/(x - y)", "x y", lambda x, y: (mp.log(x) - mp.log(y)) / (x - y),
     (1.0, 1.0000000001)),
    ("D*(exp(-a*t) - exp(-b*t))/(b - a)", "D a b t",
     lambda d, a, b, t: d * (mp.exp(-a * t) - mp.exp(-b * t)) / (b - a),
     (2.0, 0.5, 0.5000001, 3.0)),
    ("k/(V*(k - q))*(exp(-q*t) - exp(-k*t))", "V k q t",
     lambda v, k, q, t: k / (v * (k - q)) * (mp.exp(-q * t) - mp.exp(-k * t)),
     (14.0, 0.3628, 0.3638, 0.0136)),
    # On both sides of the end of a series.
    ("(x*cosh(x) - sinh(x))/x**3", "x",
     lambda x: (x * mp.cosh(x) - mp.sinh(x)) / x**3, (1.0826302168934165,)),
    ("(x*cosh(x) - sinh(x))/x**3 + 0", "x",
     lambda x: (x * mp.cosh(x) - mp.sinh(x)) / x**3, (4.01,)),
    ("(log(1 + x) - x)/x**2", "x", lambda x: (mp.log1p(x) - x) / x**2, (0.27201302763885793,)),
    ("(log(1 + x) - x)/x**2 + 0", "x", lambda x: (mp.log1p(x) - x) / x**2, (0.501,)),
    ("(exp(x) - 1 - x - x**2/2)/x**3", "x",
     lambda x: (mp.exp(x) - 1 - x - x**2 / 2) / x**3, (1.1783068084517894,)),
    ("x*atanh(x) + log(1 - x**2)/2", "x",
     lambda x: x * mp.atanh(x) + mp.log(1 - x**2) / 2, (-0.9863250901254177,)),
    # Growth by a small rate.
    ("P*((1 + r)**n - 1)/r", "P n r", lambda p, n, r: p * ((1 + r) ** n - 1) / r,
     (7.0, 347.5, 3e-12)),
    ("P*r*(1 + r)**n/((1 + r)**n - 1)", "P n r",
     lambda p, n, r: p * r * (1 + r) ** n / ((1 + r) ** n - 1), (7662.0, 275.2, 1.4e-10)),
    ("(1 - (1 + r)**(-n))/r", "n r", lambda n, r: (1 - (1 + r) ** -n) / r, (233.9, 6.7e-10)),
    ("x*(1 - x)**n/(1 - (1 - x)**n)", "n x",
     lambda n, x: x * (1 - x) ** n / (1 - (1 - x) ** n), (1.5, 3.6e-10)),
    ("P*(1 + r/n)**(n*t)", "P n r t", lambda p, n, r, t: p * (1 + r / n) ** (n * t),
     (85.0, 98910.0, 2e-6, 20.8)),
    ("(1 + 1/n)**n", "n", lambda n: (1 + 1 / n) ** n, (966711362018372.2,)),
    ("P*(r/12)/(1 - (1 + r/12)**(-n))", "P r n",
     lambda p, r, n: p * (r / 12) / (1 - (1 + r / 12) ** -n), (8.17, 7.5e-9, 7.65)),
    ("P*r/12*(1 + r/12)**n/((1 + r/12)**n - 1)", "P r n",
     lambda p, r, n: p * r / 12 * (1 + r / 12) ** n / ((1 + r / 12) ** n - 1),
     (1196.7, 7.7e-9, 80.2)),
    ("P*(r/12)/(1 - (1 + r/12)**(-360))", "P r",
     lambda p, r: p * (r / 12) / (1 - (1 + r / 12) ** -360), (1.89, 3.5e-9)),
    # Saturation.
    ("V*x**n/(K**n + x**n)", "V x K n", lambda v, x, k, n: v * x**n / (k**n + x**n),
     (1.94, 67.87, 0.00958, 1.48)),
    ("V*(x/K)**n/(1 + (x/K)**n)", "V x K n",
     lambda v, x, k, n: v * (x / k) ** n / (1 + (x / k) ** n), (0.57, 556.6, 0.00304, 1.736)),
    # Kinetic energy at low speed: partials by c are of the fourth order in v/c.
    ("m*c**2*(1/sqrt(1 - v**2/c**2) - 1)", "m c v",
     lambda m, c, v: m * c**2 * (1 / mp.sqrt(1 - v**2 / c**2) - 1), (6.53, 545.9, 1.4e-6)),
    ("m*c**2/sqrt(1 - (v/c)**2) - m*c**2", "m c v",
     lambda m, c, v: m * c**2 / mp.sqrt(1 - (v / c) ** 2) - m * c**2, (3.5, 225.3, 1.8e-6)),
    # Gamma functions: whole steps, and far out.
    ("loggamma(x + 1) - loggamma(x)", "x",
     lambda x: mp.loggamma(x + 1) - mp.loggamma(x), (66724496.3,)),
    ("loggamma(x) - loggamma(x + 3)", "x",
     lambda x: mp.loggamma(x) - mp.loggamma(x + 3), (0.0312,)),
    ("loggamma(x + a) - loggamma(x)", "x a",
     lambda x, a: mp.loggamma(x + a) - mp.loggamma(x), (66724496.3, 0.7)),
    ("digamma(x + 2) - digamma(x)", "x", lambda x: mp.digamma(x + 2) - mp.digamma(x), (5e7,)),
    ("digamma(x) - log(x)", "x", lambda x: mp.digamma(x) - mp.log(x), (68991364.6,)),
    ("2*digamma(x) - 2*log(x)", "x",
     lambda x: 2 * mp.digamma(x) - 2 * mp.log(x), (7.0001,)),
    ("log(x) - digamma(x)", "x", lambda x: mp.log(x) - mp.digamma(x), (6.9999,)),
    # One function of a product, and the same product written otherwise beside it.
    ("m*(1/tanh(m*B/(k*T)) - k*T/(m*B))", "B T k m",
     lambda b, t, k, m: m * (mp.coth(m * b / (k * t)) - k * t / (m * b)),
     (0.001, 285.0, 1.0, 8.0)),
    ("sqrt(pi)*erf(sqrt(a)*x)/(2*sqrt(a))", "a x",
     lambda a, x: mp.sqrt(mp.pi) * mp.erf(mp.sqrt(a) * x) / (2 * mp.sqrt(a)), (9e-6, 0.0106)),
    ("k*T*log(1 + exp(E/(k*T)))", "E T k",
     lambda e, t, k: k * t * mp.log(1 + mp.exp(e / (k * t))), (20.0, 1.1, 0.9)),
    ("k*T*log(1 + exp(-E/(k*T)))", "E T k",
     lambda e, t, k: k * t * mp.log(1 + mp.exp(-e / (k * t))), (-20.0, 1.1, 0.9)),
    ("log1p(exp(b*x))/b", "b x", lambda b, x: mp.log1p(mp.exp(b * x)) / b, (4.0, 9.0)),
    ("log(1 + exp(-b*x))/b", "b x", lambda b, x: mp.log(1 + mp.exp(-b * x)) / b, (4.0, -9.0)),
    ("softplus(b*x)/b", "b x", lambda b, x: mp.log1p(mp.exp(b * x)) / b, (-22.4, -3.5)),
    ("-log(sigmoid(u))/u", "u", lambda u: mp.log1p(mp.exp(-u)) / u, (-37.0,)),
    # Functions that leave the range, or are rounded next to 1.
    ("exp(x**2)*erfc(x)", "x", lambda x: mp.exp(x**2) * mp.erfc(x), (22310.9,)),
    ("exp(-x**2/2)/(1 - erf(x/sqrt(2)))", "x",
     lambda x: mp.exp(-(x**2) / 2) / mp.erfc(x / mp.sqrt(2)), (32.5,)),
    ("exp(-x**2/2)/sqrt(2*pi)/(1 - (erf(x/sqrt(2)) + 1)/2)", "x",
     lambda x: mp.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi) * 2 / mp.erfc(x / mp.sqrt(2)), (62.5,)),
    *(("log((1 + erf(z/sqrt(2)))/2)", "z",
       lambda z: mp.log(mp.erfc(-z / mp.sqrt(2)) / 2), (z,)) for z in (-40.0, -11.32, -1.5, 3.5)),
    *(("log(erfc(x))", "x", lambda x: mp.log(mp.erfc(x)), (x,)) for x in (1e-9, 0.7, 8.01, 300.0)),
    ("log(3*erfc(x))", "x", lambda x: mp.log(3 * mp.erfc(x)), (50.0,)),
    *(("log(1 - exp(-a*t))", "a t", lambda a, t: mp.log(-mp.expm1(-a * t)), (2.0, t))
      for t in (31.2, 0.4, 1e-12)),
    *(("x/(1 + abs(x))", "x", lambda x: x / (1 + abs(x)), (x,)) for x in (1e3, -4.7e12)),
    ("x*besselk(1, x)", "x", lambda x: x * mp.besselk(1, x), (3.3e-4,)),
    *(("(x**l - 1)/l", "x l", lambda x, e: (mp.power(x, e) - 1) / e, (2.0, e))
      for e in (1e-9, -3e-4, 0.7)),
    ("(c**(1 - g) - 1)/(1 - g)", "c g",
     lambda c, g: (mp.power(c, 1 - g) - 1) / (1 - g), (0.97, 0.8)),
    *((f"{f}(k*(h + z))/{g}(k*h)", "h k z",
       lambda h, k, z, f=f, g=g: getattr(mp, f)(k * (h + z)) / getattr(mp, g)(k * h),
       (9.0, 2.0, -0.5))
      for f, g in (("cosh", "sinh"), ("cosh", "cosh"), ("sinh", "sinh"), ("sinh", "cosh"))),
    ("(1 - exp(-a*x))/(1 + exp(-a*x))", "a x", lambda a, x: mp.tanh(a * x / 2), (3.4, -1.8)),
    ("acosh(1 + x)", "x", lambda x: mp.acosh(1 + x), (2.7e-14,)),
    ("acos(1 - 2*sin(d/2)**2)", "d", lambda d: mp.acos(1 - 2 * mp.sin(d / 2) ** 2), (1.8e-6,)),
    ("acos(1 - x)", "x", lambda x: mp.acos(1 - x), (1.999,)),
    ("log(1 + exp(x)) - x", "x", lambda x: mp.log(1 + mp.exp(x)) - x, (12.2,)),
    ("gamma(x + 1/2)/gamma(x)", "x", lambda x: mp.gamma(x + 0.5) / mp.gamma(x), (76435.7,)),
    ("legendre(6, x) + chebyshevu(6, x)", "x",
     lambda x: mp.legendre(6, x) + mp.chebyu(6, x), (1e-9,)),
    ("chebyshevt(5, x)", "x", lambda x: mp.chebyt(5, x), (-1.36e-7,)),
    ("gegenbauer(4, a, x)", "a x", lambda a, x: mp.gegenbauer(4, a, x), (0.7, 1e-7)),
    ("assoc_laguerre(3, a, x)", "a x", lambda a, x: mp.laguerre(3, a, x), (0.7, 0.3)),
]  # fmt: skip
NAMES = [f"{case[0]} at {case[3][-1]}" for case in CASES]


def slope(truth: Truth, point: list[Any], index: int) -> Any:
    """The partial, by a central difference with 200 digits."""
    step = point[index] * mp.mpf(10) ** -60
    up, down = list(point), list(point)
    up[index] += step
    down[index] -= step
    return (truth(*up) - truth(*down)) / (2 * step)


@pytest.mark.parametrize(
    ("text", "names", "truth", "point"), CASES, ids=[f"{c[0]} at {c[3][-1]}" for c in CASES]
)
def test_digits_are_kept(text: str, names: str, truth: Truth, point: tuple[float, ...]) -> None:
    value, partials = dc.compile(text, inputs=names.split()).value_and_grad(*point)
    with mp.workdps(200):
        exact = [mp.mpf(x) for x in point]
        truths = [truth(*exact), *(slope(truth, exact, i) for i in range(len(exact)))]
        found = [ulps(*pair) for pair in zip((value, *partials), truths, strict=True)]
    assert max(found) <= 40, (found, value, partials)


def test_no_term_is_lost_to_a_square_out_of_range() -> None:
    density = "gamma(a + b)/(gamma(a)*gamma(b))*x**(a - 1)*(1 - x)**(b - 1)"
    truth = lambda a, b, x: x ** (a - 1) * (1 - x) ** (b - 1) / mp.beta(a, b)  # noqa: E731
    for point in ((68.9, 100.0, 0.33), (0.02, 171.6, 7e-4), (171.6, 0.02, 0.999)):
        value, partials = dc.compile(density).value_and_grad(*point)
        with mp.workdps(200):
            exact = [mp.mpf(x) for x in point]
            truths = [truth(*exact), *(slope(truth, exact, i) for i in range(3))]
            assert [value, *partials] == pytest.approx(list(map(float, truths)), rel=1e-11)


def test_quotients_of_bessel_functions_stay_finite() -> None:
    value, (partial,) = dc.compile("besseli(1, x)/besseli(0, x)").value_and_grad(752.0)
    assert value == pytest.approx(0.99933490, rel=1e-7)
    assert partial == pytest.approx(8.8475e-7, rel=1e-3)


def test_constants_of_a_text_are_variables_where_they_are_differentiated_by() -> None:
    orbit = "a*(1 - e**2)/(1 + e*cos(t))"
    (slope_,) = dc.compile(orbit, wrt="e").grad(1.0, 0.5, 0.3)
    assert slope_ == pytest.approx(-1.0048853462822385)
    assert str(dc.diff("a*e**2", "e")) == "2*a*e"
    assert str(dc.diff("e**x", "x")) == "exp(x)"


@pytest.mark.parametrize("text", ["gamma(10**8)*x", "factorial(1e9) + x", "factorial(10**6)*x"])
def test_large_factorials_are_not_written_out(text: str) -> None:
    assert dc.compile(text)(0.5) == float("inf")

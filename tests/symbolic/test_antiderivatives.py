"""The derivative of an antiderivative is the integrand: by hand here, and the collection's 610."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from tests.shared_data import items

BY_HAND = [
    ("x*log(x) - x", "log(x)"),
    ("x*atan(x) - log(1 + x**2)/2", "atan(x)"),
    ("-log(cos(x))", "tan(x)"),
    ("log(sec(x) + tan(x))", "sec(x)"),
    ("x/2 - sin(2*x)/4", "sin(x)**2"),
    ("(x*sqrt(1 - x**2) + asin(x))/2", "sqrt(1 - x**2)"),
    ("x*asinh(x) - sqrt(1 + x**2)", "asinh(x)"),
    ("exp(2*x)*(2*sin(3*x) - 3*cos(3*x))/13", "exp(2*x)*sin(3*x)"),
    ("atan((2*x + 1)/sqrt(3))*2/sqrt(3)", "1/(x**2 + x + 1)"),
    ("log((x - 2)/(x + 2))/4", "1/(x**2 - 4)"),
    ("sqrt(pi)/2*erf(x)", "exp(-x**2)"),
    ("x*erf(x) + exp(-x**2)/sqrt(pi)", "erf(x)"),
    ("x*Si(x) + cos(x)", "Si(x)"),
    ("x*Ei(x) - exp(x)", "Ei(x)"),
    ("sin(x) - sin(x)**3 + 3*sin(x)**5/5 - sin(x)**7/7", "cos(x)**7"),
    ("log(x)**3/3", "log(x)**2/x"),
    ("2*sqrt(x)*log(x) - 4*sqrt(x)", "log(x)/sqrt(x)"),
    ("x*tanh(x) - log(cosh(x))", "x*sech(x)**2"),
    ("x*lambertw(x) - x + exp(lambertw(x))", "lambertw(x)"),
]
FACTOR = 10
"""One item in so many runs by default, all of them with `-m slow`."""


@pytest.mark.parametrize(("text", "integrand"), BY_HAND, ids=[text for text, _ in BY_HAND])
def test_known_antiderivatives(text: str, integrand: str) -> None:
    x = 0.37 if "x - 2" not in text else 3.1
    (slope,) = dc.compile(text).grad(x)
    assert slope == pytest.approx(dc.compile(integrand)(x), rel=1e-13)
    assert float(dc.diff(text, "x").subs("x", x)) == pytest.approx(slope, rel=1e-12)


def _items() -> list[Any]:
    found = [
        pytest.param(item, id=item["id"], marks=[pytest.mark.slow] if i % FACTOR else [])
        for i, item in enumerate(items("rubi"))
    ]
    missing = pytest.param(None, marks=pytest.mark.skip(reason="rubi.json is not here"), id="none")
    return found or [missing]


@pytest.mark.parametrize("item", _items())
def test_the_collection(item: dict[str, Any]) -> None:
    names = item["vars"]
    kernel = dc.compile(item["expr"], inputs=names)
    index = names.index(item["diff_var"])
    for point in item["points"]:
        value, partials = kernel.value_and_grad(*[point["at"][name] for name in names])
        # what is given is itself computed in doubles, term by term
        slack = 1e-15 * max(1.0, abs(point["F"]))
        assert value == pytest.approx(point["F"], rel=1e-8, abs=slack)
        assert partials[index] == pytest.approx(point["dFdx"], rel=1e-7, abs=slack)

"""Derivatives that SymPy's own tests expect, evaluated beside ours."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

import derivc as dc
from tests.shared_data import parameters

OTHERWISE = {
    "meijerg": "Meijer's G has no float64 evaluation to compile to",
    "LambertW(x, k)": "other branches of W are complex for most arguments",
    "elliptic_pi": "not declared yet",
    "SingularityFunction": "its derivative is a distribution",
}
WRONG = {"sympy_diff/test_diff/test_diff/29"}
"""Expected 2*x for the mixed derivative of x**2 by x and y, which is 0."""


@parameters("sympy_diff")
def test_expected_derivatives(item: dict[str, Any]) -> None:
    for part, reason in OTHERWISE.items():
        if part in item["expr"] + item["expected"]:
            pytest.skip(reason)
    if item["id"] in WRONG:
        pytest.skip("the expected derivative is of another expression")
    names = item["vars"]
    # In text sinc is NumPy's sin(pi x)/(pi x); SymPy's own keeps its meaning as a SymPy object.
    given = sp.sympify(item["expr"]) if "sinc(" in item["expr"] else item["expr"]
    ours = dc.compile(dc.diff(given, *item["diff"]), inputs=names)
    theirs = dc.compile(item["expected"], inputs=names)
    for point in item["points"]:
        at = [point[name] for name in names]
        assert ours(*at) == pytest.approx(theirs(*at), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [
        ("x**y", "x", "y*x**(y - 1)"),
        ("x**x", "x", "x**x*(log(x) + 1)"),
        ("log(x, 3)", "x", "1/(x*log(3))"),
        ("asec(x + 1)", "x", "1/((x + 1)**2*sqrt(1 - 1/(x + 1)**2))"),
        ("acoth(x + 1)", "x", "1/(1 - (x + 1)**2)"),
        ("besselj(2, x)", "x", "(besselj(1, x) - besselj(3, x))/2"),
        ("gamma(x)", "x", "gamma(x)*digamma(x)"),
        ("erfc(x**2)", "x", "-4*x*exp(-x**4)/sqrt(pi)"),
        ("legendre(3, x)", "x", "(15*x**2 - 3)/2"),
        ("gegenbauer(2, 1.5, x)", "x", "15*x"),
        ("chebyshevt(4, x)", "x", "32*x**3 - 16*x"),
        ("laguerre(2, x)", "x", "x - 2"),
        ("atan2(y, x)", "y", "x/(x**2 + y**2)"),
        ("elliptic_k(x)", "x", "(elliptic_e(x) - (1 - x)*elliptic_k(x))/(2*x*(1 - x))"),
    ],
)
def test_derivatives_known_by_hand(text: str, by: str, expected: str) -> None:
    point = {"x": 0.437, "y": 1.7}
    names = sorted({"x"} | ({"y"} if "y" in text else set()))
    ours = dc.compile(dc.diff(text, by), inputs=names)
    theirs = dc.compile(expected, inputs=names)
    at = [point[name] for name in names]
    assert ours(*at) == pytest.approx(theirs(*at), rel=1e-13)

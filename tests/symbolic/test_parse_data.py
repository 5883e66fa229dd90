"""Every formula of the collections means what Python says it means."""

from __future__ import annotations

import random
import re

import mpmath
import pytest
import sympy as sp

from derivc.errors import DerivcError
from derivc.symbolic.parse import parse, parse_condition
from tests.shared_data import items

NAMES = "feynman fpbench herbie mgh nist rubi sympy_diff"
FILES = [f for f in NAMES.split() if items(f)]
RARE = {"meijerg", "SingularityFunction", "gegenbauer", "legendre", "elliptic_pi"}
PYTHON = {
    name: getattr(mpmath, name)
    for name in """sqrt cos sin exp log atan tan atanh sinh tanh cosh asin asinh acos acosh atan2
    erf erfc floor hypot pi sec csch sech coth gamma""".split()
}
PYTHON["cbrt"] = lambda v: mpmath.sign(v) * mpmath.cbrt(abs(v))
PYTHON |= {"abs": abs, "Abs": abs, "sign": mpmath.sign, "log2": lambda v: mpmath.log(v, 2)}


NUMBER = re.compile(r"(?<![\w.])((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?!\w)")


def texts(name, *keys):
    for item in items(name):
        for key in keys:
            value = item.get(key)
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    yield item["id"], text, item["vars"]


@pytest.mark.parametrize("name", FILES)
def test_every_formula_is_read(name):
    refused = {}
    for label, text, variables in texts(name, "expr", "residuals", "integrand", "expected"):
        if any(f"{rare}(" in text for rare in RARE) or "LambertW(x, k)" in text:
            continue
        try:
            parse(text, variables=variables)
        except DerivcError as error:
            refused[label] = str(error)
    assert not refused


@pytest.mark.parametrize("name", FILES)
def test_every_condition_is_read(name):
    for _, text, variables in texts(name, "pre"):
        assert parse_condition(text, variables=variables) is not None


def both(text, variables, rng):
    """The value of a text by our tree and by Python, at a random place; None where one fails."""
    at = {name: mpmath.mpf(round(rng.uniform(0.2, 0.9), 3)) for name in variables}
    symbols = {sp.Symbol(name, real=True): sp.Float(value, 50) for name, value in at.items()}
    try:
        exact = NUMBER.sub(r"M(\1)", text)
        want = eval(exact, {"__builtins__": {}}, PYTHON | {"M": mpmath.mpf} | at)
        tree = parse(text, variables=variables)
    except (NameError, ArithmeticError, ValueError, TypeError):
        return None
    got = tree.xreplace(symbols).doit().evalf(30)
    real = got.is_Float and mpmath.isfinite(want)  # a cube root of a complex number is none of ours
    return (got, want) if real else None


@pytest.mark.parametrize("name", FILES)
def test_values_are_pythons(name):
    mpmath.mp.dps = 50
    rng = random.Random(7)
    wrong, compared = [], 0
    for label, text, variables in texts(name, "expr", "residuals", "expected"):
        pair = both(text, variables, rng) if len(text) < 300 else None
        if pair is None:
            continue
        compared += 1
        got, want = (mpmath.mpmathify(value) for value in pair)
        if abs(got - want) > 1e-9 * max(abs(want), 1):
            wrong.append((label, text, got, want))
    assert compared > 5
    assert not wrong

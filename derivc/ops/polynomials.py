"""Orthogonal polynomials, and the functions that continue them to degrees between the integers.

The derivative of each is a member of a neighbouring family, one degree lower.
Formulas: https://dlmf.nist.gov/18.9.iii.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.ops.declaration import Op, Spelling
from derivc.ops.declare import declare
from derivc.ops.names import NAMELESS
from derivc.ops.piecewise import where
from derivc.ops.shorthand import mpmath

_TAGS = ["special", "polynomial"]


def _inside(*args: Any) -> Any:
    return sp.And(args[-1] > -1, args[-1] < 1)


def _admitted(n: Any, a: Any, x: Any) -> Any:
    """A positive parameter, and an argument inside the interval."""
    return sp.And(a > 0, x > -1, x < 1)


def _lower(degree: Any, value: Any) -> Any:
    """The derivative, which is zero for degree zero."""
    return where(sp.Eq(degree, 0), 0, value)


def _scipy(name: str) -> Spelling:
    return Spelling(f"special.eval_{name}")


gegenbauer: Op = declare(
    "gegenbauer", "The Gegenbauer polynomial of degree n and parameter a > 0.", tags=_TAGS, cost=60,
    params=("n", "a", "x"), symbol=sp.gegenbauer, spelling=_scipy("gegenbauer"),
    truth=lambda n, a, x: mpmath().gegenbauer(n, a, x), domain=_admitted,
    partials=lambda n, a, x, y: [
        None, None, _lower(n, 2 * a * sp.gegenbauer(n - 1, a + 1, x, evaluate=False))
    ],
    aliases=["eval_gegenbauer"],
    also=NAMELESS.plus("sp.special.eval_gegenbauer"),
)  # fmt: skip
legendre = declare(
    "legendre", "The Legendre polynomial of degree n.", params=("n", "x"), symbol=sp.legendre,
    spelling=_scipy("legendre"), truth=lambda n, x: mpmath().legendre(n, x), domain=_inside,
    partials=lambda n, x, y: [
        None, _lower(n, sp.gegenbauer(n - 1, sp.Rational(3, 2), x, evaluate=False))
    ],
    tags=_TAGS, cost=60, aliases=["eval_legendre", "legendre_polynomial_p"],
    also=NAMELESS.plus("sp.special.eval_legendre special.legendre_polynomial_p(x,n)"),
)  # fmt: skip
chebyshevu = declare(
    "chebyshevu", "The Chebyshev polynomial of the second kind of degree n.", params=("n", "x"),
    symbol=sp.chebyshevu, spelling=_scipy("chebyu"), truth=lambda n, x: mpmath().chebyu(n, x),
    partials=lambda n, x, y: [
        None, _lower(n, 2 * sp.gegenbauer(n - 1, 2, x, evaluate=False))
    ],
    tags=_TAGS, cost=60, domain=_inside, aliases=["eval_chebyu", "chebyshev_polynomial_u"],
    also=NAMELESS.plus("sp.special.eval_chebyu special.chebyshev_polynomial_u(x,n)"),
)  # fmt: skip
chebyshevt = declare(
    "chebyshevt", "The Chebyshev polynomial of the first kind of degree n.", params=("n", "x"),
    symbol=sp.chebyshevt, spelling=_scipy("chebyt"), truth=lambda n, x: mpmath().chebyt(n, x),
    partials=lambda n, x, y: [
        None, _lower(n, n * sp.chebyshevu(n - 1, x, evaluate=False))
    ],
    tags=_TAGS, cost=60, domain=_inside, aliases=["eval_chebyt", "chebyshev_polynomial_t"],
    also=NAMELESS.plus("sp.special.eval_chebyt special.chebyshev_polynomial_t(x,n)"),
)  # fmt: skip
assoc_laguerre = declare(
    "assoc_laguerre", "The generalized Laguerre polynomial of degree n and parameter a.",
    params=("n", "a", "x"), symbol=sp.assoc_laguerre, spelling=_scipy("genlaguerre"),
    truth=lambda n, a, x: mpmath().laguerre(n, a, x), tags=_TAGS, cost=60,
    partials=lambda n, a, x, y: [
        None, None, _lower(n, -sp.assoc_laguerre(n - 1, a + 1, x, evaluate=False))
    ],
    domain=lambda n, a, x: a > -1, aliases=["eval_genlaguerre"],
    also=NAMELESS.plus("sp.special.eval_genlaguerre"),
)  # fmt: skip
laguerre = declare(
    "laguerre", "The Laguerre polynomial of degree n.", params=("n", "x"), symbol=sp.laguerre,
    spelling=_scipy("laguerre"), truth=lambda n, x: mpmath().laguerre(n, 0, x), tags=_TAGS,
    partials=lambda n, x, y: [
        None, _lower(n, -sp.assoc_laguerre(n - 1, 1, x, evaluate=False))
    ],
    cost=60, aliases=["eval_laguerre", "laguerre_polynomial_l"],
    also=NAMELESS.plus("sp.special.eval_laguerre special.laguerre_polynomial_l(x,n)"),
)  # fmt: skip

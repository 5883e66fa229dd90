"""Real zeros of an expression of one variable, exactly, by undoing one function after the other.

Only steps that always end are taken: inverse functions, small polynomials. Periodic zeros are
written with the integer `K`. Zeros too many do no harm: whoever asks judges each by its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sympy as sp
from mpmath.libmp.libhyper import NoConvergence

from derivc.errors import UnsupportedError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.gates import rational

K = sp.Symbol("k", integer=True)
"""Any integer, in the places of a periodic family."""
DIGITS = 320
"""Of the roots of polynomials that have no short formula."""
_DEGREE = 12
_MOST = 24
Inverse = Callable[[Any], list[Any]]


def zeros(expr: Any, variable: Any) -> list[Any]:
    """The real zeros of an expression, numbers or (periodic) expressions in `K`.

    Args:
        expr: an evaluated expression over real symbols. variable: the symbol to solve for.

    Raises:
        UnsupportedError: it has no zeros that these steps find.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> zeros(x**2 - 4, x), zeros(sp.cos(x), x)
        ([-2, 2], [pi*k + pi/2])
    """
    found = _equal(sp.sympify(expr), sp.S.Zero, variable)
    kept = dict.fromkeys(place for place in found if _may_be_real(place))
    return sorted(kept, key=lambda place: (place.has(K), _size(place)))


def _size(place: Any) -> float:
    """The number, for sorting; a family by its first member."""
    try:
        return float(sp.N(place.subs(K, 0), 15))
    except (TypeError, ValueError):
        return 0.0


def _may_be_real(place: Any) -> bool:
    """Whether a place is real, or a family whose members may be."""
    if place.has(sp.zoo, sp.nan, sp.oo, -sp.oo) or place.is_real is False:
        return False
    if place.has(K) or not place.is_number or place.is_real:
        return True
    value = sp.N(place, 30)
    return bool(value.is_number and abs(sp.im(value)) < 1e-25)


def _equal(expr: Any, value: Any, x: Any) -> list[Any]:
    """The solutions of expr = value."""
    if not expr.has(x):
        return []
    if expr == x:
        return [value]
    if expr.is_Mul and value == 0:
        return _joined(_equal(factor, value, x) for factor in expr.args)
    if expr.is_Add:
        return _sum(expr, value, x)
    if expr.is_Mul:
        return _product(expr, value, x)
    if expr.is_Pow:
        return _power(expr, value, x)
    if isinstance(expr, sp.Max | sp.Min | sp.Piecewise):
        return _joined(_equal(part, value, x) for part in _choices(expr) if part.has(x))
    inverse = _INVERSES.get(_name(expr))
    if inverse is None or not expr.args[0].has(x):
        raise UnsupportedError(f"{expr} = {value} is not solved for {x}")
    targets = [t for t in inverse(value) if _may_be_real(t)]
    return _joined(_equal(expr.args[0], target, x) for target in targets)


def _choices(expr: Any) -> list[Any]:
    """What a choice may be equal to: any of its parts."""
    return [p.args[0] for p in expr.args] if expr.is_Piecewise else list(expr.args)


def _name(expr: Any) -> str:
    return str(getattr(type(expr), "__name__", "")).lower()


def _joined(lists: Iterable[list[Any]]) -> list[Any]:
    return [place for found in lists for place in found]


def _sum(expr: Any, value: Any, x: Any) -> list[Any]:
    """Constants to the other side; of several terms in x: a fraction's pattern, a polynomial."""
    free, moving = expr.as_independent(x, as_Add=True)
    target = value - free
    terms = sp.Add.make_args(moving)
    if len(terms) == 1:
        return _equal(moving, target, x)
    for term in terms:
        if term == -sp.floor(-term.args[0] if term.args else 0) or _is_floor_of_rest(term, terms):
            return _equal(moving - term, K + target, x)
    return _waves(moving, target, x) or _polynomial(moving - target, x)


def _is_floor_of_rest(term: Any, terms: tuple[Any, ...]) -> bool:
    """Whether the sum is u - floor(u)."""
    rest = sp.Add(*(other for other in terms if other != term))
    return bool(term == -sp.floor(rest))


def _waves(moving: Any, target: Any, x: Any) -> list[Any]:
    """a sin(u) + b cos(u) = 0 as tan(u) = -b/a."""
    found = moving.atoms(sp.sin, sp.cos)
    inner = {wave.args[0] for wave in found}
    if target != 0 or len(inner) != 1 or len(found) != 2:
        return []
    u = next(iter(inner))
    a, b = moving.coeff(sp.sin(u)), moving.coeff(sp.cos(u))
    if a.has(x) or b.has(x) or sp.expand(moving - a * sp.sin(u) - b * sp.cos(u)) != 0:
        return []
    return _equal(u, sp.atan(-b / a) + sp.pi * K, x)


def _product(expr: Any, value: Any, x: Any) -> list[Any]:
    free, moving = expr.as_independent(x, as_Add=False)
    if not moving.is_Mul:
        return _equal(moving, value / free, x)
    return _polynomial(moving - value / free, x)


def _power(expr: Any, value: Any, x: Any) -> list[Any]:
    base, exponent = expr.args
    if not base.has(x):
        return _equal(exponent, sp.log(value) / sp.log(base), x) if value.is_positive else []
    if exponent.has(x):
        if value != 0:
            raise UnsupportedError(f"{expr} = {value} is not solved for {x}")
        return _equal(base, sp.S.Zero, x)
    if value == 0:
        return [] if exponent.is_negative else _equal(base, value, x)
    root = sp.real_root(value, exponent) if exponent.is_Integer else value ** (1 / exponent)
    both = [root, -root] if exponent.is_Rational and exponent.p % 2 == 0 else [root]
    return _joined(_equal(base, r, x) for r in both if _may_be_real(r))


def _polynomial(expr: Any, x: Any) -> list[Any]:
    """The zeros of a polynomial in x, or in one function of x."""
    if not rational(expr):
        raise UnsupportedError(f"{expr} is too large to be solved")
    above = sp.numer(sp.together(expr))
    try:
        poly = sp.Poly(above)
        gens = [g for g in poly.gens if g.has(x)]
        if len(gens) != 1:
            raise UnsupportedError(f"{expr} is not a polynomial in one function")
        poly = sp.Poly(above, gens[0])
    except sp.PolynomialError:
        raise UnsupportedError(f"{expr} is not a polynomial") from None
    if any(c.has(x) for c in poly.all_coeffs()) or poly.degree() > _DEGREE:
        raise UnsupportedError(f"{expr} is not solved for {x}")
    values = _poly_roots(poly)
    return _joined(_equal(gens[0], v, x) for v in values)


def _poly_roots(poly: Any) -> list[Any]:
    if any(c.free_symbols for c in poly.all_coeffs()):
        return _short_roots(poly)
    rational_only = all(c.is_Rational for c in poly.all_coeffs())
    factors = [f for f, _ in poly.factor_list()[1]] if rational_only else [poly]
    return _joined(_short_roots(f) if f.degree() <= 2 else _long_roots(f) for f in factors)


def _short_roots(poly: Any) -> list[Any]:
    """Of degree 1 and 2, by formula."""
    if poly.degree() > 2:
        raise UnsupportedError(f"{poly.as_expr()} has parameters and no short roots")
    if poly.degree() == 1:
        a, b = poly.all_coeffs()
        return [-b / a]
    a, b, c = poly.all_coeffs()
    root = sp.sqrt(b**2 - 4 * a * c)
    return [sp.expand((-b - root) / (2 * a)), sp.expand((-b + root) / (2 * a))]


def _long_roots(poly: Any) -> list[Any]:
    """The pure power by its root, others as numbers of many digits."""
    coefficients = poly.all_coeffs()
    if not any(coefficients[1:-1]):
        target, n = -coefficients[-1] / coefficients[0], poly.degree()
        if n % 2:
            return [sp.real_root(target, n)]
        return [-(target ** sp.Rational(1, n)), target ** sp.Rational(1, n)] if target > 0 else []
    mp = mpmath()
    with mp.workdps(DIGITS):
        exact = [c._to_mpmath(mp.prec) for c in (sp.N(c, DIGITS) for c in coefficients)]
        try:
            found = mp.polyroots(exact, maxsteps=200, extraprec=2 * mp.prec)
        except NoConvergence:
            raise UnsupportedError(f"the roots of {poly.as_expr()} were not found") from None
        real = [mp.re(r) for r in found if abs(mp.im(r)) < mp.mpf(10) ** -(DIGITS // 2)]
        return [sp.Float(r, DIGITS) for r in real[:_MOST]]


def _turns(*values: Any) -> list[Any]:
    return [value + 2 * sp.pi * K for value in values]


def _sine(v: Any) -> list[Any]:
    if v == 0:
        return [sp.pi * K]
    return _turns(sp.asin(v)) if abs(v) == 1 else _turns(sp.asin(v), sp.pi - sp.asin(v))


def _cosine(v: Any) -> list[Any]:
    if v == 0:
        return [sp.pi / 2 + sp.pi * K]
    return _turns(sp.acos(v)) if abs(v) == 1 else _turns(sp.acos(v), -sp.acos(v))


def _inside(low: Any, high: Any, inverse: Inverse) -> Inverse:
    """The inverse where the value is within the range of the function."""

    def checked(v: Any) -> list[Any]:
        if v.has(K):
            return inverse(v)
        return inverse(v) if bool(low <= v) and bool(v <= high) else []

    return checked


_INVERSES: dict[str, Inverse] = {
    "sin": _inside(-1, 1, _sine),
    "cos": _inside(-1, 1, _cosine),
    "tan": lambda v: [sp.atan(v) + sp.pi * K],
    "cot": lambda v: [sp.acot(v) + sp.pi * K if v != 0 else sp.pi / 2 + sp.pi * K],
    "exp": lambda v: [sp.log(v)],
    "log": lambda v: [sp.exp(v)],
    "exp2": lambda v: [sp.log(v) / sp.log(2)],
    "log2": lambda v: [2**v],
    "log10": lambda v: [10**v],
    "expm1": lambda v: [sp.log(1 + v)],
    "log1p": lambda v: [sp.exp(v) - 1],
    "abs": lambda v: [v, -v] if v.has(K) or v >= 0 else [],
    "sqrt": lambda v: [v**2],
    "square": lambda v: [sp.sqrt(v), -sp.sqrt(v)],
    "cbrt": lambda v: [v**3],
    "reciprocal": lambda v: [1 / v],
    "sinh": lambda v: [sp.asinh(v)],
    "cosh": lambda v: [sp.acosh(v), -sp.acosh(v)],
    "tanh": lambda v: [sp.atanh(v)],
    "asinh": lambda v: [sp.sinh(v)],
    "acosh": lambda v: [sp.cosh(v)],
    "atanh": lambda v: [sp.tanh(v)],
    "asin": lambda v: [sp.sin(v)],
    "acos": lambda v: [sp.cos(v)],
    "atan": lambda v: [sp.tan(v)],
    "sigmoid": lambda v: [sp.log(v / (1 - v))],
    "relu": lambda v: [v] if v.has(K) or v >= 0 else [],
    "erf": lambda v: [sp.erfinv(v)],
    "floor": lambda v: [v, v + 1],
    "ceiling": lambda v: [v, v - 1],
    "sign": lambda v: [sp.S.Zero],
    "softplus": lambda v: [sp.log(sp.exp(v) - 1)],
    "sincu": lambda v: [],
    "sinc": lambda v: [],
}
"""What the argument may be where a function has this value."""

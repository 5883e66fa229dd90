"""Products of which one factor overflows as the other underflows, as one function.

    exp(u) erfc(v)   = erfcx(v), where u = v^2
    exp(-u)/erfc(v)  = 1/erfcx(v), where u = v^2
    gamma(a)/gamma(c) = exp((c - 1/2) log1p(d/c) + d log(a) - d + s(a) - s(c)), where d = a - c and
        s(x) = 1/(12 x) - 1/(360 x^3) + ... is Stirling's series, https://dlmf.nist.gov/5.11.E1;
        taken for a, c > 150, where three terms of it are enough

    I_m(x)/I_n(x)    = exp(-|x|) I_m(x)/(exp(-|x|) I_n(x))

The first two and the last hold everywhere, the third for positive a and c; below 150 no factor of
it overflows.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product as pairs

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.cancel.forms import Expansion, Forms, Term
from derivc.passes.cancel.writer import Writer
from derivc.passes.powers import factors, product

_FAR = 150
_MOST_QUOTIENTS, _MOST_GAMMAS = 4, 4
_SCALED = {"i0": "i0e", "i1": "i1e", "iv": "ive"}
_STIRLING = (Fraction(1, 1260), Fraction(-1, 360), Fraction(1, 12))


def multiplied(b: SmartBuilder, one: Value, other: Value) -> Value | None:
    """A product with exp(v^2) and erfc(v) among its factors; None for any other.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> grown, tail = b.emit("exp", b.emit("mul", 0, 0)), b.emit("erfc", 0)
        >>> b.at(multiplied(b, grown, tail)).op
        'erfcx'
    """
    parts = [*factors(b, one), *factors(b, other)]
    pair = _pair(b, parts, parts, 1)
    return None if pair is None else product(b, [_erfcx(b, pair), *_without(parts, pair)])


def divided(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """A quotient with such factors on either side of its line; None for any other."""
    above, below = _sides(b, over, under)
    pair = _pair(b, above, below, -1)
    if pair is not None:
        above, below = _without(above, pair[:1]), _without(below, pair[1:])
        return b.emit("div", product(b, above), product(b, [_erfcx(b, pair), *below]))
    pair = _pair(b, below, above, -1)
    if pair is not None:
        above, below = _without(above, pair[1:]), _without(below, pair[:1])
        return b.emit("div", product(b, [_erfcx(b, pair), *above]), product(b, below))
    found = _gammas(b, above, below, b.emit("div", over, under))
    return _bessels(b, above, below) if found is None else found


def _sides(b: SmartBuilder, over: Value, under: Value) -> tuple[list[Value], list[Value]]:
    """The factors above and below the line of a quotient, of quotients among them, too."""
    above, below = factors(b, over), factors(b, under)
    for _ in range(_MOST_QUOTIENTS):
        if not any(b.at(v).op == "div" for v in (*above, *below)):
            break
        above, below = (
            [f for v in one for f in _half(b, v, 0)] + [f for v in other for f in _half(b, v, 1)]
            for one, other in ((above, below), (below, above))
        )
    return above, below


def _half(b: SmartBuilder, value: Value, which: int) -> list[Value]:
    """What stands above (0) or below (1) the line of a factor."""
    step = b.at(value)
    if step.op == "div":
        return factors(b, step.args[which])
    return [] if which else [value]


def _erfcx(b: SmartBuilder, pair: tuple[Value, Value]) -> Value:
    return b.emit("erfcx", *b.at(pair[1]).args)


def _without(values: list[Value], taken: tuple[Value, ...]) -> list[Value]:
    left = list(values)
    for value in taken:
        left.remove(value)
    return left


def _pair(
    b: SmartBuilder, grown: list[Value], tails: list[Value], sign: int
) -> tuple[Value, Value] | None:
    """exp(sign v^2) and erfc(v) of two lists of factors."""
    exponentials = [v for v in grown if b.at(v).op == "exp"]
    ends = [v for v in tails if b.at(v).op == "erfc"] if exponentials else []
    if not ends:
        return None
    forms = Forms(b.finish(()))
    for exponential in exponentials:
        for end in ends:
            u, v = b.at(exponential).args[0], b.at(end).args[0]
            if _is_square(forms, forms.products[u], forms.products[v], sign):
                return exponential, end
    return None


def _is_square(forms: Forms, u: Term, v: Term, sign: int) -> bool:
    """Whether u = sign v^2, with the square of sqrt(2) as 2."""
    square = (v[0] * v[0], tuple((atom, 2 * exponent) for atom, exponent in v[1]))
    whole = [_plain(forms, term) for term in (square, (sign * u[0], u[1]))]
    return whole[0] == whole[1]


def _plain(forms: Forms, term: Term) -> Term:
    """A term in which powers of numbers are numbers."""
    coefficient, left = term[0], []
    for atom, exponent in term[1]:
        number, inner = forms.products[atom]
        if not inner and exponent.denominator == 1 and number:
            coefficient *= number ** int(exponent)
        else:
            left.append((atom, exponent))
    return Fraction(coefficient), tuple(left)


def _gammas(b: SmartBuilder, above: list[Value], below: list[Value], plain: Value) -> Value | None:
    """gamma(a)/gamma(c) by logarithms, where both are next to the end of the range.

    Of several, as in gamma(a + b)/(gamma(a) gamma(b)), each two have their turn.
    """
    found = None
    both = ([v for v in side if b.at(v).op == "gamma"] for side in (above, below))
    for over, under in list(pairs(*both))[:_MOST_GAMMAS]:
        far, gap = logarithms_far(b, b.at(over).args[0], b.at(under).args[0])
        one, other = _without(above, (over,)), _without(below, (under,))
        form = b.emit("div", product(b, [b.emit("exp", gap), *one]), product(b, other))
        found = b.emit("where", far, form, plain if found is None else found)
    return found


def _bessels(b: SmartBuilder, above: list[Value], below: list[Value]) -> Value | None:
    """I_m(x)/I_n(x) by the scaled functions."""
    for over in (v for v in above if b.at(v).op in _SCALED):
        x = b.at(over).args[-1]
        for under in (v for v in below if b.at(v).op in _SCALED and b.at(v).args[-1] == x):
            one, other = (b.emit(_SCALED[b.at(v).op], *b.at(v).args) for v in (over, under))
            above, below = _without(above, (over,)), _without(below, (under,))
            return b.emit("div", product(b, [one, *above]), product(b, [other, *below]))
    return None


def logarithms_far(b: SmartBuilder, a: Value, c: Value) -> tuple[Value, Value]:
    """Whether a and c are large, and lgamma(a) - lgamma(c) then."""
    far = (b.emit("gt", v, b.const(_FAR)) for v in (a, c))
    return b.emit("logical_and", *far), _logarithms(b, a, c)


def shared(forms: Forms, a: Value, c: Value) -> Expansion | None:
    """a - c without the terms that both have; None where they have too many."""
    return forms.expand((*forms.parts(a), *((-s, m) for s, m in forms.parts(c))))


def _logarithms(b: SmartBuilder, a: Value, c: Value) -> Value:
    """lgamma(a) - lgamma(c) for large a and c, without the digits that both have."""
    gap = shared(Forms(b.finish(())), a, c)
    writer = Writer(b, {v: v for v in range(len(b.inputs) + len(b.instructions))})
    d = b.emit("sub", a, c) if gap is None or not gap.reduced else writer.terms(gap.terms)
    near = b.emit("log1p", b.emit("div", d, c))
    steep = b.emit("mul", b.emit("sub", c, b.const(HALF)), near)
    rest = b.emit("sub", b.emit("log", a), b.const(1))
    series = b.emit("sub", _stirling(b, a), _stirling(b, c))
    return b.emit("add", b.emit("add", steep, b.emit("mul", d, rest)), series)


def _stirling(b: SmartBuilder, x: Value) -> Value:
    total, square = b.const(0), b.emit("mul", x, x)
    for coefficient in _STIRLING:
        total = b.emit("add", b.const(coefficient), b.emit("div", total, square))
    return b.emit("div", total, x)

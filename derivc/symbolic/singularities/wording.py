"""What a singular place is, in a sentence; numbers as people write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from derivc.ops.shorthand import mpmath
from derivc.symbolic.canonical import plain
from derivc.symbolic.evaluated import kept
from derivc.symbolic.singularities.probe import Behaviour, Side
from derivc.symbolic.singularities.records import Singularity
from derivc.symbolic.walk import rebuild

_DIGITS = 10


def number(value: Any) -> str:
    """A number in short: an integer, a small fraction, a multiple of pi, else ten digits.

    Example:
        >>> number(0.5), number(mpmath().pi / 2), number(2.0), number(float("inf"))
        ('1/2', 'pi/2', '2', 'inf')
    """
    mp = mpmath()
    if value is None or value != value:
        return "nan"
    if mp.isinf(value):
        return "inf" if value > 0 else "-inf"
    return _simple(value) or _multiple(value) or _digits(value)


def text(tree: Any) -> str:
    """A tree as text in the notation that is read back: where, max, abs.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> text(sp.Piecewise((sp.Abs(x), x > 0), (1, True)))
        'where(x > 0, abs(x), 1)'
    """
    return str(rebuild(plain(tree), _named))


def _named(node: Any, args: list[Any]) -> Any:
    """The node under the name that the parser reads."""
    if node.is_Piecewise:
        *branches, (last, condition) = [pair.args for pair in args]
        found = last if condition == True else _called("where", condition, last, sp.nan)  # noqa: E712
        for value, holds in reversed(branches):
            found = _called("where", holds, value, found)
        return found
    if isinstance(node, sp.Equality | sp.Unequality):
        return sp.Symbol(f"{args[0]} {'==' if isinstance(node, sp.Equality) else '!='} {args[1]}")
    name = _NAMES.get(type(node).__name__)
    return (
        kept(node, args) if name is None and node.args else _called(name, *args) if name else node
    )


def _called(name: str, *args: Any) -> Any:
    return sp.Function(name)(*args)


_NAMES = {"Abs": "abs", "Max": "max", "Min": "min", "maximum": "max", "minimum": "min"}


def _digits(value: Any) -> str:
    text = str(mpmath().nstr(value, _DIGITS, strip_zeros=True))
    return text.removesuffix(".0")


def _simple(value: Any) -> str:
    """The fraction with a denominator up to 64 that the number is, or nothing."""
    if abs(value) > 10**15 or 0 < abs(value) < 1e-9:
        return ""
    near = Fraction(float(value)).limit_denominator(64)
    apart = abs(value - mpmath().mpf(near.numerator) / near.denominator)
    return str(near) if apart <= 1e-14 * max(1e-3, abs(value)) else ""


def _multiple(value: Any) -> str:
    if abs(value) > 10**6:
        return ""
    near = Fraction(float(value / mpmath().pi)).limit_denominator(12)
    exact = mpmath().pi * near.numerator / near.denominator
    if near == 0 or abs(value - exact) > 1e-14 * abs(value):
        return ""
    sign, size = "-" if near < 0 else "", abs(near.numerator)
    times = "" if size == 1 else f"{size}*"
    return f"{sign}{times}pi" + ("" if near.denominator == 1 else f"/{near.denominator}")


def tends(behaviour: Behaviour) -> str:
    """The limit in short, or why there is none."""
    if behaviour.kind == "oscillating" or (behaviour.kind == "essential" and _lost(behaviour)):
        return "no limit"
    return "not defined" if behaviour.kind == "none" else number(behaviour.limit)


def _lost(behaviour: Behaviour) -> bool:
    return bool(behaviour.limit != behaviour.limit)


def sentence(place: Singularity) -> str:
    """What happens there: kind, limits and slopes.

    Example:
        >>> import sympy as sp
        >>> from derivc.symbolic.singularities.analyse import analyse
        >>> x = sp.Symbol("x", real=True)
        >>> sentence(analyse(sp.Abs(x), x).found[0])
        'kink: f = 0, slope -1 on the left and 1 on the right'
    """
    head = place.kind if place.of == "f" else f"{place.kind} of f'"
    return f"{head}{_order(place)}{_measured(place)}: {_told(place)}"


def _measured(place: Singularity) -> str:
    """Of a set: the point at which the limits were taken."""
    if place.at is None:
        return f" (along {place.variable}, at {place.also})"
    if place.is_family:
        return f" (at {place.variable} = {number(mpmath().mpf(place.examples[0]))})"
    return ""


def _order(place: Singularity) -> str:
    if place.kind != "pole":
        return ""
    return f" of order {number(place.order)}"


def _told(place: Singularity) -> str:
    left, right = place.left, place.right
    if place.of == "f'":
        return _of_derivative(place)
    if place.kind in ("kink", "cusp", "vertical tangent"):
        return f"f = {number(left.value.limit)}, {_pair('slope', left.slope, right.slope)}"
    if place.kind == "removable":
        tail = _pair("slope", left.slope, right.slope)
        return f"the limit is {number(left.value.limit)}, {tail}"
    if place.kind in ("end of the domain", "branch point", "logarithmic") and _one_sided(place):
        way, inner = _inner(left, right)
        return f"defined only to the {way}: f -> {tends(inner.value)}, f' -> {tends(inner.slope)}"
    return _pair("f ->", left.value, right.value)


def _one_sided(place: Singularity) -> bool:
    return "none" in (place.left.value.kind, place.right.value.kind)


def _inner(left: Side, right: Side) -> tuple[str, Side]:
    return ("right", right) if left.value.kind == "none" else ("left", left)


def _of_derivative(place: Singularity) -> str:
    if place.kind == "removable":
        return f"f' has the limit {number(place.left.slope.limit)}"
    if place.kind == "essential":
        return _pair("f' ->", place.left.slope, place.right.slope)
    slope = f"f' = {number(place.left.slope.limit)}"
    return f"{slope}, {_pair(chr(102) + chr(39) * 2, place.left.curvature, place.right.curvature)}"


def _pair(what: str, left: Behaviour, right: Behaviour) -> str:
    a, b = tends(left), tends(right)
    return f"{what} {a} on both sides" if a == b else f"{what} {a} on the left and {b} on the right"


def code(place: Singularity, convention: str) -> str:
    """What the compiled code returns there; empty where it was not run."""
    if place.code is None:
        return ""
    value, slope = place.code
    by = f" (convention {convention!r})" if place.kind in ("kink", "jump") else ""
    return f"the code returns f = {number(value)}, f' = {number(slope)}{by}"

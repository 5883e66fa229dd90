"""What the words of an expression mean: operators, numbers and named functions as SymPy nodes.

Nodes are built as written (`evaluate=False`). A chain of `+` and `-` becomes one flat sum, a chain
of `*` one flat product; a quotient is the product of what stands left of it with an inverse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, final

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.errors import DomainError, LimitError, ParseError
from derivc.symbolic.limits import Limits, require

NUMBER, CONDITION, TUPLE = "number", "condition", "tuple"


@final
@dataclass(frozen=True, slots=True)
class Operand:
    """A finished or still growing part of the expression.

    Args:
        tree: the SymPy tree; None while a chain grows.
        at: where it starts in the text.
        kind: NUMBER, CONDITION or TUPLE.
        value: its value as a float when it is built of written numbers only, else None.
        chain: "sum", "product", "comparison", "all" or "any" while more parts may join.
        parts: the parts of the chain, or the members of the tuple.
        negated: the operand under a sign, so that a second sign takes the first away.
    """

    tree: Any
    at: int
    kind: str = NUMBER
    value: float | None = None
    chain: str = ""
    parts: list[Any] = field(default_factory=list)
    negated: Operand | None = None


class Binding(NamedTuple):
    """How an operator binds: higher `level` first; `right` for right-to-left."""

    level: int
    right: bool = False


TERNARY, OR, AND, NOT, COMPARE, BIT_OR, BIT_AND, SUM, PRODUCT, SIGN, POWER, ROOT = range(1, 13)
BINARY = {
    "or": Binding(OR), "and": Binding(AND), "|": Binding(BIT_OR), "&": Binding(BIT_AND),
    "+": Binding(SUM), "-": Binding(SUM), "*": Binding(PRODUCT), "/": Binding(PRODUCT),
    "//": Binding(PRODUCT), "%": Binding(PRODUCT), "**": Binding(POWER, right=True),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), Binding(COMPARE)),
}  # fmt: skip
PREFIX = {"not": NOT, "~": SIGN, "+": SIGN, "-": SIGN, "√": ROOT}
RELATIONS = {
    "<": sp.StrictLessThan, "<=": sp.LessThan, ">": sp.StrictGreaterThan,
    ">=": sp.GreaterThan, "==": sp.Equality, "!=": sp.Unequality,
}  # fmt: skip
_LOGIC = {"or": "any", "|": "any", "and": "all", "&": "all"}
MINUS_ONE, HALF = sp.Integer(-1), sp.Rational(1, 2)


def number(word: str) -> tuple[Any, float]:
    """A written number as an exact SymPy number where it is short, and its float value.

    Raises:
        LimitError: it does not fit into a double.
    """
    plain = word.replace("_", "")
    if plain.isdigit() or plain[:2].lower() in ("0x", "0o", "0b"):
        exact = int(plain, 0 if plain[1:2].isalpha() else 10)
        return sp.Integer(exact), _in_range(exact, word)
    value = _in_range(float(plain), word)
    short = 1e-6 < value < 1e15 and value * 1024 == int(value * 1024)
    if value == 0 or (short and Decimal(plain) == Decimal(value)):
        return sp.Rational(*value.as_integer_ratio()), value
    return sp.Float(value), value


def _in_range(number_: float, word: str) -> float:
    """The number as a float."""
    try:
        value = float(number_)
    except OverflowError:
        value = math.inf
    if math.isinf(value):
        raise LimitError(f"the number {word[:40]} is above the largest double, 1.8e308")
    return value


def negate(operand: Operand) -> Operand:
    """The operand with its sign changed; a second sign takes the first away."""
    operand = close(operand)
    if operand.negated is not None:
        return operand.negated
    value = None if operand.value is None else -operand.value
    return Operand(_minus(operand.tree), operand.at, value=value, negated=operand)


def _minus(tree: Any) -> Any:
    """A tree with its sign changed; a written number takes the sign itself."""
    return -tree if tree.is_Number else sp.Mul(MINUS_ONE, tree, evaluate=False)


def add(left: Operand, right: Operand, sign: str) -> Operand:
    """A sum grown by one term."""
    right = close(right)
    value = _fold(lambda a, b: a - b if sign == "-" else a + b, left.value, right.value)
    return _grown(left, "sum", _minus(right.tree) if sign == "-" else right.tree, value)


def multiply(left: Operand, right: Operand) -> Operand:
    """A product grown by one factor."""
    right = close(right)
    value = _fold(lambda a, b: a * b, left.value, right.value)
    return _grown(left, "product", right.tree, value)


def divide(left: Operand, right: Operand) -> Operand:
    """A quotient: the left times the inverse of the right; a fraction of whole numbers is exact.

    Raises:
        DomainError: division by a written zero.
    """
    above, below = close(left), close(right)
    if below.tree.is_Number and below.tree == 0:
        raise DomainError(f"division by zero at character {right.at + 1} of the text")
    value = _fold(lambda a, b: a / b if b else math.nan, above.value, below.value)
    if above.tree.is_Integer and below.tree.is_Integer:
        return Operand(sp.Rational(above.tree, below.tree), left.at, value=value)
    inverse = sp.Pow(below.tree, MINUS_ONE, evaluate=False)
    if above.tree is sp.S.One:
        return Operand(inverse, left.at, value=value)
    return Operand(sp.Mul(above.tree, inverse, evaluate=False), left.at, value=value)


def floored(left: Operand, right: Operand, remainder: bool) -> Operand:
    """Python's `//` and `%`: the floor of the quotient, and what it leaves.

    Raises:
        DomainError: division by a written zero.
    """
    quotient = divide(left, right)
    if remainder:
        return Operand(sp.Mod(close(left).tree, close(right).tree, evaluate=False), left.at)
    return Operand(sp.floor(quotient.tree, evaluate=False), left.at)


def power(base: Operand, exponent: Operand, limits: Limits) -> Operand:
    """A power, refused before it is computed when a constant one would be huge.

    Raises:
        LimitError: a constant exponent or a constant power above the limits.
        DomainError: a written zero to a negative power, a negative number to a broken power.
    """
    below, above = close(base), close(exponent)
    if above.value is not None:
        require("a constant exponent", abs(above.value), limits.exponent)
    value = _constant_power(below.value, above.value, limits)
    if value is not None and math.isnan(value):
        raise DomainError(f"the power at character {base.at + 1} of the text has no real value")
    if below.tree is sp.E:
        return Operand(sp.exp(above.tree, evaluate=False), base.at)
    return Operand(sp.Pow(below.tree, above.tree, evaluate=False), base.at, value=value)


def _constant_power(base: float | None, exponent: float | None, limits: Limits) -> float | None:
    """The float value of a constant power; NaN where it is not real, None where unknown."""
    if base is None or exponent is None or math.isnan(base) or math.isnan(exponent):
        return None
    if base == 0:
        return math.nan if exponent < 0 else float(exponent == 0)
    require("the binary magnitude of a constant power", abs(exponent * math.log2(abs(base))),
            limits.bits)  # fmt: skip
    if base < 0 and not exponent.is_integer():
        return math.nan
    try:
        return float(base**exponent)
    except OverflowError:
        raise LimitError("a constant power is above the largest double, 1.8e308") from None


def compare(left: Operand, right: Operand, sign: str) -> Operand:
    """A comparison; `a < b < c` means `a < b and b < c`."""
    relations = left.parts[:-1] if left.chain == "comparison" else []
    last = left.parts[-1] if relations else close(left).tree
    end = close(right).tree
    parts = [*relations, RELATIONS[sign](last, end, evaluate=False), end]
    return Operand(None, left.at, CONDITION, chain="comparison", parts=parts)


def logic(left: Operand, right: Operand, sign: str) -> Operand:
    """Both or at least one of two conditions: a chain grown by one condition."""
    return _grown(left, _LOGIC[sign], close(right).tree, None, CONDITION)


def negation(operand: Operand) -> Operand:
    """The opposite of a condition."""
    return Operand(sp.Not(close(operand).tree), operand.at, CONDITION)


def choose(condition: Operand, yes: Operand, no: Operand) -> Operand:
    """One of two numbers, chosen by a condition."""
    pairs = [(close(yes).tree, close(condition).tree), (close(no).tree, sp.true)]
    return Operand(piecewise(pairs), min(condition.at, yes.at))


def piecewise(pairs: list[tuple[Any, Any]]) -> Any:
    """The cases as written: SymPy's own constructor would rewrite conditions that hold cases."""
    kept = []
    for value, condition in pairs:
        if condition != False:  # noqa: E712  SymPy's false
            kept.append(sp.Tuple.__new__(ExprCondPair, value, condition))
        if condition == True:  # noqa: E712  SymPy's true
            break
    if len(kept) == 1 and kept[0].args[1] == True:  # noqa: E712
        return kept[0].args[0]
    return sp.Basic.__new__(sp.Piecewise, *kept)


def close(operand: Operand) -> Operand:
    """The operand as a finished tree: its chain takes no more parts."""
    if not operand.chain:
        return operand
    if operand.kind == CONDITION:
        parts = operand.parts[:-1] if operand.chain == "comparison" else operand.parts
        return Operand(_joined(sp.Or if operand.chain == "any" else sp.And, parts),
                       operand.at, CONDITION)  # fmt: skip
    build = sp.Add if operand.chain == "sum" else sp.Mul
    tree = build(*operand.parts, evaluate=False)
    return Operand(tree, operand.at, value=operand.value)


def _joined(kind: Any, parts: list[Any]) -> Any:
    """All or any of the conditions, as written: SymPy's own constructor compares every pair."""
    if kind.zero in parts:
        return kind.zero
    kept = list(dict.fromkeys(part for part in parts if part != kind.identity))
    if len(kept) < 2:
        return kept[0] if kept else kind.identity
    tree = sp.Basic.__new__(kind, *kept)
    tree._argset = frozenset(kept)
    return tree


def demand(operand: Operand, kind: str, text: str, place: str) -> None:
    """Refuse an operand of the wrong kind.

    Raises:
        ParseError: a condition where a number is wanted, or the other way round.
    """
    if operand.kind == kind:
        return
    if operand.kind == TUPLE:
        problem, hint = "a tuple has no place here", "tuples serve in Piecewise((a, c), (b, True))"
    elif kind == NUMBER:
        problem, hint = f"a condition cannot stand {place}", "use where(condition, 1, 0)"
    else:
        problem, hint = f"a number cannot stand {place}", "compare it, as in `x > 0`"
    raise ParseError(problem, text, operand.at, hint)


def _grown(
    left: Operand, chain: str, part: Any, value: float | None, kind: str = NUMBER
) -> Operand:
    """The chain of that sort with one part more; its list of parts is passed on, not copied."""
    parts = left.parts if left.chain == chain else [close(left).tree]
    parts.append(part)
    return Operand(None, left.at, kind, value, chain, parts)


def _fold(compute: Any, left: float | None, right: float | None) -> float | None:
    """The value of an operation on two known values, None where one is unknown."""
    return None if left is None or right is None else float(compute(left, right))

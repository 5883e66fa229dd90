"""Where a function and its derivative are valid: declared domains and kinks, gathered from a tree.

Conditions inside a branch of `where` only count where that branch is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.cli.notation import text_of
from derivc.errors import LimitError
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.symbolic.canonical import canonical, plain

_MANY = 2_000


@final
@dataclass(frozen=True)
class Validity:
    """What has to hold, and the places without a slope.

    Args:
        conditions: all must hold; empty when the derivative exists for all real numbers.
        kinks: sentences on the places where the slope is chosen by convention.
    """

    conditions: tuple[str, ...]
    kinks: tuple[str, ...]

    def sentence(self, names: tuple[str, ...]) -> str:
        """Where the derivative is valid, in one line."""
        if "False" in self.conditions:
            return "valid for no real " + (", ".join(names) or "number")
        if self.conditions:
            return "valid where " + " and ".join(self.conditions)
        return "valid for every real " + (", ".join(names) or "number")


def validity(tree: Any) -> Validity:
    """The conditions and kinks of a tree, each once, in the order of the formula.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> validity(sp.log(2 * x - 1)).conditions
        ('x > 1/2',)
    """
    try:
        return _gathered(tree)
    except LimitError as problem:
        return Validity((f"its parts are ({problem}; they are not listed)",), ())


def _gathered(tree: Any) -> Validity:
    conditions: dict[str, None] = {}
    kinks: dict[str, None] = {}
    for node, guard in _guarded(tree):
        op = registry.of_symbol(type(node))
        for condition in _conditions(node, op):
            needed = sp.Or(sp.Not(canonical(guard)), canonical(condition))
            if needed != sp.true:
                conditions[_shown(needed)] = None
        kinks |= dict.fromkeys(_kinks(node, op))
    return Validity(tuple(conditions), tuple(kinks))


def _guarded(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every node with the condition under which it is evaluated.

    Raises:
        LimitError: the tree is larger than a person reads.
    """
    seen: set[tuple[int, Any]] = set()  # by identity: hashing a deep tree recurses
    stack = [(tree, sp.true)]
    while stack:
        node, guard = stack.pop()
        if len(seen) >= _MANY:
            raise LimitError(f"the expression has more than {_MANY} parts")
        if (id(node), guard) in seen:
            continue
        seen.add((id(node), guard))
        yield node, guard
        stack.extend(reversed(list(_below(node, guard))))


def _below(node: Any, guard: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(node, sp.Piecewise):
        yield from ((arg, guard) for arg in node.args)
        return
    before = guard
    for value, condition in node.args:
        yield condition, before
        yield value, sp.And(before, condition)
        before = sp.And(before, sp.Not(condition))


def _conditions(node: Any, op: Op | None) -> list[Any]:
    """What must hold at one node for its derivative to exist."""
    if isinstance(node, sp.Pow):
        return [_of_power(node.base, node.exp)]
    elif op is not None and op.domain is not None:
        found = op.domain(*node.args)
    else:
        return []
    return [_inside(part) for part in (found.args if isinstance(found, sp.And) else (found,))]


def _inside(condition: Any) -> Any:
    """Without the boundary, where a slope is one-sided or infinite."""
    strict = {sp.Ge: sp.Gt, sp.Le: sp.Lt}.get(type(condition))
    return condition if strict is None else strict(*condition.args)


def _of_power(base: Any, raised: Any) -> Any:
    """x^n for whole n: x not 0 if n < 0. Else x positive, or x >= 0 when the slope at 0 is 0."""
    exponent = canonical(raised)
    if exponent.is_integer and exponent.is_number:
        return sp.true if exponent >= 0 else sp.Ne(base, 0)
    return base >= 0 if exponent.is_number and exponent > 1 else base > 0


def _kinks(node: Any, op: Op | None) -> Iterator[str]:
    if isinstance(node, sp.Piecewise):
        for condition in (c for _, c in node.args):
            for part in sorted(condition.atoms(sp.core.relational.Relational), key=str):
                place = _shown(sp.Eq(part.lhs, part.rhs, evaluate=False))
                yield f"where() changes at {place}: the slope there is that of the branch taken"
    for kink in op.kinks if op is not None and not node.is_Atom else ():
        place = canonical(sp.Eq(kink.place(*node.args), 0, evaluate=False))
        if place != sp.false:
            slope = next((s for s in kink.slopes() if s is not None), None)
            taken = "" if slope is None else f"its slope there is taken as {slope} "
            head = f"{text_of(plain(canonical(node)))} has no slope at {_shown(place)}"
            yield f"{head}: {taken}({kink.because})"


def _shown(condition: Any) -> str:
    """The condition as text, solved for the variable where that is plain."""
    return text_of(plain(_solved(condition)))


def _solved(condition: Any) -> Any:
    """a x + b > 0 is x > -b/a, turned round where a < 0."""
    if not isinstance(condition, sp.core.relational.Relational):
        return condition
    line = condition.lhs - condition.rhs
    symbols = line.free_symbols
    slope = line.diff(*symbols) if len(symbols) == 1 else None
    if slope is None or not slope.is_Rational or slope == 0:
        return condition
    (x,) = symbols
    bound = -line.subs(x, 0) / slope
    relation = condition.reversed.func if slope < 0 else condition.func
    return relation(x, bound, evaluate=False)

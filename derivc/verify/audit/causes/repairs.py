"""The search for the one slip: edits of the written formula, each tried against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp

from derivc.errors import DerivcError
from derivc.ops import registry
from derivc.ops.shorthand import mpmath
from derivc.symbolic.differentiate import diff
from derivc.symbolic.tracing import nodes
from derivc.symbolic.walk import postorder, size, symbols
from derivc.verify.audit.causes import edits
from derivc.verify.audit.causes.evidence import Evidence
from derivc.verify.audit.formulas import shown
from derivc.verify.audit.subject import Finding

_LARGEST = 120
Attempt = tuple[Any, Callable[[], tuple[str, str]]]


def repair(evidence: Evidence) -> Finding | None:
    """The slip whose mending makes the written formula right; None when there is none."""
    searches = (_conditions, _signs, _numbers, _quantities, _terms, _functions, _factors)
    return _searched(evidence, searches)


def chain(evidence: Evidence) -> Finding | None:
    """A factor of the chain rule that is missing, or there twice; None when neither is so."""
    return _searched(evidence, (_chained,))


Search = Callable[[Evidence, Any], Iterator[Attempt]]


def _searched(evidence: Evidence, searches: tuple[Search, ...]) -> Finding | None:
    written = evidence.written_tree
    if written is None or size(written) > _LARGEST or not evidence.is_readable:
        return None
    for search in searches:
        for tree, say in search(evidence, written):
            if evidence.makes_right(tree):
                code, message = say()
                return Finding(code, message, input=evidence.input)
    return None


def ingredients(evidence: Evidence) -> list[Any]:
    """The parts of the outputs that the element reaches, and the outputs themselves."""
    assert evidence.trace is not None
    trees = [t for group in evidence.trace.outputs for t in group]
    own = [t for t in trees if any(str(s.name) == evidence.name for s in symbols(t))]
    found = {p for tree in own[:2] for p in edits.parts(tree) if edits.is_value(p)}
    return sorted(found, key=lambda part: (size(part), str(part)))[:30]


def slopes(evidence: Evidence) -> list[tuple[Any, Any]]:
    """The parts with their derivatives by the element, where these are more than 0 and 1."""
    found = []
    for part in ingredients(evidence):
        try:
            slope = diff(part, evidence.name)
        except (DerivcError, ArithmeticError, ValueError, TypeError):
            continue
        if slope not in (0, 1):
            found.append((part, slope))
    return found


def _chained(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """The derivative of what stands inside of a function, missing or there twice."""
    inner = _inner(evidence)
    found = [(part, slope) for part, slope in slopes(evidence) if part in inner]
    for part, slope in found:
        yield nodes.node(sp.Mul, written, slope), _chain(part, slope)
    for part, slope in found:
        if slope.free_symbols:
            yield nodes.node(sp.Mul, written, nodes.inverse(slope)), _twice(part, slope)


def _inner(evidence: Evidence) -> set[Any]:
    """The arguments of functions and powers in the outputs."""
    assert evidence.trace is not None
    return {
        part
        for group in evidence.trace.outputs
        for tree in group
        for node in postorder(tree)
        if isinstance(node, sp.Function) or node.is_Pow
        for part in node.args
    }


def _factors(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """A factor too few or too many: a part of the formula."""
    for part in ingredients(evidence):
        yield nodes.node(sp.Mul, written, part), _missing(part)
        yield nodes.node(sp.Mul, written, nodes.inverse(part)), _extra(part)


def _chain(part: Any, slope: Any) -> Callable[[], tuple[str, str]]:
    def say() -> tuple[str, str]:
        inner = f"the derivative of the inner {shown(part)}, which is {shown(slope)}"
        return "missing-chain-factor", f"missing chain factor: {inner}, is not multiplied in"

    return say


def _twice(part: Any, slope: Any) -> Callable[[], tuple[str, str]]:
    return lambda: (
        "extra-factor",
        f"one factor too many: {shown(slope)}, the derivative of {shown(part)}",
    )


def _missing(part: Any) -> Callable[[], tuple[str, str]]:
    return lambda: ("missing-factor", f"the factor {shown(part)} is missing")


def _extra(part: Any) -> Callable[[], tuple[str, str]]:
    return lambda: ("extra-factor", f"the factor {shown(part)} is too many")


def _quantities(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """One part of the written formula stands where another is due; small parts first."""
    stock = ingredients(evidence)
    stock += [slope for _, slope in slopes(evidence) if slope not in stock]
    seen = sorted(
        ((path, part) for path, part in edits.occurrences(written) if path and _is_simple(part)),
        key=lambda found: size(found[1]),
    )
    for path, part in seen:
        if edits.is_number(part):
            continue
        for other in stock:
            if other != part:
                yield edits.replaced(written, path, other), _moved(written, path, part, other)
    for part in {p for _, p in seen if not edits.is_number(p)}:
        for other in stock:
            if other != part:
                tree = edits.everywhere(written, part, other)
                yield tree, _moved(written, (), part, other)


def _is_simple(part: Any) -> bool:
    return isinstance(part, sp.Expr) and (edits.is_number(part) or bool(part.free_symbols))


def _moved(written: Any, path: edits.Path, part: Any, other: Any) -> Callable[[], tuple[str, str]]:
    def say() -> tuple[str, str]:
        around = _function_around(written, path)
        if around is not None:
            due = shown(edits.everywhere(around, part, other))
            return (
                "wrong-quantity",
                f"a derivative evaluated at the wrong quantity: {shown(around)} should be {due}",
            )
        return (
            "wrong-quantity",
            f"a wrong quantity: {shown(part)} stands where {shown(other)} is due",
        )

    return say


def _function_around(tree: Any, path: edits.Path) -> Any:
    """The function that the part at the end of a path is the argument of, or None."""
    for step in path[:-1]:
        tree = tree.args[step]
    return tree if path and isinstance(tree, sp.Function) else None


def _numbers(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """Another number in one place: one that is near it, or the one that a point asks for."""
    for path, number in edits.occurrences(written):
        if not path or not edits.is_number(number):
            continue
        for other in dict.fromkeys(map(sp.sympify, _tries(evidence, written, path, number))):
            if other != number:
                tree = edits.replaced(written, path, other)
                yield tree, _number(written, tree, path, number, other)


def _tries(evidence: Evidence, written: Any, path: edits.Path, number: Any) -> list[Any]:
    tries = [-number, number + 1, number - 1, 2 * number, number / 2, *_SMALL]
    tries += [*sorted(_constants(evidence), key=str), 1 / number if number else 0]
    return [*tries, *_solved(evidence, written, path)]


_SMALL = (0, 1, -1, 2, -2, 3, *(sp.Rational(p, q) for p, q in ((1, 2), (1, 3), (-1, 2), (-3, 2))))


def _solved(evidence: Evidence, written: Any, path: edits.Path) -> list[Any]:
    """The number that makes the first point right, if the formula is linear in it."""
    at = [evidence.number(edits.replaced(written, path, sp.Integer(c)), 0) for c in (0, 1, 2)]
    step = at[1] - at[0]
    if not mpmath().isfinite(step) or step == 0 or not evidence.close(at[2] - at[1], step):
        return []
    return [sp.Float((evidence.true[0] - at[0]) / step, 30)]


def _constants(evidence: Evidence) -> set[Any]:
    assert evidence.trace is not None
    trees = [t for group in evidence.trace.outputs for t in group]
    return {p for tree in trees[:2] for p in postorder(tree) if edits.is_number(p)}


def _number(
    written: Any, tree: Any, path: edits.Path, number: Any, other: Any
) -> Callable[[], tuple[str, str]]:
    def say() -> tuple[str, str]:
        code = "sign" if other == -number else "wrong-constant"
        word = "a wrong sign" if code == "sign" else "a wrong constant"
        old, new = edits.part_at(written, path[:-1]), edits.part_at(tree, path[:-1])
        if old.is_Pow or other == 0:
            return code, f"{word}: {shown(old)} stands where {shown(new)} is due"
        return code, f"{word}: {_brief(number)} stands where {_brief(other)} is due"

    return say


def _brief(number: Any) -> str:
    return str(number) if number.is_Rational else f"{float(number):.10g}"


def _conditions(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """Branches exchanged, a condition that looks the wrong way, a wrong threshold."""
    numbers = {n for c in _constants(evidence) for n in (c, -c)}
    for path, part in edits.occurrences(written):
        if isinstance(part, sp.Piecewise) and len(part.args) == 2:
            first, last = part.args
            pairs = [edits.again(first, [last.args[0], first.args[1]]),
                     edits.again(last, [first.args[0], last.args[1]])]  # fmt: skip
            tree = edits.replaced(written, path, edits.again(part, pairs))
            yield tree, _exchanged(first.args[1])
        elif isinstance(part, sp.core.relational.Relational) and len(part.args) == 2:
            for other in (*_limits(part, numbers), part.reversedsign):
                yield edits.replaced(written, path, other), _other_condition(part, other)


def _limits(relation: Any, numbers: set[Any]) -> Iterator[Any]:
    """A comparison with other numbers in place of its own."""
    for place, side in enumerate(relation.args):
        if edits.is_number(side):
            for number in sorted(numbers - {side}, key=str):
                args = [number if i == place else a for i, a in enumerate(relation.args)]
                yield relation.func(*args, evaluate=False)


def _exchanged(condition: Any) -> Callable[[], tuple[str, str]]:
    where = f"what is due where {shown(condition)} holds stands where it does not"
    return lambda: ("branches", f"the branches are exchanged: {where}")


def _other_condition(old: Any, new: Any) -> Callable[[], tuple[str, str]]:
    return lambda: (
        "wrong-condition", f"a wrong condition: {shown(old)} stands where {shown(new)} is due"
    )  # fmt: skip


def _signs(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """The sign of one term of a sum."""
    for path, part in edits.occurrences(written):
        for index, term in enumerate(part.args if part.is_Add else ()):
            flipped = [nodes.minus(t) if i == index else t for i, t in enumerate(part.args)]
            yield edits.replaced(written, path, edits.again(part, flipped)), _sign(term)


def _terms(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """One term of a sum: its absence, its presence."""
    for path, part in edits.occurrences(written):
        if part.is_Add:
            for index, term in enumerate(part.args):
                rest = [t for i, t in enumerate(part.args) if i != index]
                without = rest[0] if len(rest) == 1 else edits.again(part, rest)
                yield edits.replaced(written, path, without), _too_much(term)
    terms = sp.Add.make_args(sp.expand(evidence.true_tree, deep=False))
    for term in terms if len(terms) > 1 else ():
        yield nodes.node(sp.Add, written, term), _absent(term)


def _sign(term: Any) -> Callable[[], tuple[str, str]]:
    return lambda: ("sign", f"the sign of the term {shown(term)} is wrong")


def _too_much(term: Any) -> Callable[[], tuple[str, str]]:
    return lambda: ("extra-term", f"the term {shown(term)} is too many")


def _absent(term: Any) -> Callable[[], tuple[str, str]]:
    return lambda: (
        "missing-term",
        f"a term of the product (or sum) rule is missing: {shown(term)}",
    )


_OTHERS = ("sin", "cos", "tan", "exp", "log", "tanh", "sinh", "cosh", "sigmoid", "sqrt")


def _functions(evidence: Evidence, written: Any) -> Iterator[Attempt]:
    """One function in the place of another."""
    for path, part in edits.occurrences(written):
        if isinstance(part, sp.Function) and len(part.args) == 1:
            for name in _OTHERS:
                other = registry.get(name).build(*part.args)
                if other != part:
                    yield edits.replaced(written, path, other), _swapped(part, other)


def _swapped(part: Any, other: Any) -> Callable[[], tuple[str, str]]:
    return lambda: ("wrong-function", f"a wrong function: {shown(part)} should be {shown(other)}")

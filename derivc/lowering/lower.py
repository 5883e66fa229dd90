"""Tree to program: the DAG is walked once, with an explicit stack, equal values are shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from derivc.errors import UnsupportedError
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.lowering import arithmetic, refuse

Rule = Callable[[SmartBuilder, Any, list[Value]], Value]


def lower(trees: Sequence[Any], inputs: Sequence[str]) -> Program:
    """The op-level program of these trees.

    Args:
        trees: SymPy expressions over real symbols, one per output.
        inputs: the names of the inputs, in order; symbols are matched by name.

    Returns:
        A program with one output per tree.

    Raises:
        UnsupportedError: a node is of a kind that derivc does not compile, or a symbol is no input.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x", real=True)
        >>> print(lower([sp.sin(x) + 1], ["x"]))
        inputs x
        _2 = sin x
        _3 = add 1 _2
        outputs _3
    """
    builder = SmartBuilder(inputs)
    places = {name: index for index, name in enumerate(inputs)}
    return builder.finish(lower_into(builder, trees, places))


def lower_into(
    builder: SmartBuilder, trees: Sequence[Any], places: Mapping[str, Value]
) -> list[Value]:
    """Emit trees into a program in the making; symbols stand for the values in `places`."""
    done: dict[int, Value] = {}
    for tree in trees:
        _walk(builder, tree, places, done)
    return [done[id(tree)] for tree in trees]


def _walk(
    builder: SmartBuilder, tree: Any, places: Mapping[str, Value], done: dict[int, Value]
) -> None:
    """Post-order over an explicit stack; a node is emitted when its parts are."""
    stack = [tree]
    while stack:
        node = stack[-1]
        if id(node) in done:
            stack.pop()
            continue
        parts = _parts(node)
        missing = [part for part in reversed(parts) if id(part) not in done]
        if missing:
            stack.extend(missing)
            continue
        done[id(node)] = _emit(builder, node, [done[id(part)] for part in parts], places)
        stack.pop()


def _parts(node: Any) -> tuple[Any, ...]:
    """The sub-trees that a node's value is computed from; kinds not compiled are refused here."""
    if node.is_Atom:
        return ()
    if type(node) not in _RULES:
        refuse.op_of(node)
    if node.is_Piecewise:
        return tuple(part for pair in node.args for part in pair.args)
    return tuple(node.args)


def _emit(
    builder: SmartBuilder, node: Any, parts: list[Value], places: Mapping[str, Value]
) -> Value:
    if node.is_Symbol:
        return _symbol(node, places)
    if not parts:
        return builder.const(refuse.check_constant(node))
    rule = _RULES.get(type(node))
    if rule is not None:
        return rule(builder, node, parts)
    return builder.emit(refuse.op_of(node).name, *parts)


def _symbol(node: Any, places: Mapping[str, Value]) -> Value:
    if node.name not in places:
        raise UnsupportedError(
            f"the expression uses {node.name!r}, which is not among the inputs {tuple(places)};"
            " name every variable in inputs="
        )
    return places[node.name]


def _piecewise(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
    """Nested selections, the last piece first; NaN where no condition holds."""
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    closed = builder.constant(pairs[-1][1]) is True
    value = pairs.pop()[0] if closed else builder.const(float("nan"))
    for branch, condition in reversed(pairs):
        value = builder.emit("where", condition, branch, value)
    return value


def _chain(name: str) -> Rule:
    """A rule that folds an n-ary node into a chain of a binary op."""

    def rule(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
        value = parts[0]
        for part in parts[1:]:
            value = builder.emit(name, value, part)
        return value

    return rule


def _ite(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
    """if-then-else over conditions: (c and a) or (not c and b)."""
    both = builder.emit("logical_and", parts[0], parts[1])
    other = builder.emit("logical_and", builder.emit("logical_not", parts[0]), parts[2])
    return builder.emit("logical_or", both, other)


_RULES: dict[Any, Rule] = {
    sp.Add: arithmetic.lower_sum,
    sp.Mul: arithmetic.lower_product,
    sp.Pow: arithmetic.lower_power,
    sp.Piecewise: _piecewise,
    sp.Max: _chain("maximum"),
    sp.Min: _chain("minimum"),
    sp.And: _chain("logical_and"),
    sp.Or: _chain("logical_or"),
    sp.ITE: _ite,
}

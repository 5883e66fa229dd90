"""Trees become programs that keep the user's order, share equal parts and refuse plainly."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derivc.errors import DomainError, UnsupportedError
from derivc.ir.pretty import to_text
from derivc.lowering.fragment import expand, partials, stable
from derivc.lowering.lower import lower
from derivc.ops import registry

X, Y = sp.symbols("x y", real=True)


def text(tree: Any) -> str:
    return " | ".join(to_text(lower([tree], ["x", "y"])).splitlines()[1:-1])


@pytest.mark.parametrize(
    ("tree", "steps"),
    [
        (sp.Add(X, sp.Mul(-1, Y, evaluate=False), evaluate=False), "_4 = neg y | _5 = sub x y"),
        (X / Y, "_3 = div 1 y | _4 = div x y"),
        (sp.sqrt(X), "_3 = sqrt x"),
        (X ** sp.Rational(-1, 2), "_4 = sqrt x | _5 = div 1 _4"),
        (sp.Max(X, Y), "_2 = maximum x y"),
    ],
)
def test_short_forms(tree: Any, steps: str) -> None:
    last = text(tree).split(" | ")[-1].split(" = ")[1]
    assert last.split()[0] == steps.split(" | ")[-1].split(" = ")[1].split()[0]


def test_equal_parts_are_shared() -> None:
    program = lower([sp.sin(X) + sp.sin(X) ** 2], ["x"])
    assert [s.op for s in program.instructions].count("sin") == 1


def test_deep_trees_do_not_recurse() -> None:
    tree: Any = X
    for _ in range(20_000):
        tree = sp.Add(tree, Y, evaluate=False)
    assert len(lower([tree], ["x", "y"])) == 20_000


def test_nested_order_is_kept() -> None:
    left = sp.Add(sp.Add(X, Y, evaluate=False), sp.Integer(1), evaluate=False)
    right = sp.Add(X, sp.Add(Y, sp.Integer(1), evaluate=False), evaluate=False)
    assert text(left) != text(right)


@pytest.mark.parametrize("tree", [sp.zoo, sp.nan, sp.Mul(X, sp.zoo, evaluate=False)])
def test_undefined_constants_are_a_domain_error(tree: Any) -> None:
    with pytest.raises(DomainError):
        lower([tree], ["x"])


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (sp.I * X, "complex"),
        (sp.Function("f")(X), "undefined function"),
        (sp.Integral(sp.exp(X**2), X), "Integral"),
        (sp.Derivative(sp.Function("f")(X), X), "Derivative"),
        (X + sp.Symbol("z", real=True), "'z'"),
    ],
)
def test_what_is_not_compiled_is_named(tree: Any, words: str) -> None:
    with pytest.raises(UnsupportedError, match=words):
        lower([tree], ["x"])


@pytest.mark.parametrize("op", registry.all_ops(), ids=lambda op: op.name)
def test_every_declaration_lowers(op: Any) -> None:
    """The stable form ends in primitives; the partials have one slot per argument."""
    if not op.is_primitive:
        steps = [s for s in stable(op).instructions if s.op != "const"]
        assert all(registry.get(s.op).is_primitive for s in steps)
    piece = partials(op)
    if piece is not None:
        assert len(piece.slots) == op.arity
        assert all(
            registry.get(s.op) for s in expand(piece.program).instructions if s.op != "const"
        )

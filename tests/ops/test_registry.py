"""Ops are found by name, alias, dotted name and SymPy class; declarations are checked."""

from __future__ import annotations

import pytest
import sympy as sp

from derivc.errors import DeclarationError, NotDifferentiableError, UnknownOpError
from derivc.ops import declare, registry

X = sp.Symbol("x", real=True)


def test_the_catalogue_is_complete() -> None:
    names = {op.name for op in registry.all_ops()}
    assert len(names) == len(registry.all_ops()) >= 190


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(UnknownOpError, match="did you mean 'sigmoid'"):
        registry.get("sigmoyd")


def test_sympy_classes_lead_to_ops() -> None:
    for made in (sp.sin(X), sp.Abs(X), sp.besselj(2, X), sp.LambertW(X), sp.Mod(X, 2)):
        assert registry.of_symbol(type(made)) is not None


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(DeclarationError, match="already declared"):
        declare("sin", "Another sine.", meaning=lambda x: x)


@pytest.mark.parametrize("name", ["two words", "1st", ""])
def test_a_name_must_be_an_identifier(name: str) -> None:
    with pytest.raises(DeclarationError, match="identifier"):
        declare(name, "Nothing.", meaning=lambda x: x)


def test_a_declaration_needs_a_meaning() -> None:
    with pytest.raises(DeclarationError, match="meaning"):
        declare("nothing_at_all", "Nothing.")


def test_defaults_are_filled_in_and_arguments_checked() -> None:
    leaky = registry.get("leaky_relu")
    assert leaky(X).args == (X, sp.Rational(1, 100))
    assert leaky(X, negative_slope=2).args == (X, 2)
    with pytest.raises(DeclarationError, match="takes"):
        leaky(X, 1, 2)
    with pytest.raises(DeclarationError, match="takes"):
        leaky(X, steepness=2)


def test_op_nodes_differentiate_and_evaluate_in_sympy() -> None:
    sigmoid = registry.get("sigmoid")
    assert sp.diff(sigmoid(X), X) == sigmoid(X) * sigmoid(-X)
    assert abs(sigmoid(sp.Integer(2)).evalf(30) - (1 / (1 + sp.exp(-2))).evalf(30)) < 1e-29
    assert registry.get("betaln")(2, 3).evalf(30) == sp.log(sp.beta(2, 3)).evalf(30)


def test_an_argument_without_derivative_is_refused() -> None:
    with pytest.raises(NotDifferentiableError, match="'a'"):
        registry.get("gammainc")(X, 2).diff(X)


def test_every_op_says_what_it_is() -> None:
    for op in registry.all_ops():
        assert op.summary.endswith("."), op.name
        assert op.partials or op.vjp or "boolean" in op.tags, op.name
        assert op.is_primitive == (op.spelling is not None), op.name

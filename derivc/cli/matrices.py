"""Matrices of closed forms: `hessian` and `jacobian`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import each, expressions


@click.command("hessian", cls=Command)
@click.argument("expression", nargs=-1)
@by_variables
@styled
@common
def hessian(expression: tuple[str, ...], wrt: tuple[str, ...], style: Style) -> None:
    """Print the matrix of second derivatives."""
    each(expression, style, lambda text: _hessian(text, wrt, style))


@click.command("jacobian", cls=Command)
@click.argument("expression", nargs=-1)
@by_variables
@styled
@common
def jacobian(expression: tuple[str, ...], wrt: tuple[str, ...], style: Style) -> None:
    """Print the Jacobian of several expressions: one row each, one column a variable."""
    from derivc.cli.formula import all_names, chosen, read_all
    from derivc.cli.records import described

    formulas = [formula for text in expressions(expression) for formula in read_all(text)]
    names = chosen(wrt, all_names(formulas))
    cells = [[f.partial((n,), style.simplify) for n in names] for f in formulas]
    heads = [f"f{number}" for number, _ in enumerate(formulas, 1)]
    functions = [described(formula) for formula in formulas]
    _show("jacobian", cells, names, heads, style, functions=functions)


def _hessian(text: str, wrt: Sequence[str], style: Style) -> None:
    from derivc.cli.formula import chosen, read
    from derivc.cli.records import described

    formula = read(text)
    names = chosen(wrt, formula.names)
    upper = {
        (a, b): formula.partial((a, b), style.simplify)
        for i, a in enumerate(names)
        for b in names[i:]
    }
    cells = [[upper.get((a, b), upper.get((b, a))) for b in names] for a in names]
    _show("hessian", cells, names, [f"d/d{n}" for n in names], style, **described(formula))


def _show(
    command: str,
    cells: list[list[Any]],
    names: Sequence[str],
    heads: Sequence[str],
    style: Style,
    **fields: Any,
) -> None:
    from derivc.cli.notation import tex_of, text_of

    if style.latex:
        body = r" \\ ".join(" & ".join(tex_of(cell) for cell in row) for row in cells)
        return click.echo(rf"\begin{{pmatrix}} {body} \end{{pmatrix}}")
    shown = [[text_of(cell) for cell in row] for row in cells]
    if style.json:
        return display.document(command, **fields, wrt=names, matrix=shown)
    return display.matrix(shown, [f"d/d{name}" for name in names], heads)

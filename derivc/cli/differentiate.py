"""Closed forms: the default command, `diff` and `grad`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import each
from derivc.errors import InputTypeError

if TYPE_CHECKING:
    from derivc.cli.formula import Formula

Wanted = Sequence[tuple[str, ...]]
"""The derivatives asked for: each the variables to differentiate by, in turn."""


def _command(name: str | None, help_text: str) -> Callable[[Callable[..., Any]], click.Command]:
    def make(function: Callable[..., Any]) -> click.Command:
        for add in (
            click.argument("expression", nargs=-1),
            by_variables,
            click.option("--order", type=click.IntRange(min=0), default=1, envvar="DERIVC_ORDER",
                         help="How often to differentiate.", metavar="N"),
            styled,
            common,
        ):  # fmt: skip
            function = add(function)
        return click.command(name, help=help_text, cls=Command)(function)

    return make


@_command(None, "Print the derivatives of an expression and where they are valid.")
def everything(expression: tuple[str, ...], wrt: tuple[str, ...], order: int, style: Style) -> None:
    """The default command: how the text was read, all derivatives, domain and kinks."""
    each(expression, style, lambda text: _whole(text, wrt, order, style))


@_command("diff", """Print derivatives, one line each.

\b
derivc diff "x**3" --order 2         d2/dx2
derivc diff "x*y"                    by every variable
derivc diff "x**2*y" --wrt x,y       mixed: d2/dx dy
derivc diff "x*y" --wrt x --wrt y    d/dx and d/dy""")  # fmt: skip
def diff(expression: tuple[str, ...], wrt: tuple[str, ...], order: int, style: Style) -> None:
    """Derivatives only, for scripts."""
    each(expression, style, lambda text: _bare("diff", text, wrt, order, style))


@click.command("grad", cls=Command)
@click.argument("expression", nargs=-1)
@by_variables
@styled
@common
def grad(expression: tuple[str, ...], wrt: tuple[str, ...], style: Style) -> None:
    """Print the gradient: one partial derivative for every variable."""
    single = tuple(name for part in wrt for name in part.split(","))
    each(expression, style, lambda text: _bare("grad", text, single, 1, style))


def wanted(wrt: Sequence[str], names: Sequence[str], order: int) -> Wanted:
    """The derivatives asked for: one for each `--wrt`, or one for each variable.

    Raises:
        InputTypeError: a constant has no variable to differentiate by.
    """
    from derivc.cli.formula import listed

    if wrt:
        return [listed(part) * order for part in wrt]
    if not names:
        raise InputTypeError("the expression has no variable; name one with --wrt")
    return [(name,) * order for name in names]


def _whole(text: str, wrt: Sequence[str], order: int, style: Style) -> None:
    from derivc.cli.formula import read
    from derivc.cli.notation import as_written
    from derivc.symbolic.validity import validity

    formula = read(text)
    found = _partials(formula, wanted(wrt, formula.names or ("x",), order), style)
    if style.json:
        return _document("derivatives", formula, found)
    if style.latex:
        return _tex(formula, found)
    name = formula.definition.name if formula.definition else ""
    title = name if name.isidentifier() else "f"
    head = f"{title}({', '.join(formula.names)}) = {as_written(formula.tree, text)}"
    click.echo(f"I read this as  {click.style(head, bold=True)}\n")
    display.rows(_lines(found))
    click.echo()
    valid = validity(formula.tree)
    display.note(valid.sentence(formula.names))
    for sentence in (*valid.kinks, *formula.notes):
        display.note(sentence)
    return None


def _bare(command: str, text: str, wrt: Sequence[str], order: int, style: Style) -> None:
    from derivc.cli.formula import read

    formula = read(text)
    found = _partials(formula, wanted(wrt, formula.names, order), style)
    if style.json:
        _document(command, formula, found)
    elif style.latex:
        _tex(formula, found)
    else:
        display.rows(_lines(found), indent="")
        for sentence in formula.notes:
            click.echo(f"note: {sentence}", err=True)


def _partials(formula: Formula, asked: Wanted, style: Style) -> list[tuple[tuple[str, ...], Any]]:
    return [(names, formula.partial(names, style.simplify)) for names in asked]


def _lines(found: list[tuple[tuple[str, ...], Any]]) -> list[tuple[str, str]]:
    from derivc.cli.notation import label, text_of

    return [(label(names) if names else "f", text_of(expr)) for names, expr in found]


def _tex(formula: Formula, found: list[tuple[tuple[str, ...], Any]]) -> None:
    from derivc.cli.notation import tex_label, tex_of

    for names, expr in found:
        head = (
            tex_label(names, len(formula.names) > 1) + r"\left(" + tex_of(formula.tree) + r"\right)"
        )
        click.echo(f"{head if names else 'f'} = {tex_of(expr)}")


def _document(command: str, formula: Formula, found: list[tuple[tuple[str, ...], Any]]) -> None:
    from derivc.cli.records import derivative, described

    entries = [derivative(names, expr) for names, expr in found]
    display.document(command, **described(formula), derivatives=entries)

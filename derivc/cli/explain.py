"""`derivc explain`: how a derivative is found, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import each

_HEADS = re.compile(r"^ *\d+\. [^:\n]+|^Answer.*", re.MULTILINE)

if TYPE_CHECKING:
    from derivc.cli.formula import Formula
    from derivc.reference.explain import Explanation


@click.command("explain", cls=Command)
@click.argument("expression", nargs=-1)
@by_variables
@click.option("--order", type=click.IntRange(min=1), default=1, envvar="DERIVC_ORDER",
              help="How often to differentiate.", metavar="N")  # fmt: skip
@click.option(
    "--at", "at", multiple=True, metavar="NAME=NUMBER[,...]",
    help="Follow the numbers through every step; constants such as pi/2 are fine.",
)  # fmt: skip
@click.option("--html", "html", is_flag=True, help="Print one HTML page.")
@click.option("--steps", "limit", type=click.IntRange(min=1), metavar="N",
              help="Show at most N steps of one derivative.")  # fmt: skip
@styled
@common
def explain(
    expression: tuple[str, ...], wrt: tuple[str, ...], order: int, at: tuple[str, ...],
    html: bool, limit: int | None, style: Style,
) -> None:  # fmt: skip
    """Show how a derivative is found: every rule, in order, and the simplification."""

    def one(text: str) -> None:
        from derivc.cli.formula import read

        formula = read(text)
        _print(formula, _explained(formula, wrt, order, at, limit, style), html, style)

    each(expression, style, one)


def _explained(
    formula: Formula, wrt: Sequence[str], order: int, at: Sequence[str],
    limit: int | None, style: Style,
) -> Explanation:  # fmt: skip
    from derivc.cli.differentiate import wanted
    from derivc.cli.evaluate import point
    from derivc.reference.explain import explain as derived
    from derivc.reference.explain import explain_definition
    from derivc.symbolic.steps.derive import LIMIT

    if formula.definition is not None:  # of a file: there is no text to be read again
        one = replace(formula.definition, trees=(formula.tree,), shape=None)
        turns = wanted(wrt, formula.names, order)
        place = point(at) if at else None
        return explain_definition(one, turns, place, (), style.simplify, limit or LIMIT)
    turns = wanted(wrt, formula.names, 1)
    return derived(
        formula.text, [",".join(names) for names in turns], order, point(at) if at else None,
        style.simplify, limit or LIMIT,
    )  # fmt: skip


def _print(formula: Formula, found: Explanation, html: bool, style: Style) -> None:
    from derivc.cli.records import described

    if html:
        click.echo(found.page())
    elif style.json:
        display.document("explain", **described(formula), **found.json)
    else:
        click.echo(found.latex() if style.latex else _coloured(found.text))


def _coloured(text: str) -> str:
    """The text with the rules and the answer set off, where the terminal shows it."""
    return _HEADS.sub(lambda head: click.style(head[0], bold=True), text)

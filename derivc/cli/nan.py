"""`derivc explain-nan`: where a NaN or an infinity comes from."""

from __future__ import annotations

from collections.abc import Sequence

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.evaluate import complete, point
from derivc.cli.options import Style, common, styled
from derivc.cli.source import each


@click.command("explain-nan", cls=Command)
@click.argument("expression", nargs=-1)
@click.option("--at", "at", multiple=True, metavar="NAME=NUMBER[,...]",
              help="The value of a variable.")  # fmt: skip
@click.option("--of", "of", type=click.Choice(["value", "grad"]), default="value",
              show_default=True, help="Which result to explain.")  # fmt: skip
@styled
@common
def explain_nan(expression: tuple[str, ...], at: tuple[str, ...], of: str, style: Style) -> None:
    """Say which sub-expression has no finite value at a point, and why.

    Its operands, whether the true value is finite there, and what to do.
    """
    each(expression, style, lambda text: _explain(text, at, of, style))


def _explain(text: str, at: Sequence[str], of: str, style: Style) -> None:
    from derivc.cli.formula import read

    formula = read(text)
    given = complete(point(at), formula.names)
    report = formula.kernel().explain_nan(**given, of=of)
    if style.json:
        return display.document("explain-nan", input=text, **report.to_dict())
    return click.echo(str(report))

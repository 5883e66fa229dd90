"""`derivc singularities`: where a function is not smooth, and what the code does there."""

from __future__ import annotations

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.options import Style, common, styled
from derivc.cli.source import each


@click.command("singularities", cls=Command)
@click.argument("expression", nargs=-1)
@click.option("--wrt", metavar="NAME", help="Look along this variable only.")
@styled
@common
def singularities(expression: tuple[str, ...], wrt: str | None, style: Style) -> None:
    """List kinks, jumps, poles, ends of the domain and removable points.

    Each with the limits on both sides and what the compiled code returns
    there. The list covers the function and its first derivative.
    """
    each(expression, style, lambda text: _show(text, wrt, style))


def _show(text: str, wrt: str | None, style: Style) -> None:
    from derivc.cli.formula import read
    from derivc.cli.notation import as_written
    from derivc.reference.singularities import singularities as find

    formula = read(text)
    report = find(formula.tree, wrt)
    if style.json:
        record = report.to_dict() | {"formula": as_written(formula.tree, text)}
        return display.document("singularities", input=text, **record)
    for line in str(report).splitlines()[2:]:
        is_place = line[:1] != " " and " = " in line and not line.startswith("note:")
        click.echo(click.style(line, fg="cyan") if is_place else line)
    return None

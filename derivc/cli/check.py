"""`derivc check`: compiled or claimed derivatives against 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.faults import FAILED
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import expressions
from derivc.errors import InputTypeError

if TYPE_CHECKING:
    from derivc.cli.comparison import Comparison
    from derivc.cli.formula import Formula


@click.command("check", cls=Command)
@click.argument("words", nargs=-1, metavar="EXPRESSION [CLAIM]")
@click.option("--points", type=click.IntRange(1, 10_000), default=32, show_default=True,
              help="How many points to compare at.")  # fmt: skip
@by_variables
@styled
@common
def check(words: tuple[str, ...], points: int, wrt: tuple[str, ...], style: Style) -> None:
    """Compare with 50-digit arithmetic; exit code 1 on a mismatch.

    With one expression: the compiled gradient. With two: is the
    second the derivative of the first?
    """
    from derivc.cli.comparison import of_claim, of_kernel
    from derivc.cli.formula import chosen, read

    texts = expressions(words)
    if len(texts) > 2:
        raise click.UsageError(f"expected an expression and at most one claim, got {len(texts)}")
    formula, *claims = [read(text) for text in texts]
    names = chosen(wrt, formula.names or ("x",))
    if claims:
        found = [of_claim(formula, claims[0], _single(names), points)]
    else:
        found = [of_kernel(formula, name, points) for name in names]
    _show(formula, found, style)
    if not all(comparison.ok for comparison in found):
        click.get_current_context().exit(FAILED)


def _single(names: Sequence[str]) -> str:
    """The one variable of a claim.

    Raises:
        InputTypeError: there are several.
    """
    if len(names) != 1:
        raise InputTypeError(f"say which derivative is claimed: --wrt {names[0]}")
    return names[0]


def _show(formula: Formula, found: list[Comparison], style: Style) -> None:
    if style.json:
        from derivc.cli.records import described

        entries = [c.record() for c in found]
        ok = all(c.ok for c in found)
        return display.document("check", **described(formula), ok=ok, checks=entries)
    for comparison in found:
        mark = click.style("ok", fg="green") if comparison.ok else click.style("WRONG", fg="red")
        click.echo(f"{mark}  {comparison.sentence()}")
    return None

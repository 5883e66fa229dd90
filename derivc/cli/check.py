"""`derivc check`: compiled or claimed derivatives against 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.faults import FAILED
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import expressions
from derivc.errors import DomainError, InputTypeError

if TYPE_CHECKING:
    from derivc.cli.formula import Formula
    from derivc.verify.report import Row


@click.command("check", cls=Command)
@click.argument("words", nargs=-1, metavar="EXPRESSION [CLAIM]")
@click.option("--points", type=click.IntRange(1, 10_000), default=32, show_default=True,
              help="How many points to compare at.")  # fmt: skip
@by_variables
@styled
@common
def check(words: tuple[str, ...], points: int, wrt: tuple[str, ...], style: Style) -> None:
    """Compare with 50-digit arithmetic; exit code 1 on a mismatch.

    With one expression: the compiled value and gradient, each at its
    worst point. With two: is the second the derivative of the first?
    """
    from derivc.cli.formula import chosen, read

    texts = expressions(words)
    if len(texts) > 2:
        raise click.UsageError(f"expected an expression and at most one claim, got {len(texts)}")
    formula, *claims = [read(text) for text in texts]
    names = chosen(wrt, formula.names or ("x",))
    if claims:
        ok = _compare(formula, claims[0], _single(names), points, style)
    else:
        ok = _check(formula, names, points, style)
    if not ok:
        click.get_current_context().exit(FAILED)


def _check(formula: Formula, names: Sequence[str], points: int, style: Style) -> bool:
    """The compiled value and partials beside the truth: the worst point of each, in ulp.

    Raises:
        DomainError: the function has no real value at any point tried.
    """
    moving = [name for name in names if name in formula.names]
    report = formula.kernel(moving or None).check(points=points)
    if not report.points:
        raise DomainError("no point was found where the function has a real value")
    if style.json:
        _document(formula, report.ok, [_entry(row, report.inputs) for row in report.rows])
    else:
        click.echo(str(report))
    return bool(report.ok)


def _entry(row: Row, inputs: Sequence[str]) -> dict[str, Any]:
    place = dict(zip(inputs, row.where, strict=True))
    worst = {"ulps": row.ulps, "at": place, "true": row.truth, "given": row.computed}
    return {"label": row.result, "ok": row.ok, **worst}


def _compare(formula: Formula, claim: Formula, name: str, points: int, style: Style) -> bool:
    """A claimed derivative beside the true one."""
    from derivc.cli.comparison import of_claim

    found = of_claim(formula, claim, name, points)
    if style.json:
        _document(formula, found.ok, [found.record()])
    else:
        mark = click.style("ok", fg="green") if found.ok else click.style("WRONG", fg="red")
        click.echo(f"{mark}  {found.sentence()}")
    return found.ok


def _document(formula: Formula, ok: bool, entries: list[dict[str, Any]]) -> None:
    from derivc.cli.records import described

    display.document("check", **described(formula), ok=ok, checks=entries)


def _single(names: Sequence[str]) -> str:
    """The one variable of a claim.

    Raises:
        InputTypeError: there are several.
    """
    if len(names) != 1:
        raise InputTypeError(f"say which derivative is claimed: --wrt {names[0]}")
    return names[0]

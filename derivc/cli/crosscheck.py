"""`derivc crosscheck`: a function's derivatives beside those of other systems."""

from __future__ import annotations

from functools import partial

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.faults import FAILED, OK, UNSUPPORTED
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import each
from derivc.errors import DomainError


@click.command("crosscheck", cls=Command)
@click.argument("words", nargs=-1, metavar="EXPRESSION")
@click.option("--against", default="torch,jax,autograd,finite,mpmath", show_default=True,
              metavar="NAME[,NAME]", help="Whom to compare with.")  # fmt: skip
@click.option("--points", type=click.IntRange(1, 10_000), default=32, show_default=True,
              help="How many points to compare at.")  # fmt: skip
@click.option("--domain", multiple=True, metavar="NAME=LOW:HIGH",
              help="Where a variable lies; several: repeat.")  # fmt: skip
@click.option("--order", type=click.IntRange(0, 2), default=2, show_default=True,
              help="Up to which order of derivatives.")  # fmt: skip
@click.option("--dtype", type=click.Choice(["float64", "float32"]), default="float64",
              show_default=True, help="The type of the numbers.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of the points.")
@by_variables
@styled
@common
def crosscheck(
    words: tuple[str, ...], against: str, points: int, domain: tuple[str, ...], order: int,
    dtype: str, seed: int, wrt: tuple[str, ...], style: Style,
) -> None:  # fmt: skip
    """Compare with PyTorch, JAX, autograd, differences, 50 digits.

    Where two differ by more than rounding, 50-digit arithmetic says which
    is right and why. Exit code 1 on a disagreement that is not explained,
    3 where nobody that was asked is installed.
    """
    failed: list[int] = []
    check = partial(
        _check, against=against, points=points, domain=domain, order=order, dtype=dtype, seed=seed,
        wrt=wrt, style=style, failed=failed,
    )  # fmt: skip
    try:
        each(words, style, check)
        code = OK
    except click.exceptions.Exit as done:  # several were checked, some perhaps not read
        code = done.exit_code
    click.get_current_context().exit(FAILED if FAILED in failed else max([code, *failed]))


def _check(
    text: str, *, against: str, points: int, domain: tuple[str, ...], order: int, dtype: str,
    seed: int, wrt: tuple[str, ...], style: Style, failed: list[int],
) -> None:  # fmt: skip
    """Check one expression and print the report; the exit code is noted if it fails."""
    from derivc.cli.formula import chosen, read
    from derivc.verify.crosscheck.run import crosscheck as run

    formula = read(text)
    moving = [name for name in chosen(wrt, formula.names) if name in formula.names]
    intervals = dict(map(_interval, domain)) or None
    report = run(
        formula.kernel(moving or None), against, points, intervals, order, dtype, seed
    )  # fmt: skip
    if not report.points:
        raise DomainError("no point was found where the function has a real value")
    if style.json:
        display.document("crosscheck", **{"input": text, **report.record()})
    else:
        click.echo(str(report))
    if not report.ok:
        failed.append(FAILED if report.worst else UNSUPPORTED)


def _interval(text: str) -> tuple[str, tuple[float, float]]:
    """The interval of one variable.

    Raises:
        BadParameter: it is not of the form x=0:1.
    """
    name, _, rest = text.partition("=")
    low, _, high = rest.partition(":")
    try:
        return name.strip(), (float(low), float(high))
    except ValueError:
        raise click.BadParameter(f"--domain takes NAME=LOW:HIGH, as x=0:1; got {text!r}") from None

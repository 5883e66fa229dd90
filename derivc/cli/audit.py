"""`derivc audit`: is the backward of a custom autograd function right?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.faults import FAILED
from derivc.cli.options import common
from derivc.errors import InputTypeError
from derivc.files import save_text

if TYPE_CHECKING:
    from derivc.verify.audit.report import AuditReport


@click.command("audit", cls=Command)
@click.argument("targets", nargs=-1, required=True, metavar="FILE.py[:NAME]...")
@click.option("--inputs", metavar="TEXT", help='Arguments to call it with: "randn(4), 2.5" or'
              ' "x=randn(2,3), n=2"; guessed by default.')  # fmt: skip
@click.option("--wrt", multiple=True, metavar="NAME", help="Audit only the gradient of this input.")
@click.option("--domain", multiple=True, metavar="NAME=LOW:HIGH", help="Where an input lies.")
@click.option("--expect", type=click.Choice(["auto", "exact", "surrogate"]), default="auto",
              show_default=True, help="Whether a surrogate (straight-through) gradient is wrong:"
              " exact says yes, surrogate no.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=120.0,
              show_default=True, metavar="SECONDS", help="End it after so long.")  # fmt: skip
@click.option("--memory", type=click.IntRange(min=1), default=4096, show_default=True,
              metavar="MB", help="End it when it takes more memory.")  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, envvar="DERIVC_JSON", help="Print one JSON document."
)
@click.option("--html", "page", metavar="FILE", help="Write the report as a page too.")
@click.option("--no-code", is_flag=True, help="Leave out the function that would be right.")
@common
def audit(
    targets: tuple[str, ...], inputs: str | None, wrt: tuple[str, ...], domain: tuple[str, ...],
    expect: str, timeout: float, memory: int, as_json: bool, page: str | None, no_code: bool,
) -> None:  # fmt: skip
    """Compare a hand-written backward with the true derivative of its forward.

    FILE.py is RUN, and its functions are called, in a process of their own: whether to run a file
    is your choice. A crash, an endless loop or a memory hog in it is contained and reported.

    NAME is a class derived from torch.autograd.Function or derivc.Function, or a jax.custom_vjp or
    jax.custom_jvp function; without it, all that the file defines are audited.

    Exit code: 0 when all are right, 1 when one is wrong, unstable, wrong at second order or fails
    when called, 2 for a file or name that is not there.
    """
    options = {"wrt": list(wrt), "domain": _domain(domain), "expect": expect, "inputs": inputs}
    reports = [r for target in targets for r in _audited(target, timeout, memory, options)]
    if page:
        from derivc.verify.audit.page import document

        save_text(page, document(reports))
    if as_json:
        display.document("audit", ok=all(reports), reports=[r.record() for r in reports])
    else:
        _print(reports, no_code)
    if not all(reports):
        click.get_current_context().exit(FAILED)


def _audited(
    target: str, timeout: float, memory: int, options: dict[str, Any]
) -> list[AuditReport]:
    from derivc.verify.audit.isolate import audit_file

    path, _, name = target.rpartition(":")
    if not path or name.endswith(".py"):
        path, name = target, ""
    return audit_file(path, name, timeout=timeout, memory=memory, **options)


def _domain(given: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Intervals by name.

    Raises:
        InputTypeError: one is not written NAME=LOW:HIGH.
    """
    found = {}
    for text in given:
        name, _, ends = text.partition("=")
        try:
            low, high = map(float, ends.split(":"))
        except ValueError:
            raise InputTypeError(f"--domain {text!r} is not NAME=LOW:HIGH, as in x=0:1") from None
        found[name] = (low, high)
    return found


_COLOURS = {"right": "green", "surrogate": "yellow"}


def _print(reports: Sequence[AuditReport], no_code: bool) -> None:
    from derivc.verify.audit.text import text

    for number, report in enumerate(reports):
        head, _, rest = text(report, code=not no_code and len(reports) == 1).partition("\n")
        verdict, _, place = head.partition(":")
        colour = _COLOURS.get(report.verdict, "red")
        click.echo("\n" * bool(number) + click.style(verdict, fg=colour, bold=True) + ":" + place)
        if rest:
            click.echo(rest)
    if len(reports) > 1:
        wrong = sum(not r for r in reports)
        click.echo(f"\n{len(reports)} functions audited, {wrong} not right")

"""`derivc plot`: a picture in the terminal, or in a file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click

from derivc.cli.command import Command
from derivc.cli.evaluate import number, point
from derivc.cli.formula import listed
from derivc.cli.options import common
from derivc.cli.source import expressions
from derivc.errors import InputTypeError

_COLOURS = ("blue", "yellow", "green", "magenta", "red", "cyan")


@click.command("plot", cls=Command)
@click.argument("expression", nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="Write .svg, .png or .pdf (needs matplotlib).")
@click.option("--wrt", metavar="NAME[,NAME]", help="Draw along this variable (or these two).")
@click.option("--orders", default="0,1", show_default=True, metavar="N[,N]",
              help="Which derivatives; 0 is the function.")  # fmt: skip
@click.option("--domain", multiple=True, metavar="[NAME=]LOW,HIGH",
              help="The interval; default: where something happens.")  # fmt: skip
@click.option("--at", "at", multiple=True, metavar="NAME=NUMBER[,...]",
              help="Fix a variable at this value.")  # fmt: skip
@click.option("--kind", type=click.Choice(["auto", "line", "contour", "surface"]), default="auto",
              help="What to draw into the file; default: by the number of variables.")  # fmt: skip
@click.option("--xscale", type=click.Choice(["linear", "log", "symlog"]), default="linear",
              help="The horizontal scale, in a file.")  # fmt: skip
@click.option("--yscale", type=click.Choice(["linear", "log", "symlog"]), default="linear",
              help="The vertical scale, in a file.")  # fmt: skip
@click.option("--width", type=click.IntRange(24, 500), help="Characters, in the terminal.")
@click.option("--height", type=click.IntRange(6, 200), help="Lines, in the terminal.")
@click.option("--ascii", "plain", is_flag=True, help="Only ASCII characters, in the terminal.")
@common
def plot(
    expression: tuple[str, ...], output: str | None, wrt: str | None, orders: str,
    domain: tuple[str, ...], at: tuple[str, ...], kind: str, xscale: str, yscale: str,
    width: int | None, height: int | None, plain: bool,
) -> None:  # fmt: skip
    """Draw a function and its derivatives, singular places marked.

    Without -o in the terminal. One variable: curves. Two: shades here,
    contours with the gradient field in a file. More: one panel each.
    """
    texts = expressions(expression)
    if len(texts) > 1:
        raise click.UsageError(f'expected one expression, got {len(texts)}; quote it: "x**2 + 1"')
    what: dict[str, Any] = {
        "variable": _variable(wrt), "orders": _orders(orders), "domain": _domain(domain),
        "at": point(at) or None,
    }  # fmt: skip
    if output is None:
        return _in_terminal(texts[0], what, width, height, plain)
    return _in_file(texts[0], output, what | {"kind": kind, "xscale": xscale, "yscale": yscale})


def _variable(wrt: str | None) -> Any:
    """The name, or two of them; none when it was not said."""
    if wrt is None:
        return None
    names = listed(wrt)
    return names[0] if len(names) == 1 else list(names)


def _orders(text: str) -> tuple[int, ...]:
    """The orders of a comma list.

    Raises:
        InputTypeError: one is no whole number.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise InputTypeError(f"--orders takes whole numbers such as 0,1,2; got {text!r}")
    return tuple(map(int, parts))


def _domain(given: Sequence[str]) -> Any:
    """The interval, or intervals by name.

    Raises:
        InputTypeError: a part is no pair of numbers.
    """
    named = {}
    for text in given:
        name, sign, pair = text.rpartition("=")
        ends = [part.strip() for part in pair.split(",")]
        if len(ends) != 2 or not all(ends):
            raise InputTypeError(f"--domain takes LOW,HIGH or NAME=LOW,HIGH; got {text!r}")
        named[name.strip() if sign else ""] = tuple(map(number, ends))
    return named.get("") if "" in named else named or None


def _in_terminal(
    text: str, what: dict[str, Any], width: int | None, height: int | None, plain: bool
) -> None:
    from derivc.cli.formula import read
    from derivc.reference.plot.text import text_plot

    size = shutil.get_terminal_size((80, 24))
    unicode = not plain and (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    rows = height or max(10, min(size.lines - 2, 24))
    shown = text_plot(
        read(text).tree, width=width or min(size.columns, 120), height=rows,
        unicode=unicode and os.environ.get("TERM") != "dumb", paint=_painted, **what,
    )  # fmt: skip
    click.echo(shown)


def _painted(text: str, order: int) -> str:
    return click.style(text, fg=_COLOURS[order % len(_COLOURS)])


def _in_file(text: str, output: str, what: dict[str, Any]) -> None:
    from derivc.cli.formula import read
    from derivc.reference.plot.plot import check_path, save_figure
    from derivc.reference.plot.plot import plot as drawn

    check_path(output)
    save_figure(drawn(read(text).tree, what.pop("variable"), **what), output)
    click.echo(f"wrote {output}", err=True)

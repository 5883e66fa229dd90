"""`derivc eval`: value and gradient at a point."""

from __future__ import annotations

from collections.abc import Sequence

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.options import Style, by_variables, common, styled
from derivc.cli.source import each
from derivc.errors import InputTypeError


@click.command("eval", cls=Command)
@click.argument("expression", nargs=-1)
@click.option(
    "--at", "at", multiple=True, metavar="NAME=NUMBER[,...]",
    help="The value of a variable; constant expressions such as pi/2 are fine.",
)  # fmt: skip
@by_variables
@styled
@common
def evaluate(
    expression: tuple[str, ...], at: tuple[str, ...], wrt: tuple[str, ...], style: Style
) -> None:
    """Print the value and the gradient at a point."""
    each(expression, style, lambda text: _evaluate(text, at, wrt, style))


def point(at: Sequence[str]) -> dict[str, float]:
    """The numbers given as `name=expression`, separated by commas or repeated.

    Raises:
        InputTypeError: a part without `=`, or a name given twice.

    Example:
        >>> point(["x=1,y=1/4"])
        {'x': 1.0, 'y': 0.25}
    """
    found: dict[str, float] = {}
    for part in _parts(at):
        name, sign, text = (piece.strip() for piece in part.partition("="))
        if not (name and sign and text) or name in found:
            raise InputTypeError(f"--at takes name=number, each name once; got {part!r}")
        found[name] = number(text)
    return found


def _parts(at: Sequence[str]) -> list[str]:
    """The text split at commas outside parentheses."""
    parts: list[str] = []
    for text in at:
        depth = start = 0
        for place, char in enumerate(text):
            depth += (char in "([{") - (char in ")]}")
            if char == "," and depth == 0:
                parts.append(text[start:place])
                start = place + 1
        parts.append(text[start:])
    return parts


def number(text: str) -> float:
    """The value of a constant expression.

    Raises:
        InputTypeError: it is not a real number.
    """
    from derivc.cli.formula import read
    from derivc.symbolic.canonical import canonical

    formula = read(text)
    value = canonical(formula.tree).evalf(25)
    if formula.names or not (value.is_real or value.is_infinite):
        raise InputTypeError(f"{text!r} is not a real constant; give a number such as 0.5 or pi/2")
    return float(value)


def _evaluate(text: str, at: Sequence[str], wrt: Sequence[str], style: Style) -> None:
    from derivc.cli.formula import chosen, read
    from derivc.cli.records import described

    formula = read(text)
    given = complete(point(at), formula.names)
    names = chosen(wrt, formula.names)
    kernel = formula.kernel(names)
    value, partials = kernel.value_and_grad(**given) if names else (kernel(), ())
    gradient = {name: float(p) for name, p in zip(names, partials, strict=True)}
    if style.json:
        return display.document(
            "eval", **described(formula), at=given, value=float(value), gradient=gradient
        )
    shown = [("value", repr(float(value))), *((f"d/d{n}", repr(g)) for n, g in gradient.items())]
    return display.rows(shown, indent="")


def complete(given: dict[str, float], names: Sequence[str]) -> dict[str, float]:
    """The numbers of exactly these variables, in order.

    Raises:
        InputTypeError: a variable has no value, or a value has no variable.
    """
    missing = [name for name in names if name not in given]
    surplus = [name for name in given if name not in names]
    if missing or surplus:
        need = ", ".join(f"--at {name}=..." for name in missing)
        extra = f"there is no variable {', '.join(surplus)}" if surplus else ""
        have = f"(variables: {', '.join(names) or 'none'})" if surplus else ""
        told = "; ".join(filter(None, [f"give {need}" if need else "", extra]))
        raise InputTypeError(f"{told} {have}".rstrip())
    return {name: given[name] for name in names}

"""Options that several commands share, and how they reach the commands."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, final

import click

from derivc.cli.shapes import of_shapes

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
F = TypeVar("F", bound=Callable[..., Any])


@final
@dataclass(frozen=True)
class Style:
    """How results are printed.

    Args:
        json: one JSON document instead of text. latex: LaTeX instead of text.
        simplify: whether derivatives are simplified before they are shown.
    """

    json: bool = False
    latex: bool = False
    simplify: bool = True


def styled(command: F) -> F:
    """Add the options of output; the command gets them as one argument `style`."""

    def run(json: bool, latex: bool, no_simplify: bool, **rest: Any) -> Any:
        return command(style=Style(json, latex, not no_simplify), **rest)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    params = getattr(command, "__click_params__", [])
    run.__click_params__ = params  # type: ignore[attr-defined]
    for add in (
        _flag("--no-simplify", "Show derivatives as they are, not simplified."),
        _flag("--json", "Print one JSON document (errors too, to standard error)."),
        _flag("--latex", "Print LaTeX."),
    ):
        run = add(run)
    return run  # type: ignore[return-value]


def common(command: F) -> F:
    """Add the options that every command has: `--no-color` and `--debug`."""
    command = _flag("--debug", "Show a full traceback on errors.", expose_value=False)(command)
    return click.option(
        "--no-color", is_flag=True, is_eager=True, expose_value=False, envvar="DERIVC_NO_COLOR",
        callback=_set_color, help="Never colour the output.",
    )(command)  # fmt: skip


def by_variables(command: F) -> F:
    """Add `--wrt`, as a list of texts, and `--shape` for functions in files."""
    command = of_shapes(command)
    return click.option(
        "--wrt", multiple=True, metavar="NAME[,NAME]",
        help="Differentiate by this variable; several: repeat, or separate by commas.",
    )(command)  # fmt: skip


def _flag(name: str, help_text: str, **rest: Any) -> Callable[[F], F]:
    variable = "DERIVC_" + name.strip("-").replace("-", "_").upper()
    return click.option(name, is_flag=True, envvar=variable, help=help_text, **rest)


def _set_color(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Colour is click's default (terminals only) unless somebody asked for none."""
    if value or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        ctx.color = False


def print_versions(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """The callback of `--version`."""
    if not value or ctx.resilient_parsing:
        return
    from derivc.cli.versions import version_of

    rows = [(name, version_of(name)) for name in ("derivc", "sympy", "numpy")]
    for name, version in [*rows, ("python", platform.python_version())]:
        click.echo(f"{name} {version or 'not installed'}")
    ctx.exit()

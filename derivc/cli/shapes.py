"""`--shape NAME=N`: the shapes of array arguments of functions that stand in files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from derivc.errors import InputTypeError

F = TypeVar("F", bound=Callable[..., Any])
_KEY = "derivc.shapes"


def of_shapes(command: F) -> F:
    """Add `--shape`; what is given is kept with the command line, for whoever reads a file."""
    return click.option(
        "--shape", multiple=True, metavar="NAME=N[,N]", expose_value=False, callback=_keep,
        help="The shape of an array argument of FILE.py:NAME, as in x=5 or w=2,3.",
    )(command)  # fmt: skip


def given_shapes() -> dict[str, tuple[int, ...]]:
    """The shapes on the command line."""
    context = click.get_current_context(silent=True)
    found: dict[str, tuple[int, ...]] = context.meta.get(_KEY, {}) if context else {}
    return found


def _keep(ctx: click.Context, _: click.Parameter, value: Sequence[str]) -> None:
    ctx.meta[_KEY] = shapes_of(value)


def shapes_of(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Shapes by name, from `x=5`, `w=2,3`, `w=2x3` or `w=(2, 3)`.

    Raises:
        InputTypeError: a text is none of these.

    Example:
        >>> shapes_of(["x=5", "w=2,3"])
        {'x': (5,), 'w': (2, 3)}
    """
    found = {}
    for text in texts:
        name, sign, extents = (part.strip() for part in text.partition("="))
        numbers = re.split(r"[\sx,*]+", extents.strip("()[] ,"))
        if not sign or not name.isidentifier() or not all(n.isdecimal() for n in numbers):
            raise InputTypeError(f"--shape takes NAME=N or NAME=N,N such as x=5; got {text!r}")
        found[name] = tuple(int(n) for n in numbers)
    return found

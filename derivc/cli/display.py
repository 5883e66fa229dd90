"""Text for people and JSON for programs, from the same records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from derivc.jsonable import jsonable
from derivc.version import __version__

SCHEMA = 1


def rows(pairs: Iterable[tuple[str, str]], sign: str = " = ", indent: str = "  ") -> None:
    """Print labelled lines, the labels aligned and coloured."""
    found = list(pairs)
    width = max((len(name) for name, _ in found), default=0)
    for name, value in found:
        click.echo(f"{indent}{click.style(name.ljust(width), fg='cyan')}{sign}{value}".rstrip())


def note(text: str) -> None:
    """Print a remark about a result."""
    click.echo(click.style(f"  {text}", dim=True))


def document(command: str, **fields: Any) -> None:
    """Print one JSON document on one line; numbers that JSON lacks become strings."""
    record = {"schema": SCHEMA, "derivc": __version__, "command": command, **fields}
    click.echo(json.dumps(jsonable(record), ensure_ascii=False, allow_nan=False))


def matrix(cells: Sequence[Sequence[str]], names: Sequence[str], heads: Sequence[str]) -> None:
    """Print a matrix with a name for every column and a head for every row."""
    table = [["", *names], *([head, *row] for head, row in zip(heads, cells, strict=True))]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    for number, row in enumerate(table):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        padded[-1] = padded[-1].rstrip()
        bold = number == 0
        shown = [click.style(c, fg="cyan") if bold or i == 0 else c for i, c in enumerate(padded)]
        click.echo("  " + "   ".join(shown))

"""`derivc ops --coverage`: what is covered of the catalogue and of PyTorch's own lists."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from derivc.cli import display
from derivc.cli.options import Style

if TYPE_CHECKING:
    from derivc.errors import MissingDependencyError
    from derivc.reference.coverage.report import Coverage, Entry


def show(words: tuple[str, ...], style: Style) -> None:
    """Print the report, or the entries whose names hold a word.

    Raises:
        MissingDependencyError: PyTorch is not installed; the catalogue is printed first.
    """
    report, problem = _report()
    wanted = " ".join(words).lower()
    found = [e for e in report.entries if wanted in f"{e.name} {' '.join(e.ops)}".lower()]
    if style.json:
        display.document("coverage", totals=report.totals, entries=list(map(asdict, found)))
    elif wanted:
        display.rows([(entry.name, _outcome(entry)) for entry in found], "  ", "")
    else:
        click.echo(str(report))
    if problem is not None:
        raise problem


def _report() -> tuple[Coverage, MissingDependencyError | None]:
    """All lists, or the one that needs no PyTorch and why not the others."""
    from derivc.errors import MissingDependencyError
    from derivc.reference.coverage.report import coverage

    try:
        return coverage(), None
    except MissingDependencyError as problem:
        return coverage("catalogue"), problem


def _outcome(entry: Entry) -> str:
    ops = ", ".join(entry.ops)
    note = f" ({entry.note})" if entry.note else ""
    return f"{entry.status}{': ' if ops else ''}{ops}{note}"

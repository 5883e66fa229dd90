"""The commands' common shape: help that opens with examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import click

from derivc.cli.options import HELP
from derivc.cli.samples import BY_COMMAND


@final
class Command(click.Command):
    """A command whose help shows its examples first."""

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **{"context_settings": HELP, **named})

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, examples, what the command does, options."""
        self.format_usage(ctx, formatter)
        examples = BY_COMMAND.get(self.name or "")
        if examples:
            write_rows(formatter, "Examples", examples)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


def write_rows(formatter: click.HelpFormatter, title: str, rows: Sequence[tuple[str, str]]) -> None:
    """One section of two aligned columns."""
    with formatter.section(title):
        formatter.write_dl(rows, col_max=50)

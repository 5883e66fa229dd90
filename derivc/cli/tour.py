"""`derivc examples`: commands to copy."""

from __future__ import annotations

import click

from derivc.cli.manual import EXAMPLES
from derivc.cli.options import HELP, common


@click.command("examples", context_settings=HELP)
@common
def examples() -> None:
    """Print commands to copy, with what they do."""
    for command, purpose in EXAMPLES:
        click.echo(click.style(f"# {purpose}", dim=True))
        click.echo(f"{command}\n")

"""`derivc examples`: commands to copy."""

from __future__ import annotations

import click

from derivc.cli.command import Command
from derivc.cli.options import common
from derivc.cli.samples import TOUR


@click.command("examples", cls=Command)
@common
def examples() -> None:
    """Print commands to copy, with what they do."""
    for command, purpose in TOUR:
        click.echo(click.style(f"# {purpose}", dim=True))
        click.echo(f"{command}\n")

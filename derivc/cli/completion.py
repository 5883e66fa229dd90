"""`derivc completion`: the script that a shell reads."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from derivc.cli.command import Command
from derivc.cli.options import common


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    script = get_completion_class(shell)
    if script is not None:
        click.echo(script(ctx.find_root().command, {}, "derivc", "_DERIVC_COMPLETE").source())

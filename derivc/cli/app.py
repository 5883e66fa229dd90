"""The program as a click group whose default command takes an expression."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from typing import Any, final

import click

from derivc.cli.faults import guarded, hush
from derivc.cli.manual import write_manual
from derivc.cli.options import HELP, print_versions
from derivc.cli.words import arities, split
from derivc.errors import DerivcError, SaveError

_DEFAULT = "(expression)"
_OWN = ("-h", "--help", "--version")


@final
class App(click.Group):
    """Commands by name; any other first word is an expression for the default command."""

    def __init__(self, default: click.Command, commands: Sequence[click.Command]):
        version = click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False,
            callback=print_versions, help="Print the versions of derivc, SymPy, NumPy and Python.",
        )  # fmt: skip
        super().__init__("derivc", params=[version], context_settings=HELP, no_args_is_help=False)
        self.default = default
        for command in commands:
            self.add_command(command)

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> Any:
        """Run the program and exit with its code; only `--debug` shows a traceback."""
        given = list(sys.argv[1:] if args is None else args)
        sys.exit(
            guarded(given, lambda: super(App, self).main(given, "derivc", standalone_mode=False))
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name first, its options next, and expressions behind `--`."""
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, self._arranged(args))

    def _arranged(self, args: list[str]) -> list[str]:
        options, words = split(args, arities([self, self.default, *self.commands.values()]) | _HELP)
        if not words and not options:
            return ["--help"]
        named = bool(words) and words[0] in self.commands
        own = [o for o in options if o == "--version" or (not named and o in _OWN)]
        rest = [o for o in options if o not in own]
        if named:
            return [*own, words[0], *rest, "--", *words[1:]]
        self._suggest(words)
        return [*own, _DEFAULT, *rest, "--", *words]

    def _suggest(self, words: list[str]) -> None:
        """Say which command may have been meant by a first word that is none."""
        near = difflib.get_close_matches(words[0], self.commands, n=1) if words else []
        if not near or not words[0].isidentifier():
            return
        if len(words) > 1:
            raise click.UsageError(f"no command {words[0]!r}; did you mean {near[0]!r}?")
        click.echo(f"hint: read as the variable {words[0]}; the command is {near[0]!r}", err=True)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader of our output that has gone is no error.

        Raises:
            SaveError: the output cannot be written: the disk is full.
        """
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:  # None where the caller has closed it
                sys.stdout.flush()
        except BrokenPipeError:
            return hush()
        except OSError as problem:
            if problem.filename is not None or isinstance(problem, DerivcError):
                raise  # of a file, not of our output
            raise SaveError(f"could not write the output: {problem.strerror}") from problem
        return result

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, the default one included."""
        return self.default if cmd_name == _DEFAULT else super().get_command(ctx, cmd_name)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The manual: examples first, then commands, options and exit codes."""
        write_manual(self, ctx, formatter)


_HELP = {"-h": False, "--help": False}

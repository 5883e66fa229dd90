"""Which words of a command line are options and which are expressions: `-x**2` is no option."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence

import click

_LONG = re.compile(r"--[a-z][a-z-]+")


def arities(commands: Iterable[click.Command]) -> dict[str, bool]:
    """Every option of the commands, and whether a value follows it."""
    return {
        name: not param.is_flag and not param.count
        for command in commands
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }


def split(args: Sequence[str], known: dict[str, bool]) -> tuple[list[str], list[str]]:
    """The options with their values, and everything else, each in the order given.

    A word that begins with `-` is an option only when it is a known one, or spelled like a long
    one (so that a slip of the pen is reported); all words after `--` are expressions.

    Example:
        >>> split(["-x**2", "--wrt", "x"], {"--wrt": True})
        (['--wrt', 'x'], ['-x**2'])
    """
    options: list[str] = []
    words: list[str] = []
    rest = deque(args)
    while rest:
        arg = rest.popleft()
        if arg == "--":
            return options, [*words, *rest]
        if not _is_option(arg, known):
            words.append(arg)
            continue
        options.append(arg)
        if known.get(arg) and rest:
            options.append(rest.popleft())
    return options, words


def _is_option(arg: str, known: dict[str, bool]) -> bool:
    head = arg.partition("=")[0]
    return arg in known or _LONG.fullmatch(head) is not None

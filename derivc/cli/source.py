"""Where expressions come from: the command line, or standard input with `-`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from derivc.cli.faults import report
from derivc.cli.options import Style
from derivc.errors import DerivcError, InputTypeError


def expressions(words: Sequence[str]) -> list[str]:
    """The texts given; `-` stands for the lines of standard input (blank lines are passed over).

    Raises:
        UsageError: there is nothing to read.
    """
    texts: list[str] = []
    for word in words:
        texts += _lines() if word == "-" else [word]
    if not texts:
        raise click.UsageError("no expression was given; put one into quotes, or `-` for stdin")
    return texts


def _lines() -> list[str]:
    """The lines of standard input.

    Raises:
        InputTypeError: it is no text.
    """
    try:
        text = sys.stdin.read()
        text.encode()  # bytes that are no text arrive as lone surrogates
    except UnicodeError as problem:
        raise InputTypeError("standard input is not text in UTF-8; convert it first") from problem
    return [line.strip() for line in text.splitlines() if line.strip()]


def single(words: Sequence[str]) -> list[str]:
    """One expression, or the lines of standard input.

    Raises:
        UsageError: several words were given: the shell has split an expression.
    """
    if len(words) > 1:
        joined = " ".join(words)
        raise click.UsageError(f'expected one expression, got {len(words)}; quote it: "{joined}"')
    return expressions(words)


def each(words: Sequence[str], style: Style, act: Callable[[str], None]) -> None:
    """Do something with every expression; a faulty line of several does not stop the others."""
    texts = single(words)
    if len(texts) == 1:
        act(texts[0])
        return
    code = 0
    for number, text in enumerate(texts, 1):
        try:
            act(text)
            if not style.json and number < len(texts):
                click.echo()
        except DerivcError as problem:
            code = max(code, report(problem, style.json, where=f"line {number}: "))
    click.get_current_context().exit(code)

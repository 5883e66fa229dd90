"""From exceptions to messages and exit codes: one place, so that no traceback escapes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import click

from derivc.errors import (
    DerivcError,
    DomainError,
    MissingDependencyError,
    ParseError,
    ProgramError,
    TraceError,
    UnsupportedError,
)

OK, FAILED, USAGE, UNSUPPORTED, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 70, 130
_DEPTH = 6_000
"""Frames: printers walk trees by recursion, some ten frames a level."""
_BEYOND = (UnsupportedError, DomainError, TraceError, MissingDependencyError)


def guarded(args: Sequence[str], run: Callable[[], Any]) -> int:
    """Run the program; its exit code. Whatever is raised is reported on standard error."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))
    try:
        code = run()
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as problem:  # noqa: BLE001  nobody is above to catch it
        return report(problem, as_json=_asked(args, "json"), debug=_asked(args, "debug"))
    return code if isinstance(code, int) else OK


def report(problem: Exception, as_json: bool, debug: bool = False, where: str = "") -> int:
    """Write one error to standard error; the exit code it stands for."""
    if debug:
        traceback.print_exception(problem)
    if as_json:
        click.echo(json.dumps({"schema": 1, "error": as_record(problem)}), err=True)
    else:
        head = click.style("error: ", fg="red", bold=True)
        click.echo(where + head + _message(problem), err=True)
    return code_of(problem)


def code_of(problem: Exception) -> int:
    """The exit code of an error."""
    if isinstance(problem, (*_BEYOND, RecursionError)):
        return UNSUPPORTED
    if isinstance(problem, ProgramError):
        return INTERNAL
    return USAGE if isinstance(problem, DerivcError | click.ClickException) else INTERNAL


def as_record(problem: Exception) -> dict[str, Any]:
    """The error for programs: kind, message, exit code, and where it stands in the text."""
    record = {"kind": _kind(problem), "message": _message(problem), "exit_code": code_of(problem)}
    if isinstance(problem, ParseError):
        record |= {
            "message": problem.problem, "text": problem.text,
            "position": problem.position, "hint": problem.hint,
        }  # fmt: skip
    return record


def _kind(problem: Exception) -> str:
    if isinstance(problem, DerivcError):
        return problem.kind
    if isinstance(problem, RecursionError):
        return "limit"
    return "usage" if isinstance(problem, click.ClickException) else "internal"


def _message(problem: Exception) -> str:
    if isinstance(problem, click.UsageError):
        command = problem.ctx.info_name if problem.ctx and problem.ctx.parent else ""
        named = command if command and command[0].isalpha() else ""
        message = " ".join(problem.format_message().split())
        return f"{message}\nTry: derivc {named + ' ' if named else ''}--help"
    if isinstance(problem, click.ClickException):
        return problem.format_message()
    if isinstance(problem, DerivcError):
        return str(problem)
    if isinstance(problem, RecursionError):
        return "the formula is nested too deeply to be shown; `derivc compile` may still take it"
    shown = f"{type(problem).__name__}: {problem}"
    return f"an error in derivc itself: {shown}\nPlease report it; --debug shows the traceback."


def _asked(args: Sequence[str], option: str) -> bool:
    switched = os.environ.get(f"DERIVC_{option.upper()}", "").lower()
    return f"--{option}" in args or switched in {"1", "true", "yes", "on"}


def hush() -> int:
    """The reader of our output has gone: end quietly, also when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK

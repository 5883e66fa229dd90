"""Where the user's code stands, and which of its lines failed."""

from __future__ import annotations

import ast
import inspect
import linecache
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from derivc.verify.audit.subject import CallError, Place


def place_of(function: Any) -> Place:
    """The file, the line and the text of a function or class."""
    try:
        lines, start = inspect.getsourcelines(function)
        return Place(inspect.getsourcefile(function) or "", start, "".join(lines))
    except (OSError, TypeError):
        return _around(getattr(inspect.unwrap(function), "forward", None))


def _around(method: Any) -> Place:
    """The class that a method is written in: also where its module is not imported by name."""
    code = getattr(inspect.unwrap(method), "__code__", None) if method else None
    if code is None:
        return Place()
    lines = linecache.getlines(code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return Place(code.co_filename, code.co_firstlineno)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _holds(node, code.co_firstlineno):
            text = "".join(lines[node.lineno - 1 : node.end_lineno])
            return Place(code.co_filename, node.lineno, text)
    return Place(code.co_filename, code.co_firstlineno)


def _holds(node: ast.ClassDef, line: int) -> bool:
    inside = node.lineno <= line <= (node.end_lineno or 0)
    return inside and any(isinstance(n, ast.FunctionDef) and n.name == "forward" for n in node.body)


@contextmanager
def calling(stage: str, place: Place) -> Iterator[None]:
    """Turns what the user's code raises into a `CallError` that knows the line.

    Raises:
        CallError: with what was raised, `SystemExit` included.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except CallError:
        raise
    except (Exception, SystemExit) as problem:
        line, code = _line(problem, place)
        raise CallError(stage, problem, line, code) from problem


def _line(problem: BaseException, place: Place) -> tuple[int, str]:
    """The last line of the user's file that ran."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [f for f in frames if f.filename == place.file and f.lineno]
    if not own:
        return 0, ""
    number = own[-1].lineno or 0
    return number, linecache.getline(place.file, number).strip()

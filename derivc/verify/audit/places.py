"""Where the user's code stands, and which of its lines failed."""

from __future__ import annotations

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
        return Place()


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

"""Where in the user's code something happened: file, line and the text of the line."""

from __future__ import annotations

import contextlib
import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import final

import numpy as np

_PACKAGE = Path(__file__).parents[2]
_OWN = (str(Path(__file__).parent), str(_PACKAGE / "symbolic/trace.py"), str(_PACKAGE / "capture"))
_SKIPPED = (*_OWN, str(Path(np.__file__).parent), "<__array_function__", "<frozen", "<eval_with")
_FRAMEWORKS = ("/site-packages/torch/", "/site-packages/jax/", "/site-packages/jaxlib/")


def _is_users(filename: str) -> bool:
    foreign = any(name in Path(filename).as_posix() for name in _FRAMEWORKS)
    return not foreign and not filename.startswith(_SKIPPED)


@final
class _Told(threading.local):
    """Lines told by whoever knows better than the stack, innermost last."""

    def __init__(self) -> None:
        self.lines: list[Callable[[], str]] = []


_TOLD = _Told()


@contextlib.contextmanager
def at(line: Callable[[], str]) -> Iterator[None]:
    """Let `here` give this line inside: for programs that are run after they were written.

    Args:
        line: called when the line is asked for; "" where it is not known.
    """
    _TOLD.lines.append(line)
    try:
        yield
    finally:
        _TOLD.lines.pop()


def here() -> str:
    """The innermost line under way that is the user's."""
    for line in reversed(_TOLD.lines):
        if told := line():
            return told
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_users(frame.f_code.co_filename):
            return describe(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return "an unknown line"


def of_traceback(traceback: TracebackType | None) -> str:
    """The innermost line of the user's that an exception came through."""
    found = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if _is_users(code.co_filename):
            found = describe(code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found or "an unknown line"


def describe(filename: str, line: int) -> str:
    """`file.py:12: the source`."""
    source = linecache.getline(filename, line).strip()
    return f"{filename}:{line}" + (f": `{source}`" if source else "")

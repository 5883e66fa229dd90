"""Where in the user's code something happened: file, line and the text of the line."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import FrameType, TracebackType

import numpy as np

_OWN = (str(Path(__file__).parent), str(Path(__file__).parents[1] / "trace.py"))
_SKIPPED = (*_OWN, str(Path(np.__file__).parent), "<__array_function__")


def _is_users(filename: str) -> bool:
    return not filename.startswith(_SKIPPED)


def here() -> str:
    """The innermost line under way that is the user's."""
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

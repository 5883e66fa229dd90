"""Where in the user's code something happened: file, line and the text of the line."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import FrameType, TracebackType

import numpy as np

_PACKAGE = Path(__file__).parents[2]
_OWN = (str(Path(__file__).parent), str(_PACKAGE / "symbolic/trace.py"), str(_PACKAGE / "capture"))
_SKIPPED = (*_OWN, str(Path(np.__file__).parent), "<__array_function__", "<frozen", "<eval_with")
_FRAMEWORKS = ("/site-packages/torch/", "/site-packages/jax/", "/site-packages/jaxlib/")


def _is_users(filename: str) -> bool:
    foreign = any(name in Path(filename).as_posix() for name in _FRAMEWORKS)
    return not foreign and not filename.startswith(_SKIPPED)


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

"""What a thread is doing: recording or not, in inference, with care, looking for NaN."""

from __future__ import annotations

import threading
from typing import Any, final

import numpy as np


@final
class Flags:
    """Whether a floating-point flag went up since `raised` was last cleared."""

    __slots__ = ("raised",)

    def __init__(self) -> None:
        self.raised = False

    def note(self, kind: str, flag: int) -> None:
        """Called by NumPy."""
        self.raised = True


@final
class State:
    """The modes of one thread.

    Attributes:
        enabled: operations are recorded. inference: results can never be recorded later.
        careful: a selection has made zeros on purpose, which must stay zero next to NaN.
        anomaly: forward lines are kept, and the first NaN of a backward pass is an error.
        saving: the hooks for saved tensors, innermost last. hookless: why none may be set, or None.
        depth: how many functions that are differentiated are being called.
        flags: the floating-point flags. noting: NumPy's setting that calls `flags.note`.
    """

    __slots__ = (
        "anomaly", "careful", "depth", "enabled", "flags", "hookless", "inference", "noting",
        "saving",
    )  # fmt: skip

    def __init__(self) -> None:
        self.enabled = True
        self.inference = False
        self.careful = False
        self.depth = 0
        self.anomaly: Any = None
        self.saving: list[Any] = []
        self.hookless: str | None = None
        self.flags = Flags()
        with np.errstate(all="call", under="ignore", call=self.flags.note):
            self.noting = None if _settings is None else _settings.get()


@final
class _Mode(threading.local):
    """What holds in this thread: `mode.now`."""

    def __init__(self) -> None:
        self.now = State()


def _found_settings() -> Any:
    """NumPy's context variable of the error state; None where this NumPy keeps it elsewhere."""
    try:
        from numpy._core.umath import _extobj_contextvar
    except ImportError:
        return None
    return _extobj_contextvar


_settings: Any = _found_settings()
mode = _Mode()


def _begin_slowly(noting: Any) -> Any:
    """For a NumPy whose setting cannot be put in place directly."""
    state = np.errstate(all="call", under="ignore", call=mode.now.flags.note)
    state.__enter__()
    return state


def _end_slowly(state: Any) -> None:
    state.__exit__(None, None, None)


begin: Any = _begin_slowly if _settings is None else _settings.set
end: Any = _end_slowly if _settings is None else _settings.reset
"""`end(begin(mode.now.noting))`: between them flags are noted, and warn of nothing.

`np.errstate` makes a new setting at every entry, which costs more than a small ufunc; these put a
ready one in place.
"""


@final
class noted:  # noqa: N801  used like contextlib's
    """Floating-point flags are noted inside, and warn of nothing."""

    __slots__ = ("token",)

    def __enter__(self) -> None:
        self.token = begin(mode.now.noting)

    def __exit__(self, *problem: object) -> None:
        end(self.token)

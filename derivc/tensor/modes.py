"""What a thread is doing: recording or not, in inference, with care, looking for NaN."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
class _Mode(threading.local):
    """The modes of one thread.

    `enabled`: operations are recorded. `inference`: results can never be recorded later.
    `careful`: a selection has made zeros on purpose, which must stay zero next to NaN.
    `anomaly`: forward lines are kept, and the first NaN of a backward pass is an error.
    `saving`: the hooks for saved tensors, innermost last. `noting`: how NumPy is told to call
    `flags.note`, ready to be put in place.
    """

    def __init__(self) -> None:
        self.enabled = True
        self.inference = False
        self.careful = False
        self.anomaly: Any = None
        self.saving: list[Any] = []
        self.flags = Flags()
        with np.errstate(all="call", under="ignore", call=self.flags.note):
            self.noting = None if _settings is None else _settings.get()


def _found_settings() -> Any:
    """NumPy's context variable of the error state; None where this NumPy keeps it elsewhere."""
    try:
        from numpy._core.umath import _extobj_contextvar
    except ImportError:
        return None
    return _extobj_contextvar


_settings: Any = _found_settings()
mode = _Mode()


@contextmanager
def _noted_slowly() -> Iterator[None]:
    with np.errstate(all="call", under="ignore", call=mode.flags.note):
        yield


@final
class noted:  # noqa: N801  used like contextlib's
    """Floating-point flags are noted inside, and warn of nothing.

    `np.errstate` makes a new setting at every entry, which costs more than a small ufunc; this puts
    a ready one in place.
    """

    __slots__ = ("token",)

    def __enter__(self) -> None:
        if _settings is None:
            self.token: Any = _noted_slowly()
            self.token.__enter__()
        else:
            self.token = _settings.set(mode.noting)

    def __exit__(self, *problem: object) -> None:
        if _settings is None:
            self.token.__exit__(None, None, None)
        else:
            _settings.reset(self.token)

"""Which backend compiles a kernel, and how."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import final

from derivc.errors import InputTypeError

BACKENDS = ("numpy", "c", "auto")
ACCURACIES = ("fast", "strict")


@final
@dataclass(frozen=True)
class Options:
    """The backend and what it is told.

    Args:
        backend: "numpy", "c" or "auto".
        accuracy: of native code: "fast" or "strict".
        threads: over how many native code spreads large arrays; None for as many as it may use.

    Raises:
        InputTypeError: one of them is none of these.
    """

    backend: str = "numpy"
    accuracy: str = "fast"
    threads: int | None = None

    def __post_init__(self) -> None:
        check_choice("backend", self.backend, BACKENDS)
        check_choice("accuracy", self.accuracy, ACCURACIES)
        whole = isinstance(self.threads, int) and not isinstance(self.threads, bool)
        if self.threads is not None and not (whole and self.threads > 0):
            raise InputTypeError(f"threads={self.threads!r} must be a positive whole number")


def check_choice(name: str, given: object, known: tuple[str, ...]) -> None:
    """Refuse what is not among the choices.

    Raises:
        InputTypeError: names them.
    """
    if given not in known:
        raise InputTypeError(f"{name}={given!r} is not known; choose one of {', '.join(known)}")


def processors() -> int:
    """The processors this process may use; DERIVC_NUM_THREADS chooses fewer."""
    affinity = getattr(os, "sched_getaffinity", None)
    most = len(affinity(0)) if affinity else os.cpu_count() or 1
    chosen = os.environ.get("DERIVC_NUM_THREADS", "")
    return max(1, min(most, int(chosen))) if chosen.isdigit() else most


DEFAULT = Options()
_chosen: list[str] = []


def default_backend() -> str:
    """The backend of kernels that ask for none: the one set, else DERIVC_BACKEND, else "numpy".

    Raises:
        InputTypeError: DERIVC_BACKEND names none.
    """
    found = _chosen[-1] if _chosen else os.environ.get("DERIVC_BACKEND") or "numpy"
    check_choice("DERIVC_BACKEND", found, BACKENDS)
    return found


def set_default_backend(name: str) -> str:
    """Choose the backend of kernels and tensor operations that ask for none.

    What is compiled already stays as it is.

    Args:
        name: "numpy", "c" or "auto".

    Returns:
        The one before.

    Raises:
        InputTypeError: there is none of that name.

    Example:
        >>> before = set_default_backend("auto")
        >>> default_backend(), set_default_backend(before)
        ('auto', 'auto')
    """
    before = default_backend()
    check_choice("backend", name, BACKENDS)
    _chosen[:] = [name]
    return before

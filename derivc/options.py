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

"""backend="auto": NumPy first, native code once it pays, never waiting for a compiler.

The work of a function is counted: `CALL` for every call, and 1 for every element of its largest
argument. When it reaches `ENOUGH`, native code is compiled in a thread; calls go on with NumPy
until it is there, and for good when it cannot be had.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.errors import DerivcError
from derivc.scale.hook import has_lazy

if TYPE_CHECKING:
    from derivc.kernel import Kernel

CALL, ENOUGH = 1000, 1_000_000


@final
class Automatic:
    """One function of a kernel that starts with NumPy and goes on native.

    Args:
        kernel: whose function it is. name: `value`, `grad`, ...

    Attributes:
        backend: what computes it now: "numpy" or "c".
        problem: why native code cannot be had, or "".
    """

    def __init__(self, kernel: Kernel, name: str):
        self.kernel, self.name = kernel, name
        self.backend, self.problem = "numpy", ""
        self.__name__ = name
        self._current = kernel.plain(name)
        self._done = 0
        self._thread: threading.Thread | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The result, by whatever computes it now."""
        if self._thread is None:
            self._count(args, named)
        return self._current(*args, **named)

    def wait(self) -> None:
        """Until the compilation that has begun, if any, has ended."""
        if self._thread is not None:
            self._thread.join()

    def _count(self, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        given = (a for a in (*args, *named.values()) if type(a) is not float)
        sizes = (np.size(a) for a in given if not has_lazy({type(a)}))  # workers count their own
        self._done += CALL + max(sizes, default=1)
        if self._done >= ENOUGH and self._thread is None:
            self._thread = threading.Thread(target=self._compile, name="derivc", daemon=True)
            self._thread.start()

    def _compile(self) -> None:
        try:
            self._current = self.kernel.native(self.name).call
            self.backend = "c"
        except (DerivcError, OSError) as problem:
            self.problem = str(problem)

"""A function of a kernel that travels: pickled by its program, compiled where it arrives."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from derivc.kernel import Kernel


@final
class Remote:
    """The functions of a kernel, for other processes.

    A process rebuilds a kernel once; native code comes from its cache or is compiled there. There
    is one thread to a call, because the scheduler runs as many calls as there are processors.

    Args:
        kernel: pickled here and now.

    Example:
        >>> import derivc as dc
        >>> Remote(dc.compile("x**2")).function("value")(3.0)
        9.0
    """

    def __init__(self, kernel: Kernel):
        options = replace(kernel.options, threads=1)
        alone = type(kernel)(kernel.definition, kernel.wrt, kernel.convention, options)
        self.content = pickle.dumps(alone)

    def function(self, name: str) -> Callable[..., Any]:
        """One function by name, as `Kernel.function` gives it."""
        return _rebuilt(self.content).function(name)

    @cached_property
    def token(self) -> str:
        """The same for equal kernels: names of tasks are made of it."""
        return hashlib.blake2b(self.content, digest_size=16).hexdigest()

    def __dask_tokenize__(self) -> str:
        return self.token

    def __reduce__(self) -> Any:
        return _restored, (self.content,)


def _restored(content: bytes) -> Remote:
    remote = object.__new__(Remote)
    remote.content = content
    return remote


@lru_cache(maxsize=64)
def _rebuilt(content: bytes) -> Kernel:
    found: Kernel = pickle.loads(content)  # noqa: S301  what this process or its client has pickled
    return found

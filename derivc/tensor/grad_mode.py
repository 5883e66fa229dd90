"""Switches for recording: as context managers, and as decorators of functions and generators."""

from __future__ import annotations

import functools
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Any, final

from derivc.tensor.modes import mode


class _Switch(ABC):
    """A mode that holds inside a `with` block, or while a decorated function runs."""

    def __new__(cls, function: Any = None, *args: Any, **named: Any) -> Any:
        """As a bare decorator (`@no_grad`) too."""
        made = super().__new__(cls)
        if callable(function) and not isinstance(function, bool):
            made.__init__()  # type: ignore[misc]
            return made(function)
        return made

    @abstractmethod
    def __enter__(self) -> Any: ...

    @abstractmethod
    def __exit__(self, *problem: object) -> None: ...

    @abstractmethod
    def _again(self) -> _Switch:
        """A switch of the same kind, for one more entry."""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, run in this mode; a generator in every one of its steps."""
        if inspect.isgeneratorfunction(function):
            return self._generator(function)

        @functools.wraps(function)
        def run(*args: Any, **named: Any) -> Any:
            with self._again():
                return function(*args, **named)

        return run

    def _generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def steps(*args: Any, **named: Any) -> Generator[Any, Any, Any]:
            generator = function(*args, **named)
            answer: Any = None
            while True:
                try:
                    with self._again():
                        value = generator.send(answer)
                except StopIteration as end:
                    return end.value
                answer = yield value

        return steps


class _Recording(_Switch):
    """A switch of `mode.now.enabled`."""

    wanted: bool

    def __enter__(self) -> None:
        self.before = mode.now.enabled
        mode.now.enabled = self.wanted

    def __exit__(self, *problem: object) -> None:
        mode.now.enabled = self.before

    @abstractmethod
    def _again(self) -> _Switch: ...


@final
class no_grad(_Recording):  # noqa: N801  PyTorch's name
    """Operations inside are not recorded.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(1.0, requires_grad=True)
        >>> with dc.no_grad():
        ...     (x * 2).requires_grad
        False
    """

    wanted = False

    def __init__(self, function: Any = None):
        del function

    def _again(self) -> no_grad:
        return no_grad()


@final
class enable_grad(_Recording):  # noqa: N801  PyTorch's name
    """Operations inside are recorded, also inside `no_grad`.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(1.0, requires_grad=True)
        >>> with dc.no_grad(), dc.enable_grad():
        ...     (x * 2).requires_grad
        True
    """

    wanted = True

    def __init__(self, function: Any = None):
        del function

    def _again(self) -> enable_grad:
        return enable_grad()


@final
class set_grad_enabled(_Recording):  # noqa: N801  PyTorch's name
    """Switch recording on or off: at once, and back where a `with` block ends.

    Args:
        mode: whether operations are recorded from now on.

    Example:
        >>> import derivc as dc
        >>> with dc.set_grad_enabled(False):
        ...     dc.is_grad_enabled()
        False
    """

    def __init__(self, mode: bool):
        self.wanted = bool(mode)
        self.before = _switch(self.wanted)

    def __enter__(self) -> None:
        mode.now.enabled = self.wanted

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """As a decorator it switches nothing now."""
        mode.now.enabled = self.before
        return super().__call__(function)

    def _again(self) -> set_grad_enabled:
        return set_grad_enabled(self.wanted)


def _switch(wanted: bool) -> bool:
    before, mode.now.enabled = mode.now.enabled, wanted
    return before


@final
class inference_mode(_Switch):  # noqa: N801  PyTorch's name
    """Nothing is recorded, and results can never be used in what is recorded later.

    Args:
        mode: False switches it off inside another such block.

    Example:
        >>> import derivc as dc
        >>> with dc.inference_mode():
        ...     dc.is_inference_mode_enabled()
        True
    """

    def __init__(self, mode: Any = True):
        self.wanted = True if callable(mode) else bool(mode)

    def __enter__(self) -> None:
        self.before = mode.now.enabled, mode.now.inference
        mode.now.enabled, mode.now.inference = not self.wanted, self.wanted

    def __exit__(self, *problem: object) -> None:
        mode.now.enabled, mode.now.inference = self.before

    def _again(self) -> inference_mode:
        return inference_mode(self.wanted)


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread.

    Example:
        >>> is_grad_enabled()
        True
    """
    return mode.now.enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread is in inference mode.

    Example:
        >>> is_inference_mode_enabled()
        False
    """
    return mode.now.inference

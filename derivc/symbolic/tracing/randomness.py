"""Functions that draw random numbers: their value differs from call to call, so none is traced."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.errors import TraceError

State = tuple[Any, ...]


def repeatable(run: Callable[[], Any], name: str) -> Any:
    """The result of a function, which must not depend on the state of the random generators.

    One that seeds them itself draws the same numbers every time, and is welcome.

    Raises:
        TraceError: it draws from a generator that it does not seed.

    Example:
        >>> repeatable(lambda: 3, "f")
        3
    """
    before = _state()
    result = run()
    after = _state()
    if after == before:
        return result
    random.seed(len(name))
    np.random.seed(len(name))  # noqa: NPY002  the generator that functions draw from unasked
    run()
    again = _state()
    _restore(after)
    if any(b != a != c for b, a, c in zip(before, after, again, strict=True)):
        raise TraceError(
            f"{name} draws random numbers, so its value differs from call to call; draw them"
            " outside and pass them in as an argument, or seed the generator inside"
        )
    return result


def _state() -> State:
    """The states of Python's generator and of NumPy's."""
    given: Any = np.random.get_state(legacy=True)  # noqa: NPY002
    kind, keys, *rest = given
    return random.getstate(), (kind, keys.tobytes(), *rest)


def _restore(state: State) -> None:
    own, (kind, keys, *rest) = state
    random.setstate(own)
    np.random.set_state((kind, np.frombuffer(keys, np.uint32), *rest))  # noqa: NPY002

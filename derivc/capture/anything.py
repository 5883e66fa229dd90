"""A function of any kind as a definition: PyTorch, JAX, or Python and NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivc.capture.detect import framework_of, imported_by
from derivc.capture.outcome import Captured
from derivc.definition import Definition, traced
from derivc.errors import TraceError


def capture_any(
    function: Any, shapes: Mapping[str, Any] | None = None, output: int | str | None = None
) -> Captured:
    """Capture by the framework that the function uses; without one, by running it on stand-ins.

    Raises:
        TraceError: it cannot be captured; says why in the terms of the likeliest framework.

    Example:
        >>> str(capture_any(lambda x: x**2).definition.trees[0])
        'x**2'
    """
    framework = framework_of(function)
    if framework is not None:
        return _by(framework, function, shapes, output)
    try:
        return Captured(traced(function, shapes))
    except TraceError:
        others = imported_by(function)
        if not others:
            raise
        return _by(others[0], function, shapes, output)


def from_framework(function: Any, shapes: Mapping[str, Any] | None = None) -> Definition | None:
    """The definition of a function that is written in a framework; None for any other.

    Raises:
        TraceError: the framework cannot capture it.

    Example:
        >>> from_framework(lambda x: x**2) is None
        True
    """
    framework = framework_of(function)
    return None if framework is None else _by(framework, function, shapes).definition


def _by(framework: str, function: Any, shapes: Any, output: Any = None) -> Captured:
    from derivc.capture import from_jax, from_torch

    capture = from_torch.capture if framework == "torch" else from_jax.capture
    return capture(function, shapes, None, None, output)

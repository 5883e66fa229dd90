"""The frameworks, imported when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from derivc.errors import MissingDependencyError


def framework(name: str) -> Any:
    """The module `torch` or `jax`.

    Raises:
        MissingDependencyError: it is not installed; names the extra.
    """
    try:
        return import_module(name)
    except ImportError as problem:
        raise MissingDependencyError(
            f"capturing functions of {name} needs {name}, which is not installed:"
            f" pip install 'derivc[{name}]'"
        ) from problem

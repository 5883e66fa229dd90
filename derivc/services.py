"""What lower layers have done by higher ones, by name.

A layer never imports a higher one. Where its user is served by a higher layer all the same
(`Kernel.plot`), it asks for the service by name. `derivc/__init__.py`, which is above all layers,
says where each is found; the module is imported when the service is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from derivc.errors import UnsupportedError

_PLACES: dict[str, str] = {}


def provide(places: dict[str, str]) -> None:
    """Say where services are found: `{"check": "derivc.verify.check:check"}`."""
    _PLACES.update(places)
    service.cache_clear()


@cache
def service(name: str) -> Callable[..., Any]:
    """The function that provides a service.

    Raises:
        UnsupportedError: none does.

    Example:
        >>> service("check").__module__
        'derivc.verify.check'
    """
    if name not in _PLACES:
        raise UnsupportedError(f"nothing provides {name!r}; provided are {sorted(_PLACES)}")
    module, _, function = _PLACES[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found

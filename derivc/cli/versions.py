"""Versions of installed packages, without importing them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from derivc.version import __version__


def version_of(package: str) -> str | None:
    """The version of an installed package, or None."""
    if package == "derivc":
        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return None

"""`derivc doctor` and `derivc cache`: what is installed and what is stored."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from typing import Any

import click

from derivc.cli import display
from derivc.cli.command import Command
from derivc.cli.native import native_findings
from derivc.cli.options import Style, common, styled
from derivc.cli.versions import version_of

PACKAGES = ("derivc", "numpy", "sympy", "mpmath", "jinja2", "click")
OPTIONAL = (
    "scipy", "torch", "jax", "autograd", "matplotlib", "dask", "distributed", "ziglang",
    "latex2mathml", "markdown-it-py",
)  # fmt: skip
COMPILERS = ("cc", "gcc", "clang", "zig")


@click.command("doctor", cls=Command)
@styled
@common
def doctor(style: Style) -> None:
    """Report versions, compilers, native kernels, the cache, long double."""
    found = _findings()
    if style.json:
        return display.document("doctor", **found)
    absent = "not installed"
    rows = [("python", found["python"]), ("platform", found["platform"])]
    rows += [(name, version or absent) for name, version in found["packages"].items()]
    rows += [
        (name, version or f"{absent} (optional)") for name, version in found["optional"].items()
    ]
    rows += [(name, place or "not found") for name, place in found["compilers"].items()]
    rows += [(name, told) for name, told in found["native"].items()]
    rows += [("cache", _cache_line(found["cache"])), ("long double", found["long_double"])]
    return display.rows(rows, "  ", "")


@click.command("cache", cls=Command)
@click.argument("action", type=click.Choice(["info", "clear"]), default="info")
@styled
@common
def cache(action: str, style: Style) -> None:
    """Show where generated code is kept, or clear it: `cache info`, `cache clear`."""
    if action == "clear":
        from derivc.cache import clear

        removed = clear()
        if style.json:
            return display.document("cache", removed=removed)
        return click.echo(f"removed {removed} files")
    found = _cache()
    if style.json:
        return display.document("cache", **found)
    return click.echo(_cache_line(found))


def _findings() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version_of(name) for name in PACKAGES},
        "optional": {name: version_of(name) for name in OPTIONAL},
        "compilers": {name: shutil.which(name) for name in COMPILERS},
        "native": native_findings(),
        "cache": _cache(),
        "long_double": _long_double(),
    }


def _cache() -> dict[str, Any]:
    from derivc.cache import directory, entries

    files = entries()
    place = directory()
    return {
        "directory": None if place is None else str(place),
        "files": len(files),
        "bytes": sum(_size(file) for file in files),
    }


def _size(file: Path) -> int:
    """The size in bytes; 0 for a file that another process has just removed."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _cache_line(found: dict[str, Any]) -> str:
    if found["directory"] is None:
        return "switched off (DERIVC_CACHE_DIR is empty)"
    return f"{found['directory']} ({found['files']} files, {found['bytes'] / 1024:.1f} KiB)"


def _long_double() -> str:
    import numpy as np

    info = np.finfo(np.longdouble)
    return f"{info.precision} digits, up to {np.format_float_scientific(info.max, precision=4)}"

"""What the figures were measured on."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
from pathlib import Path

from derivc.errors import NativeError
from derivc.native import toolchain

_PACKAGES = "derivc numpy sympy numexpr numba casadi jax torch".split()


def machine() -> dict[str, object]:
    """Date, processor, compiler and versions."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "system": platform.platform(),
        "python": platform.python_version(),
        "compiler": _compiler(),
        "packages": {name: _version(name) for name in _PACKAGES if _version(name)},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    found: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        found.setdefault(name.strip(), value.strip())
    family, model = found.get("cpu family", "?"), found.get("model", "?")
    return f"{found.get('model name', platform.processor())} (family {family}, model {model})"


def _compiler() -> str:
    try:
        return toolchain.find().version
    except NativeError:
        return ""


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""

"""Text to functions: generated source is compiled, run once, and shown by tracebacks."""

from __future__ import annotations

import hashlib
import linecache
import re
from typing import Any

from derivc.codegen.support import memory
from derivc.errors import MissingDependencyError


def load(source: str, filename: str | None = None) -> dict[str, Any]:
    r"""The names that a generated module defines.

    Args:
        source: a complete Python module.
        filename: what tracebacks call it; default: `<derivc NAME DIGEST>`, by content.

    Returns:
        The module's namespace.

    Raises:
        MissingDependencyError: the module needs SciPy, and SciPy is not installed.

    Example:
        >>> load("def value(x):\n    return x\n")["value"](2.0)
        2.0
    """
    name = filename or pseudo_filename(source)
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    namespace: dict[str, Any] = {"__name__": name, "__file__": name, "__builtins__": __builtins__}
    try:
        exec(compile(source, name, "exec"), namespace)  # noqa: S102  our own text
    except ModuleNotFoundError as problem:
        raise MissingDependencyError(_missing(problem)) from problem
    if "_spare" in namespace:  # all kernels of a process share what they keep
        namespace["_spare"] = memory._spare
    return namespace


def pseudo_filename(source: str) -> str:
    """A name that says what the source defines; equal text has an equal name."""
    names = re.findall(r"^def ([a-zA-Z]\w*)\(", source, re.MULTILINE)
    digest = hashlib.blake2b(source.encode(), digest_size=8).hexdigest()
    return f"<derivc {' '.join([*names[:3], digest])}>"


def _missing(problem: ModuleNotFoundError) -> str:
    package = (problem.name or "").split(".")[0]
    return f"this function needs {package}, which is not installed: pip install 'derivc[{package}]'"

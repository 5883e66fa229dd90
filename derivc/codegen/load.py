"""Text to functions: generated source is compiled, run once, and shown by tracebacks."""

from __future__ import annotations

import hashlib
import linecache
import re
import sys
from types import ModuleType
from typing import Any

from derivc.codegen.support import memory
from derivc.errors import InputTypeError, MissingDependencyError, ShapeError


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
    if "_ShapeError" in namespace:
        namespace |= {"_ShapeError": ShapeError, "_KindError": InputTypeError}
    return namespace


def load_module(source: str, name: str) -> ModuleType:
    r"""A generated module as one of `sys.modules`: compilers of other libraries look it up there.

    Args:
        source: a complete Python module. name: of it, an identifier; equal text is loaded once.

    Raises:
        MissingDependencyError: the module needs a package that is not installed.

    Example:
        >>> load_module("def value(x):\n    return x\n", "derivc_generated_value").value(2.0)
        2.0
    """
    known = sys.modules.get(name)
    if known is None:
        known = sys.modules[name] = ModuleType(name)
        filename = pseudo_filename(source)
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        known.__file__ = filename
        try:
            exec(compile(source, filename, "exec"), known.__dict__)  # noqa: S102  our own text
        except BaseException as problem:
            del sys.modules[name]
            if isinstance(problem, ModuleNotFoundError):
                raise MissingDependencyError(_missing(problem)) from problem
            raise
    return known


def digest(source: str) -> str:
    """A short name for a text."""
    return hashlib.blake2b(source.encode(), digest_size=8).hexdigest()


def pseudo_filename(source: str) -> str:
    """A name that says what the source defines; equal text has an equal name."""
    names = re.findall(r"^def ([a-zA-Z]\w*)\(", source, re.MULTILINE)
    return f"<derivc {' '.join([*names[:3], digest(source)])}>"


def _missing(problem: ModuleNotFoundError) -> str:
    package = (problem.name or "").split(".")[0]
    return f"this function needs {package}, which is not installed: pip install 'derivc[{package}]'"

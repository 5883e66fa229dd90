"""Functions out of a user's file: the file is run, as `python file.py` would."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from derivc.errors import InputTypeError, did_you_mean
from derivc.verify.audit.adapt import auditable
from derivc.verify.audit.places import calling
from derivc.verify.audit.subject import Place


def load(path: str) -> ModuleType:
    """The module that a file makes.

    Raises:
        InputTypeError: there is no such file. CallError: running it failed.
    """
    file = Path(path)
    if not file.is_file():
        raise InputTypeError(f"there is no file {path!r}")
    home, name = _package(file.resolve())
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise InputTypeError(f"{path!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.path[:0] = dict.fromkeys(map(str, (file.resolve().parent, home)))
    with calling("import", Place(str(file.resolve()))):
        _parents(name)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return module


def _package(file: Path) -> tuple[Path, str]:
    """The folder that the packages around a file lie in, and the file's dotted name from there.

    Only files with relative imports are loaded as parts of packages, whose own code runs then.
    """
    if not _RELATIVE.search(file.read_text(encoding="utf-8", errors="replace")):
        return file.parent, file.stem
    steps = file.stem if file.stem != "__init__" else file.parent.name
    home = file.parent if file.stem != "__init__" else file.parent.parent
    while True:
        steps, home = f"{home.name}.{steps}", home.parent
        if not (home / "__init__.py").exists():
            return home, steps


_RELATIVE = re.compile(r"^\s*from\s+\.", re.MULTILINE)


def _parents(name: str) -> None:
    """Import the packages around a module; where one's own code fails, stand-ins take its place."""
    parts = name.split(".")[:-1]
    for count in range(1, len(parts) + 1):
        parent = ".".join(parts[:count])
        try:
            importlib.import_module(parent)
        except Exception:  # noqa: BLE001  whatever it is that the user's package needs
            spec = importlib.util.find_spec(parent)
            assert spec is not None
            sys.modules[parent] = importlib.util.module_from_spec(spec)


def found(module: ModuleType, name: str) -> list[tuple[str, Any]]:
    """The function of that name (a dotted one may lie in a class), or all of the file's own.

    Raises:
        InputTypeError: there is none.
    """
    if not name:
        own = {n: t for n, t in vars(module).items() if auditable(t) and _is_own(t, module)}
        if not own:
            raise InputTypeError(
                f"{module.__file__} defines no function with a backward of its own"
            )
        return list(own.items())
    thing: Any = module
    for part in name.split("."):
        if not hasattr(thing, part):
            known = [n for n, t in vars(module).items() if auditable(t)]
            there = f"; it has {', '.join(known) or 'nothing that could be audited'}"
            hint = did_you_mean(part, known) or there
            raise InputTypeError(f"{module.__file__} has no {name!r}{hint}")
        thing = getattr(thing, part)
    return [(name, thing)]


def _is_own(thing: Any, module: ModuleType) -> bool:
    inner = getattr(thing, "fun", None) or getattr(thing, "__wrapped__", thing)
    return getattr(inner, "__module__", "") == module.__name__

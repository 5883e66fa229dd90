"""Functions out of a user's file: the file is run, as `python file.py` would."""

from __future__ import annotations

import importlib.util
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
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise InputTypeError(f"{path!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.resolve().parent))
    with calling("import", Place(str(file))):
        spec.loader.exec_module(module)
    return module


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

"""`FILE.py:NAME`: a function, module, expression or text that stands in a file of the user's.

The file is run, as Python runs it when it is imported: that is the user's choice.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from derivc.capture.anything import capture_any
from derivc.capture.outcome import Captured
from derivc.definition import read
from derivc.errors import UserFileError, did_you_mean
from derivc.symbolic.tracing.places import describe, of_traceback

_PLACE = re.compile(r"(?P<path>.+\.py):(?P<name>[^\W\d][\w.]*)(\[(?P<output>\w+)\])?")


@final
@dataclass(frozen=True)
class Place:
    """A name in a file.

    Args:
        path: the file. name: what stands there, dotted for attributes.
        output: which of several results, by place or key; or None.
    """

    path: Path
    name: str
    output: int | str | None = None


def place_of(text: str) -> Place | None:
    """The place that a text names; None for a text that is an expression.

    Example:
        >>> place_of("losses.py:focal[loss]")
        Place(path=PosixPath('losses.py'), name='focal', output='loss')
        >>> place_of("x**2") is None
        True
    """
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        return None
    output = found["output"]
    chosen = int(output) if output and output.isdecimal() else output
    return Place(Path(found["path"]), found["name"], chosen)


def capture_place(place: Place, shapes: Mapping[str, Any] | None = None) -> Captured:
    """What stands at a place, captured. Runs the file.

    Raises:
        UserFileError: there is no such file or name, or running the file failed.
        TraceError: the function cannot be captured.
    """
    with _quiet(), _command_line(place.path):
        value = _attribute(module_of(place.path), place)
        if isinstance(value, str) or not callable(value) or _is_sympy(value):
            return Captured(read(value, relaxed=True))
        return capture_any(_made(value, place), shapes, place.output)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the file prints goes to standard error, so that results stay readable by programs."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


@contextlib.contextmanager
def _command_line(path: Path) -> Iterator[None]:
    """The file's own command line, and an empty one: it may parse it when it is run."""
    before, sys.argv = sys.argv, [str(path)]
    try:
        yield
    finally:
        sys.argv = before


def _is_sympy(value: Any) -> bool:
    import sympy as sp

    return isinstance(value, sp.Basic | sp.MatrixBase) and not isinstance(value, type)


def module_of(path: Path) -> Any:
    """The file as a module; runs it.

    Raises:
        UserFileError: it is not there, or fails.
    """
    if not path.is_file():
        near = did_you_mean(path.name, [p.name for p in path.parent.glob("*.py")])
        raise UserFileError(f"there is no file {str(path)!r}{near}")
    root, name = _dotted(path.resolve())
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))  # stays: functions may import their neighbours when called
    try:
        return _imported(path.resolve(), name)
    except SyntaxError as problem:
        line = describe(str(problem.filename), problem.lineno or 1)
        raise UserFileError(f"{line} is not valid Python: {problem.msg}") from problem
    except (Exception, SystemExit) as problem:
        told = str(problem) or "no message"
        raise UserFileError(
            f"running {path} failed at {of_traceback(problem.__traceback__)}:"
            f" {type(problem).__name__}: {told}"
        ) from problem


def _dotted(path: Path) -> tuple[Path, str]:
    """The directory to import from, and the module's name in the package that holds it, if any."""
    parts, home = [path.stem], path.parent
    while (home / "__init__.py").is_file():
        parts.insert(0, home.name)
        home = home.parent
    return home, ".".join(parts)


def _imported(path: Path, name: str) -> Any:
    if "." in name:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(_free(name), path)
    if spec is None or spec.loader is None:
        raise UserFileError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickles look their module up
    spec.loader.exec_module(module)
    return module


def _free(name: str) -> str:
    """The name, or another one when a module of that name is there already (`torch.py`, ...)."""
    return f"_user_{name}" if name in sys.modules or name in sys.stdlib_module_names else name


def _attribute(module: Any, place: Place) -> Any:
    """What the name stands for.

    Raises:
        UserFileError: nothing is called that; names what there is.
    """
    value = module
    for part in place.name.split("."):
        if not hasattr(value, part):
            own = [n for n, v in vars(module).items() if _is_candidate(n, v, module)]
            listed = ", ".join(own[:12]) or "no function"
            near = did_you_mean(part, own)
            raise UserFileError(f"{place.path} has no {place.name!r}{near} (it has {listed})")
        value = getattr(value, part)
    return value


def _is_candidate(name: str, value: Any, module: Any) -> bool:
    """Whether a name may be meant: what the file itself defines."""
    if name.startswith("_") or name == "annotations" or inspect.ismodule(value):
        return False
    return bool(getattr(value, "__module__", module.__name__) == module.__name__)


def _made(value: Any, place: Place) -> Any:
    """An instance of a class that can be called, a custom autograd function as its `apply`."""
    if not isinstance(value, type):
        return value
    if any(base.__module__.startswith("torch.autograd") for base in value.__mro__):
        return _applied(value)
    try:
        return value()
    except TypeError as problem:
        raise UserFileError(
            f"{place.name} in {place.path} is a class that cannot be made without arguments"
            f" ({problem}); make an instance in the file, `f = {place.name}(...)`, and name that"
        ) from problem


def _applied(function: Any) -> Any:
    """A custom autograd function as a plain one, with the names of its forward's arguments."""
    parameters = list(inspect.signature(function.forward).parameters.values())
    first = parameters[:1] if parameters and not _splits_context(function) else []
    kept = [p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in parameters[len(first) :]]

    def call(*args: Any, **named: Any) -> Any:
        return function.apply(*args, *named.values())

    call.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    call.__name__ = function.__name__
    return call


def _splits_context(function: Any) -> bool:
    """Whether forward is written without a context, beside `setup_context`."""
    import torch

    return bool(
        function.setup_context is not torch.autograd.function._SingleLevelFunction.setup_context
    )

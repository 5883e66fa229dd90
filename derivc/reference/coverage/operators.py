"""PyTorch's own lists: the operators in its file of derivatives, and its public functions.

The file `torchgen/packaged/autograd/derivatives.yaml` is what PyTorch's autograd is generated from.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.resources import files
from typing import Any

from derivc.errors import MissingDependencyError
from derivc.reference.table import AnyOp, find, names, of_aten

_BACKWARD = re.compile(r"(_dense)?_backward(_data)?$")
_FOLDERS = ("nn.functional", "special", "linalg", "fft")


def operators() -> dict[str, bool]:
    """Every operator in PyTorch's file of derivatives, and whether it has a derivative there.

    Raises:
        MissingDependencyError: PyTorch, or PyYAML to read its file with, is not installed.
    """
    return {str(entry["name"]).partition("(")[0]: is_differentiable(entry) for entry in _entries()}


def _entries() -> list[dict[str, Any]]:
    try:
        import yaml

        place = files("torchgen").joinpath("packaged/autograd/derivatives.yaml")
        found: list[dict[str, Any]] = yaml.safe_load(place.read_text(encoding="utf-8"))
    except (ImportError, FileNotFoundError) as problem:
        raise MissingDependencyError(
            "PyTorch's list of derivatives is read with PyTorch and PyYAML, which are not both"
            " installed: pip install 'derivc[torch]' (dc.coverage('catalogue') needs neither)"
        ) from problem
    return found


def is_differentiable(entry: Mapping[str, Any]) -> bool:
    """Whether one of the operator's inputs has a formula.

    Example:
        >>> is_differentiable({"name": "floor(Tensor self)", "self": "zeros_like(grad)"})
        True
        >>> is_differentiable({"name": "isnan(Tensor self)", "self": "non_differentiable"})
        False
    """
    outputs = entry.get("output_differentiability")
    if outputs is not None and not any(outputs):
        return False
    return any(not _is_none(formula) for formula in _formulas(entry))


def _formulas(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, value in entry.items():
        if key == "dispatch":
            for inner in value.values():
                yield from _formulas(inner)
        elif key not in ("name", "output_differentiability") and not key.startswith("result"):
            yield str(value)


def _is_none(formula: str) -> bool:
    return formula.strip() == "non_differentiable" or formula.startswith("not_implemented")


def op_of(operator: str) -> tuple[tuple[AnyOp, ...], str]:
    """The ops behind an operator, and how: as it is, or by differentiating a backward formula.

    Example:
        >>> [op.name for op in op_of("special_entr")[0]]
        ['entr']
        >>> op_of("gelu_backward")[1]
        'the backward formula of gelu, differentiated again'
    """
    base = operator.partition(".")[0]
    if ops := of_aten(base) or of_aten(base.removesuffix("_") if base[-1] == "_" else base):
        return ops, ""
    stem = _BACKWARD.sub("", base)
    if stem == base:
        return (), ""
    ops = of_aten(stem) or of_aten(f"{stem}_forward") or find(stem.lstrip("_"))
    return ops, f"the backward formula of {ops[0].name}, differentiated again" if ops else ""


def functions() -> dict[str, tuple[AnyOp, ...]]:
    """PyTorch's public functions by folder, and its modules, each with the ops behind it.

    Raises:
        MissingDependencyError: PyTorch is not installed.
    """
    known = names()
    found = {name: known.get(name.removesuffix("_"), ()) for name in _public()}
    return {name: ops or known.get(name, ()) for name, ops in found.items()}


def _public() -> Iterator[str]:
    try:
        folders = {name: import_module(f"torch.{name}") for name in (*_FOLDERS, "nn")}
    except ImportError as problem:
        raise MissingDependencyError(
            "PyTorch's functions are listed by PyTorch, which is not installed: pip install"
            " 'derivc[torch]' (dc.coverage('catalogue') does not need it)"
        ) from problem
    modules = folders.pop("nn")
    for folder, module in folders.items():
        yield from (f"torch.{folder}.{name}" for name in _functions_of(module))
    for name, value in vars(modules).items():
        if inspect.isclass(value) and issubclass(value, modules.Module):
            yield f"torch.nn.{name}"


def _functions_of(module: Any) -> list[str]:
    given = getattr(module, "__all__", None) or dir(module)
    public = [name for name in given if not name.startswith("_")]
    return [name for name in public if _is_function(getattr(module, name))]


def _is_function(value: Any) -> bool:
    """A function of PyTorch, and no type, module or annotation."""
    own = (getattr(value, "__module__", None) or "torch").partition(".")[0] == "torch"
    return callable(value) and not inspect.isclass(value) and own

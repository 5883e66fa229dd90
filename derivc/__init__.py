"""derivc: a symbolic-to-numeric derivative compiler.

Every declared op is a name of this package too: `derivc.sigmoid(0.5)`.
"""

from __future__ import annotations

from typing import Any

from derivc import errors as errors
from derivc.api import diff as diff
from derivc.api import elasticity as elasticity
from derivc.api import gradient as gradient
from derivc.api import hessian as hessian
from derivc.api import jacobian as jacobian
from derivc.api import jvp as jvp
from derivc.api import parse as parse
from derivc.api import parse_latex as parse_latex
from derivc.api import simplify as simplify
from derivc.api import vjp as vjp
from derivc.compiler import compile as compile
from derivc.kernel import Kernel as Kernel
from derivc.ops import Kink as Kink
from derivc.ops import Names as Names
from derivc.ops import Spelling as Spelling
from derivc.ops import declare as declare
from derivc.version import __version__ as __version__

_LAZY = {
    "tensor": {
        "create": (
            "arange", "as_tensor", "eye", "from_numpy", "full", "linspace", "ones", "ones_like",
            "tensor", "zeros", "zeros_like",
        ),
        "grad_mode": (
            "enable_grad", "inference_mode", "is_grad_enabled", "is_inference_mode_enabled",
            "no_grad", "set_grad_enabled",
        ),
        "anomaly": ("detect_anomaly", "set_detect_anomaly"),
        "drawing.draw": ("draw",),
        "functional": ("grad_of", "hvp", "value_and_grad"),
        "gradcheck": ("gradcheck", "gradgradcheck"),
        "grads": ("backward", "grad"),
        "optim": ("SGD", "Adam"),
        "saving": ("checkpoint", "disable_saved_tensors_hooks", "saved_tensors_hooks"),
        "function": ("Function", "once_differentiable"),
        "kernels": ("function",),
        "tensor": ("Tensor",),
    },
}  # fmt: skip
"""Names of the runtime graph, which is imported when the first of them is asked for."""


_FOLDERS = ("autograd", "functional", "linalg", "nn", "optim", "special")


def _folder(name: str) -> Any:
    """One of the folders that PyTorch has."""
    from derivc.tensor import aliases, functional

    return functional if name == "functional" else aliases.Folder(name)


def _lazily(name: str) -> Any:
    """A public name of a part that is imported when it is needed, or None."""
    from importlib import import_module

    for folder, modules in _LAZY.items():
        for module, names in modules.items():
            if name in names:
                found = globals()[name] = getattr(import_module(f"derivc.{folder}.{module}"), name)
                return found
    return None


def __getattr__(name: str) -> Any:
    """The runtime graph's names, and the function of a declared op by its name or alias."""
    from derivc.functions import function_of
    from derivc.ops import registry

    if name.startswith("_"):
        raise AttributeError(f"module 'derivc' has no attribute {name!r}")
    if name in _FOLDERS:
        return _folder(name)
    found = _lazily(name)
    if found is None:
        op = None if name in ("max", "min") else registry.resolve(name)
        found = function_of(op.name) if op else _structural(name)
    if found is None:
        raise AttributeError(f"module 'derivc' has no attribute {name!r}")
    return found


def _structural(name: str) -> Any:
    """The function of a structural op, or None."""
    from derivc.tensor import public

    return public.extremum(name) if name in ("max", "min") else public.find(name)


def __dir__() -> list[str]:
    """The public names, ops included."""
    from derivc.ops import registry

    lazy = [n for modules in _LAZY.values() for names in modules.values() for n in names]
    return sorted({*globals(), *lazy, *(op.name for op in registry.all_ops())})

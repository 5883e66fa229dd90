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
from derivc.options import default_backend as default_backend
from derivc.options import set_default_backend as set_default_backend
from derivc.reduced import Reduced as Reduced
from derivc.services import provide as _provide
from derivc.version import __version__ as __version__

_provide(
    {
        "capture": "derivc.capture.anything:from_framework",
        "check": "derivc.verify.check:check",
        "explain": "derivc.reference.explain.kernels:explain",
        "explain_nan": "derivc.reference.nan.explain:explain_nan",
        "plot": "derivc.reference.plot.plot:plot",
    }
)

_MODULES = {
    "reference.coverage.report": "coverage",
    "tensor.aliases": "autograd fft linalg nn optim special",
    "reference.explain": "explain",
    "reference.plot.plot": "plot",
    "reference.singularities": "singularities",
    "capture.from_jax": "from_jax",
    "capture.from_torch": "from_torch",
    "reference.pages.find": "page",
    "reference.document": "document",
    "tensor.anomaly": "detect_anomaly set_detect_anomaly",
    "tensor.create": (
        "arange as_tensor eye from_numpy full linspace ones ones_like tensor zeros zeros_like"
    ),
    "tensor.drawing.draw": "draw",
    "tensor.function": "Function once_differentiable",
    "tensor.functional": "grad_of hvp value_and_grad",
    "tensor.grad_mode": (
        "enable_grad inference_mode is_grad_enabled is_inference_mode_enabled no_grad"
        " set_grad_enabled"
    ),
    "tensor.gradcheck": "gradcheck gradgradcheck",
    "tensor.grads": "backward grad",
    "tensor.kernels": "function",
    "tensor.optim": "SGD Adam",
    "tensor.public": "max min median",
    "tensor.saving": "checkpoint disable_saved_tensors_hooks saved_tensors_hooks",
    "tensor.tensor": "Tensor",
    "verify.crosscheck.run": "crosscheck",
    "verify.audit.api": "audit",
}
_LAZY = {name: module for module, names in _MODULES.items() for name in names.split()}
"""Names of the layers above the compiler and their modules, imported when they are asked for."""

_FOLDERS = {"errors", "forward_ad", "functional", "scale"}


def __getattr__(name: str) -> Any:
    """A name of a layer above the compiler; the function of a declared op by name or alias."""
    found = None if name.startswith("_") else _found(name)
    if found is None:
        raise errors.UnknownAttributeError("derivc", name, __dir__, "module")
    globals()[name] = found  # asked for once
    return found


def _found(name: str) -> Any:
    """What a public name stands for, or None."""
    from importlib import import_module

    from derivc.functions import function_of
    from derivc.ops import registry

    if name in ("forward_ad", "functional"):
        return import_module(f"derivc.tensor.{name}")
    if name in _LAZY:
        return getattr(import_module(f"derivc.{_LAZY[name]}"), name)
    op = registry.resolve(name)
    return function_of(op.name) if op else _structural(name)


def _structural(name: str) -> Any:
    """The function of a structural op, or None."""
    from derivc.tensor import public

    return public.find(name)


def __dir__() -> list[str]:
    """The public names, ops included; of the folders only those that users need."""
    from types import ModuleType

    from derivc.ops import registry, structural, structure

    del structural  # imported so that its ops are declared
    found = {n for n, value in globals().items() if not isinstance(value, ModuleType)}
    ops = {op.name for op in registry.all_ops()} | {s.name for s in structure.all_structural()}
    return sorted(found - {"Any", "annotations"} | _FOLDERS | set(_LAZY) | ops)

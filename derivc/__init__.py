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


def __getattr__(name: str) -> Any:
    """The function of a declared op, by its name or alias."""
    from derivc.functions import function_of
    from derivc.ops import registry

    op = None if name.startswith("_") else registry.resolve(name)
    if op is None:
        raise AttributeError(f"module 'derivc' has no attribute {name!r}")
    return function_of(op.name)


def __dir__() -> list[str]:
    """The public names, ops included."""
    from derivc.ops import registry

    return sorted({*globals(), *(op.name for op in registry.all_ops())})

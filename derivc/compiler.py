"""`compile`: from what the user wrote to a kernel, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivc.definition import Shapes, read
from derivc.errors import InputTypeError, check_options
from derivc.kernel import Kernel

_OPTIONS = ("inputs", "wrt", "shapes", "convention", "backend", "relaxed")
_MEANT = {
    "args": "inputs", "arguments": "inputs", "variables": "inputs", "symbols": "inputs",
    "argnums": "wrt", "by": "wrt", "kinks": "convention", "target": "backend",
}  # fmt: skip
CONVENTIONS = ("torch", "jax", "left", "right")


def compile(
    source: Any,
    *,
    inputs: Sequence[str] | None = None,
    wrt: Sequence[str] | str | None = None,
    shapes: Shapes | None = None,
    convention: str = "torch",
    backend: str = "numpy",
    relaxed: bool = False,
    **unknown: Any,
) -> Kernel:
    """Compile a function and, when they are asked for, its derivatives.

    Args:
        source: a text ("x**2*sin(y)"), a list of texts (a vector-valued function), a SymPy
            expression or matrix, or a Python function.
        inputs: the variables in the order wanted; default: sorted by name for text and SymPy,
            the signature's for a function.
        wrt: the variables to differentiate by, in order; default: all.
        shapes: for a Python function, the shape of every array argument: `{"x": (5,)}`.
        convention: what derivatives return at kinks: "torch" (default), "jax", "left", "right".
        backend: "numpy".
        relaxed: read text in paper notation too (`2x`, `x^2`, `π`); off, so that a slip of the pen
            is an error in programs. `derivc.parse`, `derivc.diff` and the command line read it.
        unknown: refused; the message names the nearest option.

    Returns:
        A `Kernel`: call it, or its `.grad`, `.value_and_grad`, `.hessian`, ...

    Raises:
        ParseError: the text is not an expression. TraceError: the function cannot be traced.
        NotDifferentiableError: when a derivative is asked for that does not exist.
        InputTypeError: an option or the source is of a wrong kind.

    Example:
        >>> import derivc as dc
        >>> k = dc.compile("u**3 + v**2 + 4*u*v")
        >>> k.value_and_grad(3.0, 4.0)
        (91.0, (43.0, 20.0))
    """
    check_options("compile", unknown, _OPTIONS, _MEANT)
    _check_option("convention", convention, CONVENTIONS)
    _check_option("backend", backend, ("numpy",))
    kernel = Kernel(read(source, inputs, shapes, relaxed), wrt, convention)
    kernel.specs.value_program  # noqa: B018  refuse now what cannot be compiled
    return kernel


def _check_option(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise InputTypeError(f"{name}={given!r} is not known; choose one of {', '.join(known)}")

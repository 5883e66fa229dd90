"""`compile`: from what the user wrote to a kernel, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any, cast

from derivc.definition import Shapes, read
from derivc.errors import check_options
from derivc.kernel import Kernel
from derivc.options import Options, check_choice, default_backend
from derivc.reduced import Reduced, parts_of

_MEANT = {
    "args": "inputs", "arguments": "inputs", "variables": "inputs", "symbols": "inputs",
    "argnums": "wrt", "by": "wrt", "kinks": "convention", "target": "backend",
}  # fmt: skip
"""What other libraries call the options of `compile`."""

CONVENTIONS = ("torch", "jax", "left", "right")


def compile(
    source: Any,
    *,
    inputs: Sequence[str] | None = None,
    wrt: Sequence[str] | str | None = None,
    shapes: Shapes | None = None,
    convention: str = "torch",
    backend: str | None = None,
    accuracy: str = "fast",
    threads: int | None = None,
    reduce: str | None = None,
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
        backend: "numpy"; "c": compiled by this machine's C compiler, a NumPy ufunc;
            "auto": NumPy until native code pays, and then that. Default: "numpy", unless
            `derivc.set_default_backend` or the variable DERIVC_BACKEND says otherwise.
        accuracy: of native code: "fast" (elementary functions over whole vectors, within 4 ulp), or
            "strict" (the C library's scalar ones, within 1 ulp).
        threads: over how many threads native code spreads large arrays; default: as many as the
            process may use.
        reduce: "sum" or "mean" over all elements of the arguments, with the gradient in one pass;
            a text `sum(...)` or `mean(...)` asks for the same.
        relaxed: read text in paper notation too (`2x`, `x^2`, `π`); off, so that a slip of the pen
            is an error in programs. `derivc.parse`, `derivc.diff` and the command line read it.
        unknown: refused; the message names the nearest option.

    Returns:
        A `Kernel`: call it, or its `.grad`, `.value_and_grad`, `.hessian`, ...; for a reduction a
        `Reduced`, which has `.grad`, `.value_and_grad` and `.packed` too.

    Raises:
        ParseError: the text is not an expression. TraceError: the function cannot be traced.
        NotDifferentiableError: when a derivative is asked for that does not exist.
        InputTypeError: an option or the source is of a wrong kind.
        NativeError: backend="c" without a C compiler.
        UnsupportedError: an op that the backend cannot spell.

    Example:
        >>> import derivc as dc
        >>> k = dc.compile("u**3 + v**2 + 4*u*v")
        >>> k.value_and_grad(3.0, 4.0)
        (91.0, (43.0, 20.0))
    """
    if unknown:
        check_options("compile", unknown, _options(), _MEANT)
    check_choice("convention", convention, CONVENTIONS)
    options = Options(backend or default_backend(), accuracy, threads)
    if isinstance(source, str) and reduce is None and (parts := parts_of(source)):
        reduce, source = parts
    by = (wrt,) if isinstance(wrt, str) else tuple(wrt or ())
    kernel = Kernel(read(source, inputs, shapes, relaxed, by), wrt, convention, options)
    kernel.specs.value_program  # noqa: B018  refuse now what cannot be compiled
    if options.backend == "c":
        from derivc.native.build import check

        check(kernel.specs)
    # Only the text may ask for a reduction, so mypy is told the type of what it is without one.
    return kernel if reduce is None else cast("Kernel", Reduced(kernel, reduce))


def _options() -> list[str]:
    """The names of the options of `compile`, as its signature has them."""
    parameters = signature(compile).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]

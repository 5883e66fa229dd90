"""The complete modules of a kernel, as text: for NumPy, for a C compiler, for another library."""

from __future__ import annotations

from typing import Any

from derivc.build import header
from derivc.codegen.numpy import NumpyBackend
from derivc.options import Options
from derivc.specs import Specs


def source(specs: Specs, options: Options) -> str:
    """The module by the kernel's own backend: a translation unit for C, Python otherwise."""
    return translation_unit(specs, options) if options.backend == "c" else numpy_module(specs)


def numpy_module(specs: Specs) -> str:
    """A module that needs only NumPy: the value and its first derivatives."""
    return NumpyBackend().source([specs.build(n) for n in offered(specs)], header(specs))


def translation_unit(specs: Specs, options: Options) -> str:
    """The same functions in C."""
    from derivc.native.build import backend

    return backend(options).source([specs.build(n) for n in offered(specs)], header(specs))


def offered(specs: Specs) -> tuple[str, ...]:
    """The functions of a module, by name."""
    scalar = specs.definition.shape is None
    return ("value", "grad", "value_and_grad") if scalar else ("value", "jacobian")


def source_of_file(
    specs: Specs, options: Options, path: Any, backend: str | None, name: str | None
) -> str:
    """The module that a file of this name is to hold.

    Args:
        path: of the file; a name in `.c` asks for C.
        backend: what to write instead of what the name asks for.
        name: of the function, for another library; default: that of the file.
    """
    if backend is not None and backend not in ("numpy", "c"):
        from derivc.standalone import name_of_file, source_for

        return source_for(specs, backend, name or name_of_file(path))
    if backend == "c" or (backend is None and str(path).endswith(".c")):
        return translation_unit(specs, options)
    return numpy_module(specs)

"""From specs to a native function, its C text through the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivc.build import cached, header, signature
from derivc.codegen.c import spelling
from derivc.codegen.c.backend import CBackend
from derivc.codegen.c.writer import Writer
from derivc.codegen.function import FunctionSpec, Header
from derivc.errors import UnsupportedError
from derivc.native.function import NativeFunction
from derivc.native.plan import from_text, plan_of
from derivc.native.special import address
from derivc.native.toolchain import find
from derivc.options import Options
from derivc.specs import Specs


def _refuse() -> Callable[..., Any]:
    raise UnsupportedError("this function is for arrays of float32 and float64 only")


def build(
    specs: Specs, name: str, options: Options, numpy: Callable[[], Callable[..., Any]]
) -> NativeFunction:
    """One function of a kernel, compiled.

    Args:
        specs: of the kernel. name: of the function.
        options: accuracy and threads.
        numpy: gives the same function by the NumPy backend.

    Raises:
        NativeError: there is no C compiler, or it failed.
        UnsupportedError: an op has no spelling in C.
    """
    return of_spec(lambda: specs.build(name), specs, options, name, numpy)


def of_spec(
    make: Callable[[], FunctionSpec],
    specs: Specs,
    options: Options,
    key: str = "node",
    numpy: Callable[[], Callable[..., Any]] = _refuse,
) -> NativeFunction:
    """A function of any spec, compiled; its C text is made only if it is not in the cache.

    Args:
        make: the spec. specs: what it derives from. options: accuracy and threads.
        key: tells apart what derives from the same specs.
        numpy: gives the same function by the NumPy backend.

    Raises:
        NativeError: there is no C compiler, or it failed.
        UnsupportedError: an op has no spelling in C.
    """
    chosen = backend(options)
    text = cached(
        f"c|{key}|{options.accuracy}|{sorted(chosen.vector)}|{signature(specs)}",
        lambda: _written(make(), header(specs), chosen),
    )
    plan, _, source = text.partition("\n")
    return NativeFunction(from_text(plan), source, options.threads, numpy)


def check(specs: Specs) -> None:
    """Refuse now what could not be compiled later.

    Raises:
        NativeError: there is no C compiler.
        UnsupportedError: an op of the function has no spelling in C.
        MissingDependencyError: it needs SciPy, which is not installed.
    """
    find()
    for op in sorted({s.op for s in specs.build("value").program.instructions} - {"const"}):
        spelling.calls(op)
        if op not in spelling.OWN and (name := spelling.special(op)):
            address(name)


def backend(options: Options) -> CBackend:
    """The C backend for this machine's compiler.

    Raises:
        NativeError: there is none.
    """
    return CBackend(find().vector if options.accuracy == "fast" else frozenset())


def _written(spec: FunctionSpec, head: Header, chosen: CBackend) -> str:
    """The plan on the first line, then the C text."""
    plan = plan_of(Writer(spec, chosen.vector))
    return f"{plan.to_text()}\n{chosen.source([spec], head)}"

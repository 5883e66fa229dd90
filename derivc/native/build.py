"""From specs to a native function, its C text through the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivc.build import cached, header, signature
from derivc.codegen.c.backend import CBackend
from derivc.codegen.c.writer import Writer
from derivc.native.function import NativeFunction
from derivc.native.plan import from_text, plan_of
from derivc.native.toolchain import find
from derivc.options import Options
from derivc.specs import Specs


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
    text = cached(
        f"c|{name}|{options.accuracy}|{sorted(backend(options).vector)}|{signature(specs)}",
        lambda: _written(specs, name, options),
    )
    plan, _, source = text.partition("\n")
    return NativeFunction(from_text(plan), source, options.threads, numpy)


def backend(options: Options) -> CBackend:
    """The C backend for this machine's compiler.

    Raises:
        NativeError: there is none.
    """
    return CBackend(find().vector if options.accuracy == "fast" else frozenset())


def _written(specs: Specs, name: str, options: Options) -> str:
    """The plan on the first line, then the C text."""
    chosen, spec = backend(options), specs.build(name)
    plan = plan_of(Writer(spec, chosen.vector))
    return f"{plan.to_text()}\n{chosen.source([spec], header(specs))}"

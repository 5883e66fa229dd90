"""The NumPy backend: a module of functions over numbers and arrays that needs only NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import final

from derivc.codegen import spelling
from derivc.codegen.backend import AbstractBackend
from derivc.codegen.environment import render
from derivc.codegen.function import FunctionSpec, Header
from derivc.codegen.names import Names
from derivc.codegen.render import function_text


@final
class NumpyBackend(AbstractBackend):
    """Source for NumPy: Python floats take a flat path, arrays are computed in blocks."""

    name = "numpy"

    def source(self, specs: Sequence[FunctionSpec], header: Header) -> str:
        """A complete module that defines one function per spec."""
        names = Names(a.name for spec in specs for a in spec.arguments)
        return render(
            "numpy/module.py.j2",
            header=header,
            special=_special(specs),
            support=support(),
            functions=[function_text(spec, names) for spec in specs],
        )


@lru_cache(maxsize=1)
def support() -> str:
    """The part of `support.py` that generated modules carry along."""
    text = resources.files("derivc.codegen").joinpath("support.py").read_text(encoding="utf-8")
    return text.split("# --- carried ---\n", 1)[1].strip()


def _special(specs: Sequence[FunctionSpec]) -> list[str]:
    """The functions of scipy.special that the programs call, sorted."""
    ops = {step.op for spec in specs for step in spec.program.instructions} - {"const"}
    found = {spelling.spelling_of(op).numpy for op in ops}
    return sorted(name for name in found if name.startswith("special."))

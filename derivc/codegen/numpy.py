"""The NumPy backend: a module of functions over numbers and arrays that needs only NumPy."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import replace
from typing import final

from derivc.codegen import spelling
from derivc.codegen.backend import AbstractBackend
from derivc.codegen.environment import render
from derivc.codegen.function import FunctionSpec, Header
from derivc.codegen.names import Names
from derivc.codegen.render import docstring, function_text
from derivc.codegen.support import carried


@final
class NumpyBackend(AbstractBackend):
    """Source for NumPy: Python floats take a flat path, arrays are computed in blocks."""

    name = "numpy"

    def source(self, specs: Sequence[FunctionSpec], header: Header) -> str:
        """A complete module that defines one function per spec."""
        specs = [_callable(spec) for spec in specs]
        names = Names(a.name for spec in specs for a in spec.arguments)
        functions = [function_text(spec, names) for spec in specs]
        steep = any(f.steep for f in functions)
        return render(
            "numpy/module.py.j2",
            formula=docstring(header.formula),
            version=header.version,
            notes=[docstring(note) for note in header.notes] + [f.note for f in functions],
            special=_special(specs),
            functions=functions,
            support=carried(steep),
            steep=steep,
            aliases=[f"{alias} = {name}" for name, alias in sorted(names.aliases.items())],
        )


def _callable(spec: FunctionSpec) -> FunctionSpec:
    """The spec with names that Python reserves (`lambda`) spelled with an underscore behind."""
    if not any(keyword.iskeyword(a.name) for a in spec.arguments):
        return spec
    names = Names(a.name for a in spec.arguments)
    arguments = [
        replace(a, name=names.pick(a.name)) if keyword.iskeyword(a.name) else a
        for a in spec.arguments
    ]
    return replace(spec, arguments=tuple(arguments))


def _special(specs: Sequence[FunctionSpec]) -> list[str]:
    """Assignments of the functions of scipy.special that the programs call, sorted."""
    return [
        f"{local} = _in_double({name.replace('[', ', ').rstrip(']')})"
        for local, name in spelling.special([spec.program for spec in specs])
    ]

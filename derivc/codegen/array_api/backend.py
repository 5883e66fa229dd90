"""The array-API backend: functions over any namespace, and the same for CuPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from derivc.codegen import layout
from derivc.codegen.array_api import spelling
from derivc.codegen.backend import AbstractBackend
from derivc.codegen.environment import render
from derivc.codegen.function import FunctionSpec, Header
from derivc.codegen.library import callable_arguments, ready
from derivc.codegen.names import Names
from derivc.codegen.names_of import input_names
from derivc.codegen.render import docstring
from derivc.codegen.special import COMPLETE
from derivc.codegen.straight import Straight, ops_of


@final
@dataclass(frozen=True)
class Written:
    """A function in lines.

    Args:
        name, parameters, summary: of the function. arrays: its arguments.
        elements: lines that take arguments of fixed shape apart. lines: the computation.
        outputs, result: what it returns.
    """

    name: str
    parameters: str
    summary: str
    arrays: str
    elements: list[str]
    lines: list[str]
    outputs: list[str]
    result: str


@final
class ArrayApiBackend(AbstractBackend):
    """Source over an array namespace.

    Args:
        library: "array_api", for any namespace, or "cupy".
    """

    name = "array_api"

    def __init__(self, library: str = "array_api"):
        self.library = library

    def source(self, specs: Sequence[FunctionSpec], header: Header) -> str:
        """A complete module that defines one function per spec."""
        names = Names(a.name for spec in specs for a in callable_arguments(spec.arguments))
        xp, ops = names.pick("xp"), set[str]()
        functions = [self._written(spec, names, xp, ops) for spec in specs]
        standard = self.library == "array_api"
        carrier = spelling.STANDARD if standard else spelling.CUPY
        carried = ops if standard else ops - set(spelling.in_cupy())
        return render(
            "array_api/module.py.j2",
            formula=docstring(header.formula),
            version=header.version,
            is_cupy=self.library == "cupy",
            xp=xp,
            functions=functions,
            helpers=carrier.carried(sorted(carried)),
            aliases=[f"{alias} = {name}" for name, alias in sorted(names.aliases.items())],
        )

    def _written(self, spec: FunctionSpec, names: Names, xp: str, ops: set[str]) -> Written:
        arguments = callable_arguments(spec.arguments)
        dialect = (spelling.cupy if self.library == "cupy" else spelling.standard)(xp)
        called = input_names(arguments, names)
        program = ready(spec.program, COMPLETE)
        ops |= ops_of(program)
        code = Straight(program, called, dialect, names)
        order = layout.leaves(spec.layout)
        outputs = [code.output(code.program.outputs[i]) for i in order]
        places = [f"{names.pick('found')}[{k}]" for k in range(len(order))]
        stack = names.text(f"_stack({xp}, ").rstrip("( ,")
        given = [a.name for a in arguments]
        elements, start = [], 0
        for a in arguments:
            if not a.is_scalar:
                parts = ", ".join(called[start : start + len(a.elements)])
                call = names.text("_elements")
                elements.append(f"{parts}, = {call}({xp}, {a.name!r}, {a.name}, {a.shape})")
            start += len(a.elements)
        result = layout.expression(spec.layout, places, stack.split("(")[0] + f"({xp})")
        tail = [] if self.library == "cupy" else [f"{xp}=None"]
        return Written(
            spec.name, ", ".join([*given, *tail]), spec.summary, ", ".join(given), elements,
            list(code.lines.values()), outputs, result,
        )  # fmt: skip

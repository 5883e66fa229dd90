"""A function as the nodes of a runtime graph call it: arrays in, a tuple of arrays out, no frills.

No blocks, no buffers, no repair: for small arrays the machinery around a function costs more than
the function. The caller looks at the floating-point flags and asks the full kernel when in doubt.
"""

from __future__ import annotations

from derivc.codegen import spelling
from derivc.codegen.environment import render
from derivc.codegen.function import FunctionSpec, Header
from derivc.codegen.names import Names
from derivc.codegen.names_of import targets, value_names
from derivc.codegen.render import docstring
from derivc.ir.program import Instruction, Program
from derivc.passes.strength import strength


def source(spec: FunctionSpec, header: Header) -> str:
    """A module that defines one function of arrays.

    Results come in the program's order, constants as numbers.

    Args:
        spec: every argument a scalar one.
        header: the formula for the docstring, and the version.
    """
    names = Names(a.name for a in spec.arguments)
    program = strength(spec.program)
    called = value_names(program, spec.arguments, names)
    special = [f"{local} = {_chosen(name)}" for local, name in spelling.special([program])]
    return render(
        "numpy/eager.py.j2",
        formula=docstring(header.formula),
        version=header.version,
        name=spec.name,
        arguments=[a.name for a in spec.arguments],
        summary=docstring(spec.summary or spec.name),
        body=[*_lines(program, called, names), f"return {_results(program, called)}"],
        special=special,
        aliases=[f"{alias} = {name}" for name, alias in sorted(names.aliases.items())],
    )


def _lines(program: Program, called: list[str], names: Names) -> list[str]:
    found = []
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op != "const":
            operands = ", ".join(called[a] for a in step.args)
            found.append(f"{called[index]} = {names.text(_function(step))}({operands})")
    return found


def _results(program: Program, called: list[str]) -> str:
    return targets([called[out] for out in program.outputs])


def _function(step: Instruction) -> str:
    return "np.where" if step.op == "where" else spelling.ufunc(step.op)


def _chosen(name: str) -> str:
    """A ufunc, or a function that picks one of its results: `special.sici[0]`."""
    function, bracket, part = name.partition("[")
    return f"lambda *arrays: {function}(*arrays)[{part}" if bracket else function

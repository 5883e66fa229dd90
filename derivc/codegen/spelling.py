"""How one instruction is written: as a Python expression over floats, or as a call of a ufunc."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivc.errors import UnsupportedError
from derivc.ir.program import Instruction, Program
from derivc.ops import registry
from derivc.ops.declaration import Spelling

_WHOLE = ("math.floor", "math.ceil", "math.trunc")
"""Functions of `math` that return ints."""


def spelling_of(op: str) -> Spelling:
    """The declared spelling of a primitive.

    Raises:
        UnsupportedError: the op has none.
    """
    found = registry.get(op).spelling
    if found is None:
        raise UnsupportedError(f"{op} has no spelling in NumPy; declare it with a stable form")
    return found


def is_boolean(step: Instruction) -> bool:
    """True when the instruction computes truth values."""
    if step.op == "const":
        return isinstance(step.value, bool)
    return "boolean" in registry.get(step.op).tags


def scalar(op: str) -> str:
    """A primitive over Python floats, with `{0}`, `{1}` for its operands.

    Example:
        >>> scalar("add"), scalar("pow"), scalar("exp")
        ('{0} + {1}', 'math.pow({0}, {1})', 'math.exp({0})')
    """
    spelling = spelling_of(op)
    if op == "pow":  # the operator would return complex numbers for negative bases
        return "math.pow({0}, {1})"
    if spelling.infix:
        return spelling.infix
    if spelling.math is None:
        return f"float({_call(spelling.numpy, op)})"
    return _mathematical(spelling.math, op)


def _call(function: str, op: str) -> str:
    places = ", ".join(f"{{{i}}}" for i in range(registry.get(op).arity))
    name, bracket, rest = function.partition("[")  # one of several results, as in special.sici[0]
    return f"{name}({places}){bracket}{rest}"


def _mathematical(spelling: str, op: str) -> str:
    """A function of `math`, or an expression; what may be an int or a truth is converted."""
    if "{" in spelling:
        return spelling if re.match(r"\w+\(", spelling) else f"float({spelling})"
    call = _call(spelling, op)
    return f"float({call})" if spelling in _WHOLE else call


def fill(template: str, atoms: list[str]) -> str:
    """The template over these operands; a negative constant stands in parentheses."""
    return template.format(*[f"({a})" if a.startswith("-") else a for a in atoms])


def needs_numpy(op: str) -> bool:
    """True when even the scalar code calls a ufunc, which may warn."""
    if op in ("const", "pow"):
        return False
    spelling = spelling_of(op)
    return spelling.infix is None and spelling.math is None


def ufunc(op: str) -> str:
    """The function that is called on arrays, the array for the result as its last argument."""
    if op == "where":
        return "_select"
    name = spelling_of(op).numpy
    return "_" + re.sub(r"\W+", "_", name).rstrip("_") if name.startswith("special.") else name


def special(programs: Iterable[Program]) -> list[tuple[str, str]]:
    """The functions of scipy.special that programs call: the local name, and SciPy's.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> special([b.finish([b.emit("erf", 0)])])
        [('_special_erf', 'special.erf')]
    """
    ops = {step.op for program in programs for step in program.instructions} - {"const"}
    found = {ufunc(op): spelling_of(op).numpy for op in ops}
    return sorted((local, name) for local, name in found.items() if name.startswith("special."))

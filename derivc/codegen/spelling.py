"""How one instruction is written: as a Python expression over floats, or as a call of a ufunc."""

from __future__ import annotations

import re

from derivc.errors import UnsupportedError
from derivc.ir.program import Instruction
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


def scalar(step: Instruction, atoms: list[str]) -> str:
    """The instruction over Python floats."""
    spelling = spelling_of(step.op)
    if step.op == "pow":
        return f"math.pow({', '.join(atoms)})"
    if spelling.infix:
        return spelling.infix.format(*[f"({a})" if a.startswith("-") else a for a in atoms])
    if spelling.math is None:
        return f"float({spelling.numpy}({', '.join(atoms)}))"
    return _mathematical(spelling.math, atoms)


def _mathematical(spelling: str, atoms: list[str]) -> str:
    if "{" in spelling:
        text = spelling.format(*[f"({a})" if a.startswith("-") else a for a in atoms])
        return text if re.match(r"\w+\(", text) else f"float({text})"
    call = f"{spelling}({', '.join(atoms)})"
    return f"float({call})" if spelling in _WHOLE else call


def needs_numpy(step: Instruction) -> bool:
    """True when even the scalar code calls a ufunc."""
    if step.op in ("const", "pow"):
        return False
    spelling = spelling_of(step.op)
    return spelling.infix is None and spelling.math is None


def array(step: Instruction, atoms: list[str], out: str) -> str:
    """The instruction over arrays, written into a buffer; without one (""), into a new array."""
    arguments = ", ".join([*atoms, out] if out else atoms)
    if step.op == "where":
        return f"_select({arguments})"
    name = spelling_of(step.op).numpy
    return f"{_special(name)}({arguments})"


def _special(name: str) -> str:
    return f"_{name.replace('.', '_')}" if name.startswith("special.") else name

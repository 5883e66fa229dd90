"""The order of the passes: what happens before differentiation, and before code is generated."""

from __future__ import annotations

import importlib.util

from derivc.ir.program import Program
from derivc.ir.verify import verify
from derivc.passes.dce import dce


def before_differentiation(program: Program) -> Program:
    """An op-level program as it is differentiated: stable, without dead code."""
    if importlib.util.find_spec("derivc.passes.stabilise"):
        from derivc.passes.stabilise import stabilise

        program = stabilise(program)
    return verify(dce(program))


def before_generation(program: Program) -> Program:
    """A program over primitives as a backend gets it."""
    return verify(dce(program))

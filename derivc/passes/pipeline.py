"""The order of the passes: what happens before differentiation, and before code is generated."""

from __future__ import annotations

from derivc.ir.program import Program
from derivc.ir.verify import verify
from derivc.passes.dce import dce
from derivc.passes.stabilise import stabilise


def before_differentiation(program: Program) -> Program:
    """An op-level program as it is differentiated: stable, without dead code."""
    return verify(stabilise(dce(program)))


def before_generation(program: Program) -> Program:
    """A program over primitives as a backend gets it."""
    return verify(dce(program))

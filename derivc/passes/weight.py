"""Operation counts: how many instructions a program has, and what they cost."""

from __future__ import annotations

from derivc.ir.program import Program
from derivc.ops import registry


def operations(program: Program) -> int:
    """The instructions that compute something."""
    return sum(step.op != "const" for step in program.instructions)


def weight(program: Program) -> float:
    """The operations of a program, each weighted by its cost (an addition is 1)."""
    steps = (s for s in program.instructions if s.op != "const")
    return float(sum(registry.get(step.op).cost for step in steps))


def tree_weight(program: Program) -> float:
    """The weight of all outputs written out as trees: shared values count at every use."""
    totals = [0.0] * len(program.inputs)
    for step in program.instructions:
        own = 0.0 if step.op == "const" else registry.get(step.op).cost
        totals.append(own + sum(totals[arg] for arg in step.args))
    return sum(totals[out] for out in program.outputs)


def exact_effort(program: Program) -> float:
    """How long the program takes in high precision, in arithmetic operations or so.

    Special functions are sums of hundreds of terms there; their costs in doubles say which.
    """
    costs = (registry.get(s.op) for s in program.instructions if s.op != "const")
    return float(sum(op.cost if "special" in op.tags else 1.0 for op in costs))

"""What PyTorch keeps for the backward pass of a composition: so much a module may keep too."""

from __future__ import annotations

from derivc.ir.program import Instruction, Program, Value

_NOTHING = frozenset(
    "add sub neg sign floor ceil round trunc deg2rad rad2deg floor_divide isnan isinf isfinite"
    " lt le gt ge eq ne logical_and logical_or logical_not".split()
)
_OUTPUT = frozenset(
    "exp exp2 expm1 sqrt rsqrt reciprocal tanh sigmoid relu tan ndtri erfinv".split()
)
_BOTH = frozenset("pow hypot i0e i1 i1e erfcx gamma".split())


def kept_by_autograd(program: Program) -> int:
    """How many arrays of floats autograd keeps for a program over what PyTorch spells, at least.

    The formulas of PyTorch's derivatives read the operands, the result, or both
    (`derivatives.yaml` in its source).

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> kept_by_autograd(b.finish([b.emit("mul", b.emit("sin", 0), b.emit("exp", 0))]))
        3
    """
    kept: set[Value] = set()
    for index, step in enumerate(program.instructions, len(program.inputs)):
        kept |= _kept(program, index, step)
    return len(kept)


def _kept(program: Program, index: Value, step: Instruction) -> set[Value]:
    moving = [a for a in step.args if program.constant(a) is None]
    if not moving or step.op in _NOTHING or step.op == "where":
        return set()
    if step.op in ("mul", "div") and len(moving) < 2:
        return {index} if step.op == "div" and moving[0] != step.args[0] else set()
    if step.op in _OUTPUT:
        return {index}
    return {*moving, index} if step.op in _BOTH else set(moving)

"""Functions that PyTorch computes and differentiates in one step, by the very same formula.

Where every slope is a constant, or PyTorch's derivative (`derivatives.yaml` in its source) is the
one that we would write, its own operation is called for plain tensors: it keeps the same, its
derivatives of every order follow from the same formula, and a Function of ours would take more
steps.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivc.codegen.family import Family
from derivc.codegen.library import constant_of
from derivc.ir.program import Program, Value

_SLOPES: Mapping[str, tuple[float, ...]] = {
    "add": (1.0, 1.0), "sub": (1.0, -1.0), "neg": (-1.0,),
    **dict.fromkeys(("floor", "ceil", "round", "trunc", "sign"), (0.0,)),
}  # fmt: skip
"""By op, what PyTorch multiplies the cotangent with."""
_FORMULAS: Mapping[str, tuple[str, ...]] = {
    "mul": ("mul", "mul"), "exp": ("mul",), "log": ("div",), "log1p": ("add", "div"),
    "log2": ("div", "mul"), "log10": ("div", "mul"), "sqrt": ("div", "mul"), "abs": ("mul", "sign"),
    "sin": ("cos", "mul"), "cos": ("mul", "neg", "sin"), "sinh": ("cosh", "mul"),
    "cosh": ("mul", "sinh"),
}  # fmt: skip
"""By op, the operations of its pullback, sorted, where they are PyTorch's."""
_FACTORS = frozenset({"mul", "div", "deg2rad", "rad2deg"})
"""Multiples of one argument, by a number: PyTorch gives the cotangent the same factor."""


def single(family: Family, value: Program, pulling: Program) -> Value | None:
    """The instruction that is the whole function, where PyTorch differentiates it alike; or None.

    Args:
        family: the function and its partials. value: its program over what PyTorch spells.
        pulling: the pullback.
    """
    steps = [i for i, s in enumerate(value.instructions, len(value.inputs)) if s.op != "const"]
    if len(steps) != 1 or list(value.outputs) != steps or len(family.moving) != len(value.inputs):
        return None
    step = value.instruction(steps[0])
    assert step is not None
    slopes = tuple(_slope(family, i) for i in range(len(value.inputs)))
    moving = [a for a in step.args if value.constant(a) is None]
    if sorted(moving) != list(range(len(value.inputs))):
        return None
    if None in slopes:
        return steps[0] if _operations(pulling) == _FORMULAS.get(step.op) else None
    if len(moving) < len(step.args) or step.op in _FACTORS:
        return steps[0] if step.op in {*_FACTORS, "add", "sub"} else None
    return steps[0] if _SLOPES.get(step.op) == slopes else None


def _operations(program: Program) -> tuple[str, ...]:
    return tuple(sorted(step.op for step in program.instructions if step.op != "const"))


def _slope(family: Family, by: int) -> float | None:
    partial = family.partials.get((0, by))
    return None if partial is None else constant_of(partial)

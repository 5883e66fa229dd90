"""Complex numbers in PyTorch's convention: the gradient of L by z is dL/d(re z) + i dL/d(im z).

For a holomorphic function f this is conj(f'(z)) times the cotangent. The formulas that are compiled
have real coefficients, so conj(f'(z)) = f'(conj(z)): the real pullback at the conjugated arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from derivc.codegen import eager
from derivc.codegen.function import FunctionSpec, Group, Header, Leaf
from derivc.codegen.load import load
from derivc.errors import UnsupportedError
from derivc.ir.program import Instruction, Program
from derivc.lowering.fragment import expand
from derivc.passes.dce import dce
from derivc.passes.pipeline import before_generation
from derivc.tensor.compiled import Compiled, of_program
from derivc.version import __version__

_HOLOMORPHIC = frozenset({
    "const", "add", "sub", "mul", "div", "neg", "pow", "square", "sqrt", "exp", "log", "log2",
    "log10", "log1p", "expm1", "sin", "cos", "tan", "sinh", "cosh", "asin", "acos", "atan",
    "acosh", "atanh", "tanh", "asinh",
})  # fmt: skip
"""Primitives whose ufunc takes complex numbers and is holomorphic (away from its branch cuts)."""


def _binary(op: str, a: int, b: int) -> Instruction:
    return Instruction(op, (a, b))


_FORMS: dict[str, Program] = {
    "tanh": Program(
        ("x",), (Instruction("sinh", (0,)), Instruction("cosh", (0,)), _binary("div", 1, 2)), (3,)
    ),
    "asinh": Program(
        ("x",),
        (
            Instruction("square", (0,)), Instruction("const", (), 1), _binary("add", 1, 2),
            Instruction("const", (), Fraction(1, 2)), _binary("pow", 3, 4), _binary("add", 0, 5),
            Instruction("log", (6,)),
        ),
        (7,),
    ),
    "pow": Program(
        ("x", "e"),
        (Instruction("log", (0,)), _binary("mul", 1, 2), Instruction("exp", (3,))),
        (4,),
    ),
    "exp2": Program(
        ("x",),
        (
            Instruction("const", (), 2), Instruction("log", (1,)), _binary("mul", 0, 2),
            Instruction("exp", (3,)),
        ),
        (4,),
    ),
}  # fmt: skip
"""Ops whose real partials are stable by the absolute value of something, in holomorphic terms.

The root of asinh is a power: over real numbers, that of a square root is asinh again.
"""


@cache
def form_of(function: Compiled) -> Compiled:
    """The function to use on complex numbers in the place of this one."""
    form = _FORMS.get(function.name)
    arity = len(function.specs.definition.elements)
    if form is None or len(form.inputs) != arity or len(function.specs.value_program) != 1:
        return function
    return of_program(form, function.name)


@cache
def _quick(function: Compiled) -> Any:
    """The function over complex arrays.

    Raises:
        UnsupportedError: it is not holomorphic.
    """
    program = before_generation(expand(dce(function.specs.value_program)))
    strange = sorted({step.op for step in program.instructions} - _HOLOMORPHIC)
    if strange:
        raise UnsupportedError(
            f"{function.name} is not known for complex numbers: {', '.join(strange)} is not"
            " holomorphic; use .real, .imag, .abs() or .angle() first"
        )
    layout = Group(tuple(Leaf(i) for i in range(function.count)))
    arguments = function.specs.definition.arguments
    spec = FunctionSpec("value", arguments, program, layout, "The value.")
    return load(eager.source(spec, Header(function.name, __version__)))["value"]


def evaluate(function: Compiled, arrays: Sequence[Any]) -> tuple[Any, ...]:
    """The results over complex arrays, without warnings."""
    with np.errstate(all="ignore"):
        found: tuple[Any, ...] = _quick(function)(*arrays)
    return found


def conjugated(values: Sequence[Any]) -> list[Any]:
    """Arrays conjugated where they are complex."""
    return [np.conj(v) if getattr(v, "dtype", _REAL).kind == "c" else v for v in values]


_REAL = np.dtype(float)

"""When exact zeros among results can be trusted: moderate arguments keep every step in range.

The degree of a value bounds its size: for arguments that are zero or between 1e-10 and 1e10 in
magnitude, a value of degree n is zero or within 10**(-10 n) and 10**(10 n). Rounding can make a
difference as small as 1e-16 of its terms, which counts as two degrees.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivc.codegen.names import Names
from derivc.ir import exact
from derivc.ir.program import Instruction, Program

_MOST = 28
STEEP = {"exp": 9, "expm1": 9, "sinh": 9, "cosh": 9, "exp2": 7}
_LIMIT = "200.0"
_KEEPING = frozenset({
    "neg", "abs", "sqrt", "cbrt", "atan", "asin", "tanh", "maximum", "minimum", "hypot",
    "where", "sign", "log1p",
})  # fmt: skip
_CANCELLING = frozenset({
    "add", "sub", "sin", "cos", "tan", "log", "log2", "log10", "acos", "atan2",
})  # fmt: skip
_TRUTH = frozenset({
    "lt", "le", "gt", "ge", "eq", "ne", "logical_and", "logical_or", "logical_not",
})  # fmt: skip


def test(program: Program, called: list[str], names: Names) -> str:
    """A condition on the arguments under which all results are right; "" where there is none.

    Args:
        program: over primitives.
        called: the name of every value.
        names: guards our own global names.
    """
    degrees: list[int] = [1] * len(program.inputs)
    bounded: list[str] = []
    for step in program.instructions:
        degree = _degree(program, step, degrees)
        if degree is None or degree > _MOST:
            return ""
        degrees.append(degree)
        if step.op in STEEP:
            bounded.append(f"-{_LIMIT} < {called[step.args[0]]} < {_LIMIT}")
    size = names.text("abs")
    used = sorted({a for s in program.instructions for a in s.args if a < len(program.inputs)})
    zero_or = [f"(not {called[v]} or 1e-10 < {size}({called[v]}) < 1e10)" for v in used]
    return " and ".join([*zero_or, *dict.fromkeys(bounded)])


def _degree(program: Program, step: Instruction, degrees: list[int]) -> int | None:
    """The degree of one result; None for ops of which no bound is known."""
    most = max((degrees[a] for a in step.args), default=0)
    if step.op == "const":
        return _of_constant(step.value)
    if step.op in ("mul", "div"):
        return sum(degrees[a] for a in step.args)
    if step.op == "pow":
        exponent: Any = program.constant(step.args[1])
        known = exact.is_plain(exponent)
        return degrees[step.args[0]] * -(-abs(Fraction(exponent)) // 1) if known else None
    if step.op in STEEP:
        return STEEP[step.op]
    if step.op in _CANCELLING:
        return most + 2
    return most if step.op in _KEEPING or step.op in _TRUTH else None


def _of_constant(value: Any) -> int | None:
    """0 for constants of a moderate size."""
    size = abs(exact.to_float(value)) if not isinstance(value, bool) else 0.0
    return 0 if size == 0 or 1e-8 < size < 1e8 else None

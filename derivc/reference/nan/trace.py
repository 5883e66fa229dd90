"""A program run step by step in float64, and the way back from a bad result to where it began."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, final

import numpy as np

from derivc.functions import kernel_of
from derivc.ir import exact
from derivc.ir.program import Program, Value
from derivc.lowering.lift import node
from derivc.ops import registry
from derivc.symbolic.canonical import canonical, fits
from derivc.symbolic.singularities.wording import text as text_of

_LONGEST = 90


@final
@dataclass(frozen=True)
class Run:
    """A program with the value of every step.

    Args:
        program: op level or expanded. values: of every input and instruction, floats and bools.
    """

    program: Program
    values: tuple[Any, ...]

    @classmethod
    def of(cls, program: Program, point: Sequence[float]) -> Run:
        """Run it at a point, one float per input, each op as it is compiled."""
        values: list[Any] = [float(v) for v in point]
        with np.errstate(all="ignore"):
            for step in program.instructions:
                if step.op == "const":
                    value = step.value
                    values.append(value if isinstance(value, bool) else exact.to_float(value))
                else:
                    values.append(_function(step.op)(*[values[a] for a in step.args]))
        return cls(program, tuple(v if isinstance(v, bool) else _number(v) for v in values))

    def origins(self, output: Value) -> list[Value]:
        """Where a bad value began, then what it led to, down to the output; the first first.

        Of a NaN: the step that made it out of numbers (or out of infinities, whose own origins
        come before it). Of an infinity: the step that made it out of finite numbers.
        """
        found: list[Value] = []
        self._back(output, found, set())
        return found

    def _back(self, value: Value, found: list[Value], seen: set[Value]) -> None:
        stack = [(value, False)]
        while stack:
            place, ready = stack.pop()
            if ready:
                found.append(place)
            elif place not in seen:
                seen.add(place)
                stack.append((place, True))
                stack += [(p, False) for p in self._behind(place)]

    def _behind(self, value: Value) -> list[Value]:
        """The operands that a bad value is to be blamed on: NaN ones, else infinite ones."""
        step = self.program.instruction(value)
        if step is None or step.op == "const":
            return []
        args = self._taken(step.op, step.args)
        nans = [a for a in args if _is(math.isnan, self.values[a])]
        return nans[:1] or [a for a in args if _is(math.isinf, self.values[a])]

    def _taken(self, op: str, args: tuple[Value, ...]) -> tuple[Value, ...]:
        """The operands that count: of a choice the branch that was taken."""
        if op != "where":
            return args
        return (args[0], args[1] if self.values[args[0]] else args[2])


def _number(value: Any) -> Any:
    return bool(value) if isinstance(value, np.bool_) else float(value)


def _is(test: Callable[[float], bool], value: Any) -> bool:
    return not isinstance(value, bool) and test(value)


@cache
def _function(name: str) -> Callable[..., Any]:
    if name in _PLAIN:
        return _PLAIN[name]
    return kernel_of(registry.get(name)).value


_PLAIN: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "pow": np.power, "sqrt": np.sqrt, "square": np.square, "exp": np.exp, "log": np.log,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal, "logical_and": np.logical_and,
    "logical_or": np.logical_or, "logical_not": np.logical_not,
    "where": lambda condition, a, b: a if condition else b,
}  # fmt: skip


def texts(program: Program) -> Callable[[Value], str]:
    """A function from a value of a program to its formula in the user's variables."""
    import sympy as sp

    nodes: list[Any] = [sp.Symbol(name, real=True) for name in program.inputs]
    for step in program.instructions:
        constant = step.op == "const"
        nodes.append(
            exact.to_sympy(step.value) if constant else node(step.op, [nodes[a] for a in step.args])
        )
    return lambda value: shortened(_tidy(nodes[value]))


def _tidy(tree: Any) -> str:
    """Text without the ones and minus ones that lifting leaves."""
    try:
        return text_of(canonical(tree) if fits(tree) else tree)
    except RecursionError:
        return "(a deeply nested formula)"


def shortened(text: str) -> str:
    """The text, its middle left out when it is long."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]} ... {text[-half:]}"


def formula(op: str, operands: Sequence[str], whole: str) -> str:
    """A step over its operands' texts, where the whole would be simplified beyond recognition.

    Example:
        >>> formula("div", ["4*x**3", "2*x**2"], "2*x")
        '4*x**3/(2*x**2)'
    """
    sign = _INFIX.get(op)
    if sign is None:
        return whole
    left, right = (_bracketed(text, sign, i) for i, text in enumerate(operands))
    return shortened(f"{left}{sign}{right}")


def _bracketed(text: str, sign: str, place: int) -> str:
    """In brackets where the sign would otherwise tear it apart."""
    depth, loose = 0, ""
    for character in text:
        depth += (character in "([") - (character in ")]")
        loose += character if depth == 0 else ""
    loose = loose.replace("**", "^")
    torn = "+- " if sign == "*" else "+-*/ " if sign == "/" and place else "+- "
    alone = sign.strip() in "+-" and not (place and sign.strip() == "-")
    return text if alone or not any(c in loose for c in torn) else f"({text})"


_INFIX = {"div": "/", "mul": "*", "add": " + ", "sub": " - "}

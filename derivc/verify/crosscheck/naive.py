"""The function as it is written, differentiated as it stands: how far rounding can carry it.

Every operation is repeated with its result changed at random in the last place (Monte Carlo
arithmetic): results that scatter say that rounding alone explains an error of that size. Source:
D. S. Parker, "Monte Carlo Arithmetic", UCLA CSD-970002 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.errors import DerivcError
from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.lowering.lift import lift
from derivc.ops.shorthand import mpmath
from derivc.passes.dce import dce
from derivc.passes.jvp import push
from derivc.passes.vjp import pull
from derivc.verify.crosscheck.kinks import values_of
from derivc.verify.crosscheck.quantity import Quantity

_RUNS = 32
_SLACK = 8.0
_NOTABLE = 2.0
_DIGITS = 60
_LONGEST = 48


@final
@dataclass(frozen=True)
class Trouble:
    """The first place where plain floating-point arithmetic goes astray.

    Args:
        kind: "overflow", "invalid" or "cancellation". what: the sub-expression.
        text: what happens there, a clause.
    """

    kind: str
    what: str
    text: str


@final
class Naive:
    """The user's program, and those of its derivatives, run in plain arithmetic.

    Args:
        program: op level, as the user wrote it.
        vector: by input, the vector of Hessian-vector products.
        convention: what is returned at kinks.
    """

    def __init__(self, program: Program, vector: dict[int, float], convention: str):
        self.program, self.vector, self.convention = program, vector, convention
        self._programs: dict[Quantity, Program | None] = {}

    def of(self, quantity: Quantity) -> Program | None:
        """The program of one quantity; None where it has no derivative."""
        if quantity not in self._programs:
            try:
                self._programs[quantity] = dce(self._made(quantity))
            except DerivcError:
                self._programs[quantity] = None
        return self._programs[quantity]

    def _made(self, quantity: Quantity) -> Program:
        program = Program(
            self.program.inputs,
            self.program.instructions,
            (self.program.outputs[quantity.output],),
        )
        if quantity.by:
            program = self._pulled(program, quantity.by[0])
        if quantity.order == 2:
            along = self.vector if quantity.along else {quantity.by[1]: 1.0}
            program = self._pushed(program, along)
        return program

    def _builder(self, program: Program) -> tuple[SmartBuilder, dict[Value, Value]]:
        b = SmartBuilder(program.inputs)
        b.convention = self.convention
        return b, b.inline(program, range(len(program.inputs)))

    def _pulled(self, program: Program, index: int) -> Program:
        b, places = self._builder(program)
        return b.finish(pull(b, program, places, {program.outputs[0]: b.const(1)}, [index]))

    def _pushed(self, program: Program, along: dict[int, float]) -> Program:
        b, places = self._builder(program)
        moved = push(b, program, places, {i: b.const(v) for i, v in along.items()})
        return b.finish([moved.get(program.outputs[0], b.const(0))])

    def reach(self, quantity: Quantity, point: Sequence[float], truth: float, dtype: Any) -> float:
        """How far from the truth rounding alone may carry plain arithmetic.

        Args:
            quantity: what is computed. point: where. truth: its true value.
            dtype: of the arithmetic.

        Returns:
            A bound on the error; infinite where plain arithmetic fails altogether.
        """
        program = self.of(quantity)
        if program is None:
            return 0.0
        found, largest = _shaken(program, point, dtype)
        unit = float(np.finfo(dtype).eps)
        apart = np.abs(found.astype(np.float64) - truth)
        spread = float(np.max(apart)) if np.all(np.isfinite(apart)) else math.inf
        return _SLACK * max(spread, unit * largest)

    def trouble(self, quantity: Quantity, point: Sequence[float], dtype: Any) -> Trouble | None:
        """The first sub-expression that overflows, is invalid, or cancels: value, then partials."""
        before = [Quantity(quantity.output), Quantity(quantity.output, quantity.by[:1]), quantity]
        for part in dict.fromkeys(before):
            program = self.of(part)
            found = None if program is None else _first_trouble(program, point, dtype)
            if found is not None:
                return found
        return None


def _function(name: str) -> Callable[..., Any]:
    from derivc.functions import function_of

    return np.where if name == "where" else function_of(name)


def _shaken(program: Program, point: Sequence[float], dtype: Any) -> tuple[Any, float]:
    """The results of many runs, and the largest magnitude that any operation gave."""
    draw = np.random.default_rng(0)
    unit = float(np.finfo(dtype).eps)
    values = [np.full(_RUNS, x, dtype) for x in point]
    largest = 0.0
    with np.errstate(all="ignore"):
        for step in program.instructions:
            found = _step(step, values, dtype)
            if step.op != "const" and np.asarray(found).dtype.kind == "f":
                noise = draw.uniform(-unit, unit, _RUNS).astype(dtype)
                found = found + found * noise
                size = float(np.max(np.abs(found)))
                largest = max(largest, size if math.isfinite(size) else 0.0)
            values.append(found)
    return np.broadcast_to(values[program.outputs[0]], (_RUNS,)), largest


def _step(step: Any, values: Sequence[Any], dtype: Any) -> Any:
    if step.op == "const":
        value = step.value
        return value if isinstance(value, bool) else np.asarray(exact.to_float(value), dtype)
    return _function(step.op)(*[values[a] for a in step.args])


def _first_trouble(program: Program, point: Sequence[float], dtype: Any) -> Trouble | None:
    """The first failure, or else the worst cancellation."""
    with mpmath().workdps(_DIGITS):
        true = values_of(program, point)
    plain: list[Any] = [np.asarray(x, dtype) for x in point]
    worst, lost = None, _NOTABLE
    with np.errstate(all="ignore"):
        for step in program.instructions:
            plain.append(_step(step, plain, dtype))
            index = len(plain) - 1
            found = _failure(program, index, plain, true)
            if found is not None:
                return found
            digits = _digits_lost(step, true, index) if step.op in ("add", "sub") else 0.0
            if digits > lost:
                worst, lost = index, digits
    return None if worst is None else _cancellation(program, worst, lost, np.finfo(dtype).precision)


def _failure(program: Program, index: int, plain: list[Any], true: list[Any]) -> Trouble | None:
    value = np.asarray(plain[index])
    if value.dtype.kind != "f" or np.isfinite(value):
        return None
    step = program.instruction(index)
    assert step is not None
    if step.op == "const" or not all(np.all(np.isfinite(plain[a])) for a in step.args):
        return None
    shown = ", ".join(f"{float(plain[a]):.6g}" for a in step.args)
    what = f"{step.op}({shown})"
    number = true[index]
    if number == number and mpmath().isfinite(number):
        return Trouble("overflow", what, f"{what} overflows")
    return Trouble("invalid", what, f"{what} is {float(value)}")


def _digits_lost(step: Any, true: list[Any], index: int) -> float:
    """The decimal digits by which a sum is smaller than its terms."""
    size, terms = abs(true[index]), max(abs(true[a]) for a in step.args)
    if size != size or not mpmath().isfinite(terms) or terms == 0:
        return 0.0
    return math.inf if size == 0 else float(mpmath().log10(terms / size))


def _cancellation(program: Program, index: int, lost: float, precision: int) -> Trouble:
    step = program.instruction(index)
    assert step is not None
    a, b = lift(Program(program.inputs, program.instructions, step.args))
    shown = f"{a} {'+' if step.op == 'add' else '-'} {f'({b})' if b.is_Add else b}"
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."
    had = precision + 1
    digits = "all" if lost > had else f"{lost:.0f}"
    return Trouble("cancellation", shown, f"{shown} loses {digits} of {had} digits")

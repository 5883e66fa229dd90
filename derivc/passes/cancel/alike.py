"""Values that are the same function, though they are written otherwise, are computed once.

In the price of an option, S exp(-a^2) and K exp(-r T) exp(-b^2) are the same for

    a = (log(S/K) + (r + s^2/2) T)/(s sqrt(2 T)),  b = a - s sqrt(T/2),

as a^2 - b^2 = log(S/K) + r T. Most of its partials are differences of such products. Analytic
functions that agree on all of a set of points, of either sign and of every size, to far more
digits than chance allows, are taken to be the same; comparisons and kinks are left out, since
what they choose may lie beside the points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.lowering import multiprecision
from derivc.ops import registry
from derivc.ops.shorthand import mpmath
from derivc.passes.cancel.judge import Judge, sliced, usable
from derivc.passes.dce import dce
from derivc.passes.weight import exact_effort, weight

_LONGEST, _MOST_EFFORT = 300, 1000
_POINTS, _FEWEST = 24, 5
_PRECISION, _AGREED = 420, 200
Part = tuple[int, int, int]
"""Sign, exponent and leading bits; all zero where all bits may be rounding."""

Key = tuple[Part | None, ...]
"""A value at every point; None where it is no finite number."""


def unified(program: Program) -> Program:
    """The program with values that are the same computed once, where that saves an exponential.

    Args:
        program: op level, derivatives included.

    Example:
        >>> b = SmartBuilder(["x", "y"])
        >>> square = b.emit("mul", 1, 1)
        >>> one = b.emit("exp", b.emit("add", 0, b.emit("log", square)))
        >>> print(unified(b.finish([one, b.emit("mul", square, b.emit("exp", 0))])))
        inputs x y
        _2 = mul y y
        _3 = exp x
        _4 = mul _2 _3
        outputs _4 _4
    """
    if _exponentials(program) < 2 or len(program) > _LONGEST:
        return program
    if exact_effort(program) > _MOST_EFFORT:
        return program
    judge = Judge(program)
    found = _Unifier(program, judge.points[:_POINTS]).program_after()
    if _exponentials(found) >= _exponentials(program) or not _is_better(judge, program, found):
        return program
    return found


def _exponentials(program: Program) -> int:
    return sum(step.op == "exp" for step in program.instructions)


def _is_better(judge: Judge, before: Program, after: Program) -> bool:
    """Whether no output that changes loses digits by it."""
    for one, other in zip(before.outputs, after.outputs, strict=True):
        old, new = sliced(before, one), sliced(after, other)
        if old.instructions != new.instructions and not judge.prefers(one, old, new):
            return False
    return True


@final
class _Unifier:
    """Finds what is the same, and writes the program with the least of each."""

    def __init__(self, program: Program, points: Sequence[Sequence[Any]]):
        self.program, self.points = program, points
        self.start = len(program.inputs)
        self.builder = SmartBuilder(program.inputs)
        self.places: dict[Value, Value] = dict(enumerate(range(self.start)))

    def program_after(self) -> Program:
        """The program, each value as the cheapest that is the same but for the sign."""
        for value in range(self.start, self.start + len(self.program)):
            self._place(value)
        return dce(self.builder.finish(self.places[out] for out in self.program.outputs))

    def _place(self, value: Value) -> Value:
        """Where a value stands. The cheapest costs less than all that is computed from it."""
        if value not in self.places:
            same, sign = self.cheapest.get(value, (value, 1))
            if same != value:
                place = self._place(same)
                self.places[value] = place if sign > 0 else self.builder.emit("neg", place)
            else:
                step = self.program.instructions[value - self.start]
                for argument in step.args:
                    self._place(argument)
                self.places[value] = self.builder.copy(step, self.places)
        return self.places[value]

    @cached_property
    def efforts(self) -> list[tuple[float, Value]]:
        """Per value, what it costs from the inputs on, and its place among equals."""
        whole = range(self.start + len(self.program))
        return [(weight(sliced(self.program, v)) if v >= self.start else 0.0, v) for v in whole]

    @cached_property
    def cheapest(self) -> dict[Value, tuple[Value, int]]:
        """By value, the cheapest that is the same, and 1 or -1 for the sign between the two."""
        groups: dict[Key, list[tuple[Value, int]]] = defaultdict(list)
        for value, key in self._keys().items():
            sign = next(part[0] for part in key if part is not None and part[0])
            groups[_signed(key, sign)].append((value, sign))
        found = {}
        for group in groups.values():
            least, first = min(group, key=lambda item: self.efforts[item[0]])
            found.update({value: (least, sign * first) for value, sign in group})
        return found

    def _keys(self) -> dict[Value, Key]:
        """What identifies a value: only of what is smooth, and known at enough points."""
        columns = self._columns()
        found = {}
        for value in range(self.start + len(self.program)):
            key = tuple(column[value] for column in columns)
            known = sum(part is not None and part[0] != 0 for part in key)
            if self.smooth[value] and known >= _FEWEST:
                found[value] = key
        return found

    def _columns(self) -> list[list[Part | None]]:
        """Per point, all values."""
        whole = replace(self.program, outputs=tuple(range(self.start + len(self.program))))
        with mpmath().workprec(_PRECISION):
            return [list(map(_part, multiprecision.run(whole, list(p)))) for p in self.points]

    @cached_property
    def smooth(self) -> list[bool]:
        """Per value, whether nothing but analytic functions of the inputs lead to it."""
        found = [True] * self.start
        for step in self.program.instructions:
            found.append(_is_analytic(step) and all(found[a] for a in step.args))
        return found


def _is_analytic(step: Instruction) -> bool:
    if step.op == "const":
        return not isinstance(step.value, bool)
    op = registry.get(step.op)
    return not op.kinks and not op.tags & {"boolean", "branch"} and step.op != "where"


def _part(value: Any) -> Part | None:
    """A value at one point, with as many bits as must agree."""
    if not usable(value):
        return None
    number = mpmath().mpf(value)
    if abs(number) < mpmath().mpf(2) ** (_AGREED - _PRECISION):
        return 0, 0, 0
    sign, mantissa, exponent, bits = number._mpf_
    return (-1 if sign else 1), exponent + bits, int(mantissa << _AGREED >> bits)


def _signed(key: Key, sign: int) -> Key:
    return tuple(None if part is None else (part[0] * sign, *part[1:]) for part in key)

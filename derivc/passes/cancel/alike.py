"""Values that are the same function, though they are written otherwise, are computed once.

In the price of an option, S exp(-a^2) and K exp(-r T) exp(-b^2) are the same for

    a = (log(S/K) + (r + s^2/2) T)/(s sqrt(2 T)),  b = a - s sqrt(T/2),

as a^2 - b^2 = log(S/K) + r T. Most of its partials are differences of such products. Analytic
functions that agree on all of a set of points, of either sign and of every size, to far more
digits than chance allows, are taken to be the same; comparisons and kinks are left out, since
what they choose may lie beside the points, and powers of which whole exponents alone have a value.
Where a form has no value at 0, 1 or -1, or for equal arguments, it is another one.
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

_LONGEST, _MOST_EFFORT = 600, 1500
_MUCH = 0.8
_BUDGET = 300_000
"""Of the judge: all entries of a matrix of second partials are weighed."""

_POINTS, _FEWEST = 24, 5
_PRECISION, _AGREED = 420, 200
Part = tuple[int, int, int]
"""Sign, exponent and leading bits; all zero where all bits may be rounding."""

Key = tuple[Part | None, ...]
"""A value at every point; None where it is no finite number."""


def unified(program: Program) -> Program:
    """The program with values that are the same computed once, where that saves work.

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
    judge = Judge(program, _BUDGET)
    alike = _Alike(program, [*judge.points[:_POINTS], *_special(len(program.inputs))])
    if not alike.groups:
        return program
    forms = [alike.written(shunned) for shunned in (None, *alike.exponentials)]
    found = _kept(judge, program, min(forms, key=weight))
    return found if _saves(program, found) else program


def _exponentials(program: Program) -> int:
    return sum(step.op == "exp" for step in program.instructions)


def _special(count: int) -> list[tuple[Any, ...]]:
    """Points at which forms often have no value: 0, 1 and -1 alone and everywhere, and equals."""
    number = mpmath().mpf
    plain = tuple(number(i + 2) / (i + 3) for i in range(count))
    alone = [(*plain[:i], number(v), *plain[i + 1 :]) for i in range(count) for v in (0, 1, -1)]
    return [*alone, *((number(v),) * count for v in (0, 1, -1, 0.75))]


def _saves(before: Program, after: Program) -> bool:
    """Whether an exponential is saved, or much else."""
    fewer = _exponentials(after) < _exponentials(before)
    return fewer or weight(after) < _MUCH * weight(before)


def _kept(judge: Judge, before: Program, after: Program) -> Program:
    """The program after, but as before where an output would lose digits."""
    b = SmartBuilder(before.inputs)
    arguments = range(len(before.inputs))
    old, new = b.inline(before, arguments), b.inline(after, arguments)
    pairs = list(zip(before.outputs, after.outputs, strict=True))
    better = {pair: _is_better(judge, sliced(before, pair[0]), sliced(after, pair[1]), pair[0])
              for pair in dict.fromkeys(pairs)}  # fmt: skip
    return dce(b.finish(new[n] if better[o, n] else old[o] for o, n in pairs))


def _is_better(judge: Judge, old: Program, new: Program, value: Value) -> bool:
    return old.instructions != new.instructions and judge.prefers(value, old, new)


@final
class _Alike:
    """Finds the values of a program that are the same but for the sign."""

    def __init__(self, program: Program, points: Sequence[Sequence[Any]]):
        self.program, self.points = program, points
        self.start = len(program.inputs)
        self.whole = range(self.start + len(program))

    @cached_property
    def exponentials(self) -> list[Value]:
        """The values that are exponentials."""
        return [v for v in self.whole[self.start :] if self._step(v).op == "exp"]

    def written(self, shunned: Value | None) -> Program:
        """The program, each value as the cheapest that is the same.

        Args:
            shunned: an exponential that is dearer than all else, so that others take its place.
        """
        dear = self._reached(shunned)
        found: dict[Value, tuple[Value, int]] = {}
        for group in self.groups:
            least, first = min(group, key=lambda i: (i[0] in dear, self.weights[i[0]], i[0]))
            found.update({value: (least, sign * first) for value, sign in group})
        return _Rewriter(self.program, found).run()

    def _step(self, value: Value) -> Instruction:
        return self.program.instructions[value - self.start]

    def _reached(self, origin: Value | None) -> set[Value]:
        """The values that are computed from one, itself among them."""
        found: set[Value] = set() if origin is None else {origin}
        for value in self.whole[self.start :]:
            if found.intersection(self._step(value).args):
                found.add(value)
        return found

    @cached_property
    def weights(self) -> list[float]:
        """Per value, what it costs from the inputs on."""
        return [weight(sliced(self.program, v)) if v >= self.start else 0.0 for v in self.whole]

    @cached_property
    def groups(self) -> list[list[tuple[Value, int]]]:
        """Where several values are the same: each with its sign at the first point that has one."""
        found: dict[Key, list[tuple[Value, int]]] = defaultdict(list)
        for value, key in self._keys().items():
            sign = next(part[0] for part in key if part is not None and part[0])
            found[_signed(key, sign)].append((value, sign))
        return [group for group in found.values() if len(group) > 1]

    def _keys(self) -> dict[Value, Key]:
        """What identifies a value: only of what is smooth, and known at enough points."""
        columns = self._columns()
        found = {}
        for value in self.whole:
            key = tuple(column[value] for column in columns)
            known = sum(part is not None and part[0] != 0 for part in key)
            if self.smooth[value] and known >= _FEWEST:
                found[value] = key
        return found

    def _columns(self) -> list[list[Part | None]]:
        """Per point, all values."""
        whole = replace(self.program, outputs=tuple(self.whole))
        with mpmath().workprec(_PRECISION):
            return [list(map(_part, multiprecision.run(whole, list(p)))) for p in self.points]

    @cached_property
    def smooth(self) -> list[bool]:
        """Per value, whether nothing but analytic functions of the inputs lead to it."""
        found = [True] * self.start
        for step in self.program.instructions:
            found.append(_is_analytic(self.program, step) and all(found[a] for a in step.args))
        return found


@final
class _Rewriter:
    """Writes a program with other values in the place of some.

    Args:
        program: what to write. instead: by value another one, and 1 or -1 for the sign between
            them; no value is computed from those that it stands for.
    """

    def __init__(self, program: Program, instead: dict[Value, tuple[Value, int]]):
        self.program, self.instead = program, instead
        self.builder = SmartBuilder(program.inputs)
        self.places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))

    def run(self) -> Program:
        for value in range(len(self.program.inputs), len(self.program.inputs) + len(self.program)):
            self._place(value)
        return dce(self.builder.finish(self.places[out] for out in self.program.outputs))

    def _place(self, value: Value) -> Value:
        if value not in self.places:
            same, sign = self.instead.get(value, (value, 1))
            if same != value:
                place = self._place(same)
                self.places[value] = place if sign > 0 else self.builder.emit("neg", place)
            else:
                step = self.program.instructions[value - len(self.program.inputs)]
                for argument in step.args:
                    self._place(argument)
                self.places[value] = self.builder.copy(step, self.places)
        return self.places[value]


def _is_analytic(program: Program, step: Instruction) -> bool:
    if step.op == "const":
        return not isinstance(step.value, bool)
    op = registry.get(step.op)
    if step.op == "pow" and program.constant(step.args[1]) is None:
        return False
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

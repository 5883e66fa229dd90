"""The pass: every sum that cancels, replaced where a sample shows that digits are won."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import islice
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.cancel.alike import unified
from derivc.passes.cancel.arguments import Function, arguments_of, gathered, over, parted
from derivc.passes.cancel.branches import settled, weighed
from derivc.passes.cancel.entropy import entropies
from derivc.passes.cancel.forms import Forms, Monomial, Term, content, times, without
from derivc.passes.cancel.judge import Judge, sliced
from derivc.passes.cancel.products import Products
from derivc.passes.cancel.regions import Regions
from derivc.passes.cancel.series import Series, emitted, fitted
from derivc.passes.cancel.solver import Solver
from derivc.passes.cancel.writer import Writer
from derivc.passes.dce import dce
from derivc.passes.powers import one_more

_LONGEST = 2000
"""Programs longer than this are left as they are: a sample of each sum would take too long."""

_MOST_CONDITIONS = 2
_MOST_TRIALS = 60
_MOST_WORK = 600
"""Instructions of all functions that are looked into together.

Real formulas have up to 200; a chain of a hundred operations, every part of which is a function of
one value, has thousands.
"""


def cancel(program: Program) -> Program:
    """The same function, its cancelling sums in forms that keep their digits.

    Args:
        program: op level, derivatives included.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> near = b.emit("add", 0, b.const(1))
        >>> print(cancel(b.finish([b.emit("sub", b.emit("mul", near, near), b.emit("mul", 0, 0))])))
        inputs x
        _3 = mul 2 x
        _4 = add 1 _3
        outputs _4
    """
    if len(program) > _LONGEST:
        return program
    program = unified(program)
    program = weighed(program) or program
    best, most = _cancelled(program)
    apart = settled(program)
    for _ in range(_MOST_CONDITIONS):
        if apart is None:
            break
        found, count = _cancelled(apart)
        best, most = (found, count) if count > most else (best, most)
        apart = settled(apart)
    return entropies(best)


def _cancelled(program: Program) -> tuple[Program, int]:
    """The program after the rewrites, and how many series it holds then."""
    rewrite = _Rewrite(program)
    found, count = _smooth(rewrite.run())
    return found, count + rewrite.count


def _smooth(program: Program) -> tuple[Program, int]:
    """Series in place of the functions of one value that lose digits around a point."""
    regions = Regions(program)
    found: dict[Value, tuple[Series, Value]] = {}
    work = 0
    for value, top in islice(regions.exits(), _MOST_TRIALS):
        function = regions.between(top, value)
        work += len(function) if function is not None else 0
        if work > _MOST_WORK:
            break
        series = fitted(function) if function is not None else None
        if series is not None:
            found[value] = series, top
    return (_with_series(program, found) if found else program), len(found)


def _with_series(program: Program, found: dict[Value, tuple[Series, Value]]) -> Program:
    builder = SmartBuilder(program.inputs)
    places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        places[index] = builder.copy(step, places)
        if index in found:
            series, top = found[index]
            places[index] = emitted(builder, series, places[top], places[index])
    return dce(builder.finish(places[out] for out in program.outputs))


@final
class _Rewrite:
    """One pass over a program."""

    def __init__(self, program: Program):
        self.program = program
        self.forms = Forms(program)
        self.builder = SmartBuilder(program.inputs)
        self.places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
        writer = Writer(self.builder, self.places)
        self.solver = Solver(self.forms, writer)
        self.products = Products(self.forms, writer)
        self.judge = Judge(program)
        self.trials = self.count = 0
        self.regions = Regions(program)
        self.roots = _roots(program)

    def run(self) -> Program:
        for index, step in enumerate(self.program.instructions, len(self.program.inputs)):
            self.places[index] = self._instruction(index, step)
        return dce(self.builder.finish(self.places[out] for out in self.program.outputs))

    def _instruction(self, value: Value, step: Instruction) -> Value:
        plain = self.builder.copy(step, self.places)
        if step.op in ("mul", "div") and (safe := self.products.rewritten(value)) is not None:
            return safe
        if step.op == "log" and (u := self._beside_one(plain)) is not None:
            return self.builder.emit("log1p", u)  # log(1 + u), as derivatives of powers have it
        if value in self.roots and (single := self._gathered(value)) is not None:
            return single
        if self.trials >= _MOST_TRIALS:
            return plain
        found = self._found(value, step, plain)
        if found is None or found == plain:
            return plain
        if self.builder.is_const(found, 0):  # every term has its opposite: nothing to weigh
            return found
        self.trials += 1
        better = self.judge.prefers(value, self._slice(plain), self._slice(found))
        return found if better else plain

    def _beside_one(self, logarithm: Value) -> Value | None:
        step = self.builder.at(logarithm)
        return one_more(self.builder, step.args[0]) if step.op == "log" else None

    def _gathered(self, value: Value) -> Value | None:
        terms = self.forms.sums[value] or ()
        if not terms:
            return None
        left = self._left(terms)
        if left is not None:
            return self._smooth(left)
        found = gathered(self.forms, terms)
        if found is not None:
            return self._function(found)
        return self._parted(terms)

    def _function(self, found: Function) -> Value:
        """The factor times the function of its argument; a series where no region will show it."""
        argument, factor, terms = found
        writer = self.solver.writer
        inner = writer.terms(terms)
        if self.regions.top[argument] != argument:
            place = self.places[argument]
            series = self._series(place, inner) or self._plain_series(argument, terms)
            if series is not None:
                self.count += 1
                inner = emitted(self.builder, series, place, inner)
        return self.builder.emit("mul", writer.term(Fraction(1), factor), inner)

    def _left(self, terms: Sequence[Term]) -> Sequence[Term] | None:
        """What is left where terms have their opposites once all is multiplied out."""
        factor = content(terms)
        expansion = self.forms.expand(without(terms, factor))
        if expansion is None or not expansion.vanished:
            return None
        return [(c, times(m, factor)) for c, m in expansion.terms]

    def _smooth(self, terms: Sequence[Term]) -> Value | None:
        """The sum over one argument where a series keeps its digits; others are for the solver."""
        for argument in arguments_of(self.forms, terms):
            found = over(self.forms, terms, argument)
            if found is not None:
                place = self.places[argument], self.solver.writer.terms(found[1])
                return self._scaled(*found) if self._is_smooth(place) else None
        return None

    def _scaled(self, factor: Monomial, terms: Sequence[Term]) -> Value:
        writer = self.solver.writer
        return self.builder.emit("mul", writer.term(Fraction(1), factor), writer.terms(terms))

    def _parted(self, terms: Sequence[Term]) -> Value | None:
        """The sum in parts, where one of these loses digits that a series keeps."""
        parts = parted(self.forms, terms) or []
        functions = [(self.places[u], self.solver.writer.terms(own)) for u, _, own in parts]
        if not any(map(self._is_smooth, functions)):
            return None
        return reduce(
            lambda one, other: self.builder.emit("add", one, other),
            [self._scaled(factor, own) for _, factor, own in parts],
        )

    def _plain_series(self, argument: Value, terms: Sequence[Term]) -> Series | None:
        """As the program stands: in a rewritten part the argument may be written otherwise."""
        builder = SmartBuilder(self.program.inputs)
        places: dict[Value, Value] = dict(enumerate(range(len(self.program.inputs))))
        for index, step in enumerate(self.program.instructions, len(self.program.inputs)):
            places[index] = builder.copy(step, places)
        inner = Writer(builder, places).terms(terms)
        function = Regions(builder.finish(())).between(places[argument], inner)
        return None if function is None else fitted(function)

    def _is_smooth(self, place: tuple[Value, Value]) -> bool:
        return self._series(*place) is not None

    def _series(self, argument: Value, value: Value) -> Series | None:
        function = Regions(self.builder.finish(())).between(argument, value)
        return None if function is None else fitted(function)

    def _found(self, value: Value, step: Instruction, plain: Value) -> Value | None:
        if value in self.roots:
            return self.solver.rewritten(self.forms.sums[value] or ())
        if step.op == "div":
            return self.solver.quotient(value)
        if step.op == "exp":
            return self.solver.exponential(step.args[0], plain)
        if step.op == "log1p":
            return self.solver.logarithm_of_sum(step.args[0])
        if step.op != "log":
            return None
        logarithms = (self.solver.logarithm, self.solver.logarithm_beside_one)
        return next((f for way in logarithms if (f := way(*step.args)) is not None), None)

    def _slice(self, value: Value) -> Program:
        return sliced(self.builder.finish(()), value)


def _roots(program: Program) -> set[Value]:
    """The sums that something other than a sum uses."""
    sums = ("add", "sub")
    start = len(program.inputs)
    used: set[Value] = set(program.outputs)
    for step in program.instructions:
        if step.op not in sums:
            used.update(step.args)
    return {v for v in used if v >= start and program.instructions[v - start].op in sums}

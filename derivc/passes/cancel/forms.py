"""Every value of a program as a product of powers, and every sum as a list of such products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from derivc.ir import exact
from derivc.ir.program import Instruction, Program, Value

Monomial = tuple[tuple[Value, Fraction], ...]
"""Atoms with their exponents, whole or half; atoms are values of the program, in order."""

Term = tuple[Fraction, Monomial]
"""A coefficient and a monomial."""

_MOST_ATOMS = 12
_MOST_TERMS = 24
_MOST_STEPS = 400
_HIGHEST = 8
_MOST_EFFORT = 60_000
"""All expansions and factorisations of one program, in steps of about ten microseconds."""
_PER_STEP = 3
_ONE = Fraction(1)
_TWO = Fraction(2)


def times(one: Monomial, other: Monomial, power: Fraction = _ONE) -> Monomial:
    """The product of one monomial and a power of another.

    Example:
        >>> times(((0, Fraction(2)),), ((0, Fraction(2)), (1, Fraction(1))), Fraction(-1))
        ((1, Fraction(-1, 1)),)
    """
    found = dict(one)
    for atom, exponent in other:
        found[atom] = found.get(atom, Fraction(0)) + exponent * power
    return tuple(sorted((a, e) for a, e in found.items() if e))


def halves(monomial: Monomial) -> tuple[Monomial, Monomial]:
    """What stands above and below the line of a quotient, both with positive exponents.

    Example:
        >>> halves(((0, Fraction(2)), (1, Fraction(-1))))
        (((0, Fraction(2, 1)),), ((1, Fraction(1, 1)),))
    """
    above = tuple((a, e) for a, e in monomial if e > 0)
    return above, tuple((a, -e) for a, e in monomial if e < 0)


@final
@dataclass(frozen=True)
class Expansion:
    """A sum multiplied out: like terms together, and whether some of them cancelled."""

    terms: tuple[Term, ...]
    vanished: bool
    reduced: bool


@final
class Forms:
    """The product form of every value and the sum form of every sum.

    Args:
        program: op level.
    """

    def __init__(self, program: Program):
        self.program = program
        self.effort = 0
        start = len(program.inputs)
        self._exponentials: dict[Term, Value] = {}
        self._expanded: dict[tuple[Term, ...], Expansion | None] = {}
        self.products: list[Term] = [_alone(v) for v in range(start)]
        self.sums: list[tuple[Term, ...] | None] = [None] * start
        for index, step in enumerate(program.instructions, start):
            terms = self._sum(step)
            single = _only(terms or ())
            self.sums.append(terms if single is None else None)
            self.products.append(self._product(index, step) if single is None else single)

    def _product(self, value: Value, step: Instruction) -> Term:
        found = self._arithmetic(value, step)
        return _alone(value) if found is None or len(found[1]) > _MOST_ATOMS else found

    def _arithmetic(self, value: Value, step: Instruction) -> Term | None:
        if step.op == "const":
            return (Fraction(step.value), ()) if exact.is_plain(step.value) else None
        if step.op in ("mul", "div"):
            a, b = step.args
            return self._times(a, b, Fraction(1 if step.op == "mul" else -1))
        if step.op == "neg":
            coefficient, monomial = self.products[step.args[0]]
            return -coefficient, monomial
        if step.op == "exp":
            return self._exponential(value, step.args[0])
        exponent = self._exponent(step)
        return None if exponent is None else self._raised(step.args[0], exponent)

    def _exponential(self, value: Value, argument: Value) -> Term | None:
        """exp(-u) = 1/exp(u), where exp(u) stands before it."""
        coefficient, monomial = self.products[argument]
        known = self._exponentials.setdefault((coefficient, monomial), value)
        other = self._exponentials.get((-coefficient, monomial), value)
        return (_ONE, ((other, -_ONE),)) if other < known else None

    def _times(self, a: Value, b: Value, power: Fraction) -> Term | None:
        (c, m), (d, n) = self.products[a], self.products[b]
        if power < 0 and d == 0:
            return None
        return (c * d if power > 0 else c / d), times(m, n, power)

    def _exponent(self, step: Instruction) -> Fraction | None:
        if step.op in ("sqrt", "square"):
            return Fraction(1, 2) if step.op == "sqrt" else Fraction(2)
        constant: Any = self.program.constant(step.args[1]) if step.op == "pow" else None
        if not exact.is_plain(constant) or abs(constant) > _HIGHEST:
            return None
        return Fraction(constant) if Fraction(constant).denominator <= 2 else None

    def _raised(self, base: Value, exponent: Fraction) -> Term | None:
        """A power of a product; a root is taken of the base as a whole, whatever its factors."""
        coefficient, monomial = self.products[base]
        if exponent.denominator == 2:
            single = coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1
            return _ONE, (((monomial[0][0] if single else base), exponent),)
        if coefficient == 0 and exponent < 0:
            return None
        return coefficient ** int(exponent), times((), monomial, exponent)

    def _sum(self, step: Instruction) -> tuple[Term, ...] | None:
        if step.op == "fma":
            a, b, c = step.args
            product = self._times(a, b, _ONE)
            return None if product is None else (product, *self.parts(c))
        if step.op not in ("add", "sub"):
            return None
        left, right = (self.parts(a) for a in step.args)
        sign = 1 if step.op == "add" else -1
        found = (*left, *((sign * c, m) for c, m in right))
        return found if len(found) <= _MOST_TERMS else None

    def parts(self, value: Value) -> tuple[Term, ...]:
        """The terms of a sum, of a multiple of a sum, or the one term of anything else."""
        if (inner := self.sums[value]) is not None:
            return inner
        c, m = self.products[value]
        if len(m) == 1 and m[0][1] == 1 and (inner := self.sums[m[0][0]]) is not None:
            return tuple((c * d, n) for d, n in inner)
        return ((c, m),)

    def opened(self, atom: Value) -> tuple[Term, ...] | None:
        """The terms that an atom stands for; None when it stands for itself."""
        if self.sums[atom] is not None:
            return self.sums[atom]
        product = self.products[atom]
        return None if product == _alone(atom) else (product,)

    def spend(self, effort: int) -> bool:
        """Whether there is still as much to spend; what was asked for is spent then."""
        self.effort += effort
        return self.effort <= _MOST_EFFORT

    def expand(self, terms: Iterable[Term]) -> Expansion | None:
        """Multiply out all sums with whole positive powers; None when that becomes too long."""
        key = tuple(terms)
        if key not in self._expanded:
            self._expanded[key] = self._multiplied(key)
        return self._expanded[key]

    def _multiplied(self, terms: tuple[Term, ...]) -> Expansion | None:
        work = list(terms)
        values: dict[Monomial, Fraction] = {}
        sizes: dict[Monomial, Fraction] = {}
        steps = 0
        while work:
            steps += 1
            # Each that waits takes a step at least.
            if steps + len(work) - 1 > _MOST_STEPS or not self.spend(_PER_STEP):
                return None
            coefficient, monomial = work.pop()
            monomial, size = self._squared(monomial)
            coefficient *= size
            inner = self._first_open(monomial)
            if inner is not None:
                atom, parts = inner
                rest = times(monomial, ((atom, Fraction(-1)),))
                work.extend((coefficient * d, times(rest, n)) for d, n in parts)
                continue
            values[monomial] = values.get(monomial, Fraction(0)) + coefficient
            sizes[monomial] = sizes.get(monomial, Fraction(0)) + abs(coefficient)
        kept = tuple(sorted(((c, m) for m, c in values.items() if c), key=lambda t: t[1]))
        reduced = any(abs(values[m]) < sizes[m] for m in values)
        return Expansion(kept, len(kept) < len(values), reduced)

    def _squared(self, monomial: Monomial) -> tuple[Monomial, Fraction]:
        """|u|^2 = u^2 and u sign(u) = |u|, so that absolute values meet their arguments."""
        size = _ONE
        for atom, exponent in monomial:
            step = self.program.instruction(atom)
            if step is None or step.op not in ("abs", "sign"):
                continue
            c, m = self.products[step.args[0]]
            if step.op == "abs" and exponent >= 2:
                monomial = times(times(monomial, ((atom, -_TWO),)), m, _TWO)
                size *= c * c
            elif step.op == "sign" and (whole := self._size_of(step.args[0])) is not None:
                others = dict(monomial)
                if exponent >= 1 and len(m) == 1 and others.get(m[0][0], 0) >= m[0][1]:
                    monomial = times(times(monomial, ((atom, -_ONE),)), m, -_ONE)
                    monomial, size = times(monomial, ((whole, _ONE),)), size / c
        return monomial, size

    def _size_of(self, value: Value) -> Value | None:
        """Where |u| stands."""
        start = len(self.program.inputs)
        wanted = Instruction("abs", (value,))
        steps = enumerate(self.program.instructions, start)
        return next((place for place, step in steps if step == wanted), None)

    def _first_open(self, monomial: Monomial) -> tuple[Value, tuple[Term, ...]] | None:
        for atom, exponent in monomial:
            if exponent >= 1 and (parts := self.opened(atom)) is not None:
                return atom, parts
        return None


def _alone(value: Value) -> Term:
    return _ONE, ((value, _ONE),)


def _only(terms: Sequence[Term]) -> Term | None:
    """t + t as 2 t: the one term that like terms come to."""
    if len({monomial for _, monomial in terms}) != 1:
        return None
    total = sum(c for c, _ in terms)
    return (Fraction(total), terms[0][1]) if total else None


def content(terms: Sequence[Term]) -> Monomial:
    """The greatest monomial that divides all terms; negative powers are common denominators."""
    least = dict(terms[0][1])
    for _, monomial in terms[1:]:
        powers = dict(monomial)
        for atom in {*least, *powers}:
            least[atom] = min(least.get(atom, Fraction(0)), powers.get(atom, Fraction(0)))
    return tuple(sorted((a, e) for a, e in least.items() if e))


def without(terms: Sequence[Term], factor: Monomial) -> tuple[Term, ...]:
    """The terms divided by a monomial."""
    return tuple((c, times(m, factor, Fraction(-1))) for c, m in terms)


def collected(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Like terms together."""
    values: dict[Monomial, Fraction] = {}
    for coefficient, monomial in terms:
        values[monomial] = values.get(monomial, Fraction(0)) + coefficient
    return tuple((c, m) for m, c in values.items() if c)

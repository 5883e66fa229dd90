"""One sum at a time: multiplied out, factored, paired or multiplied by its conjugate.

Identities:
    c M f(a) - c M f(b) = c M (f(a) - f(b)), where a - b is simpler than a and b
    p + q = (p^2 - q^2)/(p - q), where q is a root, and p may be one, and p^2 - q^2 is simpler;
        taken where p q < 0
    C - sum c cos(u) = (C - sum c) + 2 sum c sin(u/2)^2, and the like for exp and expm1
    m exp(u) - m = m expm1(u), and the like for cos
    R + T cos(u) = (R + T) - 2 T sin(u/2)^2, where R + T is a product or simpler
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import final

from derivc.ir.program import Instruction, Value
from derivc.passes.cancel import differences
from derivc.passes.cancel.angles import by_addition
from derivc.passes.cancel.factor import Factor, common, factors
from derivc.passes.cancel.forms import (
    Expansion,
    Forms,
    Monomial,
    Term,
    collected,
    content,
    halves,
    times,
    without,
)
from derivc.passes.cancel.pythagoras import shortened
from derivc.passes.cancel.writer import Writer
from derivc.passes.less_one import less_one

_HALF = Fraction(1, 2)
_MOST_IN_CONJUGATE = 5
_KINDS = {"log1p": "log", "expm1": "exp"}
_DEEPEST = 6

Pair = tuple[int, int, Value, Value, str]
"""Two terms of a sum, their function atoms, and what kind of function."""


@final
class Solver:
    """Rewrites sums of a program.

    Args:
        forms: of the program. writer: into the new one.
    """

    def __init__(self, forms: Forms, writer: Writer):
        self.forms = forms
        self.writer = writer
        self.builder = writer.builder
        self.depth = 0

    def rewritten(self, terms: Sequence[Term]) -> Value | None:
        """The sum in a form in which nothing cancels; None where none is known."""
        if self.depth > _DEEPEST or len(terms) < 2:
            return None
        self.depth += 1
        try:
            return self._rewritten(terms)
        finally:
            self.depth -= 1

    def _rewritten(self, terms: Sequence[Term]) -> Value | None:
        factor = content(terms)
        if factor and all(e < 0 and self._op(a) == "exp" for a, e in factor):
            found = self._around_one(collected(terms))
            if found is not None:
                return found
        expansion = self.forms.expand(without(terms, factor))
        if expansion is not None:
            shorter = shortened(self.forms, expansion.terms, self.writer.places)
            if shorter is not None or expansion.reduced:
                return self._product(factor, shorter or expansion)
        rest = collected(without(terms, factor))
        inner = by_addition(self.forms, self.writer, rest) or self._paired(rest)
        inner = inner or self._conjugated(rest) or self._around_one(rest)
        inner = inner or self._less_ones(rest) or self._half_angle(rest)
        if inner is None and expansion is not None:
            inner = self._paired(expansion.terms) or self._split(expansion.terms)
        return None if inner is None else self._scaled(factor, inner)

    def _split(self, terms: Sequence[Term]) -> Value | None:
        """a^2 - b^2 = (a - b)(a + b), and the like; None where a sum is no such product."""
        if all(c > 0 for c, _ in terms) or all(c < 0 for c, _ in terms):
            return None
        found = factors(self.forms, tuple(terms), ())
        if found is None or sum(power for part, power in found if len(part) > 1) < 2:
            return None
        return self._quotient(found)

    def quotient(self, value: Value) -> Value | None:
        """A quotient of sums without the factors that both share; None where they share none."""
        coefficient, monomial = self.forms.products[value]
        above, below = halves(monomial)
        if not all(any(self.forms.sums[a] for a, _ in side) for side in (above, below)):
            return None
        expansion = self.forms.expand([(coefficient, above)])
        if expansion is None or len(expansion.terms) < 2:
            return None
        if any(e < 0 for _, m in expansion.terms for _, e in m):
            return None
        found = common(self.forms, expansion.terms, below)
        return None if found is None else self._quotient(found)

    def logarithm(self, value: Value) -> Value | None:
        """log(a/c) where a - c is simpler than both."""
        coefficient, monomial = self.forms.products[value]
        above, below = halves(monomial)
        if not above or not below or coefficient < 0:
            return None
        top, bottom = (coefficient, above), (Fraction(1), below)
        d = self.simplified((top, (Fraction(-1), below)))
        if d is None:
            return None
        return differences.log(self.builder, self.writer.term(*top), self.writer.term(*bottom), d)

    def logarithm_beside_one(self, value: Value) -> Value | None:
        """log(1 + u) = log1p(u), where u is a sum that has a form that does not cancel."""
        one = (Fraction(1), ())
        parts = self.forms.sums[value] or ()
        if parts.count(one) != 1:
            return None
        inner = self.rewritten([t for t in parts if t != one])
        return None if inner is None else self.builder.emit("log1p", inner)

    def logarithm_of_sum(self, value: Value) -> Value | None:
        """log(1 + u) by the logarithm of 1 + u, where that has a form that does not cancel."""
        inner = self.rewritten(((Fraction(1), ()), *self.forms.parts(value)))
        return None if inner is None else self.builder.emit("log", inner)

    def exponential(self, value: Value, plain: Value) -> Value | None:
        """exp(c log a + r) = a^c exp(r) for a >= 0; `plain` where a logarithm is not real."""
        parts = self.forms.parts(value)
        logs = [(c, m) for c, m in parts if self._op(_single(m)) == "log"]
        if not logs:
            return None
        b = self.builder
        rest = [t for t in parts if t not in logs]
        found = b.emit("exp", self.writer.terms(rest)) if rest else b.const(1)
        holds: list[Value] = []
        for c, m in logs:
            base = self.writer.places[self._step(_single(m)).args[0]]
            factor = self.writer.power(base, abs(c))
            found = b.emit("mul" if c > 0 else "div", found, factor)
            holds.append(b.emit("ge", base, b.const(0)))
        real = reduce(lambda one, other: b.emit("logical_and", one, other), holds)
        return b.emit("where", real, found, plain)

    def value(self, terms: Sequence[Term]) -> Value:
        """The sum, rewritten where that is known."""
        found = self.rewritten(terms)
        return self.writer.terms(collected(terms)) if found is None else found

    def simplified(self, terms: Sequence[Term]) -> Value | None:
        """The sum multiplied out, when that makes terms of it cancel."""
        expansion = self.forms.expand(terms)
        if expansion is None or not expansion.reduced:
            return None
        return self._product((), expansion)

    def _scaled(self, factor: Monomial, inner: Value) -> Value:
        b = self.builder
        above, below = (self.writer.term(Fraction(1), half) for half in halves(factor))
        return b.emit("div", b.emit("mul", above, inner), below)

    def _product(self, factor: Monomial, expansion: Expansion) -> Value:
        """factor * (the terms that are left), with common factors cancelled."""
        if not expansion.terms:
            return self.builder.const(0)
        inner = content(expansion.terms)
        outer, rest = times(factor, inner), without(expansion.terms, inner)
        above, below = halves(outer)
        found = factors(self.forms, rest, below)
        if found is None:
            return self._scaled(outer, self.value(rest))
        return self._quotient([(((Fraction(1), above),), 1), *found])

    def _quotient(self, parts: Sequence[Factor]) -> Value:
        b = self.builder
        above, below = b.const(1), b.const(1)
        for terms, exponent in parts:
            value = self.writer.power(self._factor(terms), Fraction(abs(exponent)))
            if exponent > 0:
                above = b.emit("mul", above, value)
            else:
                below = b.emit("mul", below, value)
        return b.emit("div", above, below)

    def _factor(self, terms: Sequence[Term]) -> Value:
        if len(terms) == 1:
            return self.writer.term(*terms[0])
        found = self._paired(terms) or self._conjugated(terms) or self._around_one(terms)
        return self.writer.terms(terms) if found is None else found

    def _paired(self, terms: Sequence[Term]) -> Value | None:
        """The sum with the first difference f(a) - f(b) in it rewritten."""
        for i, j, one, other, kind in self._pairs(terms):
            difference = self._difference(kind, one, other)
            if difference is None:
                continue
            coefficient, monomial = terms[i]
            exponent = _HALF if kind == "sqrt" else Fraction(1)
            cofactor = times(monomial, ((one, exponent),), Fraction(-1))
            scaled = self.builder.emit("mul", self.writer.term(Fraction(1), cofactor), difference)
            rest = [t for k, t in enumerate(terms) if k not in (i, j)]
            parts = [(coefficient, scaled)]
            if rest:
                parts.append((Fraction(1), self.value(rest)))
            return self.writer.total(parts)
        return None

    def _pairs(self, terms: Sequence[Term]) -> Iterator[Pair]:
        seen: dict[tuple[str, Monomial, Fraction], tuple[int, Value]] = {}
        for i, (coefficient, monomial) in enumerate(terms):
            for atom, exponent in monomial:
                kind = self._kind(atom, exponent)
                if kind is None:
                    continue
                cofactor = times(monomial, ((atom, exponent),), Fraction(-1))
                partner = seen.get((kind, cofactor, -coefficient))
                if partner is not None:
                    yield partner[0], i, partner[1], atom, kind
                seen[kind, cofactor, coefficient] = (i, atom)

    def _kind(self, atom: Value, exponent: Fraction) -> str | None:
        if exponent == _HALF:
            return "sqrt"
        step = self.forms.program.instruction(atom)
        if step is None or exponent != 1:
            return None
        kind = _KINDS.get(step.op, step.op)
        if kind == "logaddexp":
            return "softplus" if self.forms.program.constant(step.args[0]) == 0 else None
        if kind == "pow":
            return f"pow {step.args[1]}"
        return kind if kind in differences.RULES else None

    def _difference(self, kind: str, one: Value, other: Value) -> Value | None:
        """f(a) - f(b), when a - b is simpler than either."""
        first, second = (self._argument(kind, v) for v in (one, other))
        gap = (*first, *((-c, m) for c, m in second))
        d = self.simplified(gap)
        b = self.builder
        a, c = (self._argument_value(kind, v) for v in (one, other))
        if d is None:
            opposite = kind == "exp" and (b.negated(a) == c or b.negated(c) == a)
            if opposite:
                return differences.RULES["exp"](b, a, c, b.const(0))
            if kind not in differences.RULES or any(b.constant(v) is not None for v in (a, c)):
                return None
            d = self._gap(gap)
        if kind.startswith("pow"):
            return differences.power(b, a, c, d, self.writer.places[self._step(one).args[1]])
        return differences.RULES[kind](b, a, c, d)

    def _gap(self, terms: Sequence[Term]) -> Value:
        """A difference of arguments, with what they share taken out of it."""
        factor = content(terms)
        return self._scaled(factor, self.writer.terms(collected(without(terms, factor))))

    def _argument(self, kind: str, atom: Value) -> tuple[Term, ...]:
        """The terms of a in f(a)."""
        if kind == "sqrt":
            return self.forms.opened(atom) or ((Fraction(1), ((atom, Fraction(1)),)),)
        step = self._step(atom)
        parts = self.forms.parts(step.args[1 if kind == "softplus" else 0])
        return ((Fraction(1), ()), *parts) if step.op == "log1p" else parts

    def _argument_value(self, kind: str, atom: Value) -> Value:
        if kind == "sqrt":
            return self.writer.places[atom]
        step = self._step(atom)
        inner = self.writer.places[step.args[1 if kind == "softplus" else 0]]
        return (
            self.builder.emit("add", self.builder.const(1), inner) if step.op == "log1p" else inner
        )

    def _step(self, atom: Value) -> Instruction:
        step = self.forms.program.instruction(atom)
        assert step is not None
        return step

    def _around_one(self, terms: Sequence[Term]) -> Value | None:
        """C - sum c cos(u), and the like: the ones of the functions go to the constant."""
        constant = next((c for c, m in terms if not m), None)
        if constant is None:
            return None
        parts: list[tuple[Fraction, Value]] = []
        for c, m in terms:
            small = self._less_one(m) if c * constant < 0 else None
            if small is not None:
                constant += c
                parts.append((c, small))
            elif m:
                parts.append((c, self.writer.term(Fraction(1), m)))
        if constant == next(c for c, m in terms if not m):
            return None
        whole = [(constant, self.builder.const(1))] if constant else []
        return self.writer.total([*parts, *whole])

    def _less_ones(self, terms: Sequence[Term]) -> Value | None:
        """The sum with the first m f(u) - m in it as m (f(u) - 1)."""
        places = {term: i for i, term in enumerate(terms)}
        for i, (c, m) in enumerate(terms):
            for atom, exponent in m:
                cofactor = times(m, ((atom, exponent),), Fraction(-1))
                j = places.get((-c, cofactor))
                small = None if j is None else self._less_one(((atom, exponent),))
                if small is not None:
                    rest = [t for k, t in enumerate(terms) if k not in (i, j)]
                    scaled = self.builder.emit(
                        "mul", self.writer.term(Fraction(1), cofactor), small
                    )
                    parts = [(Fraction(1), self.value(rest))] if rest else []
                    return self.writer.total([(c, scaled), *parts])
        return None

    def _half_angle(self, terms: Sequence[Term]) -> Value | None:
        """R + T cos(u) = (R + T) - 2 T sin(u/2)^2, as a product where it is one."""
        for atom in sorted({a for _, m in terms for a, e in m if e == 1}):
            if self._op(atom) != "cos":
                continue
            own = ((atom, Fraction(1)),)
            turning = [(c, times(m, own, Fraction(-1))) for c, m in terms if dict(m).get(atom) == 1]
            rest = [(c, m) for c, m in terms if atom not in dict(m)]
            still = self.forms.expand([*rest, *turning])
            if still is None or not still.terms or len(rest) + len(turning) < len(terms):
                continue
            whole = self._split(still.terms) or self.value(still.terms)
            small = self._less_one(own)
            assert small is not None
            scaled = self.builder.emit("mul", self.writer.terms(turning), small)
            return self.builder.emit("add", whole, scaled)
        return None

    def _op(self, atom: Value) -> str:
        step = self.forms.program.instruction(atom) if atom >= 0 else None
        return "" if step is None else step.op

    def _less_one(self, monomial: Monomial) -> Value | None:
        """cos(u) - 1 = -2 sin(u/2)^2, exp(u) - 1 = expm1(u), 1/exp(u) - 1 = expm1(-u)."""
        if len(monomial) != 1:
            return None
        atom, exponent = monomial[0]
        step = self.forms.program.instruction(atom)
        if step is None or len(step.args) != 1:
            return None
        if exponent != 1 and (exponent != -1 or step.op != "exp"):
            return None
        u = self.writer.places[step.args[0]]
        return less_one(self.builder, step.op, u if exponent > 0 else self.builder.emit("neg", u))

    def _conjugated(self, terms: Sequence[Term]) -> Value | None:
        """p + q by its conjugate, q the only term with a root, or two terms with one each."""
        roots = [t for t in terms if any(e.denominator == 2 for _, e in t[1])]
        few = len(roots) == 1 or len(roots) == len(terms) == 2
        if not few or len(terms) > _MOST_IN_CONJUGATE:
            return None
        root = roots[-1]
        rest = [t for t in terms if t is not root]
        squares = [*self._square(rest), *((-c, m) for c, m in self._square([root]))]
        top = self.simplified(squares)
        return None if top is None else self._by_sign(rest, root, top)

    def _square(self, terms: Sequence[Term]) -> list[Term]:
        """The square of a sum; of a term that is not 0, without the signs in it."""
        found = [(c * d, times(m, n)) for c, m in terms for d, n in terms]
        if len(terms) > 1:
            return found
        return [(c, tuple(p for p in m if self._op(p[0]) != "sign")) for c, m in found]

    def _by_sign(self, rest: Sequence[Term], root: Term, top: Value) -> Value:
        b = self.builder
        p, q = self.value(rest), self.writer.term(*root)
        form = b.emit("div", top, b.emit("sub", p, q))
        zero = b.const(0)
        if all(e.denominator == 2 for _, e in root[1]):
            against = b.emit("lt" if root[0] > 0 else "gt", p, zero)
        else:
            one = b.emit("logical_and", b.emit("lt", p, zero), b.emit("gt", q, zero))
            other = b.emit("logical_and", b.emit("gt", p, zero), b.emit("lt", q, zero))
            against = b.emit("logical_or", one, other)
        return b.emit("where", against, form, b.emit("add", p, q))


def _single(monomial: Monomial) -> Value:
    """The atom that a monomial is; -1 for any other monomial."""
    return monomial[0][0] if len(monomial) == 1 and monomial[0][1] == 1 else -1

"""For every rule of differentiation the step that tells of it.

The rule is the one that `differentiate` applied; what the step shows as its result is what that
rule returned. A product with denominators is told as the quotient rule, which people know, after
both forms were found to be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from derivc.symbolic import rules
from derivc.symbolic.evaluated import written_choice
from derivc.symbolic.steps import notes
from derivc.symbolic.steps.fractions import quotient, reciprocal, split
from derivc.symbolic.steps.functions import functions, simple
from derivc.symbolic.steps.job import Draft, Job
from derivc.symbolic.steps.written import minus, times, total

Plan = Callable[[Job, Any], Draft]
_ONE, _MINUS = sp.S.One, sp.S.NegativeOne
_SHOWN = 2


def plan(job: Job, node: Any) -> Draft:
    """The step for a node, by the rule that differentiated it."""
    if job.is_variable(node):
        return job.draft("identity", "The variable itself", node)
    if job.still(node) and not job.flat(node):
        return job.draft("constant", "Constant", node, notes=_why(job, node))
    return _PLANS[rules.rule_of(node)](job, node)


def _why(job: Job, node: Any) -> tuple[str, ...]:
    return (f"There is no {job.variable} in it, so that it does not change with {job.variable}.",)


def sums(job: Job, node: Any) -> Draft:
    """(u + v)' = u' + v', a minus sign taken along."""
    if job.still(node):
        return job.draft("constant", "Constant", node, notes=notes.flat(job, node.args))
    terms, wanted = [], []
    for arg in job.ordered(node):
        if not job.still(arg):
            inner, sign = _unsigned(job, arg)
            terms.append(sign(job.pending(inner)))
            wanted.append(inner)
    return job.draft(
        "sum", "Sum rule", node, general=job.letters.named("sum"),
        applied=total(terms), wanted=tuple(wanted), notes=notes.constants(job, node.args),
    )  # fmt: skip


def _unsigned(job: Job, term: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The term without a leading minus, and what puts the minus back."""
    if term.is_Mul and term.args[0] is _MINUS:
        return job.product(term.args[1:]), minus
    return term, lambda part: part


def product(job: Job, node: Any) -> Draft:
    """Constant factors first; then denominators; then (u v)' = u' v + u v'."""
    factors = job.ordered(node)
    moving = [factor for factor in factors if not job.still(factor)]
    if not moving:
        return job.draft("constant", "Constant", node, notes=notes.flat(job, [node]))
    if len(moving) < len(factors):
        return _constant_factor(job, node, [f for f in factors if job.still(f)], moving)
    above, below = split(job, moving)
    found = quotient(job, node, above, below) if below else None
    return found or _product(job, node, moving)


def _constant_factor(job: Job, node: Any, still: Sequence[Any], moving: Sequence[Any]) -> Draft:
    """(c u)' = c u'."""
    inner, constant = job.product(moving), job.build.mul(list(still))
    u = job.letters.functions[0]
    negative = constant is _MINUS
    applied = minus(job.pending(inner)) if negative else times(constant, job.pending(inner))
    return job.draft(
        "constant factor", "Constant factor", node,
        general=job.letters.named("sign" if negative else "constant factor"),
        let=((u, inner),) if negative else ((job.letters.constant, constant), (u, inner)),
        applied=applied, wanted=(inner,), notes=notes.flat(job, still),
    )  # fmt: skip


def _product(job: Job, node: Any, factors: Sequence[Any]) -> Draft:
    """The sum over the factors, each differentiated in its turn."""
    names = job.letters.several(len(factors))
    terms = [
        times(*factors[:i], job.pending(factor), *factors[i + 1 :])
        for i, factor in enumerate(factors)
    ]
    form = {2: "product", 3: "product of three"}.get(len(factors))
    return job.draft(
        "product", "Product rule", node, general=job.letters.named(form) if form else None,
        let=tuple(zip(names, factors, strict=True)) if len(factors) <= len(names) else (),
        applied=total(terms), wanted=tuple(factors),
        notes=() if form else ("Each factor is differentiated in its turn.",),
    )  # fmt: skip


def powers(job: Job, node: Any) -> Draft:
    """By which of base and exponent moves: power, exponential, or both."""
    base, exponent = node.args
    letters = job.letters
    if job.still(exponent):
        if exponent is _MINUS and not job.is_variable(base):
            return reciprocal(job, node, base)
        x = base.name if job.is_variable(base) else letters.functions[0]
        named = ((letters.exponent, exponent),)
        return simple(job, node, 0, "power", "Power rule", letters.named("power", x=x), named)
    if job.still(base):
        x = exponent.name if job.is_variable(exponent) else letters.functions[0]
        form = letters.named("exponential", x=x)
        named = ((letters.constant, base),)
        return simple(job, node, 1, "exponential", "Exponential rule", form, named)
    return _general_power(job, node)


def _general_power(job: Job, node: Any) -> Draft:
    """(u^v)' = v u^(v-1) u' + u^v log(u) v'."""
    base, exponent = node.args
    u, v = job.letters.several(2)
    lower = job.build.pow(base, job.build.add([exponent, _MINUS]))
    log = job.build.make(sp.log(sp.Dummy()), [base])
    terms = [times(exponent, lower, job.pending(base)), times(node, log, job.pending(exponent))]
    return job.draft(
        "general power", "General power rule", node, general=job.letters.named("general power"),
        let=((u, base), (v, exponent)), applied=total(terms), wanted=(base, exponent),
        notes=("Base and exponent both change; the rule holds where the base is positive.",),
    )  # fmt: skip


def choices(job: Job, node: Any) -> Draft:
    """where(c, u, v)' = where(c, u', v'): the branch that is chosen is the one differentiated."""
    pairs = [(pair.expr, pair.cond) for pair in node.args]
    applied = [(sp.S.Zero if job.still(v) else job.pending(v), c) for v, c in pairs]
    return job.draft(
        "branch", "Branches", node, general=job.letters.named("branch"),
        applied=written_choice(applied), wanted=tuple(value for value, _ in pairs),
        notes=("Each branch by itself; a jump between branches has no slope.",),
    )  # fmt: skip


def extremes(job: Job, node: Any) -> Draft:
    """The slope of the argument that wins; at a tie the mean of the two."""
    largest = rules.is_max(node)
    name = "maximum" if largest else "minimum"
    args = node.args
    u, v = job.letters.several(2)
    tied = "At a tie the slopes are shared evenly, as PyTorch does: the mean of the two."
    applied = _winner(job, args, largest) if len(args) == _SHOWN else None
    return job.draft(
        name, f"{name.capitalize()}", node, general=job.letters.named(name),
        let=((u, args[0]), (v, args[1])) if len(args) == _SHOWN else (),
        applied=applied, wanted=tuple(args), notes=(tied,),
    )  # fmt: skip


def _winner(job: Job, args: Sequence[Any], largest: bool) -> Any:
    """The derivative of two arguments as a choice, the derivatives still to be taken."""
    a, b = sorted(args, key=lambda arg: bool(arg.is_Number))
    slopes = [sp.S.Zero if job.still(arg) else job.pending(arg) for arg in (a, b)]
    wins = sp.StrictGreaterThan if largest else sp.StrictLessThan
    mean = times(sp.S.Half, total(slopes))
    tie, ahead = sp.Eq(a, b, evaluate=False), wins(a, b, evaluate=False)
    return written_choice([(mean, tie), (slopes[0], ahead), (slopes[1], sp.true)])


_PLANS: dict[rules.Rule, Plan] = {
    rules.sums: sums,
    rules.product: product,
    rules.powers: powers,
    rules.choices: choices,
    rules.extreme: extremes,
    rules.chain: functions,
}

"""Digits of value and partials beside SymPy's lambdify and float64 forward differentiation.

`python -m benchmarks accuracy [--points N] [--everywhere] [--worst N] [SET ...]`

Scored against 50-digit arithmetic in ulp and in bits of error, log2(1 + floats apart). A result
counts as well-conditioned where one ulp in the arguments moves the truth by at most 16 ulp.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import numpy as np

import derivc as dc
from benchmarks.collections import SETS, Expression, load
from benchmarks.rivals import forward_gradient, sympy_gradient
from benchmarks.truths import Truth, truths
from derivc.verify.ulp import bits, ulps

ENOUGH = 16.0
TOOLS = ("derivc", "sympy", "forward")


@dataclass
class Score:
    """Errors of one tool over the results of one expression: rows are results, one list each."""

    bits: list[list[float]] = field(default_factory=list)
    ulps: list[list[float]] = field(default_factory=list)
    lost: int = 0
    seen: int = 0
    within: int = 0
    conditioned: int = 0


@dataclass(frozen=True)
class Outcome:
    """One expression with the scores of the tools that could do it."""

    expression: Expression
    scores: dict[str, Score]
    worst: tuple[float, Any]

    @property
    def excess(self) -> float:
        """How many bits the worst partial is behind the better peer, in the mean over points."""
        peers = [s for name, s in self.scores.items() if name != "derivc"]
        gaps = [0.0]
        for i, ours in enumerate(self.scores["derivc"].bits):
            theirs = [mean(p.bits[i]) for p in peers]
            if i and ours and theirs:
                gaps.append(mean(ours) - min(theirs))
        return max(gaps)


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def measure(expression: Expression, count: int, everywhere: bool) -> Outcome:
    """Score derivc and the peers on one expression."""
    kernel = dc.compile(expression.text, inputs=expression.variables)
    program = kernel.definition.program
    known = truths(program, expression.points(count, everywhere))
    tools = {
        "derivc": lambda *a: _ours(kernel, a),
        "sympy": sympy_gradient(expression),
        "forward": forward_gradient(program),
    }
    columns = [np.array([t.point[i] for t in known]) for i in range(len(expression.variables))]
    scores, worst = {}, (0.0, None)
    for name, tool in tools.items():
        if tool is None or not known:
            scores.update({name: Score()} if name == "derivc" else {})
            continue
        scores[name], found = _score(tool(*columns), known)
        worst = found if name == "derivc" else worst
    return Outcome(expression, scores, worst)


def _ours(kernel: Any, arguments: Sequence[Any]) -> list[Any]:
    value, partials = kernel.value_and_grad(*arguments)
    return [np.broadcast_to(v, np.shape(arguments[0])) for v in (value, *partials)]


def _score(computed: list[Any], known: list[Truth]) -> tuple[Score, tuple[float, Any]]:
    score, worst = Score(), (0.0, None)
    for i, column in enumerate(computed):
        score.bits.append([])
        score.ulps.append([])
        for value, truth in zip(column, known, strict=True):
            true, conditioning = truth.results[i], truth.conditions[i]
            if not math.isfinite(true):
                continue
            apart = ulps(float(value), true)
            score.bits[i].append(bits(float(value), true))
            score.ulps[i].append(apart)
            score.seen += 1
            score.lost += not math.isfinite(value)
            if conditioning <= ENOUGH:
                score.conditioned += 1
                score.within += apart <= ENOUGH
                if apart > worst[0]:
                    worst = (apart, (i, truth.point, float(value), true))
    return score, worst


def summary(name: str, outcomes: list[Outcome]) -> str:
    """One line a tool: bits, share within 16 ulp of the well-conditioned, lost values."""
    lines = [f"{name}: {len(outcomes)} expressions"]
    for tool in TOOLS:
        scores = [o.scores[tool] for o in outcomes if tool in o.scores]
        partials = [mean([x for row in s.bits[1:] for x in row]) for s in scores if s.seen]
        values = [mean(s.bits[0]) for s in scores if s.seen]
        seen, within = sum(s.conditioned for s in scores), sum(s.within for s in scores)
        lines.append(
            f"  {tool:8s} bits: value {mean(values):6.2f} partials {mean(partials):6.2f}"
            f"   within 16 ulp {100 * within / max(seen, 1):7.3f}% of {seen}"
            f"   not finite {sum(s.lost for s in scores)}"
            f"   in {sum(s.lost > 0 for s in scores)} of {len(scores)} expressions"
        )
    behind = [o for o in outcomes if o.excess > 1]
    lines.append(f"  partials more than 1 bit behind the better peer: {len(behind)} expressions")
    return "\n".join(lines)


def worst_lines(outcomes: list[Outcome], count: int) -> list[str]:
    """The expressions where most is lost, with the worst point of each."""
    ranked = sorted(outcomes, key=lambda o: (-_misses(o), -o.excess))[:count]
    return [
        f"    {_misses(o):4d} misses, {o.excess:5.1f} bits behind, {o.scores['derivc'].lost} lost:"
        f" {o.expression.name}: {o.expression.text[:150]}\n        {o.worst}"
        for o in ranked
        if _misses(o) or o.excess > 0.5 or o.scores["derivc"].lost
    ]


def _misses(outcome: Outcome) -> int:
    score = outcome.scores["derivc"]
    return score.conditioned - score.within


@click.command()
@click.argument("sets", nargs=-1)
@click.option("--points", default=64, help="Points for every expression.")
@click.option("--everywhere", is_flag=True, help="Over all float bit patterns.")
@click.option("--worst", default=0, help="Show the worst expressions, this many of each set.")
def main(sets: tuple[str, ...], points: int, everywhere: bool, worst: int) -> None:
    """Print the table of digits."""
    for name in sets or SETS:
        outcomes = [measure(e, points, everywhere) for e in load(name)]
        click.echo(summary(name, outcomes))
        for line in worst_lines(outcomes, worst):
            click.echo(line)


if __name__ == "__main__":
    main()

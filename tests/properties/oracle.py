"""The truth about an op, and places to ask for it: mpmath over the declaration's meaning.

Nothing of derivc but the declarations is used: trees are walked here, and what a node means is its
op's `truth` or `meaning`, never its stable form.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import sympy as sp

from derivc.ops import registry
from derivc.ops.declaration import Op

DIGITS = 50
POOL = (-41.5, -5.3, -1.75, -0.85, -0.375, -0.015, 0.004, 0.21, 0.45, 0.85, 1.3, 2.75, 7.2, 43.25)
PLACES = {
    "n": (0, 1, 2, 3), "p": (1, 2, 5), "bound": (10**9,), "e": (-2.5, 0.5, 2, 3), "h0": (0.5,),
    "eps": (0.125, 1e-6), "negative_slope": (0.01, 0.25), "margin": (1, 2.5), "q": (1, 0.7, 3.2),
    "alpha": (1, 0.7), "beta": (1, 2.5), "delta": (1, 0.4), "lo": (-1, 0.5), "hi": (0.75, 2),
    "min_val": (-1, -0.25), "max_val": (1, 0.5), "lambd": (0.5, 0.2), "m": (-3.5, 0.03, 0.4, 0.95),
    "nan": (0,), "label": (1, -1),
    "lower": (0.125,), "upper": (1 / 3, 0.5),
    "posinf": (9.0,), "neginf": (-9.0,), "w": (0, 0.25, 0.75, 1), "value": (1, 2.5),
}  # fmt: skip
"""Values for arguments that are no free real numbers, by the name of the parameter."""


def differentiable_ops() -> list[Op]:
    """Every declared op but comparisons, logic, the branch, and what is constant by decree."""
    others = {"boolean", "branch", "decree"}
    return [o for o in registry.all_ops() if not o.tags & others and _shipped(o)]


def _shipped(op: Op) -> bool:
    """Not declared by an example in a docstring."""
    return not op.name.endswith("_example")


def exact(value: Any) -> Any:
    """A number as mpmath's."""
    if isinstance(value, sp.Rational):
        return mp.mpf(int(value.p)) / mp.mpf(int(value.q))
    if isinstance(value, sp.Basic):
        return mp.mpmathify(value.evalf(mp.mp.dps + 10))
    return mp.mpf(value)


def truth(op: Op, args: list[Any]) -> Any:
    """The op at these numbers."""
    if isinstance(op.truth, str):
        return getattr(mp, op.truth)(*args)
    if op.truth is not None:
        return op.truth(*args)
    assert op.meaning is not None, f"{op.name} has neither truth nor meaning"
    return evaluate(op.meaning, args)


def evaluate(formula: Any, args: list[Any]) -> Any:
    """A formula of SymPy arguments, at numbers."""
    symbols = sp.symbols(f"_a0:{len(args)}", real=True)
    tree = formula(*symbols)
    return value_of(tree, dict(zip(symbols, args, strict=True)))


def value_of(tree: Any, env: dict[Any, Any]) -> Any:
    """The number that a tree stands for, its symbols being `env`."""
    tree = sp.sympify(tree)
    if tree.is_Symbol:
        return env[tree]
    if tree in (sp.true, sp.false):
        return bool(tree)
    if tree in (sp.oo, -sp.oo, sp.nan):
        return {sp.oo: mp.inf, -sp.oo: -mp.inf, sp.nan: mp.nan}[tree]
    if tree.is_number and not tree.args:
        return exact(tree)
    if tree.is_Piecewise:
        return next(value_of(e, env) for e, c in tree.args if value_of(c, env))
    return _compound(tree, [value_of(a, env) for a in tree.args])


def _compound(tree: Any, args: list[Any]) -> Any:
    folds: dict[Any, Any] = {
        sp.Add: mp.fsum, sp.Mul: mp.fprod, sp.Max: max, sp.Min: min, sp.And: all, sp.Or: any,
    }  # fmt: skip
    if type(tree) in folds:
        return folds[type(tree)](args)
    if tree.is_Pow:
        return power(*args)
    op = registry.of_symbol(type(tree))
    assert op is not None, f"no op for {type(tree)}"
    return truth(op, args)


def power(base: Any, exponent: Any) -> Any:
    """A power; of zero with a negative exponent, infinity."""
    return mp.inf if base == 0 and exponent < 0 else mp.power(base, exponent)


def partials(op: Op, args: list[Any], y: Any) -> list[Any]:
    """The declared partials at these numbers, None where there is none."""
    symbols = sp.symbols(f"_a0:{len(args) + 1}", real=True)
    assert op.partials is not None
    env = dict(zip(symbols, [*args, y], strict=True))
    return [None if p is None else value_of(p, env) for p in op.partials(*symbols)]


def points(op: Op, count: int = 8) -> list[list[float]]:
    """Places inside the op's domain and away from its kinks, the same ones in every run."""
    found: list[list[float]] = []
    for args in _candidates(op):
        if args not in found and is_inside(op, args) and not _near_kink(op, args):
            found.append(args)
        if len(found) == count:
            break
    return found


def _candidates(op: Op) -> Iterator[list[float]]:
    if op.arity == 1:
        yield from ([x] for x in PLACES.get(op.params[0], POOL))
    chosen = random.Random(zlib.crc32(op.name.encode()))
    for _ in range(1000):
        yield [chosen.choice(PLACES.get(p, POOL)) for p in op.params]


def is_inside(op: Op, args: list[float]) -> bool:
    """Whether the op's declared domain holds these numbers."""
    return op.domain is None or bool(evaluate(op.domain, [mp.mpf(a) for a in args]))


def _near_kink(op: Op, args: list[float]) -> bool:
    numbers = [mp.mpf(a) for a in args]
    return any(abs(evaluate(k.place, numbers)) < 1e-4 for k in op.kinks)

"""Ops and constants over mpmath numbers, as their declarations mean them.

An op is its `truth`, else its `meaning` lowered to a program; never its stable form or partials.
Results that are not real are NaN. Arguments beyond 2**4000 count as infinite: nothing hangs.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import sympy as sp

from derivc.errors import UnsupportedError
from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.shorthand import mpmath

Number = Any
Function = Callable[..., Number]

_FAILURES = (
    ValueError, ArithmeticError, NotImplementedError, TypeError, AttributeError,
    RecursionError,  # mpmath's gammainc and the like, near their poles
)  # fmt: skip
_EXACT = frozenset({"add", "sub", "mul", "neg", "abs", "sqrt", "square", "log", "log1p", "where"})
_FAR = 4000
_KEPT = 512
"""Values per op."""

_HUGE_EXPONENT = 10**15


@lru_cache(maxsize=1024)
def function(name: str) -> Function:
    """The op of that name over mpmath numbers; NaN where it has no real value.

    Raises:
        UnsupportedError: the op has neither truth nor meaning.
    """
    op = registry.get(name)
    if name in _SPECIAL:
        return _SPECIAL[name]
    plain = _plain(op)
    if name in _EXACT or op.tags & {"boolean", "branch"}:
        return plain if op.tags & {"boolean", "branch"} else _real(plain)
    return _real(_remembered(lambda *args: plain(*map(_near, args))))


def _remembered(function: Function) -> Function:
    """The same function, keeping what it last found: derivatives ask at the same places again."""
    found = lru_cache(maxsize=_KEPT)(lambda precision, *args: function(*args))
    return lambda *args: found(mpmath().prec, *args)


def constant(value: Any) -> Number:
    """An exact constant at the working precision."""
    mp = mpmath()
    if isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / value.denominator
    if isinstance(value, sp.Basic):
        return mp.mpf(value._to_mpmath(mp.prec + 10))
    return mp.mpf(value)


def run(program: Program, arguments: list[Number]) -> list[Number]:
    """The outputs of a program at the working precision."""
    return interpret(program, arguments, function, constant)


@lru_cache(maxsize=1024)
def meaning_of(name: str) -> Program | None:
    """The program of a composite without a truth of its own; None for every other op."""
    op = registry.get(name)
    if op.truth is not None or op.meaning is None or name in _SPECIAL:
        return None
    return None if op.tags & {"boolean", "branch"} else _meaning(op)


def _plain(op: Op) -> Function:
    if isinstance(op.truth, str):
        name = op.truth
        return cast("Function", getattr(mpmath(), name))
    if op.truth is not None:
        return op.truth
    meaning = _meaning(op)
    return lambda *args: run(meaning, list(args))[0]


def _meaning(op: Op) -> Program:
    if op.meaning is None:
        raise UnsupportedError(
            f"{op.name} has neither `truth` nor `meaning`, so it cannot be checked; declare one"
        )
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    return lower([sp.sympify(op.meaning(*symbols))], op.params)


def _real(function: Function) -> Function:
    """The same function with NaN where it fails or leaves the reals."""

    def real(*args: Number) -> Number:
        mp = mpmath()
        if any(arg != arg for arg in args):
            return mp.nan
        try:
            found = function(*args)
        except _FAILURES:
            return mp.nan
        if isinstance(found, mp.mpc):
            return found.real if found.imag == 0 else mp.nan
        return found

    return real


def _near(argument: Number) -> Number:
    """The argument, or infinity where it is beyond every use."""
    mp = mpmath()
    far = isinstance(argument, mp.mpf) and mp.isfinite(argument) and argument != 0
    if far and mp.mag(argument) > _FAR:
        return mp.inf if argument > 0 else -mp.inf
    return argument


def _divide(a: Number, b: Number) -> Number:
    """a/b; of a nonzero number by zero, an infinity of its sign."""
    mp = mpmath()
    if b == 0:
        return mp.nan if a == 0 or a != a else mp.sign(a) * mp.inf
    return a / b


def _power(base: Number, exponent: Number) -> Number:
    """base**exponent over the reals; what is beyond 10**(10**14) is infinite, or zero."""
    mp = mpmath()
    if exponent == 0:
        return mp.mpf(1)
    if base == 0:
        return mp.mpf(0) if exponent > 0 else mp.inf
    whole = mp.isfinite(exponent) and (mp.mag(exponent) > mp.prec or mp.isint(exponent))
    if base < 0 and not whole:
        return mp.nan
    if whole and abs(exponent) < _HUGE_EXPONENT and mp.isfinite(base):
        return base ** int(exponent)
    odd = base < 0 and whole and mp.mag(exponent) <= mp.prec and int(exponent) % 2 == 1
    size = mp.exp(_near(exponent * mp.log(abs(base))))
    return -size if odd else size


_SPECIAL: dict[str, Function] = {
    "div": _real(_divide),
    "pow": _real(_power),
}


def to_exact(value: Any) -> Any:
    """A float (or integer) argument as an mpmath number, exactly."""
    return constant(exact.normalise(value)) if isinstance(value, Fraction) else mpmath().mpf(value)

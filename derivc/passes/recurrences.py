"""Orthogonal polynomials of a small whole degree, by their recurrences: https://dlmf.nist.gov/18.9.

    T_(k+1) = 2 x T_k - T_(k-1), T_1 = x          U_(k+1) = 2 x U_k - U_(k-1), U_1 = 2 x
    (k + 1) P_(k+1) = (2k + 1) x P_k - k P_(k-1)
    (k + 1) C_(k+1) = 2 (k + a) x C_k - (k + 2a - 1) C_(k-1), with the parameter a
    (k + 1) L_(k+1) = (2k + 1 + a - x) L_k - (k + a) L_(k-1), with the parameter a

Each polynomial is odd or even exactly then, and so are its partials: none loses digits next to 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Value

_HIGHEST = 12
Step = Callable[[SmartBuilder, int, Value, Value, Value, Value], Value]
"""From a builder, k, the parameter, x and the members k and k - 1 to the member k + 1."""


def polynomial(b: SmartBuilder, step: Instruction) -> Value | None:
    """The polynomial written out; None where its degree is no small whole number.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> found = polynomial(b, Instruction("chebyshevt", (b.const(2), 0)))
        >>> [step.op for step in b.finish([found]).instructions if step.op != "const"]
        ['mul', 'mul', 'sub']
    """
    degree = b.constant(step.args[0])
    whole = exact.is_plain(degree) and Fraction(degree).denominator == 1
    if not whole or not 0 <= degree <= _HIGHEST:
        return None
    parameter, x = (step.args[1] if len(step.args) == 3 else b.const(0)), step.args[-1]
    first, advance = _FAMILIES[step.op]
    below, here = b.const(0), b.const(1)
    for k in range(int(degree)):
        ahead = first(b, parameter, x) if k == 0 else advance(b, k, parameter, x, here, below)
        below, here = here, ahead
    return here


def _scaled(b: SmartBuilder, factor: int, value: Value) -> Value:
    return b.emit("mul", b.const(factor), value)


def _shifted(b: SmartBuilder, value: Value, shift: int) -> Value:
    return b.emit("add", value, b.const(shift))


def _chebyshev(b: SmartBuilder, k: int, a: Value, x: Value, here: Value, below: Value) -> Value:
    return b.emit("sub", b.emit("mul", _scaled(b, 2, x), here), below)


def _legendre(b: SmartBuilder, k: int, a: Value, x: Value, here: Value, below: Value) -> Value:
    over = b.emit("sub", _scaled(b, 2 * k + 1, b.emit("mul", x, here)), _scaled(b, k, below))
    return b.emit("div", over, b.const(k + 1))


def _gegenbauer(b: SmartBuilder, k: int, a: Value, x: Value, here: Value, below: Value) -> Value:
    steep = b.emit("mul", _scaled(b, 2, b.emit("mul", _shifted(b, a, k), x)), here)
    flat = b.emit("mul", _shifted(b, _scaled(b, 2, a), k - 1), below)
    return b.emit("div", b.emit("sub", steep, flat), b.const(k + 1))


def _laguerre(b: SmartBuilder, k: int, a: Value, x: Value, here: Value, below: Value) -> Value:
    steep = b.emit("mul", b.emit("sub", _shifted(b, a, 2 * k + 1), x), here)
    flat = b.emit("mul", _shifted(b, a, k), below)
    return b.emit("div", b.emit("sub", steep, flat), b.const(k + 1))


_FAMILIES: dict[str, tuple[Callable[[SmartBuilder, Value, Value], Value], Step]] = {
    "chebyshevt": (lambda b, a, x: x, _chebyshev),
    "chebyshevu": (lambda b, a, x: _scaled(b, 2, x), _chebyshev),
    "legendre": (lambda b, a, x: x, _legendre),
    "gegenbauer": (lambda b, a, x: _scaled(b, 2, b.emit("mul", a, x)), _gegenbauer),
    "laguerre": (lambda b, a, x: b.emit("sub", b.const(1), x), _laguerre),
    "assoc_laguerre": (lambda b, a, x: b.emit("sub", _shifted(b, a, 1), x), _laguerre),
}
FAMILIES = frozenset(_FAMILIES)
"""The ops that `polynomial` writes out."""

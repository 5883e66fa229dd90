"""The same values by functions that cost PyTorch less, as exactly.

    sech(u)^2 = 4 sigmoid(2u) sigmoid(-2u)    all u; two passes in place of six, no digit lost
    zeta(2, u) = trigamma(u)                  https://dlmf.nist.gov/25.11.E12; zeta takes powers
    c u - c v = c (u - v), and with sums      c constant; one rounding less
    a/sqrt(u) = a rsqrt(u)                    u >= 0, NaN on both sides below; half the time of sqrt
    a/(sqrt(u) sqrt(v)) = a (rsqrt(u) rsqrt(v)), a/(c sqrt(u)) = a (1/c rsqrt(u))
    (c != 0) = c                              c a truth, as `isnan` is in PyTorch
    where(not c, u, v) = where(c, v, u)
    (fmax(u, v) = u) = (u >= v or v is NaN)   one of the two being a number; fmin alike
    |u - v| = |v - u|                         one difference in place of two
    -|c u| = -|c| |u|                         all c: one step less
    p(0, x) = 1                               of every orthogonal polynomial p: it reads no x

What is written this way may be differentiated again.
"""

from __future__ import annotations

from fractions import Fraction

from derivc.codegen.library import ready
from derivc.codegen.straight import is_truth
from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.codegen.torch.spelling import KEPT
from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.passes.dce import dce

_POLYNOMIALS = frozenset(
    "gegenbauer legendre chebyshevt chebyshevu hermite laguerre assoc_laguerre jacobi".split()
)


def cheaper(program: Program) -> Program:
    """An op-level program over what PyTorch spells.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> print(cheaper(b.finish([b.emit("square", b.emit("sech", 0))])))
        inputs x
        _2 = mul 2 x
        _3 = sigmoid _2
        _5 = mul -2 x
        _6 = sigmoid _5
        _8 = mul _3 _6
        _9 = mul 4 _8
        outputs _9
    """
    given = ready(rewritten(program, _sech_squared), KEPT)
    for rule in (_zeta, _truth, _difference, _rsqrt, _turned, _constant, _even, _decay, _taken):
        given = rewritten(given, rule)
    return given


def reading_output(program: Program, value: Program) -> Program:
    """A pullback over inputs, output and cotangent, in which nothing computes the output again.

    Args:
        program: the pullback. value: the function, of one output.
    """
    b = SmartBuilder(program.inputs)
    inputs, output = range(len(program.inputs)), len(value.inputs)
    again = b.inline(value, range(output))[value.outputs[0]]
    placed = b.inline(program, inputs)
    found = b.finish(placed[out] for out in program.outputs)
    fresh = SmartBuilder(program.inputs)
    seats = dict(enumerate(inputs))
    for index, step in enumerate(found.instructions, len(inputs)):
        seats[index] = output if index == again else fresh.copy(step, seats)
    return dce(fresh.finish(seats[out] for out in found.outputs))


def _sech_squared(place: Place) -> Value | None:
    """4 sigmoid(2u) sigmoid(-2u) for the square of sech(u)."""
    whole = place.step.op == "pow" and place.constant(1) == 2
    if not (whole or place.step.op == "square"):
        return None
    inner = place.operand(0)
    if inner is None or inner.op != "sech":
        return None
    b, u = place.builder, place.places[inner.args[0]]
    sides = [b.emit("sigmoid", b.emit("mul", b.const(c), u)) for c in (2, -2)]
    return b.emit("mul", b.const(4), b.emit("mul", *sides))


def _zeta(place: Place) -> Value | None:
    """trigamma(u) for zeta(2, u)."""
    if place.step.op != "zeta" or place.constant(0) != 2:
        return None
    return place.builder.emit("trigamma", place.places[place.step.args[1]])


def _truth(place: Place) -> Value | None:
    """c for c != 0."""
    if place.step.op != "ne" or place.constant(1) != 0:
        return None
    truth = place.step.args[0]
    return place.places[truth] if is_truth(place.program, truth) else None


def _turned(place: Place) -> Value | None:
    """where(c, v, u) for where(not c, u, v)."""
    condition = place.operand(0) if place.step.op == "where" else None
    if condition is None or condition.op != "logical_not":
        return None
    u, v = (place.places[a] for a in place.step.args[1:])
    return place.builder.emit("where", place.places[condition.args[0]], v, u)


def _constant(place: Place) -> Value | None:
    """1 for a polynomial of degree 0."""
    if place.step.op not in _POLYNOMIALS or place.constant(0) != 0:
        return None
    return place.builder.const(1)


def _even(place: Place) -> Value | None:
    """|u - v| for |v - u|, in the order of u and v."""
    inner = place.operand(0) if place.step.op == "abs" else None
    if inner is None or inner.op != "sub" or inner.args[0] < inner.args[1]:
        return None
    b, (v, u) = place.builder, (place.places[a] for a in inner.args)
    return b.emit("abs", b.emit("sub", u, v))


def _decay(place: Place) -> Value | None:
    """-|c| |u| for -|c u|."""
    whole = place.operand(0) if place.step.op == "neg" else None
    inner = place.program.instruction(whole.args[0]) if whole and whole.op == "abs" else None
    if inner is None or inner.op != "mul":
        return None
    c = place.program.constant(inner.args[0])
    if not exact.is_plain(c):
        return None
    b = place.builder
    return b.emit("mul", b.const(-abs(c)), b.emit("abs", place.places[inner.args[1]]))


def _taken(place: Place) -> Value | None:
    """u >= v or v is NaN, for fmax(u, v) = u."""
    if place.step.op != "eq":
        return None
    for position in (0, 1):
        pick, chosen = place.operand(position), place.step.args[1 - position]
        if pick is not None and pick.op in ("fmax", "fmin") and chosen in pick.args:
            other = pick.args[1] if pick.args[0] == chosen else pick.args[0]
            b, (u, v) = place.builder, (place.places[a] for a in (chosen, other))
            wins = b.emit("ge" if pick.op == "fmax" else "le", u, v)
            return b.emit("logical_or", wins, b.emit("isnan", v))
    return None


def _difference(place: Place) -> Value | None:
    """c (u - v) for c u - c v, and with a sum for c u + c v."""
    if place.step.op not in ("add", "sub"):
        return None
    one, other = place.operand(0), place.operand(1)
    if not (one and other and one.op == other.op == "mul"):
        return None
    c, d = (place.program.constant(s.args[0]) for s in (one, other))
    if not (exact.is_plain(c) and exact.is_plain(d)) or c not in (d, -d):
        return None
    b, (u, v) = place.builder, (place.places[s.args[1]] for s in (one, other))
    inner = "add" if (c == d) == (place.step.op == "add") else "sub"
    return b.emit("mul", b.const(c), b.emit(inner, u, v))


def _rsqrt(place: Place) -> Value | None:
    """a (b rsqrt(u)) for a/(sqrt(u)/b), of one root, a multiple of it, or a product of two."""
    below = place.operand(1) if place.step.op == "div" else None
    if below is None or below.op not in ("sqrt", "mul"):
        return None
    factors = [place.step.args[1]] if below.op == "sqrt" else list(below.args)
    parts = [_reciprocal(place, a) for a in factors]
    b, found = place.builder, [p for p in parts if p is not None]
    if len(found) < len(parts):
        return None
    product = found[0] if len(found) == 1 else b.emit("mul", *found)
    return b.emit("mul", place.places[place.step.args[0]], product)


def _reciprocal(place: Place, value: Value) -> Value | None:
    """One over a root or a number of the old program, in the new one."""
    constant, step = place.program.constant(value), place.program.instruction(value)
    if exact.is_plain(constant) and constant:
        return place.builder.const(Fraction(1) / constant)
    if step is None or step.op != "sqrt":
        return None
    return place.builder.emit("rsqrt", place.places[step.args[0]])

"""How one instruction passes a derivative on: times its partial, forward or backward.

Arithmetic is spelled out so that its signs and quotients fold; every other op uses its declared
partials, as a fragment inlined over the arguments and the output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivc.errors import NotDifferentiableError
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.lowering import fragment
from derivc.ops import registry
from derivc.passes.flow import Flow, both, split

Scale = Callable[[Flow], Flow | None]
"""Multiply a cotangent or tangent by one partial of an instruction; None when the product is 0."""

Product = Callable[[Value], Value]


def scales(
    b: SmartBuilder, step: Instruction, args: list[Value], out: Value, wanted: list[int]
) -> dict[int, Scale]:
    """For each wanted argument position, the multiplication by its partial.

    Raises:
        NotDifferentiableError: the op has no derivative with respect to a wanted argument.
    """
    special = _SPECIAL.get(step.op)
    if special is not None:
        return {i: special(b, args, out, i) for i in wanted}
    return {i: _times(b, p) for i, p in partials(b, step, args, out, wanted).items()}


def _times(b: SmartBuilder, partial: Value) -> Scale:
    """Times a partial; its zero branches become a guard."""
    factor = split(b, partial)
    if factor is None:
        return lambda flow: None
    guarded = factor
    return lambda flow: Flow(
        b.emit("mul", flow.value, guarded.value), both(b, flow.guard, guarded.guard)
    )


def _through(product: Product) -> Scale:
    """A product that keeps the guard."""
    return lambda flow: Flow(product(flow.value), flow.guard)


def partials(
    b: SmartBuilder, step: Instruction, args: list[Value], out: Value, wanted: list[int]
) -> dict[int, Value]:
    """The declared partials of an instruction at the wanted positions, emitted into `b`."""
    piece = fragment.partials(registry.get(step.op), b.convention)
    missing = [i for i in wanted if piece is None or piece.slots[i] is None]
    if piece is None or missing:
        raise NotDifferentiableError(_unknown(step, missing))
    program = _only(piece.program, [piece.slots[i] for i in wanted])
    places = b.inline(program, [*args, out])
    return {i: places[v] for i, v in zip(wanted, program.outputs, strict=True)}


def _only(program: Program, slots: list[Any]) -> Program:
    """The fragment cut down to some of its outputs, without what they do not need."""
    if len(slots) == len(program.outputs):
        return program
    from derivc.passes.dce import dce

    return dce(
        Program(program.inputs, program.instructions, tuple(program.outputs[s] for s in slots))
    )


def _unknown(step: Instruction, missing: list[int]) -> str:
    params = registry.get(step.op).params
    names = ", ".join(repr(params[i]) for i in missing)
    return (
        f"the derivative of {step.op} with respect to {names} is not known;"
        " keep that argument constant (wrt=), or declare an op with partials"
    )


def _sign(positions: dict[int, int]) -> Callable[..., Scale]:
    def rule(b: SmartBuilder, args: list[Value], out: Value, i: int) -> Scale:
        return _through((lambda g: g) if positions[i] > 0 else (lambda g: b.emit("neg", g)))

    return rule


def _mul(b: SmartBuilder, args: list[Value], out: Value, i: int) -> Scale:
    return _through(lambda g: b.emit("mul", g, args[1 - i]))


def _div(b: SmartBuilder, args: list[Value], out: Value, i: int) -> Scale:
    """d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b."""
    if i == 0:
        return _through(lambda g: b.emit("div", g, args[1]))
    return _through(lambda g: b.emit("neg", b.emit("mul", g, b.emit("div", out, args[1]))))


def _pow(b: SmartBuilder, args: list[Value], out: Value, i: int) -> Scale:
    """d(x^e)/dx = e x^(e-1), zero where e is; d(x^e)/de = x^e log x, by the declaration."""
    base, exponent = args
    if i == 0 and b.constant(exponent) is None:
        return _through(lambda g: b.emit("mul", g, _slope_of_power(b, base, exponent, out)))
    if i == 1:
        step = Instruction("pow", (0, 1))
        return _times(b, partials(b, step, args, out, [i])[i])
    lowered = _power(b, base, b.emit("sub", exponent, b.const(1)))
    return _through(lambda g: b.emit("mul", g, b.emit("mul", exponent, lowered)))


def _slope_of_power(b: SmartBuilder, base: Value, exponent: Value, out: Value) -> Value:
    """e x^(e-1), by (e x^e)/x where e - 1 may be rounded, which x^ would make much of."""
    below = b.emit("pow", base, b.emit("sub", exponent, b.const(1)))
    small = b.emit("lt", exponent, b.const(fragment.HALF))
    rounded = b.emit("logical_and", small, b.emit("ne", base, b.const(0)))
    lowered = b.emit("where", rounded, b.emit("div", out, base), below)
    none = b.emit("eq", exponent, b.const(0))
    return b.emit("where", none, b.const(0), b.emit("mul", exponent, lowered))


def _power(b: SmartBuilder, base: Value, exponent: Value) -> Value:
    """base**exponent with the short forms that lowering uses."""
    if b.is_const(exponent, -1):
        return b.emit("div", b.const(1), base)
    if b.is_const(exponent, fragment.HALF):
        return b.emit("sqrt", base)
    return b.emit("pow", base, exponent)


_SPECIAL: dict[str, Callable[..., Scale]] = {
    "add": _sign({0: 1, 1: 1}),
    "sub": _sign({0: 1, 1: -1}),
    "neg": _sign({0: -1}),
    "mul": _mul,
    "div": _div,
    "pow": _pow,
}

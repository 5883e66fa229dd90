"""Functions that PyTorch cannot differentiate, where it is left to differentiate what we write.

Under torch.compile, `torch.func` does not look at our own derivatives: it goes through the text.

    floor_divide(u, v)    slopes 0: its operands are read as constants
    heaviside(u, h)       h where u = 0, where its slope by h is 1; elsewhere slopes 0
"""

from __future__ import annotations

from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.ir.program import Program, Value

STILL = frozenset({"heaviside", "floor_divide"})
"""Ops of zero slope for which PyTorch has no derivative."""


def still(program: Program) -> Program:
    """An equal program that PyTorch can differentiate.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x", "y"])
        >>> print(still(b.finish([b.emit("floor_divide", 0, 1)])))
        inputs x y
        _2 = stop_gradient x
        _3 = stop_gradient y
        _4 = floor_divide _2 _3
        outputs _4
    """
    return rewritten(program, _held)


def moving(program: Program) -> Program:
    """A program to be evaluated only: nothing has to be held."""
    return rewritten(program, lambda place: _operand(place, 0) if _is_stop(place) else None)


def _held(place: Place) -> Value | None:
    """A function of zero slope, of operands that count as constants."""
    if place.step.op not in STILL:
        return None
    b, args = place.builder, range(len(place.step.args))
    fixed = [_operand(place, i) for i in args]
    found = b.emit(
        place.step.op,
        *[f if place.constant(i) is not None else b.emit("stop_gradient", f)
          for i, f in zip(args, fixed, strict=True)],
    )  # fmt: skip
    if place.step.op != "heaviside" or place.constant(1) is not None:
        return found
    return b.emit("where", b.emit("eq", fixed[0], b.const(0)), fixed[1], found)


def _operand(place: Place, position: int) -> Value:
    return place.places[place.step.args[position]]


def _is_stop(place: Place) -> bool:
    return place.step.op == "stop_gradient"

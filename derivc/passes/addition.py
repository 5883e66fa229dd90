"""Functions of a sum over those of its parts: sums of cotangents, whose partials do not cancel.

    sin(u + v)/(sin(u) sin(v))       = 1/tan(u) + 1/tan(v)
    sinh(u + v)/(sinh(u) sinh(v))    = 1/tanh(u) + 1/tanh(v)
    expm1(u + v)/(expm1(u) expm1(v)) = (1/tanh(u/2) + 1/tanh(v/2))/2

All hold wherever the left side is defined. The right side loses digits next to u = -v, as many as
a rounding of u or v makes wrong on either side. The left side overflows, and its partial by u,
which is a function of u alone, is a difference of functions of u and v.
"""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.cancel.forms import Forms
from derivc.passes.powers import factors, product

_COTANGENTS = {"sin": "tan", "sinh": "tanh", "expm1": "tanh"}


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """The quotient by the first identity that its factors are of; None where there is none."""
    below = factors(b, under)
    for op in _COTANGENTS:
        if sum(b.at(v).op == op for v in below) < 2:
            continue
        above = factors(b, over)
        for whole in (v for v in above if b.at(v).op == op):
            parts = _parts(b, whole, [v for v in below if b.at(v).op == op])
            if parts is not None:
                above.remove(whole)
                for part in parts:
                    below.remove(part)
                total = _cotangents(b, op, parts)
                return b.emit("div", product(b, [total, *above]), product(b, below))
    return None


def _parts(b: SmartBuilder, whole: Value, candidates: list[Value]) -> tuple[Value, Value] | None:
    """Two values whose arguments add up to that of the whole."""
    forms = Forms(b.finish(()))
    for i, one in enumerate(candidates):
        for other in candidates[i + 1 :]:
            u, v, w = (forms.parts(*b.at(f).args) for f in (one, other, whole))
            gap = forms.expand((*w, *((-c, m) for c, m in (*u, *v))))
            if gap is not None and not gap.terms:
                return one, other
    return None


def _cotangents(b: SmartBuilder, op: str, parts: tuple[Value, Value]) -> Value:
    scale = b.const(HALF if op == "expm1" else 1)
    arguments = (b.emit("mul", scale, *b.at(part).args) for part in parts)
    terms = (b.emit("div", b.const(1), b.emit(_COTANGENTS[op], u)) for u in arguments)
    return b.emit("mul", scale, b.emit("add", *terms))

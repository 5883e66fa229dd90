"""A value on the way to the output that is kept beside the inputs, because the slopes read it too.

A logarithm or an exponential costs more to compute again than to keep; the composition of PyTorch's
functions keeps such values too, and no more than that is kept. For plain tensors only: elsewhere,
and to be differentiated again, it is computed again. And for functions of several arguments only:
of one, PyTorch often keeps no more than the argument itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from derivc.codegen.straight import is_truth
from derivc.codegen.torch.memory import kept_by_autograd
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.passes.dce import dce
from derivc.passes.weight import weight

_WORTH = 0.25
"""The part of a pullback that is saved by keeping a value, at least."""
_LEAST = 3.0
"""The weight that is saved, at least: that of a logarithm."""
_CHEAP = frozenset({"sigmoid"})
"""Functions that PyTorch computes as quickly as it reads what was kept."""


@final
@dataclass(frozen=True)
class Beside:
    """A value that is kept.

    Args:
        value: it, over the inputs. both: the output, and it.
        pulling: the pullback that reads it: it stands before the cotangents.
    """

    value: Program
    both: Program
    pulling: Program


def beside(value: Program, pulling: Program, kept: int) -> Beside | None:
    """What to keep, or None.

    Args:
        value: the function, of one output. pulling: its pullback, over the inputs, maybe the
            output, and the cotangent. kept: how many arrays of floats are kept already.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["a", "x"])
        >>> value = b.finish([b.emit("mul", 0, b.emit("log", 1))])
        >>> b = Builder(["a", "x", "g"])
        >>> pulled = b.emit("mul", 2, b.emit("log", 1)), b.emit("div", b.emit("mul", 2, 0), 1)
        >>> print(beside(value, b.finish(pulled), 2).pulling)
        inputs a x kept g
        _4 = mul g kept
        _5 = mul g a
        _6 = div _5 x
        outputs _4 _6
    """
    if len(value.inputs) < 2 or kept + 1 > kept_by_autograd(value):
        return None
    count, b = len(value.inputs), SmartBuilder(pulling.inputs)
    placed = b.inline(pulling, range(len(pulling.inputs)))
    again = b.inline(value, range(count))
    whole = b.finish(placed[out] for out in pulling.outputs)
    used = set(placed.values())
    found = [
        (weight(pulling) - weight(program), -v, program)
        for v in range(count, len(again))
        if again[v] in used and _is_kept(value, v)
        for program in [_given(whole, again[v], count)]
    ]
    saved, place, program = max(found, default=(0.0, 0, whole), key=lambda f: f[:2])
    if saved < max(_LEAST, _WORTH * weight(pulling)):
        return None
    only = Program(value.inputs, value.instructions, (-place,))
    return Beside(dce(only), dce(_with(value, -place)), program)


def _is_kept(value: Program, v: Value) -> bool:
    """Whether it is a number on the way."""
    step = value.instruction(v)
    if step is None or step.op in ("const", *_CHEAP) or v in value.outputs:
        return False
    return not is_truth(value, v)


def _with(value: Program, v: Value) -> Program:
    return Program(value.inputs, value.instructions, (*value.outputs, v))


def _given(whole: Program, value: Value, count: int) -> Program:
    """The program with one more input before the cotangent, in place of a value."""
    names: Sequence[str] = [*whole.inputs[:-1], "kept", whole.inputs[-1]]
    b, last = SmartBuilder(names), len(whole.inputs) - 1
    seats: dict[Value, Value] = {i: i for i in range(last)} | {last: last + 1}
    for index, step in enumerate(whole.instructions, last + 1):
        seats[index] = last if index == value else b.copy(step, seats)
    return dce(b.finish(seats[out] for out in whole.outputs))

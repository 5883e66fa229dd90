"""The ops of an expression one by one: is one of the peer's own inaccurate?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.codegen.function import Argument
from derivc.definition import Definition
from derivc.ir import exact
from derivc.ir.program import Instruction, Program
from derivc.kernel import Kernel
from derivc.ops import registry
from derivc.ops.shorthand import mpmath
from derivc.verify.crosscheck.distance import distance
from derivc.verify.crosscheck.kinks import values_of
from derivc.verify.crosscheck.peers.base import Job, Peer
from derivc.verify.crosscheck.quantity import Quantity
from derivc.verify.crosscheck.subject import Subject
from derivc.verify.crosscheck.truth import Truth
from derivc.verify.oracle import truth_float

_DIGITS = 60
_TOO_FAR = 200.0
_EXACT = frozenset({"add", "sub", "mul", "div", "neg"})


@final
class Suspects:
    """The ops of a program as a peer spells them.

    Args:
        program: op level. peer: one that spells ops.
    """

    def __init__(self, program: Program, peer: Peer):
        self.program, self.peer = program, peer

    @classmethod
    def of(cls, program: Program, peer: Peer) -> Suspects:
        """The suspects of a program."""
        return cls(program, peer)

    def blame(self, point: Sequence[float], order: int, dtype: Any) -> str | None:
        """A sentence on the first op that the peer itself gets wrong at the arguments it has."""
        with mpmath().workdps(_DIGITS):
            true = [v if isinstance(v, bool) else truth_float(v)
                    for v in values_of(self.program, point)]  # fmt: skip
        for step in self.program.instructions:
            if step.op == "const" or step.op in _EXACT or "boolean" in registry.get(step.op).tags:
                continue
            found = self._checked(step, [true[a] for a in step.args], order, dtype)
            if found:
                return found
        return None

    def _checked(self, step: Instruction, args: list[Any], order: int, dtype: Any) -> str | None:
        kernel, given = self._kernel(step, args)
        if kernel is None or any(isinstance(x, bool) for x in args):
            return None
        subject = Subject(kernel, order)
        columns = tuple(np.array([x], dtype) for x in given)
        vector = subject.vector(0)
        answer = self.peer.answer(Job(subject, columns, vector))
        truth = Truth(subject.program, subject.wanted, vector)
        at = truth.at(tuple(float(c[0]) for c in columns))
        for quantity, column in answer.columns.items():
            apart = float(distance(column[0], np.asarray(at[quantity], dtype)))
            if apart > _TOO_FAR and at[quantity] == at[quantity]:
                return self._sentence(step, args, subject, quantity, column[0], at[quantity])
        return None

    def _kernel(self, step: Instruction, args: list[Any]) -> tuple[Kernel | None, list[Any]]:
        """The op alone, over its arguments that are no constants."""
        op, count = registry.get(step.op), len(self.program.inputs)
        nodes: list[Any] = []
        names, given = [], []
        for name, place, value in zip(op.params, step.args, args, strict=True):
            source = self.program.instructions[place - count] if place >= count else None
            if source is not None and source.op == "const":
                nodes.append(exact.to_sympy(source.value))
            else:
                nodes.append(sp.Symbol(name, real=True))
                names.append(name)
                given.append(value)
        if not names:
            return None, []
        arguments = tuple(Argument(name, (name,)) for name in names)
        return Kernel(Definition(arguments, (op.build(*nodes),), None, op.name)), given

    def _sentence(
        self, step: Instruction, args: list[Any], subject: Subject, quantity: Quantity,
        theirs: Any, true: float,
    ) -> str:  # fmt: skip
        shown = ", ".join(f"{x:.6g}" for x in args)
        what = subject.label(quantity)
        return (
            f"{self.peer.name}'s own {step.op} is inaccurate: {what} of {step.op}({shown}) is"
            f" {float(theirs)!r} there, and truly {true!r}"
        )

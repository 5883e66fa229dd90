"""One function in C: over arrays in float64 and float32, and over points in float64 and wider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

from derivc.codegen import layout
from derivc.codegen.c import blocks, points, spelling
from derivc.codegen.c.body import Body
from derivc.codegen.c.dialect import BLOCK_DOUBLE, BLOCK_FLOAT, POINT, WIDE, Dialect
from derivc.codegen.c.names import input_names
from derivc.codegen.function import FunctionSpec
from derivc.ir.program import Program
from derivc.passes.mirror import mirror
from derivc.passes.strength import strength
from derivc.passes.weight import operations

MOST_FOR_BLOCKS, MOST_FOR_WIDE = 1000, 600
"""Larger programs have no functions over arrays, no function over wider points."""


@final
@dataclass(frozen=True)
class Writer:
    """Writes the C functions of one spec.

    Args:
        spec: what to write. vector: the C library's functions that have a vector form.
    """

    spec: FunctionSpec
    vector: frozenset[str]

    @cached_property
    def program(self) -> Program:
        """The program with its outputs in the order in which the result holds them."""
        outputs = self.spec.program.outputs
        leaves = layout.leaves(self.spec.layout)
        ordered = replace(self.spec.program, outputs=tuple(outputs[i] for i in leaves))
        return mirror(strength(ordered))

    @property
    def has_blocks(self) -> bool:
        """Whether there are functions over arrays: something must broadcast."""
        some = any(argument.is_scalar for argument in self.spec.arguments)
        return some and self.size <= MOST_FOR_BLOCKS

    @property
    def has_wide(self) -> bool:
        """Whether there is a function over wider points."""
        return self.size <= MOST_FOR_WIDE

    @property
    def size(self) -> int:
        """What a compiler has to do: operations, and results to write."""
        return operations(self.program) + len(self.program.outputs)

    @property
    def has_slots(self) -> bool:
        """Whether functions over arrays are asked for a few elements at a time."""
        return any(blocks.stages_of(body).slot_count for body in self._block_bodies())

    def functions(self) -> list[list[str]]:
        """All functions, as lines."""
        found = [blocks.function(body) for body in self._block_bodies()] if self.has_blocks else []
        for dialect in (POINT, WIDE) if self.has_wide else (POINT,):
            name = f"{self.spec.name}_{'wide' if dialect is WIDE else 'point'}"
            found += points.functions(self._body(dialect), name)
        return found

    def _block_bodies(self) -> list[Body]:
        kinds = (BLOCK_DOUBLE, BLOCK_FLOAT)
        return [self._body(replace(d, vector=self.vector)) for d in kinds]

    def _body(self, dialect: Dialect) -> Body:
        return Body(self.spec.name, self.program, tuple(self._inputs), dialect)

    @cached_property
    def _inputs(self) -> list[str]:
        ops = sorted({s.op for s in self.program.instructions} - {"const"})
        words = [word for op in ops for word in spelling.calls(op)]
        forms = [f"{word}{suffix}" for word in words for suffix in ("", "f", "l")]
        return input_names(self.spec.arguments, forms)

"""The C backend: a translation unit of functions over arrays and points, with no header at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from derivc.codegen.backend import AbstractBackend
from derivc.codegen.c import prelude, sine_cosine, spelling
from derivc.codegen.c.dialect import BLOCK_DOUBLE
from derivc.codegen.c.writer import Writer
from derivc.codegen.environment import render
from derivc.codegen.function import FunctionSpec, Header
from derivc.passes.weight import operations, weight


@final
class CBackend(AbstractBackend):
    """Source in C.

    Args:
        vector: the C library's functions that have a form over whole vectors (`exp`, `expf`).
    """

    name = "c"

    def __init__(self, vector: frozenset[str] = frozenset()):
        self.vector = vector

    def source(self, specs: Sequence[FunctionSpec], header: Header) -> str:
        """A complete translation unit that defines the functions of every spec."""
        writers = [Writer(spec, self.vector) for spec in specs]
        ops = {s.op for w in writers for s in w.program.instructions} - {"const"}
        masks = any(spelling.is_mask(op) or spelling.is_choice(op) for op in ops)
        waves = self._waves(ops)
        ops |= waves
        return render(
            "c/kernel.c.j2",
            formula=_comment(header.formula),
            version=header.version,
            notes=[_comment(note) for note in header.notes] + [_note(w) for w in writers],
            declarations=prelude.declarations(ops),
            vectors=prelude.vectors(ops, self.vector),
            helpers=[
                *prelude.helpers(ops, self.vector, masks or bool(waves)),
                *([sine_cosine.TEXT] if waves else []),
            ],
            functions=[function for w in writers for function in w.functions()],
        )

    def _waves(self, ops: set[str]) -> frozenset[str]:
        """The sine and the cosine, where loops compute one of them by our function for both."""
        used = sine_cosine.is_used(replace(BLOCK_DOUBLE, vector=self.vector))
        both = frozenset(sine_cosine.FUNCTIONS)
        return both if used and both & ops else frozenset()


def _note(writer: Writer) -> str:
    program = writer.program
    return f"{writer.spec.name}: {operations(program)} operations, weight {weight(program):g}"


def _comment(text: str) -> str:
    """Text that can stand in a comment."""
    return text.replace("*/", "* /").replace("??/", "?? /")

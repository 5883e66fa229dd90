"""The C backend: a translation unit of functions over arrays and points, with no header at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from derivc.codegen.backend import AbstractBackend
from derivc.codegen.c import prelude, sine_cosine, spelling
from derivc.codegen.c.dialect import BLOCK_DOUBLE, BLOCK_FLOAT
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
        waves = self._waves() if ops & sine_cosine.FUNCTIONS.keys() else []
        if waves:
            ops |= sine_cosine.FUNCTIONS.keys()
        return render(
            "c/kernel.c.j2",
            formula=_comment(header.formula),
            version=header.version,
            notes=[_comment(note) for note in header.notes] + [_note(w) for w in writers],
            declarations=prelude.declarations(ops),
            vectors=prelude.vectors(ops, self.vector),
            helpers=[
                *prelude.helpers(ops, self.vector, masks or bool(waves)),
                *waves,
            ],
            functions=[function for w in writers for function in w.functions()],
        )

    def _waves(self) -> list[str]:
        """Our function for the sine and the cosine, for each kind of loop that takes it."""
        kinds = [replace(dialect, vector=self.vector) for dialect in (BLOCK_DOUBLE, BLOCK_FLOAT)]
        used = [d.letter for d in kinds if sine_cosine.is_used(d)]
        return [sine_cosine.text(sine_cosine.KINDS[letter]) for letter in used]


def _note(writer: Writer) -> str:
    program = writer.program
    return f"{writer.spec.name}: {operations(program)} operations, weight {weight(program):g}"


def _comment(text: str) -> str:
    """Text that can stand in a comment."""
    return text.replace("*/", "* /").replace("??/", "?? /")

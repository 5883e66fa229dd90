"""The JAX backend: a module with a `custom_jvp` function that needs only JAX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from derivc.codegen.environment import render
from derivc.codegen.family import AbstractLibraryBackend, Family, Index
from derivc.codegen.jax.spelling import CARRIER, KEPT, dialect
from derivc.codegen.library import Texts, constant_of, ready
from derivc.codegen.names_of import number, targets
from derivc.codegen.render import docstring
from derivc.codegen.straight import Straight, ops_of
from derivc.ir.program import Program
from derivc.passes.guard import guard


@final
@dataclass(frozen=True)
class Part:
    """A function to write: the value, or one partial.

    Args:
        name, summary: of the function. lines: of its formula.
        tangent: the expression of its tangents; "" where JAX differentiates the formula.
    """

    name: str
    summary: str
    lines: list[str]
    tangent: str


@final
class JaxBackend(AbstractLibraryBackend):
    """Source for JAX."""

    name = "jax"

    def source(self, family: Family) -> str:
        """A complete module."""
        return _Module(family).text()


@final
class _Module:
    """One module in the making."""

    def __init__(self, family: Family):
        self.family, self.texts = family, Texts(family)
        self.names, self.dialect = self.texts.names, dialect()
        self.name = family.name
        self.ops: set[str] = set()

    def text(self) -> str:
        """The whole of it."""
        family = self.family
        parts, slopes, public = self._parts(), self._slopes(), self._public()
        pushforward = [] if family.order else self._pushforward()
        return render(
            "jax/module.py.j2",
            formula=docstring(family.header.formula),
            derivatives=[docstring(line) for line in family.derivatives],
            version=family.header.version,
            name=self.name,
            parameters=[a.name for a in self.texts.arguments],
            public=public,
            parts=parts,
            slopes=slopes,
            pushforward=pushforward,
            helpers=CARRIER.carried(sorted(self.ops)),
            aliases=[f"{alias} = {name}" for name, alias in sorted(self.names.aliases.items())],
        )

    def _parts(self) -> list[Part]:
        """The value, and the partials that are no constants."""
        family, stem = self.family, f"_{self.name}"
        tangent = f"_push({stem}_slopes, primals, tangents)"
        if not family.order:
            tangent = f"_along({stem}_pushforward, primals, [{self._moving()}])"
        found = [self._part(f"{stem}_value", "The outputs.", family.value, tangent)]
        for index, program in family.partials.items():
            if len(index) > 1 and constant_of(program) is None:
                name = f"{stem}{self.texts.suffixes[index]}"
                last = len(index) > family.order
                tangent = "" if last else f"_push({name}_slopes, primals, tangents)"
                found.append(self._part(name, self.texts.label(index), program, tangent))
        return found

    def _moving(self) -> str:
        return ", ".join(f"tangents[{i}]" for i in self.family.moving)

    def _part(self, name: str, summary: str, program: Program, tangent: str) -> Part:
        head = f"def {name}_formula({', '.join(self.texts.inputs)}):"
        lines = self._function(head, summary, program, self.texts.inputs)
        return Part(name, summary, lines, tangent)

    def _function(self, head: str, summary: str, program: Program, called: list[str]) -> list[str]:
        given = ready(program, KEPT)
        self.ops |= ops_of(given)
        code = Straight(guard(given), called, self.dialect, self.names)
        results = targets([code.output(out) for out in code.program.outputs])
        body = [f'"""{summary}"""', *code.lines.values(), f"return {results}"]
        return [head, *[f"    {line}" for line in body]]

    def _pushforward(self) -> list[str]:
        """The tangents of the outputs by one formula."""
        stem = self.names.prefix("t")
        called = [*self.texts.inputs, *(f"{stem}{i}" for i in range(len(self.family.moving)))]
        head = f"def _{self.name}_pushforward({', '.join(called)}):"
        return self._function(head, "The tangents of the outputs.", self.family.pushforward, called)

    def _slopes(self) -> list[str]:
        """Per function, the partials of its results by every input."""
        family, lines = self.family, []
        if not family.order:
            return []
        rows = [self._row((output,)) for output in range(family.count)]
        lines.append(f"_{self.name}_slopes = {targets(rows)}")
        for index, program in family.partials.items():
            if 1 < len(index) <= family.order and constant_of(program) is None:
                name = f"_{self.name}{self.texts.suffixes[index]}_slopes"
                lines.append(f"{name} = ({self._row(index)},)")
        return lines

    def _row(self, index: Index) -> str:
        return targets([self._entry(index, i) for i in range(len(self.family.elements))])

    def _entry(self, index: Index, by: int) -> str:
        """A partial: a function, or a number; zero for what is a constant."""
        if by not in self.family.moving:
            return "0.0"
        below = (index[0], *sorted((*index[1:], by)))
        constant = constant_of(self.family.partials[below])
        return f"_{self.name}{self.texts.suffixes[below]}" if constant is None else number(constant)

    def _public(self) -> list[str]:
        """The body of the function that users call."""
        parts = [
            a.name if a.is_scalar else f"*_elements({a.name!r}, {a.name}, {a.shape})"
            for a in self.texts.arguments
        ]
        text = self.names.text
        result = f"{text(f'_{self.name}_value')}(*{text('_taken')}({targets(parts)}))"
        if self.family.shape is None:
            return [f"return {result}[0]"]
        return [f"return {text('_stacked')}({result}, {tuple(self.family.shape)})"]

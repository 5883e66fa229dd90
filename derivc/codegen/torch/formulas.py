"""The functions over tensors of one module, as finished lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

from derivc.codegen.family import Family, Index
from derivc.codegen.library import Texts, constant_of
from derivc.codegen.masks import dependencies, readers
from derivc.codegen.names_of import targets
from derivc.codegen.straight import Straight, is_truth, ops_of
from derivc.codegen.torch.arms import arms, ordered
from derivc.codegen.torch.beside import Beside, beside
from derivc.codegen.torch.cheaper import cheaper
from derivc.codegen.torch.cut import Cut, cut
from derivc.codegen.torch.helpers import QUICKER, SOME
from derivc.codegen.torch.inplace import Reuse
from derivc.codegen.torch.lines import defined, laid_out, needing
from derivc.codegen.torch.quicker import quicker
from derivc.codegen.torch.reading import ALONE, reading
from derivc.codegen.torch.results import fresh, raw
from derivc.codegen.torch.spelling import DIALECT
from derivc.codegen.torch.still import moving, still
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.passes.guard import guard


def _nothing(value: Value) -> str:
    return ""


@final
class Formulas:
    """The functions of a module: of its outputs, its partials, its pullback.

    Args:
        family: what is written.

    Attributes:
        ops: the ops that the formulas call, when they are written. quick_ops: those that are called
            where nothing is differentiated.
        long: the formulas that go through large tensors block by block, when they are written.
    """

    def __init__(self, family: Family):
        self.family, self.texts = family, Texts(family)
        self.names = self.texts.names
        self.ops: set[str] = set()
        self.quick_ops: set[str] = set()
        self.long: set[str] = set()
        self.name = family.name
        self.reading, self.pulling = reading(family)
        self.order = 0 if self.reading == ALONE else family.order
        self.cut = self._find_cut()
        self.beside = self._find_beside()

    def _find_cut(self) -> Cut | None:
        """What is kept in place of inputs."""
        if self.reading or not self.order or self.family.count > 1:
            return None
        given = [cheaper(self.family.partials[i]) for i in self.partials]
        return cut([self.pulling, *given], len(self.family.elements))

    def _find_beside(self) -> Beside | None:
        """What is kept beside inputs."""
        value = cheaper(self.family.value)
        everything = (1 << len(value.inputs)) - 1
        if self.cut or not self.order or self.family.count > 1 or self.family.shape is not None:
            return None
        if dependencies(value)[value.outputs[0]] != everything:
            return None
        kept = self.kept().count("True") + bool(self.reading)
        return beside(value, self.pulling, kept)

    def _through(self, program: Program) -> Program:
        """A derivative, over what is kept."""
        return self.cut.through(cheaper(program)) if self.cut else program

    @property
    def partials(self) -> list[Index]:
        """The partials that are no constants, in order."""
        given = self.family.partials.items() if self.order else ()
        return [index for index, p in given if len(index) > 1 and constant_of(p) is None]

    def kept(self) -> list[str]:
        """Per input whether the backward pass reads it: what it does not read is not kept."""
        if self.reading == ALONE:
            return ["False"]
        if self.cut:
            places = {slot: str(k) for k, slot in enumerate(self.cut.slots, 1)}
            return [places.get(i, str(i in self.cut.reads)) for i in range(len(self.texts.inputs))]
        given = [self.family.partials[i] for i in self.partials]
        given += [] if self.order else [self.family.pushforward]
        reads = {value for program in given for value in cheaper(program).reads}
        reads |= set(self.pulling.reads)
        return [str(i in reads) for i in range(len(self.family.elements))]

    def below_last(self) -> list[Index]:
        """The partials that have a class, because their own partials are written out."""
        return [index for index in self.partials if len(index) <= self.order]

    def formulas(self) -> list[list[str]]:
        """Every function over tensors of one type."""
        family, inputs = self.family, self.texts.inputs
        value = self.with_kept(family.value)
        fast, traced = self.code(value, inputs, True), self.code(family.value, inputs, False)
        self._measure(f"_{self.name}_formula", fast)
        found = [
            self._function(f"_{self.name}_formula", "The outputs; memory is used again.", fast),
            self._function(f"_{self.name}_traced", "The outputs.", traced),
        ]
        for index in self.partials:
            name = f"_{self.name}{self.texts.suffixes[index]}_formula"
            code = self.code(self._through(family.partials[index]), inputs, False)
            of = f" Of what _{self.name}_kept gives." if self.cut else ""
            found.append(self._function(name, self.texts.label(index) + of, code))
        found += [self._cutting()] if self.cut else []
        if self.beside:
            name, code = f"_{self.name}_beside", self.code(self.beside.both, inputs, True)
            self._measure(name, code)
            found.append(
                self._function(name, "The output, and what is kept beside inputs.", code, 2)
            )
        found.append(self._pullback("pullback", fast=True))
        if self.order == 0:
            found += [self._pullback("differentiable_pullback", fast=False), self._pushforward()]
        return found

    def with_kept(self, program: Program) -> Program:
        """The outputs, and what is kept for the backward pass."""
        if not self.cut:
            return program
        b = SmartBuilder(program.inputs)
        inputs, value = range(len(program.inputs)), cheaper(program)
        parts = [(p, b.inline(p, inputs)) for p in (value, self.cut.made)]
        return b.finish(places[out] for p, places in parts for out in p.outputs)

    def _cutting(self) -> list[str]:
        """The function from the inputs to what is kept in their places."""
        assert self.cut is not None
        code = self.code(self.cut.made, self.texts.inputs, False)
        outputs, reads = [raw(code, out) for out in code.program.outputs], self.cut.reads
        made = dict(zip(self.cut.slots, outputs, strict=True))
        results = [
            made.get(i, x if i in reads else "None") for i, x in enumerate(self.texts.inputs)
        ]
        head = f"def _{self.name}_kept({', '.join(self.texts.inputs)}):"
        lines = list(code.lines.values())
        return defined(
            head, "What derivatives read, in the places of inputs.", lines, targets(results)
        )

    def code(
        self, program: Program, inputs: list[str], fast: bool, full: Sequence[str] = ()
    ) -> Straight:
        """A program in lines: over memory that is used again, or to be differentiated.

        Those of `full` are outputs, cotangents or tangents.
        """
        steps, names = cheaper(program), self.names
        self.ops |= ops_of(steps)
        like = inputs[-1] if full else inputs[self.cut.like] if self.cut else None
        if not fast:
            return Straight(guard(still(steps)), inputs, DIALECT, names, like=like)
        wide = [inputs.index(name) for name in full]
        steps = ordered(quicker(moving(steps)), wide)
        self.quick_ops |= ops_of(steps)
        reuse = Reuse(steps, names, wide, full[-1] if full else "")
        return Straight(steps, inputs, DIALECT, names, reuse, True, like)

    def _function(self, name: str, summary: str, code: Straight, count: int = 0) -> list[str]:
        """A function of the inputs alone."""
        head = f"def {name}({', '.join(self.texts.inputs)}):"
        results = targets(fresh(code, count or self.family.count))
        return defined(head, summary, self._lines(code), results)

    def _pullback(self, kind: str, fast: bool) -> list[str]:
        """The cotangents of the inputs that need one, before they are summed to their shapes."""
        family, needed = self.family, self.names.pick("needed")
        called = self._called("g", len(family.value.outputs))
        given, result = [*self.texts.inputs, *self._result()], self._result()
        pulling, again = self._through(self.pulling), list[str]()
        if self.beside:
            kept, pulling = self.names.pick("kept"), self.beside.pulling
            again = self._again(kept, needed)
            given.append(kept)
        code = self.code(pulling, [*given, *called], fast, [*result, *called])
        places = dict(zip(family.moving, code.program.outputs, strict=True))
        results = [
            f"{code.output(places[i])} if {needed}[{i}] else None" if i in places else "None"
            for i in range(len(family.elements))
        ]
        if fast:
            self._measure(f"_{self.name}_{kind}", code)
        head = f"def _{self.name}_{kind}({', '.join([needed, *called, *given])}):"
        head = head.replace("):", "=None):") if self.beside else head
        wide = [*result, *called] if fast else []
        lines = again + self._lines(code, wide, needing(code, list(family.moving), needed))
        return defined(head, "The cotangents of the inputs that need one.", lines, targets(results))

    def _lines(
        self, code: Straight, full: Sequence[str] = (), asked: Callable[[Value], str] = _nothing
    ) -> list[str]:
        """The lines of code; of what is only evaluated, with questions."""
        wide = [v for v in range(len(code.program.inputs)) if code.called[v] in full]
        found = arms(code.program, wide) if code.recycled else []
        self.quick_ops |= {SOME} if found else set()
        return laid_out(code, found, asked)

    def _again(self, kept: str, needed: str) -> list[str]:
        """The lines that compute what is kept, where it was not."""
        assert self.beside is not None
        code = self.code(self.beside.value, self.texts.inputs, False)
        tests = [f"{needed}[{i}]" for i in self.askers()]
        lines = [*code.lines.values(), f"{kept} = {code.output(code.program.outputs[0])}"]
        return [f"if {kept} is None and ({' or '.join(tests)}):", *[f"    {x}" for x in lines]]

    def askers(self) -> list[int]:
        """The inputs whose cotangents read what is kept beside inputs."""
        assert self.beside is not None
        program = self.beside.pulling
        bits = readers(program)[len(program.inputs) - 2]
        return [i for k, i in enumerate(self.family.moving) if bits >> k & 1]

    def _measure(self, name: str, code: Straight) -> None:
        """Note a formula of several steps that needs more memory than its results have.

        Functions that are carried along see to that themselves.
        """
        floats = [v for v in code.lines if not is_truth(code.program, v)]
        places = {code.lines[v].split(" = ")[0] for v in floats}
        spare = len(places) - len(code.program.outputs)
        hidden = [s for s in code.program.instructions if s.op in QUICKER]
        if spare + 2 * len(hidden) > 1 and len(code.lines) + _SHORT * len(hidden) > _SHORT:
            self.long.add(name)

    def evaluated(self, name: str) -> str:
        """What computes a formula."""
        return f"_blockwise({name})" if name in self.long else name

    def _result(self) -> list[str]:
        """What the output is called, where the pullback reads it."""
        return [self.names.pick("y")] if self.reading else []

    def _called(self, stem: str, count: int) -> list[str]:
        """Names for cotangents or tangents."""
        if count == 1:
            return [self.names.pick(stem)]
        return [f"{self.names.prefix(stem)}{i}" for i in range(count)]

    def _pushforward(self) -> list[str]:
        """The tangents of the outputs."""
        alone = self.reading == ALONE  # the tangent is to the partial what the cotangent is
        called = [*self.texts.inputs, *(self._result() if alone else [])]
        tangents = self._called("t", len(self.family.moving))
        called += tangents
        program = self.pulling if alone else self.family.pushforward
        code = self.code(program, called, False, tangents)
        results = targets([code.output(out) for out in code.program.outputs])
        head = f"def _{self.name}_pushforward({', '.join(called)}):"
        return defined(head, "The tangents of the outputs.", list(code.lines.values()), results)


_SHORT = 9
"""Up to so many instructions, or with little memory beside the results, blocks save nothing."""

"""One module for PyTorch in the making: its functions and classes as finished lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from derivc.codegen.family import Family, Index
from derivc.codegen.library import Texts, constant_of
from derivc.codegen.masks import dependencies, readers
from derivc.codegen.names_of import number, targets
from derivc.codegen.render import docstring
from derivc.codegen.straight import Straight, ops_of
from derivc.codegen.torch.cheaper import cheaper
from derivc.codegen.torch.cut import Cut, cut
from derivc.codegen.torch.inplace import Reuse
from derivc.codegen.torch.quicker import quicker
from derivc.codegen.torch.reading import ALONE, reading
from derivc.codegen.torch.results import fresh, raw
from derivc.codegen.torch.spelling import DIALECT
from derivc.codegen.torch.still import moving, still
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program
from derivc.passes.guard import guard


@final
@dataclass(frozen=True)
class FunctionClass:
    """An autograd Function to write.

    Args:
        title: its name. keeps: what keeps what derivatives read.
        summary: the first line of its docstring; derivatives: the others.
        formula: the function that computes its results. many: whether they are several.
        backward, jvp: the lines of these methods.
    """

    title: str
    keeps: str
    summary: str
    derivatives: list[str]
    formula: str
    many: bool
    backward: list[str]
    jvp: list[str]


@final
class Module:
    """The parts of a module.

    Args:
        family: what is written.

    Attributes:
        ops: the ops that the formulas call, when they are written.
        long: the formulas that go through large tensors block by block, when they are written.
    """

    def __init__(self, family: Family):
        self.family, self.texts = family, Texts(family)
        self.names = self.texts.names
        self.ops: set[str] = set()
        self.long: set[str] = set()
        self.name, self.title = family.name, family.title
        self.traced, self.quickest = f"_{self.title}Traced", f"_{self.title}Plain"
        self.reading, self.pulling = reading(family)
        self.order = 0 if self.reading == ALONE else family.order
        self.cut = self._find_cut()

    def _find_cut(self) -> Cut | None:
        """What is kept in place of inputs."""
        if self.reading or not self.order or self.family.count > 1:
            return None
        given = [cheaper(self.family.partials[i]) for i in self.partials]
        return cut([self.pulling, *given], len(self.family.elements))

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
        value = self._with_kept(family.value)
        fast, traced = self._code(value, inputs, True), self._code(family.value, inputs, False)
        self._measure(f"_{self.name}_formula", fast)
        found = [
            self._function(f"_{self.name}_formula", "The outputs; memory is used again.", fast),
            self._function(f"_{self.name}_traced", "The outputs.", traced),
        ]
        for index in self.partials:
            name = f"_{self.name}{self.texts.suffixes[index]}_formula"
            code = self._code(self._through(family.partials[index]), inputs, False)
            of = f" Of what _{self.name}_kept gives." if self.cut else ""
            found.append(self._function(name, self.texts.label(index) + of, code))
        found += [self._cutting()] if self.cut else []
        found.append(self._pullback("pullback", fast=True))
        if self.order == 0:
            found += [self._pullback("differentiable_pullback", fast=False), self._pushforward()]
        return found

    def _with_kept(self, program: Program) -> Program:
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
        code = self._code(self.cut.made, self.texts.inputs, False)
        outputs, reads = [raw(code, out) for out in code.program.outputs], self.cut.reads
        made = dict(zip(self.cut.slots, outputs, strict=True))
        results = [
            made.get(i, x if i in reads else "None") for i, x in enumerate(self.texts.inputs)
        ]
        head = f"def _{self.name}_kept({', '.join(self.texts.inputs)}):"
        lines = list(code.lines.values())
        return _defined(
            head, "What derivatives read, in the places of inputs.", lines, targets(results)
        )

    def _code(self, program: Program, inputs: list[str], fast: bool, given: int = 0) -> Straight:
        """A program in lines: over memory that is used again, or to be differentiated.

        The last inputs, as many as `given`, are outputs, cotangents or tangents.
        """
        steps, names = cheaper(program), self.names
        self.ops |= ops_of(steps)
        like = inputs[-1] if given else inputs[self.cut.like] if self.cut else None
        if not fast:
            return Straight(guard(still(steps)), inputs, DIALECT, names, like=like)
        steps = quicker(moving(steps))
        reuse = Reuse(steps, names, range(len(inputs) - given, len(inputs)))
        return Straight(steps, inputs, DIALECT, names, reuse, True, like)

    def _function(self, name: str, summary: str, code: Straight) -> list[str]:
        """A function of the inputs alone."""
        head = f"def {name}({', '.join(self.texts.inputs)}):"
        results = targets(fresh(code, self.family.count))
        return _defined(head, summary, list(code.lines.values()), results)

    def _pullback(self, kind: str, fast: bool) -> list[str]:
        """The cotangents of the inputs that need one, before they are summed to their shapes."""
        family, needed = self.family, self.names.pick("needed")
        called = self._called("g", len(family.value.outputs))
        given, result = [*self.texts.inputs, *self._result()], self._result()
        pulling = self._through(self.pulling)
        code = self._code(pulling, [*given, *called], fast, len([*result, *called]))
        places = dict(zip(family.moving, code.program.outputs, strict=True))
        results = [
            f"{code.output(places[i])} if {needed}[{i}] else None" if i in places else "None"
            for i in range(len(family.elements))
        ]
        if fast:
            self._measure(f"_{self.name}_{kind}", code)
        head = f"def _{self.name}_{kind}({', '.join([needed, *called, *given])}):"
        lines = _conditional(code, list(family.moving), needed)
        return _defined(
            head, "The cotangents of the inputs that need one.", lines, targets(results)
        )

    def _measure(self, name: str, code: Straight) -> None:
        """Note a formula of several steps that needs more memory than its results have.

        Functions that are carried along see to that themselves.
        """
        places = {line.split(" = ")[0] for line in code.lines.values()}
        spare = len(places) - len(code.program.outputs)
        if spare > 1 and len(code.lines) > _SHORT:
            self.long.add(name)

    def _evaluated(self, name: str) -> str:
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
        code = self._code(program, called, False, len(tangents))
        results = targets([code.output(out) for out in code.program.outputs])
        head = f"def _{self.name}_pushforward({', '.join(called)}):"
        return _defined(head, "The tangents of the outputs.", list(code.lines.values()), results)

    def classes(self) -> list[FunctionClass]:
        """The function's own class, and one per partial below the last order."""
        return [self._own(), *[self._of_partial(index) for index in self.below_last()]]

    def _own(self) -> FunctionClass:
        family, name = self.family, self.name
        backward = [
            "if _is_watched(cotangents):",
            f"    return _pull(_{name}_slopes, ctx, cotangents)",
            f"return _pulled({self._evaluated(f'_{name}_pullback')}, ctx, cotangents)",
        ]
        jvp = [f"found = _push(_{name}_slopes, ctx, tangents)"]
        if self.order == 0:
            backward[1] = f"    return _pulled(_{name}_differentiable_pullback, ctx, cotangents)"
            moving = "".join(f"tangents[{i}], " for i in family.moving).rstrip()
            jvp = [f"found = _along(_{name}_pushforward, ctx, ({moving}))"]
        if self.cut:
            backward = [
                "value, *others = cotangents",
                "others = any([g is not None for g in others])",
                "if value is None or others or _is_watched(cotangents):",
                f"    return _pull(_{name}_slopes, ctx, cotangents)",
                f"return _pulled({self._evaluated(f'_{name}_pullback')}, ctx, (value,))",
            ]
            jvp = [
                f"found = _push(_{name}_slopes[:1], ctx, tangents)",
                f"found += _carried(_{name}_slopes[1:], ctx, tangents)",
            ]
        summary = docstring(family.header.formula)
        more = ", (output,)" if self.reading else ", output" if self.cut else ""
        keeps = f"_keep(ctx, inputs{more})"
        derivatives = [docstring(line) for line in family.derivatives]
        many = family.count > 1 or self.cut is not None
        return FunctionClass(
            self.title, keeps, summary, derivatives, self._evaluated(f"_{name}_formula"), many,
            backward, jvp,
        )  # fmt: skip

    def quick(self) -> dict[str, object]:
        """The class for plain tensors: its name and the lines of `forward`."""
        formula, result = self._evaluated(f"_{self.name}_formula"), "found"
        if self.family.count == 1 and not self.cut:
            result = "found[0]"
        whole = self._depends_on_all()
        kept = ", found" if self.reading or self.cut else ""
        lines = [
            f"found = {formula}(*inputs)" if whole else f"found = _computed({formula}, inputs)",
            f"_keep(ctx, inputs{kept})", f"return {result}",
        ]  # fmt: skip
        return {"title": self.quickest, "forward": lines}

    def _depends_on_all(self) -> bool:
        """Whether every output has the shape that all inputs together have, by itself."""
        program = cheaper(self._with_kept(self.family.value))
        masks = dependencies(program)
        everything = (1 << len(program.inputs)) - 1
        return all(masks[out] == everything for out in program.outputs)

    def _of_partial(self, index: Index) -> FunctionClass:
        name, label = f"_{self.name}{self.texts.suffixes[index]}", self.texts.label(index)
        backward = [f"return _pull({name}_slopes, ctx, cotangents)"]
        jvp = [f"found = _push({name}_slopes, ctx, tangents)"]
        title, formula = self._class(index), f"{name}_formula"
        keeps = "_keep_places(ctx, inputs, inputs)" if self.cut else "_keep(ctx, inputs)"
        return FunctionClass(title, keeps, label, [], formula, False, backward, jvp)

    def _class(self, index: Index) -> str:
        """The name of the class of a partial."""
        parts = self.texts.suffixes[index].split("_")[1:]
        return f"_{self.title}" + "".join(part[:1].upper() + part[1:] or "_" for part in parts)

    def slopes(self) -> list[str]:
        """The functions of the partials, and per class a table of the partials of its results."""
        if self.order == 0:
            return ["", ""]
        lines = []
        for index in self.partials:
            lines += ["", "", *self._slope(index)]
        rows = [self._row((output,)) for output in range(self.family.count)]
        kept = [self.cut.row(k) for k in range(len(self.cut.slots))] if self.cut else []
        rows += ["None" if row is None else targets([number(c) for c in row]) for row in kept]
        lines += ["", "", f"_{self.name}_slopes = {targets(rows)}"]
        for index in self.below_last():
            lines.append(f"_{self.name}{self.texts.suffixes[index]}_slopes = ({self._row(index)},)")
        return lines

    def _slope(self, index: Index) -> list[str]:
        """The function of a partial: by its class, or by its formula at the last order."""
        name = f"_{self.name}{self.texts.suffixes[index]}"
        lines = []
        if len(index) <= self.order:
            lines = ["if not torch.compiler.is_compiling():",
                     f"    return {self._class(index)}.apply(*inputs)"]  # fmt: skip
        result = f"_computed({name}_formula, inputs)[0]"
        return _defined(f"def {name}(*inputs):", self.texts.label(index), lines, result)

    def _row(self, index: Index) -> str:
        """The partials of a partial, by every input: a function, a number, or None."""
        return targets([self._entry(index, i) for i in range(len(self.family.elements))])

    def _entry(self, index: Index, by: int) -> str:
        if by not in self.family.moving:
            return "None"
        below = (index[0], *sorted((*index[1:], by)))
        constant = constant_of(self.family.partials[below])
        return f"_{self.name}{self.texts.suffixes[below]}" if constant is None else number(constant)

    def operator(self) -> dict[str, object]:
        """What the custom op needs: its name, schema, parameters, and the form of its results."""
        count = self.family.count
        given = [
            name if name.isascii() and not name.startswith("_") else f"input{i}"
            for i, name in enumerate(self.texts.inputs)
        ]
        results = "Tensor" if count == 1 else f"({', '.join(['Tensor'] * count)})"
        return {
            "name": f"derivc::{self.name}", "parameters": ", ".join(given), "count": count,
            "schema": f"({', '.join(f'Tensor {name}' for name in given)}) -> {results}",
            "one": "[0]" if count == 1 else "", "dims": "0" if count == 1 else repr((0,) * count),
        }  # fmt: skip

    def public(self) -> list[str]:
        """The body of the function that users call."""
        parts = [
            a.name if a.is_scalar else f"*_elements({a.name!r}, {a.name}, {a.shape})"
            for a in self.texts.arguments
        ]
        text, given, inputs = self.names.text, self.names.pick("given"), self.names.pick("inputs")
        result = f"{given}.apply(*{inputs})" + ("[0]" if self.cut else "")
        if self.family.shape is not None:
            result = f"{text('_stacked')}({result}, {tuple(self.family.shape)})"
        chosen = f"{self.traced} if torch.compiler.is_compiling() else {self.title}"
        return [
            f"{given}, {inputs} = {text(self.quickest)}, {targets(parts)}",
            f"if not {text('_is_plain')}({inputs}):",
            f"    {given}, {inputs} = {text(chosen)}, {text('_tensors')}({inputs})",
            f"return {result}",
        ]


_SHORT = 9
"""Up to so many instructions, or with little memory beside the results, blocks save nothing."""


def _conditional(code: Straight, moving: list[int], needed: str) -> list[str]:
    """The lines, those that only some cotangents need under the condition that one is asked for."""
    reads, everything = readers(code.program), (1 << len(moving)) - 1
    lines: list[str] = []
    current = everything
    for value, line in code.lines.items():
        if reads[value] not in (everything, current):
            tests = [f"{needed}[{i}]" for k, i in enumerate(moving) if reads[value] >> k & 1]
            lines.append(f"if {' or '.join(tests)}:")
        current = reads[value]
        lines.append(line if current == everything else f"    {line}")
    return lines


def _defined(head: str, summary: str, lines: list[str], result: str) -> list[str]:
    """A function in lines."""
    body = [f'"""{summary}"""', *lines, f"return {result}"]
    return [head, *[f"    {line}" for line in body]]

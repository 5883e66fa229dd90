"""One module for PyTorch in the making: its functions and classes as finished lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from derivc.codegen.family import Family, Index
from derivc.codegen.library import constant_of
from derivc.codegen.masks import dependencies
from derivc.codegen.names_of import number, targets
from derivc.codegen.render import docstring
from derivc.codegen.torch.cheaper import cheaper
from derivc.codegen.torch.formulas import Formulas
from derivc.codegen.torch.lines import defined
from derivc.codegen.torch.plain import single
from derivc.ir.program import Value


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
        parts: the functions over tensors, which note what they call as they are written.
    """

    def __init__(self, family: Family):
        self.family, self.parts = family, Formulas(family)
        self.texts, self.names = self.parts.texts, self.parts.names
        self.name, self.title = family.name, family.title
        self.traced, self.quickest = f"_{self.title}Traced", f"_{self.title}Plain"

    def classes(self) -> list[FunctionClass]:
        """The function's own class, and one per partial below the last order."""
        return [self._own(), *[self._of_partial(index) for index in self.parts.below_last()]]

    def _own(self) -> FunctionClass:
        family, name = self.family, self.name
        backward = [
            "if _is_watched(cotangents):",
            f"    return _pull(_{name}_slopes, ctx, cotangents)",
            f"return _pulled({self.parts.evaluated(f'_{name}_pullback')}, ctx, cotangents)",
        ]
        jvp = [f"found = _push(_{name}_slopes, ctx, tangents)"]
        if self.parts.order == 0:
            backward[1] = f"    return _pulled(_{name}_differentiable_pullback, ctx, cotangents)"
            moving = "".join(f"tangents[{i}], " for i in family.moving).rstrip()
            jvp = [f"found = _along(_{name}_pushforward, ctx, ({moving}))"]
        if self.parts.cut:
            backward = [
                "value, *others = cotangents",
                "others = any([g is not None for g in others])",
                "if value is None or others or _is_watched(cotangents):",
                f"    return _pull(_{name}_slopes, ctx, cotangents)",
                f"return _pulled({self.parts.evaluated(f'_{name}_pullback')}, ctx, (value,))",
            ]
            jvp = [
                f"found = _push(_{name}_slopes[:1], ctx, tangents)",
                f"found += _carried(_{name}_slopes[1:], ctx, tangents)",
            ]
        summary = docstring(family.header.formula)
        more = ", (output,)" if self.parts.reading else ", output" if self.parts.cut else ""
        keeps = f"_keep(ctx, inputs{more})"
        derivatives = [docstring(line) for line in family.derivatives]
        many = family.count > 1 or self.parts.cut is not None
        return FunctionClass(
            self.title, keeps, summary, derivatives, self.parts.evaluated(f"_{name}_formula"), many,
            backward, jvp,
        )  # fmt: skip

    def quick(self) -> dict[str, object] | None:
        """The class for plain tensors: its name and the lines of `forward`; or None."""
        if self._own_step() is not None:
            return None
        formula, result = self.parts.evaluated(f"_{self.name}_formula"), "found"
        if self.family.count == 1 and not self.parts.cut:
            result = "found[0]"
        whole = self._depends_on_all()
        kept = ", found" if self.parts.reading or self.parts.cut else ""
        if self.parts.beside:
            asked = " or ".join(f"ctx.needs_input_grad[{i}]" for i in self.parts.askers())
            kept = "found, kept" if self.parts.reading else "kept,"
            lines = [
                f"found, kept = {self.parts.evaluated(f'_{self.name}_beside')}(*inputs)",
                f"kept = kept if {asked} else None",
                f"_keep(ctx, inputs, ({kept}))", "return found",
            ]  # fmt: skip
            return {"title": self.quickest, "forward": lines}
        lines = [
            f"found = {formula}(*inputs)" if whole else f"found = _computed({formula}, inputs)",
            f"_keep(ctx, inputs{kept})", f"return {result}",
        ]  # fmt: skip
        return {"title": self.quickest, "forward": lines}

    def _depends_on_all(self) -> bool:
        """Whether every output has the shape that all inputs together have, by itself."""
        program = cheaper(self.parts.with_kept(self.family.value))
        masks = dependencies(program)
        everything = (1 << len(program.inputs)) - 1
        return all(masks[out] == everything for out in program.outputs)

    def _of_partial(self, index: Index) -> FunctionClass:
        name, label = f"_{self.name}{self.texts.suffixes[index]}", self.texts.label(index)
        backward = [f"return _pull({name}_slopes, ctx, cotangents)"]
        jvp = [f"found = _push({name}_slopes, ctx, tangents)"]
        title, formula = self._class(index), f"{name}_formula"
        keeps = "_keep_places(ctx, inputs, inputs)" if self.parts.cut else "_keep(ctx, inputs)"
        return FunctionClass(title, keeps, label, [], formula, False, backward, jvp)

    def _class(self, index: Index) -> str:
        """The name of the class of a partial."""
        parts = self.texts.suffixes[index].split("_")[1:]
        return f"_{self.title}" + "".join(part[:1].upper() + part[1:] or "_" for part in parts)

    def slopes(self) -> list[str]:
        """The functions of the partials, and per class a table of the partials of its results."""
        if self.parts.order == 0:
            return ["", ""]
        lines = []
        for index in self.parts.partials:
            lines += ["", "", *self._slope(index)]
        rows = [self._row((output,)) for output in range(self.family.count)]
        kept = (
            [self.parts.cut.row(k) for k in range(len(self.parts.cut.slots))]
            if self.parts.cut
            else []
        )
        rows += ["None" if row is None else targets([number(c) for c in row]) for row in kept]
        lines += ["", "", f"_{self.name}_slopes = {targets(rows)}"]
        for index in self.parts.below_last():
            lines.append(f"_{self.name}{self.texts.suffixes[index]}_slopes = ({self._row(index)},)")
        return lines

    def _slope(self, index: Index) -> list[str]:
        """The function of a partial: by its class, or by its formula at the last order."""
        name = f"_{self.name}{self.texts.suffixes[index]}"
        lines = []
        if len(index) <= self.parts.order:
            lines = ["if not torch.compiler.is_compiling():",
                     f"    return {self._class(index)}.apply(*inputs)"]  # fmt: skip
        result = f"_computed({name}_formula, inputs)[0]"
        return defined(f"def {name}(*inputs):", self.texts.label(index), lines, result)

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
        result = f"{given}.apply(*{inputs})" + ("[0]" if self.parts.cut else "")
        if self.family.shape is not None:
            result = f"{text('_stacked')}({result}, {tuple(self.family.shape)})"
        chosen = f"{self.traced} if torch.compiler.is_compiling() else {self.title}"
        step = self._own_step()
        if step is not None:
            code = self.parts.code(self.family.value, self.texts.inputs, False)
            line = code.lines[step].split(" = ", 1)[1]
            head = [f"{inputs} = {targets(parts)}", f"if {text('_is_plain')}({inputs}):"]
            return [
                *head, f"    return {line}",
                f"{given}, {inputs} = {text(chosen)}, {text('_tensors')}({inputs})",
                f"return {result}",
            ]  # fmt: skip
        return [
            f"{given}, {inputs} = {text(self.quickest)}, {targets(parts)}",
            f"if not {text('_is_plain')}({inputs}):",
            f"    {given}, {inputs} = {text(chosen)}, {text('_tensors')}({inputs})",
            f"return {result}",
        ]

    def _own_step(self) -> Value | None:
        """The instruction that is the whole function, where PyTorch differentiates it alike."""
        family = self.family
        if family.count > 1 or family.shape is not None or not family.order:
            return None
        every = all(a.is_scalar for a in self.texts.arguments)
        return single(family, cheaper(family.value), self.parts.pulling) if every else None

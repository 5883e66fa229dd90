"""The PyTorch backend: a module with an autograd Function that needs only PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from derivc.codegen.environment import render
from derivc.codegen.family import AbstractLibraryBackend, Family, Index
from derivc.codegen.library import Texts, constant_of, ready
from derivc.codegen.masks import readers
from derivc.codegen.names_of import number, targets
from derivc.codegen.render import docstring
from derivc.codegen.straight import Straight
from derivc.codegen.torch.inplace import Reuse
from derivc.codegen.torch.spelling import DIALECT, HELPERS, KEPT
from derivc.ir.program import Program
from derivc.passes.guard import guard


@final
class TorchBackend(AbstractLibraryBackend):
    """Source for PyTorch.

    Args:
        custom_op: write a `torch.library.custom_op` too.
    """

    name = "torch"

    def __init__(self, custom_op: bool = False):
        self.custom_op = custom_op

    def source(self, family: Family) -> str:
        """A complete module."""
        return _Module(family, self.custom_op).text()


@final
@dataclass(frozen=True)
class _Function:
    """A class to write: what it computes, and what its derivative is made of."""

    title: str
    summary: list[str]
    formula: str
    slopes: str
    pullback: str
    many: bool


@final
class _Module:
    """One module in the making."""

    def __init__(self, family: Family, custom_op: bool):
        self.family, self.custom_op = family, custom_op
        self.texts = Texts(family)
        self.names = self.texts.names
        self.ops: set[str] = set()
        self.name = self.names.pick(family.name)
        self.title = self.names.pick(family.title)

    def text(self) -> str:
        """The whole of it."""
        family = self.family
        formulas, slopes = self._formulas(), self._slopes()
        return render(
            "torch/module.py.j2",
            formula=docstring(family.header.formula),
            derivatives=[docstring(line) for line in family.derivatives],
            version=family.header.version,
            name=self.name,
            title=self.title,
            parameters=[a.name for a in self.texts.arguments],
            formulas=formulas,
            functions=self._functions(),
            slopes=slopes,
            public=self._public(),
            by_formula=family.order == 0,
            helpers=[HELPERS[op] for op in sorted(self.ops & set(HELPERS))],
            aliases=[f"{alias} = {name}" for name, alias in sorted(self.names.aliases.items())],
            moving=targets([str(i) for i in family.moving]),
            custom_op=self.custom_op,
        )

    def _formulas(self) -> list[list[str]]:
        """Every function over tensors of one type."""
        family = self.family
        found = [self._formula(f"_{self.name}_formula", family.value, "The outputs.")]
        for index, program in family.partials.items():
            if len(index) > 1 and constant_of(program) is None:
                last = len(index) == family.order + 1
                name = f"_{self.name}{self.texts.suffixes[index]}_formula"
                found.append(self._formula(name, program, self.texts.label(index), last))
        found.append(self._pullback("pullback", in_place=True))
        if family.order == 0:
            found.append(self._pullback("differentiable_pullback", in_place=False))
            found.append(self._pushforward())
        return found

    def _formula(self, name: str, program: Program, summary: str, last: bool = False) -> list[str]:
        """A function of the inputs; the last ones are differentiated by PyTorch."""
        code = self._code(program, self.texts.inputs, in_place=not last)
        head = f"def {name}({', '.join(self.texts.inputs)}):"
        results = targets(self._results(code))
        return [head, f'    """{summary}"""', *_indented([*code.lines.values()]),
                f"    return {results}"]  # fmt: skip

    def _code(self, program: Program, inputs: list[str], in_place: bool) -> Straight:
        given = ready(program, KEPT)
        self.ops |= {step.op for step in given.instructions}
        if not in_place:
            return Straight(guard(given), inputs, DIALECT, self.names)
        return Straight(given, inputs, DIALECT, self.names, Reuse(given, self.names))

    def _results(self, code: Straight) -> list[str]:
        """The outputs; one that is an input or another output is copied: a result is new memory."""
        seen = set(range(len(code.program.inputs)))
        found = []
        for out in code.program.outputs:
            found.append(f"{code.output(out)}.clone()" if out in seen else code.output(out))
            seen.add(out)
        return found

    def _pullback(self, kind: str, in_place: bool) -> list[str]:
        """The cotangents of the inputs that need one, before they are summed to their shapes."""
        family = self.family
        cotangents = family.pullback.inputs[len(family.elements) :]
        prefix = self.names.pick("g")
        called = (
            [prefix] if len(cotangents) == 1 else [f"{prefix}{i}" for i in range(len(cotangents))]
        )
        called = [self.names.pick(c) for c in called]
        code = self._code(family.pullback, [*self.texts.inputs, *called], in_place)
        needed = self.names.pick("needed")
        head = f"def _{self.name}_{kind}({', '.join([needed, *called, *self.texts.inputs])}):"
        lines = _conditional(code, list(family.moving), needed)
        places = dict(zip(family.moving, code.program.outputs, strict=True))
        results = [
            f"{code.output(places[i])} if {needed}[{i}] else None" if i in places else "None"
            for i in range(len(family.elements))
        ]
        return [head, '    """The cotangents of the inputs that need one."""', *_indented(lines),
                f"    return {targets(results)}"]  # fmt: skip

    def _pushforward(self) -> list[str]:
        """The tangents of the outputs."""
        family = self.family
        stem = self.names.prefix("t")
        called = [f"{stem}{i}" for i in range(len(family.moving))]
        code = self._code(family.pushforward, [*self.texts.inputs, *called], in_place=False)
        head = f"def _{self.name}_pushforward({', '.join([*self.texts.inputs, *called])}):"
        results = targets([code.output(out) for out in code.program.outputs])
        return [head, '    """The tangents of the outputs."""', *_indented([*code.lines.values()]),
                f"    return {results}"]  # fmt: skip

    def _functions(self) -> list[_Function]:
        """The classes: the function's own, and one per partial below the last order."""
        family = self.family
        found = [
            _Function(self.title, self._documentation(), f"_{self.name}_formula",
                      f"_{self.name}_slopes", f"_{self.name}_pullback", family.count > 1)
        ]  # fmt: skip
        for index, program in family.partials.items():
            if 1 < len(index) <= family.order and constant_of(program) is None:
                name = f"_{self.name}{self.texts.suffixes[index]}"
                found.append(
                    _Function(self._class(index), [self.texts.label(index)], f"{name}_formula",
                              f"{name}_slopes", "None", False)
                )  # fmt: skip
        return found

    def _class(self, index: Index) -> str:
        """The name of the class of a partial."""
        suffix = "".join(
            part[:1].upper() + part[1:] for part in self.texts.suffixes[index].split("_")
        )
        return f"_{self.title}{suffix}"

    def _documentation(self) -> list[str]:
        lines = [docstring(self.family.header.formula)]
        if self.family.derivatives:
            lines += ["", *[docstring(line) for line in self.family.derivatives]]
        return lines

    def _slopes(self) -> list[str]:
        """Tables of partials: per class, per output and input, a function, a number or None."""
        family = self.family
        if family.order == 0:
            return []
        lines = []
        for index, program in family.partials.items():
            if len(index) > 1 and constant_of(program) is None:
                lines += ["", "", *self._slope(index)]
        rows = [self._row((output,)) for output in range(family.count)]
        lines += ["", "", f"_{self.name}_slopes = {targets(rows)}"]
        for index, program in family.partials.items():
            if 1 < len(index) <= family.order and constant_of(program) is None:
                row = self._row(index)
                lines.append(f"_{self.name}{self.texts.suffixes[index]}_slopes = ({row},)")
        return lines

    def _slope(self, index: Index) -> list[str]:
        """The function of a partial: by its class, or by its formula at the last order."""
        name = f"_{self.name}{self.texts.suffixes[index]}"
        body = f"return _apply({self._class(index)}, {self._class(index)}Traced, inputs)"
        if len(index) == self.family.order + 1:
            body = f"return _computed({name}_formula, inputs)[0]"
        return [f"def {name}(*inputs):", f'    """{self.texts.label(index)}"""', f"    {body}"]

    def _row(self, index: Index) -> str:
        """The partials of a partial, by every input."""
        items = []
        for i in range(len(self.family.elements)):
            if i not in self.family.moving:
                items.append("None")
                continue
            below = (index[0], *sorted((*index[1:], i)))
            constant = constant_of(self.family.partials[below])
            name = f"_{self.name}{self.texts.suffixes[below]}"
            items.append(name if constant is None else number(constant))
        return targets(items)

    def _public(self) -> list[str]:
        """The body of the function that users call."""
        arguments, family = self.texts.arguments, self.family
        call = self.names.text(f"_apply({self.title}, {self.title}Traced, (")
        if all(a.is_scalar for a in arguments):
            given = "".join(f"{a.name}, " for a in arguments).rstrip()
            result = f"{call}{given}))"
        else:
            parts = [a.name if a.is_scalar else f"*_elements({a.name!r}, {a.name}, {a.shape})"
                     for a in arguments]  # fmt: skip
            result = f"{call}{', '.join(parts)},))"
        if family.shape is not None:
            result = self.names.text("_stacked") + f"({result}, {tuple(family.shape)})"
        return [f"return {result}"]


def _conditional(code: Straight, moving: list[int], needed: str) -> list[str]:
    """The lines, those that only some cotangents need under the condition that one is asked for."""
    reads = readers(code.program)
    everything = (1 << len(moving)) - 1
    lines: list[str] = []
    current = everything
    for value, line in code.lines.items():
        if reads[value] == everything:
            lines.append(line)
        else:
            if reads[value] != current:
                tests = [f"{needed}[{i}]" for k, i in enumerate(moving) if reads[value] >> k & 1]
                lines.append(f"if {' or '.join(tests)}:")
            lines.append(f"    {line}")
        current = reads[value]
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _numbered(stem: str, many: Sequence[str]) -> list[str]:
    return [f"{stem}{i}" for i in range(len(many))]

"""From a spec to the finished lines that templates lay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import final

from derivc.codegen import layout, moderate, scalar, spelling, uniform
from derivc.codegen.block import Body
from derivc.codegen.buffers import Allocation
from derivc.codegen.function import FunctionSpec, Group, Layout, Leaf
from derivc.codegen.names import Names
from derivc.codegen.names_of import element_names, targets, value_names
from derivc.codegen.steep import is_steep
from derivc.ir.program import Program
from derivc.passes.schedule import schedule
from derivc.passes.strength import strength
from derivc.passes.weight import operations, weight

_SHOWN = 8
_LONGEST_TEST = 400
_INTERMEDIATE, _OUTPUTS = "# Intermediate", "# Outputs"


@final
@dataclass(frozen=True)
class Text:
    """One function as templates see it: every field is finished text, or a list of lines."""

    public: list[str]
    numbers: list[str]
    uniform: list[str]
    block: list[str]
    plan: list[str]
    note: str
    steep: bool


def function_text(spec: FunctionSpec, names: Names) -> Text:
    """The finished lines of one function."""
    return _Writer(spec, names).text()


@final
class _Writer:
    """Writes the parts of one function.

    All arguments plain: the code over floats stands in the public function itself. With an array of
    fixed shape it is a function of its own, over the array's elements.
    """

    def __init__(self, spec: FunctionSpec, names: Names):
        self.spec, self.names = spec, names
        self.everything = uniform.everything(spec.arguments)
        program = strength(_in_order(spec))
        self.program = schedule(program) if self.everything else program  # floats need no buffers
        self.called = value_names(self.program, spec.arguments, names)
        self.plain = all(a.is_scalar for a in spec.arguments)

    @cached_property
    def body(self) -> Body:
        """The code over blocks, where there is any."""
        return Body(
            self.program, self.called, uniform.masks(self.program, self.spec.arguments),
            self.everything, self.names, Allocation(self.program),
        )  # fmt: skip

    def text(self) -> Text:
        """All parts; a part that the function does not need is empty."""
        return Text(
            public=self._public(),
            numbers=[] if self.plain and self.spec.arguments else self._numbers(),
            uniform=self._uniform() if self.everything else [],
            block=self._block() if self.everything else [],
            plan=self._plan(),
            steep=is_steep(self.program),
            note=f"{self.spec.name}: {operations(self.program)} operations,"
            f" weight {weight(self.program):g}",
        )

    def _public(self) -> list[str]:
        out, given = self.names.pick("out"), [a.name for a in self.spec.arguments]
        call = self.names.text(f"_evaluate(_{self.spec.name}_plan, ")
        fast = self._fast(out) if self.plain and given else []
        return [
            f"def {self.spec.name}({', '.join([*given, '*', f'{out}=None'])}):",
            f'    """{docstring(self.spec.summary or self.spec.name)}"""',
            *fast,
            f"    return {call}{targets(given)}, {out})",
        ]

    def _fast(self, out: str) -> list[str]:
        """The code over floats, which gives way to the arrays' at the first doubt."""
        outputs = scalar.outputs(self.program, self.called, self.names)
        stack = self.names.text("_stack")
        result = layout.expression(self.spec.layout, outputs, stack)
        lines = scalar.lines(self.program, self.called, self.names)
        *before, test = scalar.finite(self.program, self.called, self.names)
        body = [_INTERMEDIATE, *lines, _OUTPUTS, *before, test, f"    return {result}"]
        moderate_test = moderate.test(self.program, self.called, self.names)
        if moderate_test and len(moderate_test) < _LONGEST_TEST:
            body += [f"if {moderate_test}:", f"    return {result}"]
        quiet = any(spelling.needs_numpy(step.op) for step in self.program.instructions)
        if quiet:
            body = [self.names.text('with np.errstate(all="ignore"):'), *_indented(body)]
        doubt = self.names.text("(ArithmeticError, ValueError)")
        return [
            f"    if {self._guard(out)}:",
            "        try:",
            *_indented(body, 12),
            f"        except {doubt}:",
            "            pass",
        ]

    def _guard(self, out: str) -> str:
        kind, real = self.names.text("type"), self.names.text("float")
        kinds = [f"{kind}({a.name})" for a in self.spec.arguments]
        return f"{out} is None and {' is '.join(kinds)} is {real}"

    def _numbers(self) -> list[str]:
        """A function of floats and lists of floats that returns all outputs in one tuple."""
        outputs = scalar.outputs(self.program, self.called, self.names)
        given = ", ".join(a.name for a in self.spec.arguments)
        lines = scalar.lines(self.program, self.called, self.names)
        body = [*self._elements(), *lines, f"return {targets(outputs)}"]
        return [f"def _{self.spec.name}_numbers({given}):", *_indented(body)]

    def _elements(self) -> list[str]:
        """Assignments that take the arrays of fixed shape apart."""
        arrays = [a for a in self.spec.arguments if not a.is_scalar]
        return [f"{targets(element_names(a, self.names))} = {a.name}" for a in arrays if a.elements]

    def _given(self) -> str:
        return f"{targets([a.name for a in self.spec.arguments])} = {self.names.pick('given')}"

    def _uniform(self) -> list[str]:
        escaping = self.body.escaping()
        if not escaping:
            return []
        unset = " = ".join([*escaping, "None"])
        body = [
            self._given(), *self._elements(), unset, *self.body.uniform(),
            f"return {targets(escaping)}",
        ]  # fmt: skip
        head = f"def _{self.spec.name}_uniform({self.names.pick('m')}, {self.names.pick('given')}):"
        return [head, *_indented(body)]

    def _block(self) -> list[str]:
        wanted = ("m", "given", "uniform", "outputs", "work", "bits")
        parameters = [self.names.pick(p) for p in wanted]
        escaping = self.body.escaping()
        body = [*self._unpack(), self._given()]
        body += self._elements() if self._reads_elements() else []
        body += [f"{targets(escaping)} = {parameters[2]}"] if escaping else []
        body += [_INTERMEDIATE, *self.body.blocks(), *self._results()]
        body += self.body.copies()
        return [f"def _{self.spec.name}_block({', '.join(parameters)}):", *_indented(body)]

    def _results(self) -> list[str]:
        """The heading that says which value each output holds."""
        pairs = enumerate(self.program.outputs)
        held = [f"{self.names.prefix('o')}{k} = {self.called[out]}" for k, out in pairs]
        more = ", ..." if len(held) > _SHOWN else ""
        return [f"{_OUTPUTS}: {', '.join(held[:_SHOWN])}{more}"]

    def _reads_elements(self) -> bool:
        return not self.plain

    def _unpack(self) -> list[str]:
        kinds = [
            ("o", len(self.program.outputs), "outputs"),
            ("w", self.body.allocation.work.count, "work"),
            ("c", self.body.allocation.bits.count, "bits"),
        ]
        return [
            f"{targets([f'{self.names.prefix(kind)}{i}' for i in range(size)])}"
            f" = {self.names.pick(source)}"
            for kind, size, source in kinds
            if size
        ]

    def _plan(self) -> list[str]:
        name, arguments = self.spec.name, self.spec.arguments
        block, numbers = bool(self.everything), not (self.plain and arguments)
        fields = {
            "name": repr(name),
            "function": name,
            "arguments": repr(tuple(a.name for a in arguments)),
            "shapes": repr(tuple(a.shape for a in arguments)),
            "layout": layout.literal(self.spec.layout),
            "pack": f"lambda r: {_packed(self.spec.layout, count())}",
            "typed": "" if numbers else f"lambda r, t: {_typed(self.spec.layout, 'r')}",
            "computed": _positions(scalar.computed(self.program)),
            "numbers": f"_{name}_numbers" if numbers else "",
            "uniform": f"_{name}_uniform" if block and self.body.escaping() else "",
            "block": f"_{name}_block" if block else "",
            "scaled": "_Scaled" if is_steep(self.program) else "",
            "work": repr(self.body.allocation.work.count if block else 0),
            "bits": repr(self.body.allocation.bits.count if block else 0),
        }
        lines = [f"    {key}={text}," for key, text in fields.items() if text]
        return [f"_{name}_plan = _Plan(", *lines, ")"]


def _packed(part: Layout, count: Iterator[int]) -> str:
    """The result nested over `r`, the list of its arrays."""
    if not isinstance(part, Group):
        return f"r[{next(count)}]"
    inside = [_packed(item, count) for item in part.items]
    return targets(inside)


def _typed(part: Layout, path: str) -> str:
    """The nested result at a path, `t` applied to every number."""
    if not isinstance(part, Group):
        return f"t({path})" if isinstance(part, Leaf) else path
    return targets([_typed(item, f"{path}[{i}]") for i, item in enumerate(part.items)])


def _positions(found: list[int]) -> str:
    """Positions as a range where they follow one another."""
    if found and found == list(range(found[0], found[-1] + 1)):
        return f"range({found[0]}, {found[-1] + 1})"
    return targets([str(k) for k in found])


def _indented(lines: list[str], by: int = 4) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]


def docstring(text: str) -> str:
    """Text that can stand between triple quotes."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    return safe[:-1] + "'" if safe.endswith('"') else safe


def _in_order(spec: FunctionSpec) -> Program:
    """The program with its outputs in the order in which the result holds them."""
    outputs = spec.program.outputs
    return replace(spec.program, outputs=tuple(outputs[i] for i in layout.leaves(spec.layout)))

"""From a definition to the functions to generate: value, gradient, Jacobian, Hessian, products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

from derivc.codegen.function import Argument, FunctionSpec, Group, Layout, Leaf, Stack
from derivc.definition import Definition
from derivc.errors import ShapeError
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.lowering.fragment import expand
from derivc.options import check_choice
from derivc.passes.cancel.rewrite import cancel
from derivc.passes.dce import dce
from derivc.passes.jvp import push
from derivc.passes.pipeline import before_differentiation, before_generation
from derivc.passes.vjp import pull, seeds_of


@final
@dataclass(frozen=True)
class Specs:
    """All functions that derive from one definition, each built when asked for.

    Args:
        definition: what the user wrote.
        wrt: the arguments to differentiate by, in order.
        convention: what is returned at kinks: "torch", "jax", "left" or "right".
    """

    definition: Definition
    wrt: tuple[str, ...]
    convention: str = "torch"

    @cached_property
    def value_program(self) -> Program:
        """The op-level program of the user's function, rewritten to be stable."""
        return before_differentiation(self.definition.program)

    @cached_property
    def moving(self) -> list[Argument]:
        """The arguments in `wrt`, in its order."""
        by_name = {argument.name: argument for argument in self.definition.arguments}
        return [by_name[name] for name in self.wrt]

    @cached_property
    def positions(self) -> list[Value]:
        """The program's inputs that belong to `wrt`."""
        index = {name: i for i, name in enumerate(self.definition.elements)}
        return [index[name] for argument in self.moving for name in argument.elements]

    def build(self, name: str) -> FunctionSpec:
        """The spec of one function, by name.

        Raises:
            InputTypeError: there is no such function.
        """
        check_choice("function", name, tuple(_BUILDERS))
        return _BUILDERS[name](self)

    def op_gradient(self) -> Program:
        """Op level: the value, then its partials."""
        self._scalar_valued("a gradient")
        return dce(_pulled(self, [0]))

    def _scalar_valued(self, what: str) -> None:
        if len(self.definition.trees) != 1:
            raise ShapeError(
                f"{what} is of a scalar-valued function; this one has shape"
                f" {self.definition.shape}: use jacobian, or sum it first"
            )

    def _spec(
        self,
        name: str,
        program: Program,
        layout: Layout,
        summary: str,
        extra: Sequence[Argument] = (),
    ) -> FunctionSpec:
        ready = before_generation(expand(cancel(dce(program))))
        return FunctionSpec(name, (*self.definition.arguments, *extra), ready, layout, summary)


def builder(specs: Specs, extra: tuple[str, ...] = ()) -> tuple[SmartBuilder, dict[Value, Value]]:
    """A builder that holds the value program, and where each of its values stands."""
    b = SmartBuilder([*specs.definition.elements, *extra])
    b.convention = specs.convention
    return b, b.inline(specs.value_program, range(len(specs.definition.elements)))


def _value_layout(specs: Specs, start: int = 0) -> Layout:
    count = len(specs.definition.trees)
    if specs.definition.shape is None:
        return Leaf(start)
    return Stack(specs.definition.shape, tuple(Leaf(start + i) for i in range(count)))


def partials_layout(specs: Specs, start: int) -> Layout:
    """One partial per scalar argument in a tuple; an array for an array argument.

    A function of one array argument only gives that array alone.
    """
    items: list[Leaf | Group | Stack] = []
    for argument in specs.moving:
        leaves = tuple(Leaf(start + i) for i in range(len(argument.elements)))
        items.append(leaves[0] if argument.shape is None else Stack(argument.shape, leaves))
        start += len(leaves)
    alone = len(items) == 1 and len(specs.definition.arguments) == 1
    return items[0] if alone and isinstance(items[0], Stack) else Group(tuple(items))


def _pulled(specs: Specs, outputs: list[int]) -> Program:
    """Values, then for each chosen output the cotangents of `wrt`."""
    b, places = builder(specs)
    program = specs.value_program
    results = [places[out] for out in program.outputs]
    for output in outputs:
        seeds = {program.outputs[output]: b.const(1)}
        results += pull(b, program, places, seeds, specs.positions)
    return b.finish(results)


def _value(specs: Specs) -> FunctionSpec:
    layout = _value_layout(specs)
    return specs._spec("value", specs.value_program, layout, "The value.")


def _value_and_grad(specs: Specs) -> FunctionSpec:
    layout = Group((_value_layout(specs), partials_layout(specs, 1)))
    return specs._spec(
        "value_and_grad", specs.op_gradient(), layout, "The value and its partials, together."
    )


def _grad(specs: Specs) -> FunctionSpec:
    program = _without(specs.op_gradient(), 1)
    return specs._spec("grad", program, partials_layout(specs, 0), "The partials.")


def _without(program: Program, count: int) -> Program:
    return replace(program, outputs=program.outputs[count:])


def _jacobian_program(specs: Specs) -> Program:
    """Rows by reverse mode, or columns by forward mode when there are fewer of them."""
    rows, columns = len(specs.definition.trees), len(specs.positions)
    if rows <= columns:
        return _pulled(specs, list(range(rows)))
    b, places = builder(specs)
    outputs = specs.value_program.outputs
    moved = [push(b, specs.value_program, places, {p: b.const(1)}) for p in specs.positions]
    zero = b.const(0)
    partials = [tangents.get(out, zero) for out in outputs for tangents in moved]
    return b.finish([*(places[out] for out in outputs), *partials])


def _jacobian_layout(specs: Specs, start: int) -> Layout:
    """out.shape + argument.shape for one array argument, out.shape + (n,) for scalars."""
    rows, columns = len(specs.definition.trees), len(specs.positions)
    inner: tuple[int, ...] = (columns,)
    if len(specs.moving) == 1 and specs.moving[0].shape is not None:
        inner = specs.moving[0].shape
    leaves = tuple(Leaf(start + i) for i in range(rows * columns))
    return Stack((*(specs.definition.shape or ()), *inner), leaves)


def _jacobian(specs: Specs) -> FunctionSpec:
    program = _without(_jacobian_program(specs), len(specs.definition.trees))
    return specs._spec("jacobian", program, _jacobian_layout(specs, 0), "The Jacobian.")


def _value_and_jacobian(specs: Specs) -> FunctionSpec:
    count = len(specs.definition.trees)
    layout = Group((_value_layout(specs), _jacobian_layout(specs, count)))
    program = _jacobian_program(specs)
    return specs._spec("value_and_jacobian", program, layout, "The value and the Jacobian.")


def _hessian(specs: Specs) -> FunctionSpec:
    """Forward over reverse: the tangent of the gradient along every variable."""
    specs._scalar_valued("a Hessian")
    b, gradient, places = _gradient_inlined(specs, ())
    zero, partials = b.const(0), gradient.outputs[1:]
    moved = [push(b, gradient, places, {p: b.const(1)}) for p in specs.positions]
    count = len(specs.positions)
    entries = [
        moved[max(i, j)].get(partials[min(i, j)], zero) for i in range(count) for j in range(count)
    ]
    shape: tuple[int, ...] = (count, count)
    if len(specs.moving) == 1 and specs.moving[0].shape is not None:
        shape = (*specs.moving[0].shape, *specs.moving[0].shape)
    layout = Stack(shape, tuple(Leaf(i) for i in range(count * count)))
    return specs._spec("hessian", b.finish(entries), layout, "The matrix of second partials.")


def _gradient_inlined(
    specs: Specs, extra: tuple[str, ...]
) -> tuple[SmartBuilder, Program, dict[Value, Value]]:
    gradient = specs.op_gradient()
    b = SmartBuilder([*specs.definition.elements, *extra])
    b.convention = specs.convention
    return b, gradient, b.inline(gradient, range(len(specs.definition.elements)))


def _directions(specs: Specs, suffix: str) -> list[Argument]:
    """One more argument per argument in `wrt`: its tangent or its vector."""
    taken = set(specs.definition.elements) | set(specs.definition.inputs)
    while any(name + suffix in taken for name in taken):
        suffix += "_"
    return [
        Argument(a.name + suffix, tuple(e + suffix for e in a.elements), a.shape)
        for a in specs.moving
    ]


def _seeds(specs: Specs, extra: list[Argument]) -> tuple[tuple[str, ...], dict[Value, Value]]:
    names = tuple(name for argument in extra for name in argument.elements)
    start = len(specs.definition.elements)
    return names, {p: start + i for i, p in enumerate(specs.positions)}


def _jvp(specs: Specs) -> FunctionSpec:
    extra = _directions(specs, "_dot")
    names, seeds = _seeds(specs, extra)
    b, places = builder(specs, names)
    moved = push(b, specs.value_program, places, seeds)
    outputs, zero = specs.value_program.outputs, b.const(0)
    results = [*(places[o] for o in outputs), *(moved.get(o, zero) for o in outputs)]
    layout = Group((_value_layout(specs), _value_layout(specs, len(outputs))))
    return specs._spec("value_and_jvp", b.finish(results), layout, "Value and tangent.", extra)


def _vjp(specs: Specs) -> FunctionSpec:
    outputs = specs.value_program.outputs
    extra = [cotangent_of(specs)]
    names = extra[0].elements
    b, places = builder(specs, names)
    seeds = seeds_of(b, specs.value_program, len(specs.definition.elements))
    pulled = pull(b, specs.value_program, places, seeds, specs.positions)
    layout = Group((_value_layout(specs), partials_layout(specs, len(outputs))))
    program = b.finish([*(places[o] for o in outputs), *pulled])
    return specs._spec("value_and_vjp", program, layout, "Value and cotangents.", extra)


def untaken(name: str, specs: Specs) -> str:
    """A name that none of the user's begins with, so that numbers can be put behind it."""
    taken = (*specs.definition.elements, *specs.definition.inputs)
    while any(other.startswith(name) for other in taken):
        name += "_"
    return name


def cotangent_of(specs: Specs) -> Argument:
    """The argument for the cotangent of the result, under a name that the user has not taken."""
    name = untaken("cotangent", specs)
    count = len(specs.value_program.outputs)
    return Argument(name, tuple(f"{name}_{i}" for i in range(count)), specs.definition.shape)


def _hvp(specs: Specs) -> FunctionSpec:
    specs._scalar_valued("a Hessian-vector product")
    extra = _directions(specs, "_vector")
    names, seeds = _seeds(specs, extra)
    b, gradient, places = _gradient_inlined(specs, names)
    moved, zero = push(b, gradient, places, seeds), b.const(0)
    program = b.finish([moved.get(p, zero) for p in gradient.outputs[1:]])
    return specs._spec("hvp", program, partials_layout(specs, 0), "Hessian times a vector.", extra)


_BUILDERS: dict[str, Callable[[Specs], FunctionSpec]] = {
    "value": _value,
    "grad": _grad,
    "value_and_grad": _value_and_grad,
    "jacobian": _jacobian,
    "value_and_jacobian": _value_and_jacobian,
    "hessian": _hessian,
    "value_and_jvp": _jvp,
    "value_and_vjp": _vjp,
    "hvp": _hvp,
}

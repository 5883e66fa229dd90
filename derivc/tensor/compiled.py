"""Compiled functions as graph nodes need them: values and pullbacks over arrays, to any order.

A pullback is a compiled function again: of the arguments, the results where that saves something,
and the cotangents. So the derivative of a derivative is found in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from typing import Any, final

import numpy as np

from derivc.build import cached, header, signature
from derivc.codegen import eager
from derivc.codegen.function import Argument, FunctionSpec, Group, Leaf
from derivc.codegen.load import load
from derivc.codegen.numpy import NumpyBackend
from derivc.definition import Definition
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.lowering.fragment import expand
from derivc.ops.declaration import Op
from derivc.options import DEFAULT, Options, default_backend
from derivc.passes.cancel.rewrite import cancel
from derivc.passes.dce import dce
from derivc.passes.jvp import jvp
from derivc.passes.pipeline import before_generation
from derivc.passes.vjp import pullback
from derivc.passes.weight import operations
from derivc.specs import Specs, cotangent_of, untaken
from derivc.tensor import native
from derivc.tensor.modes import Flags, State, begin, end, mode

LARGE = 1 << 14
"""Elements from which blocks pay more than a short way to the ufuncs."""

_FEW = 2

Gate = frozenset[int]
"""Arguments that the results are linear in together: where all are zero, so are the results."""


@final
class Compiled:
    """A function of scalars that broadcast, with its pullbacks.

    Args:
        specs: what it derives from; every argument a scalar one.
        name: how nodes of the graph are called after it.
        gates: per result, what makes it zero whatever the other arguments are.
        boolean: the results are truth values, without derivative.
        options: which backend computes it; what derives from it follows.
    """

    def __init__(
        self,
        specs: Specs,
        name: str,
        gates: Sequence[frozenset[Gate]] | None = None,
        boolean: bool = False,
        options: Options = DEFAULT,
    ):
        self.specs, self.name, self.boolean, self.options = specs, name, boolean, options
        self.count = len(specs.definition.trees)
        self.gates = tuple(gates) if gates else (frozenset(),) * self.count
        self.gated = any(self.gates)
        self.is_plain = self.count == 1 and not boolean
        self.selects = any(s.op == "where" for s in specs.value_program.instructions)
        self.pullbacks: dict[tuple[int, ...], Pullback] = {}

    @cached_property
    def quick(self) -> Callable[..., tuple[Any, ...]]:
        """A tuple of arrays from arrays; flags are raised, nothing repaired."""
        return self._by_ufuncs if self._compiles_nothing else native.quick(self)

    @cached_property
    def blocked(self) -> Callable[..., tuple[Any, ...]]:
        """The same for large arrays."""
        return self.thorough if self._compiles_nothing else self.quick

    @cached_property
    def _compiles_nothing(self) -> bool:
        """A truth, or one or two instructions: NumPy's own ufuncs are as good as ours."""
        if self.options.backend != "c" or self.boolean:
            return True
        return operations(self.spec().program) <= _FEW

    @cached_property
    def _by_ufuncs(self) -> Callable[..., tuple[Any, ...]]:
        """One ufunc a line."""
        source = cached(f"short|{signature(self.specs)}", self._short)
        found: Callable[..., tuple[Any, ...]] = load(source)["value"]
        return found

    @cached_property
    def thorough(self) -> Callable[..., tuple[Any, ...]]:
        """The same in blocks, with every doubtful number computed again in a wider format."""
        source = cached(f"thorough|{signature(self.specs)}", self._long)
        found: Callable[..., tuple[Any, ...]] = load(source)["value"]
        return found

    def _short(self) -> str:
        spec = self._spec(shortened(self.program))
        return eager.source(spec, header(self.specs))

    def _long(self) -> str:
        spec = self.spec()
        return NumpyBackend().source([spec], header(self.specs))

    @cached_property
    def program(self) -> Program:
        """The value at op level, its cancelling sums rewritten."""
        return cancel(dce(self.specs.value_program))

    def spec(self) -> FunctionSpec:
        """The value in its stable form, as a tuple of results."""
        return self._spec(self.program)

    def _spec(self, program: Program) -> FunctionSpec:
        """The value, as a tuple of results."""
        program = before_generation(expand(program))
        layout = Group(tuple(Leaf(i) for i in range(self.count)))
        arguments = self.specs.definition.arguments
        return FunctionSpec("value", arguments, program, layout, "The value.")

    def evaluate(self, arrays: Sequence[Any], large: bool) -> tuple[Any, ...]:
        """The results for arrays of one dtype, without warnings."""
        now = mode.now
        token = begin(now.noting)
        try:
            return self.flagged(arrays, large, now)
        finally:
            end(token)

    def flagged(self, arrays: Sequence[Any], large: bool, now: State) -> tuple[Any, ...]:
        """The same while somebody notes the floating-point flags.

        A result is doubtful where a flag went up, and where a zero may have met a NaN.

        Args:
            arrays: of one dtype, and plain numbers.
            large: whether to compute in blocks.
            now: the modes of this thread; the flags are left as they were.
        """
        flags = now.flags
        before, flags.raised = flags.raised, False
        results = self.blocked(*arrays) if large else self.quick(*arrays)
        if flags.raised or (now.careful and self.gated):
            results = self._again(arrays, results, flags)
        flags.raised = before
        return results

    def _again(self, arrays: Any, results: tuple[Any, ...], flags: Flags) -> tuple[Any, ...]:
        """Doubtful results computed with care, and zero where a gate is closed."""
        if flags.raised and not self.boolean:
            results = self.thorough(*arrays)
        return tuple(
            _shut(result, [[arrays[i] for i in gate] for gate in gates])
            for result, gates in zip(results, self.gates, strict=True)
        )

    def pullback(self, wanted: tuple[int, ...]) -> Pullback:
        """The cotangents of some arguments, compiled when first asked for."""
        found = self.pullbacks.get(wanted)
        if found is None:
            found = self.pullbacks[wanted] = Pullback(self, wanted)
        return found


def shortened(program: Program) -> Program:
    """The same with fewer ufuncs, where a raised flag gives the longer form its turn.

    sech x = 1/cosh x overflows beyond 710, which is noted; the stable form takes five ufuncs more,
    each of which costs more than its work on small arrays.
    """
    b = SmartBuilder(program.inputs)
    places = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op == "sech":
            places[index] = b.emit("div", b.const(1), b.emit("cosh", places[step.args[0]]))
        else:
            places[index] = b.copy(step, places)
    return b.finish(places[out] for out in program.outputs)


def _shut(result: Any, gates: list[list[Any]]) -> Any:
    """A result, zero wherever all arguments of a gate are."""
    for gate in gates:
        closed = np.logical_and.reduce([np.equal(a, 0) for a in np.broadcast_arrays(*gate)])
        if closed.any():
            result = np.where(closed, 0, result).astype(np.asarray(result).dtype)
    return result


@final
class Pullback:
    """From cotangents of the results to cotangents of the `wanted` arguments.

    `compiled` takes what it reads and then the cotangents: the arguments at `reads`, the results at
    `results`. What it does not read is not kept for the backward pass.
    """

    def __init__(self, of: Compiled, wanted: tuple[int, ...]):
        self.of, self.wanted, self.selects = of, wanted, of.selects
        n, m = len(of.specs.definition.elements), of.count
        by_results = _by_results(of, wanted) if m == 1 else None
        program = _pulled(of, wanted, False) if by_results is None else by_results
        read = program.reads
        self.reads = tuple(i for i in read if i < n)
        self.results = tuple(i - n for i in read if n <= i < n + m)
        kept = [*self.reads, *(n + i for i in self.results)]
        program = _pruned(program, [*kept, *range(n + m, n + 2 * m)])
        specs = _specs_of(of, program, "cotangents")
        gates = [_gates(of, arg, kept, m) for arg in wanted]
        self.kept = kept
        self.terms: dict[int, Pushforward] = {}
        self.compiled = Compiled(specs, of.name + "Backward", gates, False, of.options)

    @cached_property
    def forward(self) -> Pushforward | None:
        """The pushforward as a whole; None for a single op, and where it reads what is not kept."""
        return None if len(self.of.specs.value_program) == 1 else whole(self)

    def term(self, place: int) -> Pushforward:
        """What the tangent of one wanted argument adds to those of the results."""
        if place not in self.terms:
            self.terms[place] = term(self, place)
        return self.terms[place]


@final
class Pushforward:
    """From tangents of arguments to those of the results.

    `compiled` takes those of the pullback's kept values that it reads, and then the tangents.
    """

    def __init__(self, back: Pullback, program: Program, kept: int, gates: Any):
        moving = range(kept, len(program.inputs))
        self.reads = tuple(i for i in program.reads if i < kept)
        place = {old: new for new, old in enumerate([*self.reads, *moving])}
        program = _pruned(program, [*self.reads, *moving])
        own = frozenset(frozenset(place[i] for i in g) for g in gates if g <= set(place))
        of = back.of
        specs = _specs_of(of, program, "tangents")
        self.compiled = Compiled(specs, of.name, [own] * of.count, False, of.options)

    def of(self, kept: Sequence[Any]) -> list[Any]:
        """What it reads."""
        return [kept[i] for i in self.reads]


def _specs_of(of: Compiled, program: Program, what: str) -> Specs:
    arguments = tuple(Argument(name, (name,)) for name in program.inputs)
    text = f"the {what} of {of.specs.definition.text or of.name}"
    count = len(program.outputs)
    definition = Definition(arguments, (None,) * count, None, "", text, program)
    return Specs(definition, program.inputs, of.specs.convention)


def term(back: Pullback, place: int) -> Pushforward:
    """By the pullback's own partials: between numbers, a partial is its own transpose."""
    of, n = back.of, len(back.kept)
    pulled = back.compiled.specs.value_program
    b = SmartBuilder([*pulled.inputs[:n], untaken("tangent", back.compiled.specs)])
    found = []
    for k in range(of.count):
        seeds = [n if i == k else b.const(0) for i in range(of.count)]
        found.append(b.inline(pulled, [*range(n), *seeds])[pulled.outputs[place]])
    inherited = _gates(of, back.wanted[place], back.kept, 1)
    return Pushforward(back, dce(b.finish(found)), n, inherited)


def whole(back: Pullback) -> Pushforward | None:
    """By forward mode through the program: the tangents of all wanted arguments at once."""
    of, program = back.of, back.of.specs.value_program
    n, tangent = len(program.inputs), untaken("tangent", of.specs)
    names = [f"{tangent}_{i}" for i in back.wanted]
    both = jvp(program, list(back.wanted), names, of.specs.convention)
    found = dce(replace(both, outputs=both.outputs[of.count :]))
    if not {i for i in found.reads if i < n} <= set(back.reads):
        return None
    start, moving = len(back.reads), range(n, n + len(back.wanted))
    seeds = {arg: start + i for i, arg in enumerate(back.wanted)}
    gates = {frozenset(seeds.values())}
    for gate in _common(of.gates):
        if gate <= set(back.reads):  # linear in these: zero where they are, and do not move
            still = {seeds[i] for i in gate if i in seeds}
            gates.add(frozenset({back.reads.index(i) for i in gate} | still))
    return Pushforward(back, _pruned(found, [*back.reads, *moving]), start, gates)


def _pruned(program: Program, kept: list[Value]) -> Program:
    """The program over some of its inputs, the only ones that it reads."""
    b = SmartBuilder([program.inputs[i] for i in kept])
    given = {old: new for new, old in enumerate(kept)}
    places = b.inline(program, [given.get(i, 0) for i in range(len(program.inputs))])
    return b.finish(places[out] for out in program.outputs)


def _gates(of: Compiled, arg: int, kept: list[int], m: int) -> frozenset[Gate]:
    """What makes the cotangent of an argument zero.

    These are the given cotangents, and what made all results zero, as far as it is read.
    """
    seeds = frozenset(range(len(kept), len(kept) + m))
    inherited = {
        frozenset(kept.index(i) for i in gate)
        for gate in _common(of.gates)
        if arg not in gate and gate <= set(kept)
    }
    return frozenset({seeds, *inherited})


def _common(gates: Sequence[frozenset[Gate]]) -> frozenset[Gate]:
    return frozenset.intersection(*gates) if gates else frozenset()


def _pulled(of: Compiled, wanted: tuple[int, ...], given: bool) -> Program:
    """The reverse sweep at op level; `given` takes the result as an input."""
    specs, m = of.specs, range(of.count)
    result = untaken("result", specs)
    results, seeds = [f"{result}_{i}" for i in m], cotangent_of(specs).elements
    program = specs.value_program
    return dce(pullback(program, list(wanted), seeds, results, given, specs.convention))


def _by_results(of: Compiled, wanted: tuple[int, ...]) -> Program | None:
    """The sweep in terms of the result alone (`y` for exp), where that loses no digits."""
    program, n = of.specs.value_program, len(of.specs.definition.elements)
    if len(program) != 1 or program.outputs[0] != n:
        return None
    found = _pulled(of, wanted, True)
    harmless = all(s.op in _PRODUCTS for s in found.instructions if n in s.args)
    return found if harmless and n in found.reads and min(found.reads) >= n else None


_PRODUCTS = frozenset({"mul", "div", "neg", "square"})
"""Ops that pass relative errors of the result on as they are."""


@cache
def of_op(op: Op, convention: str = "torch") -> Compiled:
    """A declared elementwise op."""
    step = Instruction(op.name, tuple(range(op.arity)))
    program = Program(op.params, (step,), (op.arity,))
    return of_program(program, op.name, convention, "boolean" in op.tags)


@lru_cache(maxsize=256)
def of_power(exponent: float, convention: str = "torch") -> Compiled:
    """x to a constant power: products and roots where these will do."""
    from derivc.ir import exact

    steps = (Instruction("const", (), exact.normalise(exponent)), Instruction("pow", (0, 1)))
    return of_program(Program(("x",), steps, (2,)), "pow", convention)


def of_program(
    program: Program, name: str, convention: str = "torch", boolean: bool = False
) -> Compiled:
    """A program of scalars."""
    arguments = tuple(Argument(p, (p,)) for p in program.inputs)
    text = f"{name}({', '.join(program.inputs)})"
    definition = Definition(arguments, (None,) * len(program.outputs), None, name, text, program)
    specs = Specs(definition, definition.inputs, convention)
    return Compiled(specs, name, None, boolean, Options(default_backend()))


def of_specs(specs: Specs, name: str, options: Options = DEFAULT) -> Compiled:
    """What a kernel derives from, its result (if several) flat."""
    definition = replace(specs.definition, shape=None)
    specs = Specs(definition, definition.inputs, specs.convention)
    return Compiled(specs, name, options=options)

"""Generated PyTorch modules beside the eager composition: time, and bytes kept for backward.

For every elementwise op of the catalogue that PyTorch can compute: its definition written with
PyTorch's functions and differentiated by autograd (the composition), PyTorch's own function where
it has one, and the generated module.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sympy as sp

import derivc as dc
from benchmarks.results import geometric
from derivc.codegen.library import ready
from derivc.codegen.names import Names
from derivc.codegen.straight import Straight
from derivc.codegen.torch.helpers import carried
from derivc.codegen.torch.spelling import DIALECT, KEPT
from derivc.errors import DerivcError
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.ops.declaration import Op
from derivc.ops.registry import all_ops
from tests.properties.oracle import points
from tests.properties.test_names import resolve
from tests.properties.test_values import free_arguments

Torch = Any
COMPOSED = KEPT - {"trigamma"}
"""Composites that PyTorch has itself; trigamma it has to 9 digits, of which zeta gives 16."""
NUMBERS = {"polygamma", "mvlgamma", "zeta", "gammainc", "gammaincc"}
"""Ops that PyTorch takes other than as tensors throughout: its own function is left out."""


@dataclass(frozen=True)
class Figure:
    """One op: seconds forward and backward, and bytes kept in between.

    Args:
        op, dtype: what was measured. ours, composition, own: seconds of the processor; `own` is
            None where PyTorch has no function. kept, kept_by_composition, kept_by_own: bytes.
        forward_only: PyTorch does not differentiate the composition: its time is that of a forward
            pass, or of none.
    """

    op: str
    dtype: str
    ours: float
    composition: float
    own: float | None
    kept: int
    kept_by_composition: int
    kept_by_own: int | None
    forward_only: bool = False

    @property
    def ratio(self) -> float:
        """Our time over that of the composition."""
        return self.ours / self.composition


@dataclass(frozen=True)
class Case:
    """An op in its free arguments: the rest are numbers."""

    op: Op
    free: tuple[int, ...]
    fixed: dict[int, float]

    @property
    def tree(self) -> Any:
        """The op over its free arguments."""
        return self.op.build(*self.arguments)

    @property
    def arguments(self) -> list[Any]:
        """Symbols for the free arguments, numbers for the rest."""
        names = sp.symbols(f"a0:{self.op.arity}", real=True)
        return [sp.sympify(self.fixed[i]) if i in self.fixed else names[i]
                for i in range(self.op.arity)]  # fmt: skip

    def kernel(self) -> Any:
        """The op, compiled."""
        return dc.compile(self.tree, inputs=self.inputs)

    @property
    def inputs(self) -> list[str]:
        """The names of the free arguments."""
        return [f"a{i}" for i in self.free]


def cases() -> list[Case]:
    """Every differentiable op of the catalogue."""
    found = []
    for op in all_ops():
        if op.tags & {"boolean", "branch"} or op.partials is None or op.name.endswith("_example"):
            continue
        free = tuple(free_arguments(op))
        place = points(op)[0]
        if free:
            fixed = {i: v for i, v in enumerate(place) if i not in free}
            found.append(Case(op, free, fixed))
    return found


def composition(case: Case, program: Program | None = None) -> Callable[..., Any]:
    """The definition of an op, each function in it one of PyTorch's.

    Args:
        case: the op. program: what `composed` gives for it, where it is known.
    """
    program = program or composed(case)
    code = Straight(program, case.inputs, DIALECT, Names(case.inputs))
    body = [*code.lines.values(), f"return {code.output(program.outputs[0])}"]
    text = "\n    ".join([f"def composed({', '.join(case.inputs)}):", *body])
    imports = "import functools\nimport math\nimport torch\n"
    namespace: dict[str, Any] = {}
    exec("\n\n".join([imports, *helpers(program), text]), namespace)  # noqa: S102
    return namespace["composed"]  # type: ignore[no-any-return]


def composed(case: Case) -> Program:
    """The definition of an op as a program over what PyTorch spells, or what we carry along."""
    op = case.op
    tree = case.tree if op.meaning is None or op.is_primitive else op.meaning(*case.arguments)
    return ready(lower([tree], case.inputs), COMPOSED)


def helpers(program: Program) -> list[str]:
    """The functions of ours that it calls."""
    return carried({s.op for s in program.instructions})


def own(case: Case) -> Callable[..., Any] | None:
    """PyTorch's own function, where it takes the free arguments as they are."""
    if not case.op.also.torch or case.op.name in NUMBERS or case.fixed:
        return None
    function = resolve(case.op.also.torch)
    if "loss" in case.op.tags:
        return lambda *args: function(*args, reduction="none")
    return function  # type: ignore[no-any-return]


def kept(torch: Torch, function: Callable[..., Any], inputs: Sequence[Any]) -> int:
    """The bytes that are kept for the backward pass, each storage once."""
    storages: dict[int, int] = {}

    def pack(x: Any) -> Any:
        storages[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        held = function(*inputs)
    del held
    return sum(storages.values())


def samples(torch: Torch, case: Case, size: int, dtype: Any) -> list[Any]:
    """Inputs within the op's domain: its sample points, over and over."""
    places = [p for p in points(case.op, 16) if all(abs(float(v)) < 30 for v in p)]
    places = places or points(case.op)
    found = []
    for i in case.free:
        column = torch.tensor([float(p[i]) for p in places], dtype=dtype)
        repeated = column.repeat(math.ceil(size / len(places)))[:size].contiguous()
        found.append(repeated.requires_grad_())
    return found


def measure(
    torch: Torch, case: Case, program: Program, size: int, dtype: str, rounds: int
) -> Figure:
    """One op, whose definition is this program, at one dtype."""
    inputs = samples(torch, case, size, getattr(torch, dtype))
    cotangent = torch.ones_like(inputs[0])
    functions = {
        "ours": case.kernel().to_torch(case.op.name),
        "composition": composition(case, program),
    }
    if (function := own(case)) is not None:
        functions["own"] = function

    def step(function: Callable[..., Any]) -> Callable[[], Any]:
        def run() -> None:
            for x in inputs:
                x.grad = None
            y = function(*inputs)
            if y.requires_grad:
                y.backward(cotangent)

        return run

    sizes, forward_only = {}, False
    for name, function in list(functions.items()):
        try:
            step(function)()
            if name == "composition":
                result = function(*inputs)
                forward_only = not result.requires_grad or result.is_leaf
            sizes[name] = kept(torch, function, inputs)
        except (RuntimeError, TypeError, NotImplementedError):
            functions.pop(name)
    times = least({n: step(f) for n, f in functions.items()}, rounds)
    missing = math.nan
    return Figure(
        case.op.name, dtype, times["ours"], times.get("composition", missing), times.get("own"),
        sizes["ours"], sizes.get("composition", 0), sizes.get("own"), forward_only,
    )  # fmt: skip


def least(thunks: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The least processor time of each, in turn: other programs of the machine take no part."""
    found = dict.fromkeys(thunks, math.inf)
    for _ in range(rounds):
        for name, thunk in thunks.items():
            start = time.process_time()
            thunk()
            found[name] = min(found[name], time.process_time() - start)
    return found


def run(size: int, rounds: int, dtypes: Sequence[str], names: str, tell: Any) -> list[Figure]:
    """All ops that can be generated."""
    import torch

    torch.set_num_threads(1)
    wanted = [n for n in names.split(",") if n]
    figures = []
    for case in cases():
        if wanted and case.op.name not in wanted:
            continue
        program = composed(case)
        if helpers(program):  # the composition would be functions of ours
            tell(f"{case.op.name}: PyTorch has no function for it")
            continue
        for dtype in dtypes:
            tell(f"{case.op.name} {dtype}")
            try:
                figures.append(measure(torch, case, program, size, dtype, rounds))
            except DerivcError as problem:
                tell(f"{case.op.name}: {problem}")
                break
    return figures


def report(figures: Sequence[Figure]) -> str:
    """One line per op, worst first, and the summary."""
    head = f"{'op':34s} {'dtype':8s} {'ms':>8s} {'/composed':>9s} {'/own':>6s} {'MB kept':>8s}"
    lines = [f"{head} {'composed':>8s} {'own':>6s}"]
    for f in sorted(figures, key=lambda f: -f.ratio):
        by_own = f"{f.ours / f.own:6.2f}" if f.own else f"{'-':>6s}"
        kept_own = f"{f.kept_by_own / 1e6:6.1f}" if f.kept_by_own is not None else f"{'-':>6s}"
        lines.append(
            f"{f.op:34s} {f.dtype:8s} {f.ours * 1e3:8.2f} {f.ratio:9.2f} {by_own}"
            f" {f.kept / 1e6:8.1f} {f.kept_by_composition / 1e6:8.1f} {kept_own}"
        )
    return "\n".join([*lines, "", *summary(figures)])


def summary(figures: Sequence[Figure]) -> list[str]:
    """What the table comes to, per dtype."""
    lines = []
    for dtype in dict.fromkeys(f.dtype for f in figures):
        every = [f for f in figures if f.dtype == dtype and f.composition == f.composition]
        some = [f for f in every if not f.forward_only]
        forward = ", ".join(f"{f.op} {f.ratio:.2f}" for f in every if f.forward_only)
        both = [f for f in some if f.own]
        slower = [f.op for f in some if f.ratio > 1.1]
        more = [f.op for f in some if f.kept > f.kept_by_composition + 100]
        mean = geometric(f.ratio for f in some)
        by_own = geometric(f.ours / f.own for f in both if f.own)
        lines += [
            f"{dtype}: geometric mean of time over the composition's {mean:.2f} ({len(some)} ops),",
            (
                f"  {geometric(f.ratio for f in every):.2f} ({len(every)} ops) where those count"
                f" that PyTorch does not differentiate: {forward};"
            ),
            f"  over that of PyTorch's own function {by_own:.2f} ({len(both)} ops)",
            f"  more than 10% slower than the composition ({len(slower)}): {', '.join(slower)}",
            f"  keeps more bytes than the composition ({len(more)}): {', '.join(more)}",
        ]
    return lines


def save(figures: Sequence[Figure], target: str, machine: dict[str, object]) -> None:
    """Everything as JSON."""
    content = {"machine": machine, "figures": [asdict(f) for f in figures]}
    Path(target).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

"""`k.explain_nan(x)`: the first sub-expression without a finite value, and what is true there."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.errors import InputTypeError
from derivc.ir.program import Program, Value
from derivc.jsonable import jsonable
from derivc.ops.shorthand import mpmath
from derivc.options import check_choice
from derivc.reference.nan.causes import advice, cause
from derivc.reference.nan.trace import Run, formula, shortened, texts
from derivc.symbolic.singularities.precise import Budget, Precise
from derivc.symbolic.singularities.probe import DIGITS, Side, side
from derivc.symbolic.singularities.wording import number, tends
from derivc.symbolic.singularities.wording import text as text_of
from derivc.verify import oracle
from derivc.verify.target import Target

_BUDGET = 40_000.0
_INDENT = " " * 7
_LOOKED = 1_000
"""Elements that are looked at one by one."""


@final
@dataclass(frozen=True)
class Step:
    """One step on the way from the first bad value to the result.

    Args:
        formula: in the user's variables. op: its name. operands: pairs of formula and value.
        value: what came out. why: the reason in a clause.
    """

    formula: str
    op: str
    operands: tuple[tuple[str, float], ...]
    value: float
    why: str

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {_shown(v)}" for name, v in self.operands if name != _shown(v))
        tail = f" with {shown}" if shown else ""
        return f"{self.formula} = {_shown(self.value)}{tail}\n{_INDENT}because: {self.why}"


@final
@dataclass(frozen=True)
class NanReport:
    """Why a result is not finite; prints as text and as HTML.

    Args:
        formula: of the function. what: the result asked for: "f" or "df/dx".
        point: the arguments of the element. index: of the element in the arrays given.
        value: what the compiled code returns; finite when there is nothing to explain.
        steps: from the first bad value to the result. truth: of 50-digit arithmetic (NaN for none).
        limits: what the function tends to there, in words. advice: what to do. bad: how many
            elements are not finite.
    """

    formula: str
    what: str
    point: tuple[tuple[str, float], ...]
    value: float
    steps: tuple[Step, ...] = ()
    index: tuple[int, ...] = ()
    truth: float = math.nan
    limits: str = ""
    advice: str = ""
    bad: int = 0

    @property
    def ok(self) -> bool:
        """Whether every result is finite."""
        return self.bad == 0

    @property
    def first(self) -> Step | None:
        """The first sub-expression that went non-finite; None when nothing did."""
        return self.steps[0] if self.steps else None

    def __str__(self) -> str:
        if self.ok:
            at = ", ".join(f"{name} = {_shown(v)}" for name, v in self.point)
            where = f" at {at}" if at and not self.index else ""
            return f"nothing to explain: every {self.what} of {self.formula} is finite{where}"
        return "\n".join([*self._head(), *self._body(), *self._tail()])

    __repr__ = __str__

    def _head(self) -> list[str]:
        at = ", ".join(f"{name} = {_shown(v)}" for name, v in self.point)
        many = f", the first of {self.bad} that are not finite" if self.bad > 1 else ""
        where = f" (element {self._place()}{many})" if self.index else ""
        return [f"{self.what} = {_shown(self.value)} for f = {self.formula}", f"at {at}{where}", ""]

    def _place(self) -> str:
        return str(self.index[0] if len(self.index) == 1 else self.index)

    def _body(self) -> list[str]:
        if not self.steps:
            return ["no single step is to blame: every step, computed alone, is finite"]
        labels = ["first:", *["then:"] * (len(self.steps) - 1)]
        pairs = zip(labels, self.steps, strict=True)
        return [f"{label:<7}{step}" for label, step in pairs]

    def _tail(self) -> list[str]:
        lines = [f"truth: {self._truth()}"]
        return [*lines, f"to do: {self.advice}"] if self.advice else lines

    def _truth(self) -> str:
        if math.isfinite(self.truth):
            return f"{self.what} = {self.truth!r} by 50-digit arithmetic: the value exists"
        if self.limits.startswith("it is"):
            return f"{self.what} exists: {self.limits}"
        ends = f"; {self.limits}" if self.limits else ""
        return f"{self.what} has no finite value there{ends}"

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.escape(str(step))}</li>" for step in self.steps)
        head, *rest = (html.escape(line) for line in str(self).splitlines())
        if self.ok:
            return f"<p>{head}</p>"
        tail = "".join(f"<p>{html.escape(line)}</p>" for line in self._tail())
        return (
            f"<p><b>{head}</b><br>{rest[0]}</p><ol style='white-space:pre-line'>{lines}</ol>{tail}"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self) | {"point": dict(self.point), "ok": self.ok}

    def to_json(self) -> str:
        """The report as one JSON document; what is no finite number stands as text."""
        return json.dumps(jsonable(self.to_dict()), ensure_ascii=False, allow_nan=False)


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, bool) else f"{value:.10g}"


def explain_nan(
    kernel: Any, args: Sequence[Any], named: Mapping[str, Any], of: str = "value"
) -> NanReport:
    """Why a kernel's result is NaN or infinite: see `Kernel.explain_nan`.

    Args:
        kernel: a compiled kernel. args, named: its arguments, as in a call. of: "value" or "grad".

    Raises:
        InputTypeError: the arguments are not those of the kernel.
    """
    check_choice("of", of, ("value", "grad"))
    arguments = _bound(kernel, args, named)
    shape, points = _points(kernel, arguments)
    target, shown = Target(kernel), _formula(kernel)
    suspects = _suspects(kernel, arguments, shape, of)
    bad = [(i, _wrong(target, points(i), of)) for i in suspects[:_LOOKED]]
    bad = [(i, wrong) for i, wrong in bad if wrong]
    if not bad:
        inputs = zip(target.program.inputs, points(0), strict=True) if shape == () else ()
        return NanReport(shown, "value" if of == "value" else "partial", tuple(inputs), math.nan)
    first, results = bad[0]
    index = tuple(int(n) for n in np.unravel_index(first, shape)) if shape else ()
    count = max(len(bad), len(suspects) if len(suspects) > _LOOKED else 0)
    return _report(kernel, target, points(first), results[0], shown, index, count)


def _suspects(kernel: Any, arguments: list[Any], shape: tuple[int, ...], of: str) -> list[int]:
    """The elements whose results may be bad: all where results are no plain arrays."""
    everything = list(range(math.prod(shape)))
    if kernel.definition.shape is not None or any(a.shape for a in kernel.definition.arguments):
        return everything
    with np.errstate(all="ignore"):
        found = kernel.value(*arguments) if of == "value" else kernel.grad(*arguments)
    results = found if isinstance(found, tuple) else (found,)
    fine = np.ones(shape, dtype=bool)
    for result in results:
        fine = fine & np.isfinite(np.broadcast_to(np.asarray(result), shape))
    return [int(i) for i in np.flatnonzero(~fine)]


def _formula(kernel: Any) -> str:
    definition = kernel.definition
    if definition.text or definition.shape is not None:
        return shortened(definition.text or definition.name or "the function")
    return shortened(text_of(definition.trees[0]))


def _bound(kernel: Any, args: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
    """One array per argument."""
    given = dict(zip(kernel.inputs, args, strict=False)) | dict(named)
    if len(args) > len(kernel.inputs) or set(given) != set(kernel.inputs):
        raise InputTypeError(
            f"expected the arguments {kernel.inputs}, got {len(args)} by position"
            f" and {sorted(named)} by name"
        )
    return [np.asarray(given[name], dtype=float) for name in kernel.inputs]


def _points(kernel: Any, arguments: list[Any]) -> tuple[tuple[int, ...], Any]:
    """The shape over which scalars broadcast, and from a place in it to the flat elements."""
    fixed = [a.shape for a in kernel.definition.arguments]
    loose = [x for x, shape in zip(arguments, fixed, strict=True) if shape is None]
    shape = np.broadcast_shapes(*(x.shape for x in loose)) if loose else ()
    wide = [
        np.broadcast_to(x, shape).reshape(-1, 1) if own is None
        else np.broadcast_to(x.reshape(1, -1), (math.prod(shape), x.size))
        for x, own in zip(arguments, fixed, strict=True)
    ]  # fmt: skip
    return shape, lambda i: tuple(float(v) for part in wide for v in part[i])


def _wrong(target: Target, point: Sequence[float], of: str) -> list[tuple[str, Any]]:
    """The results that are not finite: their labels and places."""
    values, partials = _computed(target, point)
    if of == "value":
        found: list[tuple[str, Any]] = [(target.label(i), (i, v)) for i, v in enumerate(values)]
    else:
        found = [(target.label(i, j), (i, j, v)) for (i, j), v in partials.items()]
    return [(label, place) for label, place in found if not math.isfinite(place[-1])]


def _computed(target: Target, point: Sequence[float]) -> Any:
    with np.errstate(all="ignore"):
        return target.computed(point)


def _report(
    kernel: Any,
    target: Target,
    point: tuple[float, ...],
    result: tuple[str, Any],
    formula: str,
    index: tuple[int, ...],
    count: int,
) -> NanReport:
    label, place = result
    value = place[-1]
    steps = _steps(_programs(kernel, place), point, float(value))
    exact = _truth(target.program, point, place)
    truth = oracle.truth_float(exact)
    beyond = mpmath().isfinite(exact) and not math.isfinite(truth)
    limits = (
        f"it is {mpmath().nstr(exact, 5)}, beyond the largest double" if beyond
        else "" if math.isfinite(truth) else _limits(kernel, target.program, point, place)
    )  # fmt: skip
    what = label.replace("value", "f").replace("d/d", "df/d")
    told = advice(steps[0].why) if steps else ""
    if kernel.definition.shape is not None:
        formula = shortened(text_of(kernel.definition.trees[place[0]]))
    return NanReport(
        formula, what, tuple(zip(target.program.inputs, point, strict=True)), float(value), steps,
        index, truth, limits, told, count,
    )  # fmt: skip


def _programs(kernel: Any, place: Any) -> list[tuple[Program, Value]]:
    """Programs of the result, the one nearest to what the user wrote first, and its output."""
    specs, scalar = kernel.specs, kernel.definition.shape is None
    if len(place) == 2:
        first, second = kernel.definition.program, specs.build("value").program
        return [(p, p.outputs[place[0]]) for p in (first, second)]
    column = specs.positions.index(place[1])
    name = "value_and_grad" if scalar else "value_and_jacobian"
    built = specs.build(name).program
    at = len(kernel.definition.trees) + place[0] * len(specs.positions) + column
    programs = [specs.op_gradient(), built] if scalar else [built]
    return [(p, p.outputs[at]) for p in programs]


def _steps(
    programs: list[tuple[Program, Value]], point: Sequence[float], value: float
) -> tuple[Step, ...]:
    """The steps from the first bad value, in the first program that gives what the code gave."""
    runs = [(Run.of(program, point), output) for program, output in programs]
    bad = [(run, output) for run, output in runs if not math.isfinite(run.values[output])]
    same = [(r, o) for r, o in bad if str(r.values[o]) == str(value)]
    for run, output in [*same, *bad][:1]:
        text = texts(run.program)
        return tuple(_step(run, place, text) for place in _telling(run, output))
    return ()


def _telling(run: Run, output: Value) -> list[Value]:
    """The origins and the last step; between them, what only hands a NaN on is left out."""
    found = run.origins(output)
    kept = [v for v in found if not _hands_on(run, v)]
    return [*kept, output] if output not in kept and len(found) > 1 else kept or found


def _hands_on(run: Run, value: Value) -> bool:
    step = run.program.instruction(value)
    if step is None:
        return False
    operands = [run.values[a] for a in run._taken(step.op, step.args)]
    worst = [v for v in operands if not isinstance(v, bool) and not math.isfinite(v)]
    result = run.values[value]
    return any(v != v for v in worst) or (bool(worst) and math.isinf(result))


def _step(run: Run, value: Value, text: Any) -> Step:
    step = run.program.instruction(value)
    result = float(run.values[value])
    if step is None:
        name = run.program.inputs[value]
        return Step(name, "input", (), result, f"the input is {_shown(result)} already")
    operands = tuple((text(a), run.values[a]) for a in step.args)
    why = "a constant" if step.op == "const" else cause(step.op, [v for _, v in operands], result)
    whole = formula(step.op, [t for t, _ in operands], text(value))
    return Step(whole, step.op, operands, result, why)


def _truth(program: Program, point: Sequence[float], place: Any) -> Any:
    """The value or slope by 50-digit arithmetic, an mpmath number; NaN for none."""
    if not all(map(math.isfinite, point)):
        return mpmath().nan
    if len(place) == 2:
        return oracle.evaluate(program, point)[place[0]]
    return oracle.partial(program, point, place[1], 30, place[0])


def _limits(kernel: Any, program: Program, point: Sequence[float], place: Any) -> str:
    """What the result tends to along one variable from both sides, in words."""
    if not all(map(math.isfinite, point)):
        return ""
    tree = kernel.definition.trees[place[0]]
    used = {symbol.name for symbol in tree.free_symbols}
    moving = [j for j, name in enumerate(program.inputs) if name in used]
    if not moving:
        return ""
    along = place[1] if len(place) == 3 and place[1] in moving else moving[0]
    fixed = {n: sp.Rational(v) for n, v in zip(program.inputs, point, strict=True)}
    name = program.inputs[along]
    function = Precise(tree, name, {n: _exact(v) for n, v in fixed.items()}, Budget(_BUDGET))
    with mpmath().workdps(DIGITS):
        sides = [side(function, _exact(fixed[name]), way) for way in (-1, 1)]
    return _told(name, number(point[along]), sides, len(place) == 3)


def _exact(value: Any) -> Any:
    with mpmath().workdps(DIGITS):
        return mpmath().mpf(int(value.p)) / int(value.q)


def _told(name: str, at: str, sides: list[Side], slope: bool) -> str:
    ends = [tends(s.slope if slope and s.value.kind != "none" else s.value) for s in sides]
    if ends == ["not defined"] * 2:
        return "the function is not defined near it"
    said = [f"{e} from the {way}" for e, way in zip(ends, ("left", "right"), strict=True)]
    kept = [s for s, e in zip(said, ends, strict=True) if e != "not defined"]
    if ends[0] == ends[1]:
        kept = [f"{ends[0]} from both sides"]
    return f"as {name} -> {at} it tends to " + " and to ".join(kept)

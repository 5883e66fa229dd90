"""The page of an elementwise op, out of its declaration and its record."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.errors import DerivcError
from derivc.ops.declaration import Op
from derivc.reference.names import called
from derivc.reference.pages import figures, formulas
from derivc.reference.pages.formulas import derivative_label, formula
from derivc.reference.pages.generated import code_of
from derivc.reference.pages.page import Formula, Page, Row
from derivc.reference.records import store as records
from derivc.symbolic.canonical import plain
from derivc.symbolic.differentiate import diff

FAMILIES = (
    "activation", "loss", "arithmetic", "exponential", "trigonometric", "hyperbolic", "magnitude",
    "order", "rounding", "gamma", "bessel", "normal", "integral", "polynomial", "branch",
    "comparison", "boolean",
)  # fmt: skip
"""The tags that say what family an op is of, the first that fits."""


def page_of(op: Op) -> Page:
    """The page of an elementwise op.

    Example:
        >>> from derivc.ops import registry
        >>> page_of(registry.get("sigmoid")).given_output[0].formula.text
        'y*sigmoid(-x)'
    """
    record = records.record_of(op)
    return Page(
        name=op.name, kind="elementwise", family=family(op), summary=op.summary,
        signature=signature(op), params=op.params, definition=_definition(op),
        domain=_domain(op), range=_range(op), names=called(op), aliases=op.aliases,
        defaults=tuple((name, str(value)) for name, value in op.defaults.items()),
        source=op.source, notes=_notes(op), kinks=figures.kinks(op, record),
        **_derivatives(op), **figures.measured(op, record),
    )  # fmt: skip


def family(op: Op) -> str:
    """The family of an op, one word."""
    return next((tag for tag in FAMILIES if tag in op.tags), "special")


def signature(op: Op) -> str:
    """The call as one would type it."""
    args = [f"{p}={op.defaults[p]}" if p in op.defaults else p for p in op.params]
    return f"{op.name}({', '.join(args)})"


def _symbols(op: Op) -> list[Any]:
    return [sp.Symbol(name, real=True) for name in op.params]


def output(op: Op) -> Any:
    """The symbol of the output: y, or another where an argument is called that."""
    name = next(n for n in ("y", "out", "output") if n not in op.params)
    return sp.Symbol(name, real=True)


def _definition(op: Op) -> Formula:
    if op.meaning is None:
        return Formula("", "") if op.tags & {"branch", "boolean"} else formula(op(*_symbols(op)))
    return formula(op.meaning(*_symbols(op)))


def _domain(op: Op) -> Formula:
    if op.domain is None:
        return Formula("", "")
    condition = op.domain(*_symbols(op))
    return Formula("", "") if condition == True else formula(condition)  # noqa: E712


def _range(op: Op) -> str:
    """The declared range; "" where none is: that need not mean that every number is a value."""
    low, high = (formula(end).text for end in map(sp.sympify, op.range))
    return "" if (low, high) == ("-inf", "inf") else f"{low} to {high}"


def _notes(op: Op) -> tuple[str, ...]:
    notes = []
    if op.meaning is None and not op.tags & {"boolean", "branch"}:
        notes.append("A primitive: backends call the library's own function.")
    if "boolean" in op.tags:
        notes.append("The result is a truth value; it has no derivative.")
    return tuple(notes)


def _derivatives(op: Op) -> dict[str, Any]:
    """Everything that follows from the partials; nothing for an op without any."""
    declared = _declared(op)
    places = [i for i, partial in enumerate(declared) if partial is not None]
    if not places:
        return {}
    names = [op.params[i] for i in places]
    shown = [_shown(op, name) for name in names]
    first = tuple(Row(_label(op, [n]), formula(t)) for n, t in zip(names, shown, strict=True))
    computed = tuple(
        Row(_label(op, [op.params[i]]), formula(declared[i]))
        for i, row in zip(places, first, strict=True)
        if formula(declared[i]).text != row.formula.text
    )
    return {
        "given_input": first, "given_output": computed, "elementary": _elementary(op, first),
        "second": _second(op, names), "vjp": _reverse(op, names, declared),
        "jvp": _forward(op, names, declared), "code": code_of(op),
    }  # fmt: skip


def _declared(op: Op) -> list[Any]:
    """The declared partials over the arguments and the output, None where there is none."""
    if op.partials is None:
        return [None] * op.arity
    found = op.partials(*_symbols(op), output(op))
    return [None if p is None else sp.sympify(p) for p in found]


def _label(op: Op, names: list[str]) -> Formula:
    return derivative_label(names, output(op).name, op.arity > 1)


def _shown(op: Op, *names: str) -> Any:
    """A derivative of the op, simplified, over the arguments alone."""
    return formulas.simplified(diff(op.build(*_symbols(op)), *names))


def _elementary(op: Op, first: tuple[Row, ...]) -> tuple[Row, ...]:
    """The derivatives of the definition as SymPy finds them, where they read otherwise."""
    if op.meaning is None or not op.tags & {"activation", "exponential", "loss"}:
        return ()
    tree = sp.sympify(op.meaning(*_symbols(op)))
    if tree.has(sp.Max, sp.Min, sp.Piecewise, sp.Abs, sp.sign):
        return ()
    rows = []
    for row in first:
        name = row.label.text.removeprefix("d/d")
        found = formula(plain(formulas.simplified(tree.diff(sp.Symbol(name, real=True)))))
        if found.text != row.formula.text:
            rows.append(Row(row.label, found))
    return tuple(rows)


def _second(op: Op, names: list[str]) -> tuple[Row, ...]:
    """All second partials, mixed ones once."""
    rows = []
    for i, first in enumerate(names):
        for other in names[i:]:
            try:
                found = _shown(op, first, other)
            except DerivcError as problem:
                rows.append(Row(_label(op, [first, other]), Formula("", ""), str(problem)))
            else:
                rows.append(Row(_label(op, [first, other]), formula(found)))
    return tuple(rows)


def _reverse(op: Op, names: list[str], declared: list[Any]) -> tuple[Row, ...]:
    """The cotangent of every argument."""
    y = output(op).name
    rows = []
    for name in names:
        tex = formulas.tex(sp.Symbol(name))
        label = Formula(f"{name}_bar", rf"\bar{{{tex}}}")
        slope = formula(declared[op.params.index(name)])
        rows.append(Row(label, scaled(slope, Formula(f"{y}_bar", rf"\bar{{{y}}}"))))
    return tuple(rows)


def _forward(op: Op, names: list[str], declared: list[Any]) -> tuple[Row, ...]:
    """The tangent of the output: one term an argument."""
    y = output(op).name
    terms = [
        scaled(
            formula(declared[op.params.index(n)]),
            Formula(f"{n}_dot", rf"\dot{{{formulas.tex(sp.Symbol(n))}}}"),
        )
        for n in names
    ]
    terms = [t for t in terms if t.text != "0"] or [Formula("0", "0")]
    whole = Formula(" + ".join(t.text for t in terms), " + ".join(t.tex for t in terms))
    return (Row(Formula(f"{y}_dot", rf"\dot{{{y}}}"), whole),)


def scaled(slope: Formula, by: Formula) -> Formula:
    """A slope times a cotangent or a tangent."""
    if slope.text in ("0", "1"):
        return slope if slope.text == "0" else by
    atom = slope.text.replace("_", "").replace(".", "").isalnum()
    text = slope.text if atom else f"({slope.text})"
    tex = slope.tex if atom or _is_product(slope) else rf"\left({slope.tex}\right)"
    return Formula(f"{by.text}*{text}", rf"{by.tex}\, {tex}")


def _is_product(slope: Formula) -> bool:
    """Whether it can stand behind a factor without brackets."""
    tree = slope.text.strip()
    depth = 0
    for i, letter in enumerate(tree):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter in "+-" and depth == 0 and (i == 0 or tree[i - 1] not in "e*("):
            return False
    return True

"""The page of a user's function: text, SymPy, a Python function or a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivc import compiler
from derivc.errors import DerivcError, LimitError
from derivc.kernel import Kernel
from derivc.passes.dce import dce
from derivc.passes.weight import tree_weight
from derivc.reference.pages.elementwise import scaled
from derivc.reference.pages.figures import place
from derivc.reference.pages.formulas import derivative_label, formula, simplified, tex
from derivc.reference.pages.generated import code_of_kernel
from derivc.reference.pages.page import CheckRow, Formula, KinkRow, Page, Row
from derivc.symbolic.canonical import canonical, plain
from derivc.symbolic.differentiate import diff
from derivc.symbolic.validity import Validity, validity

_MOST = 6
_POINTS = 64
_SECONDS, _STEP = 8.0, 4e-5  # for the check, and what one operation takes it at one point
_LONG, _SWOLLEN = 8e3, 4e4
"""Weights, an addition counting 1, beyond which formulas are not written out."""


def kernel_of(source: Any) -> Kernel:
    """The kernel of anything that can be one.

    Raises:
        DerivcError: it cannot be read, traced or compiled.
    """
    return source if isinstance(source, Kernel) else compiler.compile(source, relaxed=True)


def page_of(name: str, source: Any, doc: str = "") -> Page:
    """The page of a function.

    Args:
        name: what it is called. source: text, SymPy, a function or a kernel. doc: the user's text.

    Raises:
        DerivcError: it cannot be read, traced or compiled.

    Example:
        >>> page_of("bell", "exp(-x**2)").given_input[0].formula.text
        '-2*x*exp(-x**2)'
    """
    kernel = kernel_of(source)
    known = _formulas(kernel)
    summary, _, rest = doc.strip().partition("\n")
    return Page(
        name=name, kind="yours", family="functions", summary=summary,
        signature=f"{name}({', '.join(kernel.inputs)})", params=kernel.inputs, doc=rest.strip(),
        code=code_of_kernel(kernel), checks=_checks(kernel), **known,
    )  # fmt: skip


def _formulas(kernel: Kernel) -> dict[str, Any]:
    """What can be written out; of a function that swells too much, a note."""
    if is_large(kernel):
        return {"notes": ("Too large to be written out as formulas; the code computes it.",)}
    return _scalar(kernel) if kernel.definition.shape is None else _several(kernel)


def is_large(kernel: Kernel) -> bool:
    """Whether the function or its gradient, nothing shared, is more than a page of formulas."""
    value = tree_weight(kernel.specs.value_program)
    if value > _LONG or kernel.definition.shape is not None:
        return value > _LONG
    return tree_weight(dce(kernel.specs.op_gradient())) > _SWOLLEN


def tree_of(kernel: Kernel) -> Any:
    """The function as a tree over plain symbols: the sum of the outputs of a vector."""
    return plain(canonical(kernel.definition.trees[0]))


def _moving(kernel: Kernel) -> list[str]:
    return [name for argument in kernel.specs.moving for name in argument.elements]


def _scalar(kernel: Kernel) -> dict[str, Any]:
    """Formulas of a function with one result."""
    tree, names = kernel.definition.trees[0], _moving(kernel)
    shown, note = names[:_MOST], _left_out(len(names))
    first = [_derivative(tree, [name], len(names) > 1) for name in shown]
    valid = validity(tree)
    return {
        "definition": formula(tree_of(kernel)), "given_input": tuple(first),
        "second": _second(tree, shown), "vjp": _reverse(first, shown),
        "jvp": _forward(first, shown),
        "domain": _domain(valid), "kinks": tuple(_kink(words) for words in valid.kinks),
        "notes": (*note, *([valid.note[0].upper() + valid.note[1:]] if valid.note else [])),
    }  # fmt: skip


def _left_out(count: int) -> tuple[str, ...]:
    left = count - _MOST
    return (f"{left} further variables: their partials are in the code.",) if left > 0 else ()


def _derivative(tree: Any, names: Sequence[str], several: bool) -> Row:
    """One derivative, simplified; why there is none where there is none."""
    label = derivative_label(list(names), "f", several)
    try:
        return Row(label, formula(simplified(diff(tree, *names))))
    except LimitError:
        return Row(label, Formula("", ""), "Too large to be written out; the code computes it.")
    except DerivcError as problem:
        return Row(label, Formula("", ""), str(problem))


def _second(tree: Any, names: Sequence[str]) -> tuple[Row, ...]:
    several = len(names) > 1
    if len(names) > 4:
        return ()
    return tuple(_derivative(tree, [a, b], several) for i, a in enumerate(names) for b in names[i:])


def _reverse(first: Sequence[Row], names: Sequence[str]) -> tuple[Row, ...]:
    rows = []
    for row, name in zip(first, names, strict=True):
        label = Formula(f"{name}_bar", rf"\bar{{{_letter(name)}}}")
        if row.formula:
            rows.append(Row(label, scaled(row.formula, Formula("f_bar", r"\bar{f}"))))
    return tuple(rows)


def _forward(first: Sequence[Row], names: Sequence[str]) -> tuple[Row, ...]:
    terms = [
        scaled(row.formula, Formula(f"{name}_dot", rf"\dot{{{_letter(name)}}}"))
        for row, name in zip(first, names, strict=True)
        if row.formula and row.formula.text != "0"
    ]
    if not terms or any(not row.formula for row in first):
        return ()
    whole = Formula(" + ".join(t.text for t in terms), " + ".join(t.tex for t in terms))
    return (Row(Formula("f_dot", r"\dot{f}"), whole),)


def _letter(name: str) -> str:
    import sympy as sp

    return tex(sp.Symbol(name))


def _several(kernel: Kernel) -> dict[str, Any]:
    """Formulas of a vector-valued function: its outputs, and its Jacobian row by row."""
    trees, names = kernel.definition.trees[:_MOST], _moving(kernel)[:_MOST]
    outputs = [formula(plain(tree)) for tree in trees]
    inside = r" \\ ".join(o.tex for o in outputs)
    whole = Formula(
        f"[{', '.join(o.text for o in outputs)}]", rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"
    )
    rows = [
        Row(_entry(i + 1, name), _derivative(tree, [name], True).formula)
        for i, tree in enumerate(trees) for name in names
    ]  # fmt: skip
    count = len(kernel.definition.trees) - len(trees)
    left = (f"{count} further results are in the code.",) if count else ()
    return {"definition": whole, "given_input": tuple(rows), "notes": left}


def _entry(row: int, name: str) -> Formula:
    above, below = rf"\partial f_{{{row}}}", rf"\partial {_letter(name)}"
    return Formula(f"df{row}/d{name}", rf"\frac{{{above}}}{{{below}}}")


def _domain(valid: Validity) -> Formula:
    if not valid.conditions:
        return Formula("", "")
    words = " and ".join(valid.conditions)
    return Formula("nowhere" if words == "False" else words, "")


def _kink(words: str) -> KinkRow:
    """A sentence on a place without a slope."""
    return KinkRow(Formula("", ""), words)


def _checks(kernel: Kernel) -> tuple[CheckRow, ...]:
    """The kernel against 50 digits, now."""
    program = kernel.op_program
    each = _STEP * len(program.instructions) * (1 + len(program.inputs))
    points = min(_POINTS, int(_SECONDS / max(each, 1e-9)))
    try:
        report = kernel.check(points=max(2, points))
    except DerivcError:
        return ()
    rows = report.rows[:40] if report.points else ()
    return tuple(
        CheckRow(r.result, r.ulps, _place(report.inputs, r.where), float("nan"), report.points)
        for r in rows
    )


def _place(names: Sequence[str], at: Sequence[float]) -> str:
    """A point; of many variables the first."""
    left = len(names) - _MOST
    shown = place(names[:_MOST], at[:_MOST])
    return f"{shown}, and {left} more" if left > 0 else shown

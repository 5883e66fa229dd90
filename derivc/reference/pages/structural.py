"""The page of a structural op: its formulas in matrix form, and the code of its declaration."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from derivc.ops.structure import StructuralOp
from derivc.reference.names import called
from derivc.reference.pages import structural_figures
from derivc.reference.pages.page import Code, Formula, Page, Row
from derivc.reference.pages.plain import plain

_KINDS = {
    "complexes": "complex numbers", "convolution": "convolution and pooling",
    "cumulative": "cumulative", "elimination": "linear algebra", "exponentials": "linear algebra",
    "factorizations": "linear algebra", "indexing": "indexing", "least_squares": "linear algebra",
    "linear": "linear algebra", "losses": "loss", "normalization": "normalization",
    "reductions": "reduction", "selection": "selection", "shapes": "shape",
}  # fmt: skip
"""The family of the ops of each module."""

_SUMMED = (
    r"\dot{y} = \sum_i \frac{\partial y}{\partial x_i}\, \dot{x}_i",
    "the partials are the cotangents of ones",
)
_TRANSPOSED = "the VJP, transposed by differentiating it"


def page_of(op: StructuralOp) -> Page:
    r"""The page of a structural op.

    Example:
        >>> from derivc.ops import structure
        >>> page_of(structure.get("inv")).vjp[0].formula.tex
        '-A^{-\\top} \\bar{Y} A^{-\\top}'
    """
    definition = getattr(op, "definition", "")
    return Page(
        name=op.name, kind="structural", family=family(op), summary=op.summary,
        signature=signature(op), params=op.params,
        definition=Formula(plain(definition), definition),
        vjp=_vjp(op), jvp=_jvp(op), names=called(op), aliases=op.aliases,
        defaults=tuple((name, repr(value)) for name, value in op.defaults.items()),
        code=_code(op), notes=_notes(op), source=getattr(op, "source", ""),
        **structural_figures.measured(op),
    )  # fmt: skip


def family(op: StructuralOp) -> str:
    """The family of an op, in words, by the module that declares it.

    Example:
        >>> from derivc.ops import structure
        >>> family(structure.get("inv"))
        'linear algebra'
    """
    for formula in (op.vjp, op.forward):
        module = getattr(formula, "__module__", "").rpartition(".")[2]
        if module in _KINDS:
            return _KINDS[module]
        if ".ops.structural." in getattr(formula, "__module__", ""):
            return module.replace("_", " ")
    return "shape"


def signature(op: StructuralOp) -> str:
    """The call as one would type it."""
    args = [f"{p}={op.defaults[p]!r}" if p in op.defaults else p for p in op.params]
    return f"{op.name}({', '.join(args)})"


def _vjp(op: StructuralOp) -> tuple[Row, ...]:
    """One row per equation of the declared formula."""
    if not op.formula:
        return ()
    if "\\" not in op.formula:
        return (Row(Formula("", ""), Formula("", ""), _composed(op.formula)),)
    return tuple(_equation(part) for part in re.split(r",\s*\\quad\s*", op.formula))


def _composed(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}: it is made of other ops, which know their derivatives."


def _equation(tex: str) -> Row:
    left, sign, right = tex.partition(" = ")
    if not sign or left.count("{") != left.count("}"):
        return Row(Formula("", ""), Formula(plain(tex), tex))
    left, right = left.strip(), right.strip()
    return Row(Formula(plain(left), left), Formula(plain(right), right))


def _jvp(op: StructuralOp) -> tuple[Row, ...]:
    """How tangents go forward: the declared formula, or what the word in the declaration means."""
    tangent = getattr(op, "tangent", "")
    if tangent:
        return (_equation(tangent),)
    if op.vjp is None and op.compose is None:
        return ()
    tex, note = _forward(op)
    row = _equation(tex) if tex else Row(Formula("", ""), Formula("", ""))
    return (Row(row.label, row.formula, note),)


def _forward(op: StructuralOp) -> tuple[str, str]:
    word = rf"\operatorname{{{op.name}}}".replace("_", r"\_")
    match op.jvp:
        case "linear":
            return rf"\dot{{y}} = {word}(\dot{{x}})", "linear: the op of the tangent"
        case "each":
            return _product_rule(op, word), "the product rule: one argument at a time moves"
        case "symmetric":
            return _mirrored(op.formula), "the Jacobian is symmetric"
        case "summed":
            return _SUMMED
    if op.compose is not None:
        return "", "The tangents of the ops that it is made of."
    return "", "Declared; its code is below." if op.jvp else _TRANSPOSED


def _product_rule(op: StructuralOp, word: str) -> str:
    if op.sequence is not None:
        return rf"\dot{{y}} = \sum_k {word}(x_1, \dots, \dot{{x}}_k, \dots)"
    terms = []
    for moving in op.tensors:
        args = [rf"\dot{{{t}}}" if t == moving else t for t in op.tensors]
        terms.append(rf"{word}({', '.join(args)})")
    return rf"\dot{{y}} = {' + '.join(terms)}"


def _mirrored(tex: str) -> str:
    """The backward formula with tangents for cotangents."""
    swapped = tex.replace(r"\bar{x}", r"\dot{Y}").replace(r"\bar{y}", r"\dot{x}")
    return swapped.replace(r"\dot{Y}", r"\dot{y}")


def _code(op: StructuralOp) -> tuple[Code, ...]:
    """The declaration's own formulas, as they stand in derivc."""
    found = []
    if op.compose is not None:
        found.append(("The op, written by others (their derivatives give its own)", op.compose))
    else:
        found.append(("Forward: over an array namespace", op.forward))
    if op.vjp is not None and op.compose is None:
        found.append(("VJP: over the namespace of ops, so it can be differentiated again", op.vjp))
    if callable(op.jvp):
        found.append(("JVP", op.jvp))
    return tuple(Code(title, "python", text) for title, f in found if (text := source_of(f)))


def source_of(formula: Callable[..., Any]) -> str:
    """The source of a formula; of a lambda in a declaration, the lambda alone.

    Example:
        >>> from derivc.ops import structure
        >>> source_of(structure.get("log_softmax").vjp)[:6]
        'lambda'
    """
    try:
        text = textwrap.dedent(inspect.getsource(formula)).rstrip()
    except (OSError, TypeError):
        return ""
    if formula.__name__ != "<lambda>":
        return text + _helpers(formula)
    found = _lambda(text, formula)
    return found + _helpers(formula) if found else text


def _helpers(formula: Callable[..., Any]) -> str:
    """The module's own functions that a short formula hands over to."""
    names = [n for n in formula.__code__.co_names if n in formula.__globals__]
    inner = [formula.__globals__[n] for n in names]
    module = formula.__module__
    own = [f for f in inner if inspect.isfunction(f) and f.__module__ == module]
    return "".join(f"\n\n\n{textwrap.dedent(inspect.getsource(f)).rstrip()}" for f in own[:3])


def _lambda(text: str, formula: Callable[..., Any]) -> str:
    """The lambda out of the lines of a declaration, by its code."""
    for start in range(len(text)):
        if not text.startswith("lambda", start):
            continue
        for end in range(len(text), start, -1):
            try:
                node = ast.parse(text[start:end].strip(), mode="eval").body
            except (SyntaxError, ValueError):
                continue
            if isinstance(node, ast.Lambda):
                if _is_same(node, formula):
                    return text[start:end].strip()
                break
    return ""


def _is_same(node: Any, formula: Callable[..., Any]) -> bool:
    return tuple(a.arg for a in node.args.args) == tuple(inspect.signature(formula).parameters)


def _notes(op: StructuralOp) -> tuple[str, ...]:
    notes = []
    if op.is_view:
        notes.append("The result is a view: it shares memory with the argument.")
    if op.vjp is None and op.compose is None:
        notes.append("It has no derivative.")
    if op.constants:
        notes.append(
            f"Of its results, number {', '.join(str(i) for i in op.constants)} has no derivative."
        )
    if op.numbers == "real":
        notes.append("The backward formula is for real numbers.")
    return tuple(notes)

"""Trees as the reference prints them: text that is read back, and TeX in the field's notation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import sympy as sp
from sympy.core.relational import Relational
from sympy.printing.latex import LatexPrinter, greek_letters_set

from derivc.ops import registry
from derivc.reference.pages.page import Formula
from derivc.symbolic.canonical import canonical, plain
from derivc.symbolic.text import text_of

_WORDS = {"maximum": "max", "minimum": "min", "fmax": "fmax", "fmin": "fmin"}
_HIDDEN = {"bounded"}
"""Ops that only keep huge arguments from overflowing: they stand for their first argument."""


@final
class _Printer(LatexPrinter):
    """SymPy's TeX, with ops by their declared TeX and branches as textbooks set them."""

    def _print(self, expr: Any, **kwargs: Any) -> str:
        op = getattr(expr, "op", None)
        if op is None or not isinstance(expr, sp.Function):
            return str(super()._print(expr, **kwargs))
        shown = self._op(op, expr)
        power = kwargs.get("exp")
        return rf"{shown}^{{{power}}}" if power else shown

    def _op(self, op: Any, expr: Any) -> str:
        args = [self._print(arg) for arg in expr.args]
        if op.name in _HIDDEN:
            return args[0]
        if op.tex:
            return str(op.tex.format(**dict(zip(op.params, args, strict=True))))
        args = args[: len(args) - _defaulted(op, expr.args)]
        name = _WORDS.get(op.name, op.name).replace("_", r"\_")
        word = rf"\{name}" if name in ("max", "min") else rf"\operatorname{{{name}}}"
        return rf"{word}\left({', '.join(args)}\right)"

    def _print_Symbol(self, expr: Any, *args: Any, **kwargs: Any) -> str:  # noqa: N802
        """Words upright, letters as SymPy sets them."""
        if _is_word(expr.name):
            return rf"\mathrm{{{expr.name}}}".replace("_", r"\_")
        return str(super()._print_Symbol(expr, *args, **kwargs))

    def _print_Piecewise(self, expr: Any) -> str:  # noqa: N802
        rows = [rf"{self._print(e)} & {self._condition(c)}" for e, c in _branches(expr)]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _condition(self, condition: Any) -> str:
        if condition == True:  # noqa: E712
            return r"\text{otherwise}"
        return rf"\text{{if }} {self._print(condition)}"

    def _print_And(self, expr: Any) -> str:  # noqa: N802
        parts = [self._print(a) for a in sorted(expr.args, key=sp.default_sort_key)]
        return r" \text{ and } ".join(parts)

    def _print_Or(self, expr: Any) -> str:  # noqa: N802
        parts = [self._print(a) for a in sorted(expr.args, key=sp.default_sort_key)]
        return r" \text{ or } ".join(parts)


def _is_word(name: str) -> bool:
    """Whether a variable's name is a word and no letter with or without an index.

    Example:
        >>> _is_word("hi"), _is_word("x1"), _is_word("beta"), _is_word("x_new"), _is_word("w_i")
        (True, False, False, False, False)
    """
    stem = name.split("_", maxsplit=1)[0].rstrip("0123456789'")
    if len(stem) <= 1 or stem.lower() in greek_letters_set:
        return False
    return stem.isalpha() and stem.isascii()


def _branches(piecewise: Any) -> list[tuple[Any, Any]]:
    """The branches, those of a last branch that branches again among them."""
    *first, (last, condition) = piecewise.args
    if isinstance(last, sp.Piecewise):
        return [*first, *_branches(last)]
    return [*first, (last, condition)]


def _defaulted(op: Any, args: Sequence[Any]) -> int:
    """How many of the last arguments are what they are when left out."""
    count = 0
    for name, arg in zip(reversed(op.params), reversed(args), strict=True):
        if name not in op.defaults or sp.sympify(op.defaults[name]) != arg:
            break
        count += 1
    return count


def tex(tree: Any) -> str:
    r"""A tree as TeX.

    Example:
        >>> import sympy as sp
        >>> from derivc.ops.sigmoids import softplus
        >>> tex(softplus(sp.Symbol("x", real=True)))
        '\\operatorname{softplus}\\left(x\\right)'
    """
    return str(_Printer({"order": None}).doprint(tree))


def formula(tree: Any) -> Formula:
    """A tree as text and TeX.

    Example:
        >>> import sympy as sp
        >>> formula(sp.Symbol("x") ** 2)
        Formula(text='x**2', tex='x^{2}')
    """
    shown = _without_hidden(sp.sympify(tree))
    text = text_of(shown)
    if not isinstance(shown, Relational):  # "x = 0" is for people; inside a formula it is x == 0
        text = text.replace(" = ", " == ")
    return Formula(text.replace("-oo", "-inf"), tex(shown))


def _without_hidden(tree: Any) -> Any:
    """The tree without the ops that the reader need not see."""
    for name in _HIDDEN:
        symbol = registry.get(name).symbol
        if tree.has(symbol):
            tree = tree.replace(lambda e, s=symbol: isinstance(e, s), lambda e: e.args[0])
    return tree


def simplified(tree: Any) -> Any:
    """The shortest of a budgeted set of equal forms, over plain symbols."""
    from derivc.symbolic.simplify import simplify

    return plain(simplify(canonical(sp.sympify(tree))))


def derivative_label(names: Sequence[str], function: str = "f", several: bool = False) -> Formula:
    r"""What a derivative is called, in text and TeX.

    Example:
        >>> derivative_label(["x", "x"], "y").tex
        '\\frac{d^{2} y}{dx^{2}}'
    """
    from derivc.symbolic.text import label, tex_label

    text = label(list(names))
    shown = tex_label(list(names), several)
    above, _, below = shown.removeprefix(r"\frac{").partition("}{" if len(names) == 1 else "}}{")
    above = above if len(names) == 1 else above + "}"
    return Formula(text, rf"\frac{{{above} {function}}}{{{below}")

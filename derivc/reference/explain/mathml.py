"""Expressions as MathML, which browsers show without any script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, final

from sympy import S
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.simplify.radsimp import fraction


@final
class MathPrinter(MathMLPresentationPrinter):
    """SymPy's presentation MathML, with branches, and derivatives still to be taken.

    Args:
        several: whether the formula has several variables: then a round d is written.
    """

    def __init__(self, several: bool = False):
        super().__init__()
        self.several = several

    def row(self, *parts: Any) -> Any:
        """Parts side by side: texts are operators."""
        return self._all("mrow", *parts)

    def _all(self, tag: str, *parts: Any) -> Any:
        node = self.dom.createElement(tag)
        for part in parts:
            node.appendChild(self._leaf("mo", part) if isinstance(part, str) else part)
        return node

    def _leaf(self, tag: str, text: str) -> Any:
        node = self.dom.createElement(tag)
        node.appendChild(self.dom.createTextNode(text))
        return node

    def _brackets(self, expr: Any, level: str) -> Any:
        return self.parenthesize(expr, PRECEDENCE[level], strict=True)

    def _print_Mul(self, expr: Any) -> Any:  # noqa: N802
        """A fraction where something is divided by; exponentials stay where they are."""
        if expr.could_extract_minus_sign():
            return self.row("−", self._product(-expr))
        return self._product(expr)

    def _product(self, expr: Any) -> Any:
        above, below = fraction(expr, exact=True)
        if below is not S.One:
            return self._all("mfrac", self._print(above), self._print(below))
        if not expr.is_Mul:
            return self._brackets(expr, "Mul")
        return self._side_by_side(expr.as_ordered_factors())

    def _side_by_side(self, factors: Sequence[Any]) -> Any:
        """Factors without a sign between them, but for a dot between numbers."""
        parts: list[Any] = []
        for place, factor in enumerate(factors):
            if place:
                parts.append("·" if _opens_with_digit(factor) else _TIMES)
            cut = factor.is_Piecewise and len(factors) > 1
            shown = self._print(factor) if cut else self._factor(factor)
            parts.append(self.row("(", shown, ")") if cut else shown)
        return self.row(*parts)

    def _print_Pending(self, expr: Any) -> Any:  # noqa: N802  SymPy finds it by this name
        inner, variable = expr.args
        sign = "∂" if self.several or len(inner.free_symbols) > 1 else "d"
        below = self.row(self._leaf("mi", sign), self._print(variable))
        fraction = self._all("mfrac", self._leaf("mi", sign), below)
        return self.row(fraction, self.row("[", self._print(inner), "]"))

    def _print_WrittenSum(self, expr: Any) -> Any:  # noqa: N802
        parts: list[Any] = []
        for place, term in enumerate(expr.args):
            negative = type(term).__name__ == "WrittenMinus" and place
            if place:
                parts.append("−" if negative else "+")
            parts.append(self._factor(term.args[0]) if negative else self._term(term, place))
        return self.row(*parts)

    def _term(self, term: Any, place: int) -> Any:
        """A term; in brackets where a sign would follow a sign."""
        signed = place and (term.could_extract_minus_sign() if not _is_written(term) else False)
        return self.row("(", self._print(term), ")") if signed else self._print(term)

    def _print_WrittenMinus(self, expr: Any) -> Any:  # noqa: N802
        return self.row("−", self._factor(expr.args[0]))

    def _print_WrittenProduct(self, expr: Any) -> Any:  # noqa: N802
        first, *rest = expr.args
        parts: list[Any] = ["−"] if first == -1 and rest else [self._first(first)]
        for place, factor in enumerate(rest):
            if place or parts != ["−"]:
                parts.append("·")
            parts.append(self._factor(factor))
        return self.row(*parts)

    def _first(self, expr: Any) -> Any:
        plain = expr.is_Number or expr.is_Mul
        return self._print(expr) if plain else self._brackets(expr, "Mul")

    def _factor(self, expr: Any) -> Any:
        """A factor, in brackets where it is a sum or opens with a sign."""
        signed = not _is_written(expr) and expr.could_extract_minus_sign()
        if signed and not expr.is_Add:
            return self.row("(", self._print(expr), ")")
        return self._brackets(expr, "Mul")

    def _print_WrittenQuotient(self, expr: Any) -> Any:  # noqa: N802
        return self._all("mfrac", *(self._print(part) for part in expr.args))

    def _print_Piecewise(self, expr: Any) -> Any:  # noqa: N802
        table = self._all("mtable", *(self._branch(pair.expr, pair.cond) for pair in expr.args))
        table.setAttribute("class", "cases")  # a brace would need a font that stretches it
        return table

    def _branch(self, value: Any, condition: Any) -> Any:
        always = condition == True  # noqa: E712  SymPy's true too
        words = self._leaf("mtext", "otherwise" if always else "where\u00a0")
        cell = words if always else self.row(words, self._print(condition))
        return self._all("mtr", self._all("mtd", self._print(value)), self._all("mtd", cell))

    def _print_Function(self, expr: Any) -> Any:  # noqa: N802
        """The name with a thin space before it, so that factors do not run together."""
        name = _RENAMED.get(expr.func.__name__, self.mathml_tag(expr))
        parts = [part for arg in expr.args for part in (",", self._print(arg))][1:]
        head = self._leaf("mi", name)
        return self.row(self._space(), head, self.row("(", *parts, ")"))

    def _space(self) -> Any:
        node = self.dom.createElement("mspace")
        node.setAttribute("width", "0.17em")
        return node

    def _print_exp(self, expr: Any) -> Any:
        return self._all("msup", self._leaf("mi", "e"), self._print(expr.args[0]))

    def _print_Exp1(self, _: Any) -> Any:  # noqa: N802
        return self._leaf("mi", "e")

    def _print_BooleanTrue(self, _: Any) -> Any:  # noqa: N802
        return self._leaf("mtext", "true")


def _opens_with_digit(factor: Any) -> bool:
    """Whether a factor would run together with a number before it, as 3^x with 2."""
    return bool((factor.base if factor.is_Pow else factor).is_Number)


_MINUS = re.compile(r"(?<=<mo>)-(?=</mo>)|(?<=<mn>)-")
"""The hyphens that stand for a minus sign."""
_TIMES = "\u2062"
"""Invisible: the two factors side by side."""
_RENAMED = {"maximum": "max", "minimum": "min"}


def _is_written(expr: Any) -> bool:
    return type(expr).__name__.startswith(("Written", "Pending"))


def equation(side: Any, several: bool = False, lead: bool = False) -> str:
    """One side of an equation as a `math` element.

    Args:
        side: an expression, short enough to be printed.
        several: whether the formula has several variables.
        lead: whether an equality sign stands in front.
    """
    shown = MathPrinter(several)._print(side).toxml()  # noqa: SLF001
    inner = ("<mo>=</mo>" if lead else "") + shown
    return f'<math displaystyle="true"><mrow>{_MINUS.sub("−", inner)}</mrow></math>'


def width(math: str) -> int:
    """About how many characters wide an equation is."""
    return len(re.sub(r"<[^>]*>|&[^;]*;", "", math))

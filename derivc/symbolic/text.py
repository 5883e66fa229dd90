"""SymPy trees as text that can be read back, and the names of derivatives: `d2/dx2`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from sympy import Piecewise, Symbol
from sympy.printing.latex import latex
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter

_RENAMED = {"Abs": "abs", "Max": "max", "Min": "min"}


@final
class TextPrinter(StrPrinter):
    """SymPy's text, with the names that the parser reads.

    An equation by itself is `x = 0`, as people write it; a condition of `where` is `x == 0`.
    """

    _equals = "="

    def _print_Function(self, expr: Any) -> str:  # noqa: N802  SymPy finds it by this name
        name = _RENAMED.get(expr.func.__name__, expr.func.__name__)
        return f"{name}({self.stringify(expr.args, ', ')})"

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802
        """SymPy's, but for quotients by a fraction, where it leaves out the brackets.

        Nor for branches: it would multiply them out, and may fail at it.
        """
        if not _divides_by_fraction(expr) and not expr.has(Piecewise):
            return str(super()._print_Mul(expr))
        minus = expr.args[0] == -1 and len(expr.args) > 1
        args = expr.args[1:] if minus else expr.args
        above = [a for a in args if not _is_inverse(a)]
        below = [f"/({self._print(a.base)})" for a in args if _is_inverse(a)]
        first = "*".join(self.parenthesize(a, PRECEDENCE["Mul"]) for a in above) or "1"
        return f"{'-' if minus else ''}{first}{''.join(below)}"

    def _print_Abs(self, expr: Any) -> str:  # noqa: N802
        return f"abs({self._print(expr.args[0])})"

    def _print_LatticeOp(self, expr: Any) -> str:  # noqa: N802
        return self._print_Function(expr)

    def _print_Piecewise(self, expr: Any) -> str:  # noqa: N802
        *branches, (last, condition) = expr.args
        text = self._print(last) if condition == True else self._where(last, condition, "nan")  # noqa: E712
        for value, holds in reversed(branches):
            text = self._where(value, holds, text)
        return str(text)

    def _print_Pending(self, expr: Any) -> str:  # noqa: N802
        return f"d/d{expr.args[1].name}[{self._print(expr.args[0])}]"

    def _print_WrittenSum(self, expr: Any) -> str:  # noqa: N802
        first, *rest = (str(self._print(term)) for term in expr.args)
        return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)

    def _print_WrittenMinus(self, expr: Any) -> str:  # noqa: N802
        return f"-{self._factor(expr.args[0])}"

    def _print_WrittenProduct(self, expr: Any) -> str:  # noqa: N802
        first, *rest = expr.args
        plain = first.is_Integer or first.is_Mul or precedence(first) >= PRECEDENCE["Mul"]
        opening = str(self._print(first)) if plain else self._factor(first)
        opening = "-" if opening == "-1" and rest else opening + "*" * bool(rest)
        return opening + "*".join(map(self._factor, rest))

    def _print_WrittenQuotient(self, expr: Any) -> str:  # noqa: N802
        above, below = expr.args
        shown = self.parenthesize(above, PRECEDENCE["Mul"], strict=True)
        return f"{shown}/{self.parenthesize(below, PRECEDENCE['Pow'], strict=True)}"

    def _factor(self, expr: Any) -> str:
        """A factor behind a `*`: one that opens with a sign is put in brackets."""
        text = str(self.parenthesize(expr, PRECEDENCE["Mul"], strict=True))
        return f"({text})" if text.startswith("-") else text

    def _where(self, value: Any, condition: Any, other: str) -> str:
        return f"where({self._condition(condition)}, {self._print(value)}, {other})"

    def _condition(self, condition: Any) -> str:
        """A condition within a formula, where `=` would be read as something else."""
        outer, self._equals = self._equals, "=="
        try:
            return str(self._print(condition))
        finally:
            self._equals = outer

    def _print_And(self, expr: Any) -> str:  # noqa: N802
        return " and ".join(map(self._operand, expr.args))

    def _print_Or(self, expr: Any) -> str:  # noqa: N802
        return " or ".join(map(self._operand, expr.args))

    def _print_Not(self, expr: Any) -> str:  # noqa: N802
        return f"not {self._operand(expr.args[0])}"

    def _operand(self, condition: Any) -> str:
        text = str(self._print(condition))
        return f"({text})" if condition.args and not condition.is_Relational else text

    def _print_Exp1(self, _: Any) -> str:  # noqa: N802
        return "e"

    def _print_Infinity(self, _: Any) -> str:  # noqa: N802
        return "inf"

    def _print_Relational(self, expr: Any) -> str:  # noqa: N802
        sign = self._equals if expr.rel_op == "==" else expr.rel_op
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"


def _is_inverse(tree: Any) -> bool:
    return bool(tree.is_Pow and tree.exp == -1)


def _divides_by_fraction(product: Any) -> bool:
    """Whether a product, or one inside it, divides by a number that is no integer."""
    stack = [product]
    while stack:
        tree = stack.pop()
        if tree.is_Mul:
            stack.extend(tree.args)
        elif _is_inverse(tree) and tree.base.is_Rational and not tree.base.is_Integer:
            return True
    return False


def text_of(expr: Any) -> str:
    """The expression as text, terms in SymPy's order.

    Example:
        >>> import sympy as sp
        >>> text_of(sp.Abs(sp.Symbol("x")) + 1)
        'abs(x) + 1'
        >>> x = sp.Symbol("x", real=True)
        >>> text_of(sp.Eq(x, 3)), text_of(sp.Piecewise((1, sp.Eq(x, 3)), (x, True)))
        ('x = 3', 'where(x == 3, 1, x)')
    """
    return str(TextPrinter().doprint(expr))


def label(names: Sequence[str]) -> str:
    """`d/dx`, `d2/dx2`, or `d2/dx dy` when the variables differ.

    Example:
        >>> label(["x"]), label(["x", "x"]), label(["x", "x", "y"])
        ('d/dx', 'd2/dx2', 'd3/dx2 dy')
    """
    below = " ".join(f"d{name}{_power(count)}" for name, count in _runs(names))
    return f"d{_power(len(names))}/{below}"


def tex_label(names: Sequence[str], several: bool) -> str:
    r"""The label as LaTeX, with \partial for a function of several variables."""
    sign = r"\partial " if several else "d"
    below = r"\,".join(f"{sign}{latex(Symbol(name))}{_raised(n)}" for name, n in _runs(names))
    return rf"\frac{{{sign.strip()}{_raised(len(names))}}}{{{below}}}"


def _power(count: int) -> str:
    return "" if count == 1 else str(count)


def _raised(count: int) -> str:
    return "" if count == 1 else f"^{{{count}}}"


def _runs(names: Sequence[str]) -> list[tuple[str, int]]:
    """Equal neighbours counted together."""
    runs: list[tuple[str, int]] = []
    for name in names:
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    return runs

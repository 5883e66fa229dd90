"""A derivation as LaTeX: one chain of equalities where it is short, else step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, final

from sympy import Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from derivc.reference.explain.numbers import full, short
from derivc.symbolic.identities import identity_tex
from derivc.symbolic.steps.abridge import abridged
from derivc.symbolic.steps.chain import COLLECT, Link, chain
from derivc.symbolic.steps.step import Derivation, Number, Section, Step
from derivc.symbolic.steps.written import Pending, WrittenMinus, WrittenSum
from derivc.symbolic.text import tex_label

_ENDS = r" \\" + "\n"


@final
class TexPrinter(LatexPrinter):
    r"""SymPy's LaTeX, and derivatives still to be taken.

    Args:
        several: whether the formula has several variables: then \partial is written.
    """

    def __init__(self, several: bool = False):
        super().__init__()
        self.several = several

    def _print_Pending(self, expr: Any) -> str:  # noqa: N802  SymPy finds it by this name
        inner, variable = expr.args
        sign = r"\partial" if self.several or len(inner.free_symbols) > 1 else "d"
        below = rf"{sign} {self._print(variable)}" if sign != "d" else f"d{self._print(variable)}"
        return rf"\frac{{{sign}}}{{{below}}}\left[{self._print(inner)}\right]"

    def _print_WrittenSum(self, expr: Any) -> str:  # noqa: N802
        first, *rest = (str(self._print(term)).strip() for term in expr.args)
        more = (f" - {t[1:].strip()}" if t.startswith("-") else f" + {t}" for t in rest)
        return first + "".join(more)

    def _print_WrittenMinus(self, expr: Any) -> str:  # noqa: N802
        return f"- {self._factor(expr.args[0])}"

    def _print_WrittenProduct(self, expr: Any) -> str:  # noqa: N802
        first, *rest = expr.args
        plain = not (first.is_Add or isinstance(first, WrittenSum | WrittenMinus))
        opening = str(self._print(first)) if plain else self._factor(first)
        shown = [opening, *map(self._factor, rest)]
        if opening == "-1" and rest:
            return "- " + r" \cdot ".join(shown[1:])
        return r" \cdot ".join(shown)

    def _print_WrittenQuotient(self, expr: Any) -> str:  # noqa: N802
        above, below = expr.args
        return rf"\frac{{{self._print(above)}}}{{{self._print(below)}}}"

    def _factor(self, expr: Any) -> str:
        """A factor, in brackets where it is a sum or opens with a sign."""
        text = str(self.parenthesize(expr, PRECEDENCE["Mul"], strict=True))
        return rf"\left({text}\right)" if text.startswith("-") else text


def tex(derivation: Derivation, layout: str = "auto") -> str:
    r"""The derivation as `aligned` environments, one for each order.

    Args:
        layout: "chain", "steps", or "auto": a chain where it is short and no numbers are shown.
    """
    printer = TexPrinter(len(derivation.variables) > 1)
    blocks = [_section(section, derivation, printer, layout) for section in derivation.sections]
    if derivation.slope is not None:
        blocks.append(_value(derivation, derivation.slope, printer))
    return "\n\n".join(blocks)


def _section(section: Section, derivation: Derivation, printer: TexPrinter, layout: str) -> str:
    stepwise = layout == "steps" or (layout == "auto" and derivation.at)
    links = None if stepwise else chain(section)
    lines = _chained(links, printer) if links else _stepped(section, printer)
    return f"\\begin{{aligned}}\n{_ENDS.join(lines)}\n\\end{{aligned}}"


def _chained(links: Sequence[Link], printer: TexPrinter) -> Iterator[str]:
    """One line for every equality, the rule beside it; collecting what is collected is none."""
    first, *rest = links
    left = before = _shown(first.tree, printer)
    for link in rest:
        shown = _shown(link.tree, printer)
        if link.why != COLLECT or _bare(shown) != _bare(before):
            yield rf"{left} &= {shown} && {_reason(link.why, link.identities)}"
            left = ""
        before = shown


def _reason(why: str, identities: Sequence[str]) -> str:
    """What led to a line: the identities, or what was done."""
    return r",\; ".join(map(identity_tex, identities)) or rf"\text{{{_words(why)}}}"


def _bare(shown: str) -> str:
    """What decides whether two lines say the same: not brackets, dots or order."""
    for sign in (r"\cdot", r"\left(", r"\right)", " "):
        shown = shown.replace(sign, "")
    return "".join(sorted(shown))


def _stepped(section: Section, printer: TexPrinter) -> Iterator[str]:
    """Two lines for every step, the rule and what it gives, in reading order."""
    for step, level in _levels(section.step, 0):
        yield from _step(step, r"\quad " * level, printer)
    for number, rewrite in enumerate(section.rewrites, section.number):
        reason = _reason(rewrite.name, rewrite.identities)
        yield rf"& \textbf{{{number}. Simplify}}:\; {reason}"
        before, after = (_shown(tree, printer) for tree in (rewrite.before, rewrite.after))
        yield rf"& \quad {before} = {after}"


def _levels(step: Step, level: int) -> Iterator[tuple[Step, int]]:
    yield step, level
    for part in step.parts:
        yield from _levels(part, min(level + 1, 6))


def _step(step: Step, indent: str, printer: TexPrinter) -> Iterator[str]:
    left = printer._print_Pending(_asked(step))  # noqa: SLF001
    result = _shown(step.result, printer)
    if step.same_as:
        yield rf"& {indent}{left} = {result} \quad \text{{(step {step.same_as})}}"
        return
    general = rf":\; {step.general.tex}" if step.general else ""
    named = rf"\quad {_let(step, printer)}" if step.let else ""
    yield rf"& {indent}\textbf{{{step.number}. {_words(step.title)}}}{general}{named}"
    yield rf"& {indent}\quad {left} = {' = '.join(_right(step, result, printer))}"
    if step.value is not None and step.slope is not None:
        numbers = rf"{_number(step.value)},\; \text{{derivative }} {_number(step.slope)}"
        yield rf"& {indent}\quad \text{{value }} {numbers}"


def _asked(step: Step) -> Any:
    return Pending(abridged(step.shown), Symbol(step.variable))


def _right(step: Step, result: str, printer: TexPrinter) -> list[str]:
    """The rule applied, the derivatives put in, the result; what repeats is left out."""
    middle = [tree for tree in (step.applied, step.together) if tree is not None]
    after = [] if step.expanded is None else [step.expanded]
    shown = [*(_shown(tree, printer) for tree in middle), result]
    shown += [_shown(tree, printer) for tree in after]
    return [
        s for i, s in enumerate(shown) if i + 1 == len(shown) or _bare(s) != _bare(shown[i + 1])
    ]


def _let(step: Step, printer: TexPrinter) -> str:
    pairs = (f"{name} = {_shown(part, printer)}" for name, part in step.let)
    return r"\text{with } " + r",\; ".join(pairs)


def _shown(tree: Any, printer: TexPrinter) -> str:
    return str(printer.doprint(abridged(tree))).replace("...", r"\ldots")


def _value(derivation: Derivation, slope: Number, printer: TexPrinter) -> str:
    head = tex_label(derivation.wrt, printer.several)
    point = r",\, ".join(
        f"{printer.doprint(Symbol(n))} = {full(Number(float(v)))}" for n, v in derivation.at
    )
    return rf"\left.{head} f\right|_{{{point}}} = {_number(slope, full)}"


def _number(number: Number, shown: Any = short) -> str:
    text = shown(number)
    if not number.finite:
        return rf"\text{{{text}}}"
    digits, mark, exponent = text.partition("e")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if mark else digits


def _words(text: str) -> str:
    """Plain words inside LaTeX."""
    for sign, written in (("\\", r"\textbackslash "), ("_", r"\_"), ("^", r"\^{}"), ("&", r"\&")):
        text = text.replace(sign, written)
    return text

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

_DEEPEST = 6
Let = tuple[tuple[str, Any], ...]
"""What letters stand for."""
_ESCAPED = (("\\", r"\textbackslash "), ("_", r"\_"), ("^", r"$\hat{}$"), ("&", r"\&"))
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
    """The steps in reading order, as in the text."""
    yield from _step(section.step, 0, (), printer)
    for number, rewrite in enumerate(section.rewrites, section.number):
        reason = _reason(rewrite.name, rewrite.identities)
        yield rf"& \textbf{{{number}. Simplify}}:\; {reason}"
        before, after = (_shown(tree, printer) for tree in (rewrite.before, rewrite.after))
        yield rf"& \quad {before} = {after}"


def _step(step: Step, level: int, known: Let, printer: TexPrinter) -> Iterator[str]:
    """One step, its parts, and what they give together."""
    indent = r"\quad " * min(level, _DEEPEST)
    left = printer.doprint(_asked(step))
    if step.same_as:
        result = _shown(step.result, printer)
        yield rf"& {indent}{left} = {result} \quad \text{{(step {step.same_as})}}"
        return
    yield rf"& {indent}{_heading(step, known, printer)}"
    yield rf"& {indent}\quad {left} = {' = '.join(_right(step, printer))}"
    yield from (rf"& {indent}\quad \text{{{_words(note)}}}" for note in step.notes)
    for part in step.parts:
        yield from _step(part, level + 1, step.let, printer)
    if step.parts:
        together = " = ".join(_together(step, printer))
        yield rf"& {indent}\quad \text{{So }} {left} = {together}"
    yield from _numbers(step, indent)


def _heading(step: Step, known: Let, printer: TexPrinter) -> str:
    general = rf":\; {step.general.tex}" if step.general else ""
    new = [f"{n} = {_shown(part, printer)}" for n, part in step.let if (n, part) not in known]
    named = r"\quad \text{with } " + r",\; ".join(new) if new else ""
    return rf"\textbf{{{step.number}. {_words(step.title)}}}{general}{named}"


def _numbers(step: Step, indent: str) -> Iterator[str]:
    """The values at the point."""
    if step.value is not None and step.slope is not None:
        constant = {name for name, part in step.let if part.is_Number}
        named = [f"{n} = {_number(v)}" for n, v in step.parts_at if n not in constant]
        slope = rf"\text{{derivative }} {_number(step.slope)}"
        shown = r",\; ".join([*named, rf"\text{{value }} {_number(step.value)}", slope])
        yield rf"& {indent}\quad [\, {shown} \,]"


def _asked(step: Step) -> Any:
    return Pending(abridged(step.shown), Symbol(step.variable))


def _right(step: Step, printer: TexPrinter) -> list[str]:
    """The rule applied; where nothing is left to be found, the result."""
    if step.applied is None:
        trees = [step.result, *([] if step.expanded is None else [step.expanded])]
        return _distinct([_shown(tree, printer) for tree in trees])
    return [_shown(step.applied, printer), *([] if step.parts else _together(step, printer))]


def _together(step: Step, printer: TexPrinter) -> list[str]:
    """The derivatives put in, and that collected; once where both read the same."""
    trees = [*([] if step.together is None else [step.together]), step.result]
    return _distinct([_shown(tree, printer) for tree in trees])


def _distinct(shown: list[str]) -> list[str]:
    same = len(shown) == 2 and _bare(shown[0]) == _bare(shown[1])
    return shown[1:] if same else shown


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
    text = text.replace("**", "^")
    for sign, written in _ESCAPED:
        text = text.replace(sign, written)
    return text

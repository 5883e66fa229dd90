r"""LaTeX to tree: a small subset, translated word by word into the tokens of the parser.

Read are fractions, roots, powers, subscripts, Greek letters, named functions with or without
parentheses, `|x|`, floors, comparisons, marks on letters, degrees and `cases`: what `sympy.latex`
prints for the registered ops, and what people write by hand. Every single letter is a variable,
letters side by side are a product, `e` is Euler's number. A function without parentheses takes the
factors that follow it, up to the next sign, parenthesis or function: `\sin 2\pi x` is sin(2 pi x).
Unknown words are errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from derivc.symbolic.latex_tokens import Translator
from derivc.symbolic.limits import Limits, require
from derivc.symbolic.parse import build, known_names, parse

_LATEX = re.compile(r"\\[A-Za-z]|[\^_]\s*\{|\A\s*(?:\$.*\$|\\\[.*\\\]|\\\(.*\\\))[.,\s]*\Z")


def parse_latex(
    text: str, limits: Limits = Limits(), variables: Iterable[str] | None = None
) -> Any:
    r"""The SymPy tree of a formula in LaTeX.

    Args:
        text: the formula; `$` signs, `\[ \]` or `\( \)` around it are allowed.
        limits: how large it may be.
        variables: the names that are variables, as for `parse`; `x_{1}` is `x_1`, or `x1` where
            only that is a variable.

    Returns:
        An unevaluated SymPy expression of real symbols.

    Raises:
        ParseError: a word that is not known, or words that make no formula; shows the place.
        LimitError: above the limits.

    Example:
        >>> parse_latex(r"\frac{1}{2} x^{2} + \sin^2 y")
        x**2/2 + sin(y)**2
    """
    names = known_names(text, limits, variables)
    require("the length of the text", len(text), limits.length)
    tokens = Translator(text, limits, names).run()
    require("the number of tokens", len(tokens), limits.nodes)
    return build(tokens, text, limits, names, relaxed=True)


def read(
    text: str,
    limits: Limits = Limits(),
    variables: Iterable[str] | None = None,
    relaxed: bool = False,
) -> Any:
    r"""The tree of a formula in either notation: LaTeX where it shows a sign of it.

    Signs are a backslash command, `^{` and `_{`, and `$`, `\(` or `\[` around the formula: Python
    has none of them.

    Example:
        >>> read(r"\frac{x}{2}") == read("x/2")
        True
    """
    if _LATEX.search(str(text)):
        return parse_latex(text, limits, variables)
    return parse(text, limits, variables, relaxed)

r"""The words of LaTeX: how a text is split into them, and which of them mean what."""

from __future__ import annotations

import re
from typing import NamedTuple

from derivc.errors import ParseError
from derivc.ops import registry
from derivc.symbolic.names import GREEK

_WORDS = re.compile(
    r"""
    (?P<blank>\s+|~|\\[,;:!>\ ]|\\(?:quad|qquad|displaystyle|textstyle|limits)(?![A-Za-z]))
  | (?P<sizing>\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])\.?)
  | (?P<cases>\\(?:begin|end)\s*\{cases\})
  | (?P<word>\\(?:operatorname|mathrm|mathit|mathsf|mathtt|mathbf|text|textrm)\*?\s*
      (?:\{\s*[A-Za-z](?:[A-Za-z0-9]|\\?_)*[.,]?\s*\}
      |\{\s*\\text\{[A-Za-z](?:[A-Za-z0-9]|\\?_)*\}\s*\}))
  | (?P<command>\\(?:[A-Za-z]+|[^A-Za-z]))
  | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
  | (?P<letter>[A-Za-zα-ωΑ-Ω])
  | (?P<sign>[-+*/=<>^_(){}\[\]|&,])
    """,
    re.VERBOSE,
)


class Word(NamedTuple):
    """One word of LaTeX: kind, meaning, place, and whether a blank stands before it."""

    kind: str
    text: str
    at: int
    spaced: bool


LETTERS = frozenset(
    "varepsilon vartheta varpi varrho varsigma varphi varkappa ell hbar digamma".split()
    + sorted(GREEK)
    + [name.capitalize() for name in sorted(GREEK)]
)
SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">",
    "wedge": "and", "land": "and", "vee": "or", "lor": "or", "neg": "not", "lnot": "not",
    "bmod": "%",
    "pi": "pi", "infty": "inf", "=": "==", **{sign: sign for sign in "+-*/<>,"},
}  # fmt: skip
OPENERS = {"lfloor": ("floor", "rfloor"), "lceil": ("ceil", "rceil"), "lvert": ("abs", "rvert")}
SUBSCRIPTS = frozenset("max min sup inf lim log exp infty perp parallel odot".split())
"""Commands that a subscript may be made of, beside letters: V_{\\max}."""
CLOSERS = {"rfloor", "rceil", "rvert", ")", "]", "}"}
REFUSED = {
    "int": "integrals", "sum": "sums with an index", "prod": "products with an index",
    "lim": "limits", "partial": "derivatives", "nabla": "derivatives", "prime": "derivatives",
    "mapsto": "arrows", "to": "arrows", "pm": "two values at once",
}  # fmt: skip
NAMES = {
    "lambda": "lamda", "tg": "tan", "ctg": "cot", "arsinh": "asinh", "arcosh": "acosh",
    "artanh": "atanh", "arcoth": "acoth", "arsech": "asech", "arcsch": "acsch", "cosec": "csc",
}  # fmt: skip
ACCENTS = {
    "hat": "_hat", "widehat": "_hat", "bar": "_bar", "overline": "_bar", "tilde": "_tilde",
    "widetilde": "_tilde", "vec": "_vec", "dot": "_dot", "ddot": "_ddot", "boldsymbol": "",
    "bm": "", "mathcal": "", "mathscr": "", "mathfrak": "",
}  # fmt: skip
"""Marks on a letter, and what they add to the variable's name."""
TEXT = {"otherwise": "True", "else": "True", "True": "True", "False": "False",
         "and": "and", "or": "or", "not": "not"}  # fmt: skip
FILLERS = frozenset({"for", "if", "when"})
_D = r"\s*(?:d|\\partial|\\mathrm\{d\})"
DERIVATIVE = re.compile(
    rf"\\[dt]?frac\s*\{{{_D}[^{{}}]*\}}\s*\{{{_D}\s*(?:\\[,;:!]\s*)*(?:[A-Za-z]|\\[A-Za-z])"
)
DISPLAYS = (("$$", "$$"), ("$", "$"), ("\\[", "\\]"), ("\\(", "\\)"))
"""Signs around a formula."""


def split(text: str) -> list[Word]:
    """The words of the text."""
    words: list[Word] = []
    place, end, spaced = *_display(text), True
    while place < end:
        found = _WORDS.match(text, place)
        if found is None or found.lastgroup is None:
            raise ParseError(f"unexpected character {ascii(text[place])[1:-1]!r}", text, place)
        if found.lastgroup not in ("blank", "sizing"):
            words.append(Word(found.lastgroup, _meaning(found), place, spaced))
        if found.lastgroup != "sizing":
            spaced = found.lastgroup == "blank"
        place = found.end()
    return words


def _display(text: str) -> tuple[int, int]:
    r"""Where the formula starts and ends: without `$`, `\[` or `\(` and without a full stop."""
    start, end = _trimmed(text, 0, len(text))
    for opening, closing in DISPLAYS:
        enough = end - start > len(opening) + len(closing)
        if enough and text.startswith(opening, start) and text.endswith(closing, start, end):
            return _trimmed(text, start + len(opening), end - len(closing))
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without blanks around it and punctuation behind it."""
    part = text[start:end]
    kept = part.rstrip().removesuffix(".").removesuffix(",").rstrip()
    return start + len(part) - len(part.lstrip()), start + len(kept)


def _meaning(found: re.Match[str]) -> str:
    """A word without its LaTeX dress."""
    text = found.group()
    if found.lastgroup == "word":
        return text[text.index("{") :].replace("\\text", "").replace("\\", "").strip("{} .,")
    if found.lastgroup == "cases":
        return text[1:].split("{")[0].strip()
    return text[1:] if found.lastgroup == "command" else text


def heads() -> dict[tuple[str, int], str]:
    r"""Ops written with a letter of their own, by letter and number of arguments: \Gamma(x)."""
    known = {
        ("Gamma", 1): "gamma", ("Gamma", 2): "uppergamma", ("gamma", 2): "lowergamma",
        ("zeta", 1): "zeta", ("zeta", 2): "zeta", ("theta", 2): "heaviside", ("B", 2): "beta",
        ("Phi", 1): "ndtr", ("J_0", 1): "j0", ("J_1", 1): "j1",
    }  # fmt: skip
    for op in registry.all_ops():
        found = re.match(r"\\([A-Za-z]+)\s*(?:\\left)?\(", op.tex or "")
        if found:
            known[found.group(1), op.arity] = op.name
    return known

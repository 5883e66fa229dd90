"""Text to tokens: numbers, names and operators, each with its place in the text.

Two spellings are known. The strict one is Python's, so that a formula means the same here and in
Python. The relaxed one adds what people write on paper: `^`, superscripts, `√`, `π`, `×`, `≤`.
"""

from __future__ import annotations

import keyword
import re
from typing import NamedTuple

from derivc.errors import ParseError, UnsafeInputError
from derivc.symbolic.limits import Limits, require
from derivc.symbolic.names import problem_of


class Token(NamedTuple):
    """One word of the text: its kind ("number", "name", "op", "end"), spelling and place.

    LaTeX adds the kind "variable": a name that is never a function.
    """

    kind: str
    text: str
    at: int


SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_PLAIN = str.maketrans(SUPERSCRIPTS, "0123456789-")
_LETTER = rf"[^\W{SUPERSCRIPTS}½¼¾π]"
_NAME = rf"(?!\d){_LETTER}+"
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_WORDS = re.compile(
    rf"""
    (?P<blank>(?:[ \t\r]|\\\r?\n)+)
  | (?P<newline>\n)
  | (?P<number>0[xX][0-9a-fA-F]+ | 0[oO][0-7]+ | 0[bB][01]+
      | (?:{_DIGITS}(?:\.(?:{_DIGITS})?)? | \.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)
  | (?P<name>{_NAME}(?:\.{_NAME})*)
  | (?P<power>[{SUPERSCRIPTS}]+)
  | (?P<op>\*\*|//|<=|>=|==|!=|[-+*/%()<>=,&|~])
    """,
    re.VERBOSE,
)

PAPER = {
    "^": "**", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "∕": "/", "−": "-", "≤": "<=",
    "≥": ">=", "≠": "!=", "π": "pi", "∞": "inf", "√": "√",
}  # fmt: skip
"""Signs of the relaxed spelling, and what they mean in the strict one."""

WORDS = ("and", "or", "not", "if", "else", "in", "is", "True", "False")
"""Words of Python that the parser reads, or refuses with a message of their own."""

_UNSAFE = {
    "'": "quotes (strings)", '"': "quotes (strings)", "[": "brackets (lists, indexing)",
    "{": "braces (sets, dictionaries)", ".": "a dot (attributes)", ";": "a second statement",
    "`": "backquotes", "@": "`@`", "$": "`$`", ":": "a colon (slices, lambda, `:=`)",
}  # fmt: skip
_ADVICE = {
    "!": "write `not c`, or `!=`", "#": "comments have no place in an expression",
    "\\": "LaTeX is read by parse_latex", "\n": "put the expression into parentheses",
    "?": "write `a if c else b`", "…": "write the terms out",
}  # fmt: skip


def tokenize(text: str, limits: Limits = Limits(), relaxed: bool = False) -> list[Token]:
    """Split a text into tokens; the last one is of the kind "end".

    Args:
        text: the user's text.
        limits: bounds on its size.
        relaxed: read paper notation as well.

    Raises:
        ParseError: a character that no expression has, or a malformed number.
        UnsafeInputError: a sign of program text, such as a quote or a lone dot.
        LimitError: the text is too long, or its parentheses too deep.

    Example:
        >>> [token.text for token in tokenize("2*x**3")]
        ['2', '*', 'x', '**', '3', '']
    """
    require("the length of the text", len(text), limits.length)
    tokens: list[Token] = []
    place, depth, end = len(text) - len(text.lstrip()), 0, len(text.rstrip(" \t\r\n"))
    while place < end:
        found = _WORDS.match(text, place)
        kind = found.lastgroup if found else None
        word = found.group() if found else text[place]
        if kind == "newline" and depth == 0:
            raise ParseError("the expression ends at the end of its line", text, place,
                             _ADVICE["\n"])  # fmt: skip
        if kind == "op":
            depth += (word == "(") - (word == ")")
            require("the depth of the formula", depth, limits.depth)
        if kind not in ("blank", "newline"):
            tokens.extend(_tokens(kind, word, place, text, limits, relaxed))
            require("the number of tokens", len(tokens), limits.nodes)
        place += len(word)
    return [*tokens, Token("end", "", end)]


def _tokens(
    kind: str | None, word: str, at: int, text: str, limits: Limits, relaxed: bool
) -> list[Token]:
    """The tokens of one matched word, or the error that it is."""
    if kind == "number":
        _check_number(word, at, text, limits)
    elif kind == "name":
        _check_name(word, at, text, limits)
    elif kind == "power" or word in PAPER:
        return _paper(word, at, text, relaxed)
    elif kind is None:
        raise _stray(word, at, text)
    return [Token(kind or "op", word, at)]


def _paper(word: str, at: int, text: str, relaxed: bool) -> list[Token]:
    """Tokens of a sign of paper notation."""
    plain = PAPER.get(word) or "**" + word.translate(_PLAIN)
    if not relaxed:
        hint = "write sqrt(...)" if word == "√" else f"write `{plain}`"
        raise ParseError(f"{word!r} is not read in Python notation", text, at, hint)
    if word in PAPER:
        return [Token("name" if plain.isalpha() else "op", plain, at)]
    if not re.fullmatch("⁻?[⁰¹²³⁴-⁹]+", word) or text[at + len(word) :].lstrip()[:1] in ("*", "^"):
        raise ParseError("this superscript is unclear", text, at, "write the power with **")
    sign = [Token("op", "-", at)] if word[0] == "⁻" else []
    return [Token("op", "**", at), *sign, Token("number", plain.strip("*-"), at)]


def _check_number(word: str, at: int, text: str, limits: Limits) -> None:
    """Refuse numbers that Python refuses."""
    require("the number of digits of a number", len(word), limits.digits)
    if re.fullmatch("0[0-9_]*[1-9][0-9_]*", word):
        hint = f"write {word.lstrip('0_')}"
        raise ParseError("a whole number cannot start with 0", text, at, hint)


def _check_name(word: str, at: int, text: str, limits: Limits) -> None:
    """Refuse names that no variable and no function can have."""
    for part in word.split("."):
        if part.startswith("__") or (part.startswith("_") and "." in word):
            raise UnsafeInputError(f"the name {part!r} is Python's own", text, at)
        if keyword.iskeyword(part) and part not in WORDS and word != "lambda":
            raise keyword_error(part, at, text)
        problem = problem_of(part, limits)
        if problem and not keyword.iskeyword(part):
            require("the length of a name", len(part), limits.name)
            raise ParseError(f"{part[:40]!r} is not a name: {problem}", text, at)


def keyword_error(word: str, at: int, text: str) -> UnsafeInputError:
    """The error for a word of Python that is no part of an expression."""
    hint = "as a variable, write lam or lambda_" if word == "lambda" else ""
    return UnsafeInputError(f"{word!r} has no place in an expression", text, at, hint)


def _stray(word: str, at: int, text: str) -> ParseError:
    """The error for a character that starts no token."""
    if word in _UNSAFE:
        return UnsafeInputError(f"{_UNSAFE[word]} have no place in an expression", text, at)
    shown = ascii(word)[1:-1]
    return ParseError(f"unexpected character {shown!r}", text, at, _ADVICE.get(word, ""))

r"""Parts of a formula in LaTeX with rules of their own: marks on letters, cases, degrees.

`\hat{\beta}` is the variable beta_hat, `\boldsymbol{\theta}` is theta, `60^\circ` is 60*pi/180.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivc.symbolic.latex_words import ACCENTS, LETTERS, NAMES, Word

if TYPE_CHECKING:
    from derivc.symbolic.latex_tokens import Translator

ARGUMENT = "{}"


def accent(t: Translator, mark: Word) -> None:
    """A letter with a mark on it is one variable."""
    braced = t.next().text == "{"
    t.index += braced
    word = t.take()
    if word.kind not in ("letter", "word") and word.text not in LETTERS:
        raise t.error("a mark stands on one letter", word, "as in \\hat{x}")
    if braced and t.take().text != "}":
        raise t.error("a mark stands on one letter", word, "as in \\hat{x}")
    t.variable(NAMES.get(word.text, word.text) + ACCENTS[mark.text])


def power(t: Translator, _: Word) -> None:
    """A superscript, or a sign for degrees."""
    ahead = [word.text for word in t.words[t.index : t.index + 3]]
    degrees = 1 if ahead[:1] == ["circ"] else 3 if ahead == ["{", "circ", "}"] else 0
    t.index += degrees
    t.steps(["*", "(", "pi", "/", "180", ")"] if degrees else ["**", ARGUMENT])


def cases(t: Translator, text: str, word: Word) -> None:
    """The start or the end of a distinction of cases."""
    if text == "begin":
        t.steps(["Piecewise", "(", "("])
        return t.open("end", ")", ")")
    if [token.text for token in t.out[-2:]] == [",", "("]:
        del t.out[-2:]
        t.stack[-1].steps.pop()
    return t.close(word)


def separator(t: Translator, word: Word) -> None:
    """`&` or a new line of a distinction of cases; a comma before it is punctuation."""
    if not t.stack or t.stack[-1].closer != "end":
        raise t.error("this sign belongs into cases", word)
    t.steps([","] if word.text == "&" else [")", ",", "("])


def punctuation(t: Translator) -> bool:
    r"""Whether the comma just read ends a line or a column of cases: `x, & x < 0, \\`."""
    inside = bool(t.stack) and t.stack[-1].closer == "end"
    return inside and (t.next().kind == "cases" or t.next().text in ("&", "\\"))

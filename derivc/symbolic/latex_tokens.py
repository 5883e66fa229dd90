"""LaTeX words to the tokens of the parser, in one pass with a stack of open groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, final

from derivc.errors import ParseError
from derivc.symbolic import functions, latex_parts
from derivc.symbolic.latex_parts import ARGUMENT
from derivc.symbolic.latex_words import (
    ACCENTS,
    CLOSERS,
    DERIVATIVE,
    FILLERS,
    LETTERS,
    NAMES,
    OPENERS,
    REFUSED,
    SIGNS,
    SUBSCRIPTS,
    TEXT,
    Word,
    heads,
    split,
)
from derivc.symbolic.lexer import Token
from derivc.symbolic.limits import Limits, require

RUN = "run"
_CONTINUING = {*LETTERS, *ACCENTS, "pi", "frac", "dfrac", "tfrac", "sqrt"}
"""Commands that go on with the argument of a function without parentheses."""
_UNKNOWN = frozenset("fghFGH")
"""Letters that name functions: f(x) is hardly ever a product."""
Step = str | Token | Callable[[], list[Any]]
"""What to do next: emit a token, read an argument (ARGUMENT), or run a function for more steps."""


class _Open(NamedTuple):
    """An open group: the word that closes it, what follows then, and where its tokens start."""

    closer: str
    steps: list[Any]
    start: int


@final
class Translator:
    """One run over the words; `stack` holds the open groups, `out` the finished tokens."""

    def __init__(self, text: str, limits: Limits, variables: frozenset[str] | None):
        self.text, self.limits, self.variables = text, limits, variables
        self.words = [*split(text), Word("end", "", len(text), True)]
        self.index, self.at = 0, 0
        self.out: list[Token] = []
        self.stack: list[_Open] = []
        self.heads = heads()

    def run(self) -> list[Token]:
        """The tokens of the whole text, the end included."""
        while True:
            self.close_runs()
            word = self.take()
            if word.kind == "end":
                break
            self.read(word)
        if self.stack:
            raise self.error("the text ends inside a group", word, "close it")
        return [*self.out, Token("end", "", len(self.text))]

    # Helpers ------------------------------------------------------------------------------------

    def take(self) -> Word:
        """The next word."""
        word = self.words[self.index]
        self.index += word.kind != "end"
        self.at = word.at
        return word

    def next(self) -> Word:
        """The next word, left where it is."""
        return self.words[self.index]

    def error(self, problem: str, word: Word, hint: str = "") -> ParseError:
        """An error that points at a word."""
        return ParseError(problem, self.text, word.at, hint)

    def emit(self, text: str) -> None:
        """One more token; a variable before a parenthesis is a factor, not a function."""
        if text == "(" and self.out and self.out[-1].kind == "variable":
            self.out.append(Token("op", "*", self.at))
        kind = "number" if text[0].isdigit() or text[0] == "." else (
            "name" if text.isidentifier() else "op")  # fmt: skip
        self.out.append(Token(kind, text, self.at))

    def open(self, closer: str, *steps: Any) -> None:
        """Push a group."""
        require("the depth of the formula", len(self.stack) + 1, self.limits.depth // 4)
        self.stack.append(_Open(closer, list(steps), len(self.out)))

    def steps(self, steps: list[Any]) -> None:
        """Run steps; an argument in braces keeps the rest for its end."""
        while steps:
            step, *steps = steps
            if isinstance(step, Token):
                self.out.append(step)
            elif callable(step):
                steps = [*step(), *steps]
            elif step != ARGUMENT:
                self.emit(step)
            elif self.argument(steps):
                return

    def argument(self, rest: list[Any]) -> bool:
        """Read an argument; True when it is a group, which then keeps the rest."""
        word = self.take()
        self.emit("(")
        if word.text == "{":
            self.open("}", ")", *rest)
            return True
        single = word.kind == "letter" or (word.kind == "number" and len(word.text) == 1)
        if not single and word.text not in LETTERS | {"pi", "infty"}:
            raise self.error("expected an argument in braces", word, "as in x^{10} or \\frac{a}{b}")
        self.read(word)
        self.emit(")")
        return False

    # Words --------------------------------------------------------------------------------------

    def read(self, word: Word) -> None:
        """Translate one word."""
        text = word.text
        if word.kind == "number":
            self.emit(text)
        elif word.kind == "word":
            self.text_word(word)
        elif word.kind == "letter" or (word.kind == "command" and text in LETTERS):
            self.letter(word)
        elif word.kind == "cases":
            latex_parts.cases(self, text, word)
        elif text == "," and latex_parts.punctuation(self):
            return
        elif text in SIGNS:
            self.emit(SIGNS[text])
        else:
            self.structure(word)

    def structure(self, word: Word) -> None:
        """Groups, powers, fractions, roots and functions."""
        text = word.text
        handler = self.HANDLERS.get(text)
        if handler is not None:
            handler(self, word)
        elif text in CLOSERS:
            self.close(word)
        elif text in OPENERS:
            self.steps([OPENERS[text][0], "("])
            self.open(OPENERS[text][1], ")")
        elif word.kind == "command" and functions.is_function(NAMES.get(text, text)):
            self.function(NAMES.get(text, text))
        else:
            raise self.unknown(word)

    def unknown(self, word: Word) -> ParseError:
        """The error for a word without meaning."""
        shown = f"\\{word.text}" if word.kind == "command" else word.text
        if word.text in REFUSED:
            return self.error(f"{REFUSED[word.text]} are not read", word)
        return self.error(f"{shown!r} is not known", word, "write \\operatorname{name}(x)")

    def group(self, word: Word) -> None:
        """An opening brace or parenthesis."""
        self.emit("(")
        self.open({"{": "}", "(": ")", "[": "]"}[word.text], ")")

    def close(self, word: Word) -> None:
        """The end of a group."""
        if not self.stack or self.stack[-1].closer != word.text:
            raise self.error(f"{word.text!r} closes nothing", word)
        self.steps(self.stack.pop().steps)

    def close_runs(self) -> None:
        """End the arguments without parentheses that the next word does not continue."""
        while self.stack and self.stack[-1].closer == RUN and not self.continues(self.next()):
            group = self.stack.pop()
            if len(self.out) == group.start:
                raise self.error("expected the function's argument", self.next())
            self.steps(group.steps)

    def continues(self, word: Word) -> bool:
        """True when a word goes on with an argument without parentheses."""
        text = word.text
        if word.kind in ("number", "letter") or text == "^":
            return True
        if word.kind == "command" and text in _CONTINUING:
            return True
        empty = len(self.out) == self.stack[-1].start
        return empty and word.kind in ("word", "command") and functions.is_function(text)

    def letter(self, word: Word) -> None:
        """A variable of one letter with its subscript, or a function of that head."""
        count = self.arguments_ahead()
        self.check_unclear(word, count)
        op = self.heads.get((word.text, count))
        product = count == 1 and self.next().spaced
        if op is None or product or word.text in (self.variables or ()):
            self.variable(NAMES.get(word.text, word.text))
        else:
            self.function(op)

    def check_unclear(self, word: Word, count: int) -> None:
        """Refuse f(x), which is hardly a product, and 2e-3, which is no number in LaTeX."""
        if word.text in (self.variables or ()):
            return
        following = self.words[self.index : self.index + 3]
        if word.text in _UNKNOWN and count and following[-1].text in (")", ","):
            raise functions.unknown(word.text, word.at, self.text)
        before = self.words[max(self.index - 2, 0)]
        if word.text == "e" and before.kind == "number" and not word.spaced:
            digits = following[1:] if following[0].text in ("+", "-") else following
            if digits[0].kind == "number" and not following[0].spaced and not digits[0].spaced:
                hint = "write 2 \\cdot 10^{-3}, or a blank before e"
                raise self.error("a number in this notation is unclear", word, hint)

    def arguments_ahead(self) -> int:
        """How many arguments the parenthesis that follows holds; 0 where none follows."""
        depth, count = 0, int(self.next().text == "(")
        for word in self.words[self.index :] if count else ():
            depth += (word.text in ("(", "{", "[")) - (word.text in (")", "}", "]"))
            count += word.text == "," and depth == 1
            if depth == 0:
                break
        return count

    def variable(self, base: str) -> None:
        """Emit a variable or constant."""
        name = base
        if self.next().text == "_" and self.next().kind == "sign":
            subscript = self.subscript()
            name, short = f"{base}_{subscript}", base + subscript
            known = self.variables or frozenset()
            name = short if short in known and name not in known else name
            op = self.heads.get((name, self.arguments_ahead()))
            if op is not None and name not in known:  # J_0(x)
                return self.function(op)
        kind = "name" if name in ("e", "pi") else "variable"
        return self.out.append(Token(kind, name, self.at))

    def subscript(self) -> str:
        """The text of a subscript."""
        self.take()
        word = self.take()
        if word.text != "{":
            return self.subscript_part(word)
        parts = []
        while (word := self.take()).text != "}":
            parts.append("_" if word.text in (",", "_") else self.subscript_part(word))
        return "".join(parts)

    def subscript_part(self, word: Word) -> str:
        """One letter or number of a subscript."""
        plain = word.kind in ("number", "letter", "word") and "." not in word.text
        if not plain and word.text not in LETTERS | SUBSCRIPTS:
            raise self.error("a subscript must be made of letters and digits", word)
        return word.text

    def text_word(self, word: Word) -> None:
        """A name in upright letters: a word of `cases`, a function or a variable."""
        name = NAMES.get(word.text, word.text)
        if name == "B" and self.arguments_ahead() == 2:
            self.function("beta")
        elif name in FILLERS:
            return
        elif name in TEXT:
            self.emit(TEXT[name])
        elif len(name) > 1 and functions.is_function(name):
            self.function(name)
        elif len(name) > 1 and functions.is_function(name.lower()):  # ReLU, GELU
            self.function(name.lower())
        elif len(name) > 1 and self.next().text == "(" and name not in (self.variables or ()):
            raise functions.unknown(name, word.at, self.text)
        else:
            self.variable(name)

    # Functions ----------------------------------------------------------------------------------

    def function(self, name: str) -> None:
        """A function: its power or base first, then its argument."""
        following = self.next()
        if following.text == "^":
            self.take()
            start = len(self.out)
            self.steps([ARGUMENT, lambda: self.powered(name, start)])
        elif following.text == "_":
            self.based(name, following)
        else:
            self.call(name, [")"])

    def based(self, name: str, word: Word) -> None:
        """A function with a subscript: a logarithm's base, or a part of the name (atan_2)."""
        base = self.subscript()
        if name in ("log", "ln"):
            self.call(name, [",", base, ")"])
        elif functions.is_function(name + base):
            self.call(name + base, [")"])
        else:
            raise self.error(f"{name} takes no subscript", word)

    def powered(self, name: str, start: int) -> list[Any]:
        """A function with a power before its argument: the power moves behind."""
        power = self.out[start:]
        del self.out[start:]
        if [token.text for token in power] == ["(", "-", "1", ")"]:
            raise ParseError("a power -1 of a function is unclear", self.text, power[0].at,
                             "write \\arcsin x or \\frac{1}{\\sin x}")  # fmt: skip
        self.call(name, [")", "**", *power])
        return []

    def call(self, name: str, steps: list[Any]) -> None:
        """The name and its opening parenthesis; the steps follow its end."""
        self.steps([name, "("])
        opener = self.next()
        if opener.text == "{" and self.words[self.index + 1].text == "(":
            self.take()
            self.take()
            self.open("}")
            self.open(")", *steps)
        elif opener.text == "|":
            self.take()
            self.steps(["abs", "("])
            self.open("|", ")", *steps)
        elif opener.text in ("{", "("):
            self.take()
            self.open("}" if opener.text == "{" else ")", *steps)
        else:
            self.open(RUN, *steps)

    def fraction(self, word: Word) -> None:
        """A fraction, but not the operator d/dx."""
        if DERIVATIVE.match(self.text, word.at):
            hint = "write the function, then dc.diff it"
            raise self.error("derivatives are not read", word, hint)
        digits = self.next().text
        if re.fullmatch("[0-9]{2}", digits):
            self.take()
            return self.steps(["(", digits[0], "/", digits[1], ")"])
        return self.steps(["(", ARGUMENT, "/", ARGUMENT, ")"])

    def binomial(self, _: Word) -> None:
        """A binomial coefficient."""
        self.steps(["binomial", "(", ARGUMENT, ",", ARGUMENT, ")"])

    def root(self, _: Word) -> None:
        """A square root, or the root of another degree."""
        if self.next().text != "[":
            return self.steps(["sqrt", ARGUMENT])
        self.take()
        start = len(self.out)
        self.emit("(")
        self.open("]", ")", lambda: self.rooted(start))
        return None

    def rooted(self, start: int) -> list[Any]:
        """A root whose degree has been read: the degree moves behind."""
        degree = self.out[start:]
        del self.out[start:]
        return ["(", ARGUMENT, "**", "(", "1", "/", *degree, ")", ")"]

    def bar(self, word: Word) -> None:
        """A bar: the end of an absolute value where one is open and complete, else its start."""
        last = self.out[-1] if self.out else word
        complete = last.text == ")" or last.kind in ("name", "variable", "number")
        if complete and self.stack and self.stack[-1].closer == "|":
            return self.close(word)
        self.steps(["abs", "("])
        return self.open("|", ")")

    HANDLERS: ClassVar[dict[str, Callable[[Translator, Word], None]]] = {
        "^": latex_parts.power, **dict.fromkeys(ACCENTS, latex_parts.accent), "frac": fraction,
        "dfrac": fraction, "tfrac": fraction, "sqrt": root,
        "binom": binomial,
        "{": group, "(": group, "[": group, "|": bar,
        "&": latex_parts.separator, "\\": latex_parts.separator,
    }  # fmt: skip

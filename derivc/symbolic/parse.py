"""Safe text to tree: an operator-precedence parser with its own stack.

Nothing is ever evaluated as Python: the words of the text are looked up, never run. The parser does
not call itself, so no nesting reaches Python's recursion limit, and it reads each word once.
The method is Dijkstra's shunting yard ("ALGOL-60 translation", 1961), with Python's precedences.
"""

from __future__ import annotations

import difflib
import keyword
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, final

import sympy as sp

from derivc.errors import InputTypeError, ParseError, UnknownNameError, UnsafeInputError
from derivc.symbolic import functions
from derivc.symbolic import grammar as g
from derivc.symbolic.functions import Call
from derivc.symbolic.grammar import BINARY, CONDITION, NUMBER, PREFIX, TUPLE, Operand
from derivc.symbolic.lexer import WORDS, Token, keyword_error, tokenize
from derivc.symbolic.limits import Limits, require
from derivc.symbolic.names import check_name
from derivc.symbolic.operators import Builder


def parse(
    text: str,
    limits: Limits = Limits(),
    variables: Iterable[str] | None = None,
    relaxed: bool = False,
) -> Any:
    """The SymPy tree of a formula, kept as written.

    Args:
        text: the formula in Python's notation.
        limits: how large it may be.
        variables: the names that are variables; any other is then unknown. By default every name
            that is neither called nor a constant (`pi`, `e`, `inf`) is a variable.
        relaxed: also read paper notation: `2x`, `3 sin(x)`, `(a)(b)`, `u v`, `x^2`, `x²`, `√x`,
            `π`, `×`, `≤`. A product without a sign binds like `*`, and not behind `/`.

    Returns:
        An unevaluated SymPy expression of real symbols.

    Raises:
        ParseError: the text is no formula; shows the place.
        UnknownNameError: a function or variable that is not known.
        UnsafeInputError: program text, such as an attribute or a string.
        LimitError: above the limits. DomainError: division by a written zero.
        BadNameError: a name in `variables` that cannot be one.

    Example:
        >>> parse("2*x**2 + sin(y)")
        2*x**2 + sin(y)
    """
    return _read(text, limits, variables, relaxed, NUMBER)


def parse_condition(
    text: str, limits: Limits = Limits(), variables: Iterable[str] | None = None
) -> Any:
    """The SymPy condition of a text such as `0 < x < 1 and y != 0`; arguments as for `parse`.

    Example:
        >>> parse_condition("x > 1")
        x > 1
    """
    return _read(text, limits, variables, False, CONDITION)


def _read(
    text: str, limits: Limits, variables: Iterable[str] | None, relaxed: bool, kind: str
) -> Any:
    names = known_names(text, limits, variables)
    return build(tokenize(text, limits, relaxed), text, limits, names, relaxed, kind)


def known_names(
    text: object, limits: Limits, variables: Iterable[str] | None
) -> frozenset[str] | None:
    """The variables as checked names, or None for any; refuses what is no text.

    Raises:
        InputTypeError: the formula is not a string. BadNameError: see `check_name`.
    """
    if not isinstance(text, str):
        raise InputTypeError(f"a formula must be a string, got {type(text).__name__}")
    return None if variables is None else frozenset(check_name(n, limits) for n in variables)


def build(
    tokens: list[Token],
    text: str,
    limits: Limits = Limits(),
    variables: frozenset[str] | None = None,
    relaxed: bool = False,
    kind: str = NUMBER,
) -> Any:
    """The tree of a list of tokens, as made by a lexer."""
    operand = _Parser(tokens, text, limits, variables, relaxed).run()
    place = "for a whole formula" if kind == NUMBER else "for a condition"
    g.demand(operand, kind, text, place)
    return operand.tree


@final
class _Frame:
    """An operator or an opened group that waits for its right side."""

    __slots__ = ("args", "at", "call", "key", "level", "named", "sign")

    def __init__(self, sign: str, level: int, at: int, call: Call | None):
        self.sign, self.level, self.at, self.call = sign, level, at, call
        self.args: list[Operand] = []
        self.named: dict[str, Operand] = {}
        self.key = ""


@final
class _Parser:
    """One run over the tokens; `stack` holds the open operators, `operands` their left sides."""

    def __init__(
        self, tokens: list[Token], text: str, limits: Limits,
        variables: frozenset[str] | None, relaxed: bool,
    ):  # fmt: skip
        self.tokens, self.text, self.limits = tokens, text, limits
        self.variables, self.relaxed = variables, relaxed
        self.builder = Builder(text, limits)
        self.operands: list[Operand] = []
        self.stack: list[_Frame] = []
        self.symbols: dict[str, Any] = {}
        self.index = 0

    def run(self) -> Operand:
        """Read all tokens, operands and operators in turn."""
        if len(self.tokens) == 1:
            raise self.error("the formula is empty", self.tokens[0], "write one, such as x**2")
        while True:
            self.read_operand()
            while self.read_operator():
                pass
            if self.tokens[self.index - 1].kind == "end":
                return g.close(self.operands.pop())

    def error(self, problem: str, token: Token, hint: str = "") -> ParseError:
        """A syntax error that points at a token."""
        return ParseError(problem, self.text, token.at, hint)

    def take(self) -> Token:
        """The next token."""
        token = self.tokens[self.index]
        self.index += 1
        return token

    def push(self, sign: str, level: int, token: Token, call: Call | None = None) -> None:
        """Open an operator or a group."""
        require("the depth of the formula", len(self.stack) + 1, self.limits.depth)
        self.stack.append(_Frame(sign, level, token.at, call))

    # Operands -----------------------------------------------------------------------------------

    def read_operand(self) -> None:
        """Read signs and opening parentheses up to the end of one operand."""
        while True:
            token = self.take()
            if token.kind == "number":
                tree, value = g.number(token.text)
                return self.operands.append(Operand(tree, token.at, value=value))
            if token.kind in ("name", "variable") and token.text not in PREFIX:
                if self.read_name(token):
                    return None
            elif token.text in PREFIX:
                self.push("prefix " + token.text, PREFIX[token.text], token)
            elif token.text == "(":
                self.push("(", 0, token)
            else:
                raise self.missing_operand(token)

    def missing_operand(self, token: Token) -> ParseError:
        """The error for a token where an operand should start."""
        shown = repr(token.text) if token.text else "the end of the text"
        return self.error(f"expected a number, a name or '(' but found {shown}", token)

    def read_name(self, token: Token) -> bool:
        """A variable or constant (True: the operand is complete), or the start of a call."""
        name, following = token.text, self.tokens[self.index]
        if following.text == "(" and token.kind == "name" and not keyword.iskeyword(name):
            call = Call(name, token.at, self.text, self.limits, self.relaxed)
            self.push("(", 0, self.take(), call)
            return self.closed_empty_call()
        if following.text == "=" and self.starts_argument():
            self.take()
            self.stack[-1].key = name
            return False
        self.operands.append(self.variable(token))
        return True

    def closed_empty_call(self) -> bool:
        """Refuse `f()`."""
        if self.tokens[self.index].text == ")":
            frame = self.stack[-1]
            assert frame.call is not None
            raise frame.call.error("needs arguments", "write them between the parentheses")
        return False

    def starts_argument(self) -> bool:
        """True when the token just taken is the first of an argument of a call."""
        return (
            bool(self.stack)
            and self.stack[-1].call is not None
            and self.tokens[self.index - 2].text in ("(", ",")
            and not self.stack[-1].key
        )

    def variable(self, token: Token) -> Operand:
        """The operand of a name that is not called."""
        name = token.text
        if name in ("True", "False"):
            return Operand(sp.true if name == "True" else sp.false, token.at, CONDITION)
        if keyword.iskeyword(name) and name != "lambda":  # a Greek letter, as beta and gamma are
            raise self.keyword_error(token)
        if self.variables is None or name not in self.variables:
            constant = functions.constant(name)
            if constant is not None:
                return Operand(constant, token.at)
            self.check_variable(token)
        if name not in self.symbols:
            self.symbols[name] = sp.Symbol(name, real=True)
        return Operand(self.symbols[name], token.at)

    def check_variable(self, token: Token) -> None:
        """Refuse names that are neither variables nor constants."""
        name = token.text
        if "." in name:
            raise UnsafeInputError(f"{name[:60]!r}: attributes have no place in an expression",
                                   self.text, token.at)  # fmt: skip
        if functions.is_taken(name):
            raise self.error(f"{name!r} is a function", token,
                             f"write {name}(...), or name the variable otherwise")  # fmt: skip
        if self.variables is not None:
            near = difflib.get_close_matches(name, self.variables, n=1)
            known = f"did you mean {near[0]!r}?" if near else (
                "the variables are " + ", ".join(sorted(self.variables)[:20]))  # fmt: skip
            raise UnknownNameError(f"{name!r} is not a variable", self.text, token.at, known)

    def keyword_error(self, token: Token) -> ParseError:
        """The error for a word of Python that is no operand."""
        word = token.text
        if word in WORDS:
            return self.missing_operand(token)
        return keyword_error(word, token.at, self.text)

    # Operators ----------------------------------------------------------------------------------

    def read_operator(self) -> bool:
        """Read what follows an operand; True when another operator may follow."""
        token = self.take()
        sign = token.text
        if token.kind == "number" or (sign not in self.HANDLERS and sign not in BINARY):
            return self.read_implicit_product(token)
        if sign in BINARY:
            operator = BINARY[sign]
            self.reduce(operator.level, operator.right)
            self.push(sign, operator.level, token)
            return False
        return self.HANDLERS[sign](self, token)

    def read_implicit_product(self, token: Token) -> bool:
        """A product without a sign (relaxed texts), or the error that it is."""
        self.check_juxtaposed(token)
        self.index -= 1
        self.reduce(g.SIGN)
        if self.stack and self.stack[-1].sign == "/":
            raise self.error("unclear product behind a quotient", token, "write a/(b*c) or a/b*c")
        self.reduce(g.PRODUCT)
        self.push("*", g.PRODUCT, token)
        return False

    def check_juxtaposed(self, token: Token) -> None:
        """Refuse two operands side by side where no product is meant."""
        if token.kind == "op" and token.text not in ("(", "√"):
            raise self.error(f"{token.text!r} has no place here", token, _HINTS.get(token.text, ""))
        if keyword.iskeyword(token.text):
            raise self.keyword_error(token)
        if token.kind == "number" or not self.relaxed:
            hint = "write * between factors, as in 2*x"
            raise self.error(f"missing operator before {token.text[:40]!r}", token, hint)
        before = self.tokens[self.index - 2]
        glued = before.kind == "number" and before.at + len(before.text) == token.at
        if glued and token.text in ("j", "J") and token.text not in (self.variables or ()):
            hint = f"derivc reads real formulas; for a variable write {before.text}*{token.text}"
            raise self.error("this is Python's imaginary unit", token, hint)

    def read_if(self, token: Token) -> bool:
        """The middle of `a if c else b`."""
        self.reduce(g.TERNARY, right=True)
        if self.stack and self.stack[-1].sign == "if":
            raise self.error("a second `if` before `else`", token, "use parentheses")
        self.push("if", 0, token)
        return False

    def read_else(self, token: Token) -> bool:
        """The last part of `a if c else b`."""
        self.reduce(g.TERNARY, right=True)
        if not self.stack or self.stack[-1].sign != "if":
            raise self.error("`else` without `if`", token)
        self.stack[-1].sign, self.stack[-1].level = "else", g.TERNARY
        return False

    def read_comma(self, token: Token) -> bool:
        """The end of one argument."""
        self.reduce(0)
        if not self.stack or self.stack[-1].sign != "(":
            raise self.unfinished(token)
        self.end_argument()
        return False

    def read_close(self, token: Token) -> bool:
        """The end of a group or call."""
        self.reduce(0)
        if not self.stack or self.stack[-1].sign != "(":
            raise self.unfinished(token)
        self.end_argument()
        self.operands.append(self.group(self.stack.pop()))
        return True

    def read_end(self, token: Token) -> bool:
        """The end of the text."""
        self.reduce(0)
        if self.stack:
            raise self.unfinished(token)
        return False

    HANDLERS: ClassVar[dict[str, Callable[[_Parser, Token], bool]]] = {
        "if": read_if, "else": read_else, ",": read_comma, ")": read_close, "": read_end,
    }  # fmt: skip

    def unfinished(self, token: Token) -> ParseError:
        """The error for a group or choice that does not end as it began."""
        if not self.stack:
            what = "a closing parenthesis without an opening one" if token.text == ")" else (
                "a comma outside a call: a formula has one value")  # fmt: skip
            return self.error(what, token)
        frame = self.stack[-1]
        problems = {"if": "`if` without `else`", "(": "this parenthesis is never closed"}
        return ParseError(problems[frame.sign], self.text, frame.at)

    def end_argument(self) -> None:
        """Move the last operand into the open group."""
        frame, operand = self.stack[-1], g.close(self.operands.pop())
        if not frame.key:
            if frame.named:
                raise ParseError("a plain argument behind a named one", self.text, operand.at)
            frame.args.append(operand)
            return
        assert frame.call is not None
        if frame.key in frame.named:
            raise frame.call.error(f"is given {frame.key!r} twice")
        frame.named[frame.key], frame.key = operand, ""

    def group(self, frame: _Frame) -> Operand:
        """The operand of a finished group: the call's, the only one, or a tuple."""
        if frame.call is not None:
            return frame.call.finish(frame.args, frame.named)
        if len(frame.args) == 1:
            return frame.args[0]
        return Operand(None, frame.at, TUPLE, parts=frame.args)

    # Building -----------------------------------------------------------------------------------

    def reduce(self, level: int, right: bool = False) -> None:
        """Build the operators on the stack that bind at least as strongly as what follows."""
        while self.stack and self.stack[-1].level > 0:
            top = self.stack[-1].level
            if top < level or (top == level and right):
                return
            self.apply(self.stack.pop())

    def apply(self, frame: _Frame) -> None:
        """Build one operator over the last operands."""
        right = self.operands.pop()
        if frame.sign.startswith("prefix "):
            self.operands.append(self.builder.prefix(frame.sign[7:], right, frame.at))
            return
        left = self.operands.pop()
        if frame.sign == "else":
            self.operands.append(self.builder.ternary(self.operands.pop(), left, right))
        else:
            self.operands.append(self.builder.binary(frame.sign, left, right))


_HINTS = {"=": "to compare, write ==", "~": "write `not c`"}

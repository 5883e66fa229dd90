"""The rules in general form, over letters that the reader's formula leaves free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, final

FUNCTIONS = "uvwpqrsghzab"
CONSTANTS = "cCkKaA"
EXPONENTS = "nmkpq"


@final
@dataclass(frozen=True)
class General:
    """A rule in general form.

    Args:
        text: as plain text. tex: as LaTeX.
    """

    text: str
    tex: str


_FORMS = {
    "sum": ("({u} + {v})' = {u}' + {v}'", None),
    "constant factor": ("({c} {u})' = {c} {u}'", r"({c}\,{u})' = {c}\,{u}'"),
    "sign": ("(-{u})' = -{u}'", None),
    "product": ("({u} {v})' = {u}' {v} + {u} {v}'", r"({u}\,{v})' = {u}'\,{v} + {u}\,{v}'"),
    "product of three": (
        "({u} {v} {w})' = {u}' {v} {w} + {u} {v}' {w} + {u} {v} {w}'",
        r"({u}\,{v}\,{w})' = {u}'\,{v}\,{w} + {u}\,{v}'\,{w} + {u}\,{v}\,{w}'",
    ),
    "quotient": (
        "({u}/{v})' = ({u}' {v} - {u} {v}')/{v}^2",
        r"\left(\frac{{{u}}}{{{v}}}\right)' = \frac{{{u}'\,{v} - {u}\,{v}'}}{{{v}^2}}",
    ),
    "reciprocal": (
        "(1/{u})' = -{u}'/{u}^2",
        r"\left(\frac{{1}}{{{u}}}\right)' = -\frac{{{u}'}}{{{u}^2}}",
    ),
    "power": (
        "({x}^{n})' = {n} {x}^({n} - 1)",
        r"\left({x}^{{{n}}}\right)' = {n}\,{x}^{{{n}-1}}",
    ),
    "exponential": (
        "({c}^{x})' = {c}^{x} log({c})",
        r"\left({c}^{{{x}}}\right)' = {c}^{{{x}}}\,\log {c}",
    ),
    "general power": (
        "({u}^{v})' = {v} {u}^({v} - 1) {u}' + {u}^{v} log({u}) {v}'",
        r"\left({u}^{{{v}}}\right)' = {v}\,{u}^{{{v}-1}}\,{u}' + {u}^{{{v}}}\,\log({u})\,{v}'",
    ),
    "chain": ("f({u})' = f'({u}) {u}'", r"f({u})' = f'({u})\,{u}'"),
    "chain of two": (
        "f({u}, {v})' = f_{u} {u}' + f_{v} {v}'",
        r"f({u}, {v})' = f_{{{u}}}\,{u}' + f_{{{v}}}\,{v}'",
    ),
    "branch": (
        "where(c, {u}, {v})' = where(c, {u}', {v}')",
        r"\mathrm{{where}}(c, {u}, {v})' = \mathrm{{where}}(c, {u}', {v}')",
    ),
    "maximum": (
        "max({u}, {v})' = {u}' where {u} > {v}, {v}' where {u} < {v}, their mean where {u} = {v}",
        r"\max({u}, {v})' = {u}' \text{{ where }} {u} > {v},\; {v}' \text{{ where }} {u} < {v}",
    ),
    "minimum": (
        "min({u}, {v})' = {u}' where {u} < {v}, {v}' where {u} > {v}, their mean where {u} = {v}",
        r"\min({u}, {v})' = {u}' \text{{ where }} {u} < {v},\; {v}' \text{{ where }} {u} > {v}",
    ),
}


def general(name: str, **letters: str) -> General:
    """The rule of that name over these letters.

    Example:
        >>> general("product", u="u", v="v").text
        "(u v)' = u' v + u v'"
    """
    text, tex = _FORMS[name]
    return General(text.format(**letters), (tex or text).format(**letters))


@final
class Letters:
    """Letters for the parts of a rule, none of them a variable of the formula.

    Args:
        taken: the names of the variables.
    """

    def __init__(self, taken: Iterable[str]):
        names = set(taken)
        free = [letter for letter in FUNCTIONS if letter not in names]
        self.functions = (*free, "u_1", "u_2", "u_3")[:3]
        self.constant = _first(CONSTANTS, {*names, *self.functions})
        self.exponent = _first(EXPONENTS, {*names, *self.functions, self.constant})

    def several(self, count: int) -> tuple[str, ...]:
        """Letters for so many functions."""
        if count <= len(self.functions):
            return self.functions[:count]
        stem = self.functions[0].partition("_")[0]
        return tuple(f"{stem}_{place}" for place in range(1, count + 1))

    def named(self, form: str, **more: Any) -> General:
        """A rule in general form, over these letters and more."""
        u, v, w = self.functions
        given = {"u": u, "v": v, "w": w, "c": self.constant, "n": self.exponent}
        return general(form, **{**given, **more})


def _first(candidates: str, taken: set[str]) -> str:
    return next((c for c in candidates if c not in taken), candidates[0] + "_1")

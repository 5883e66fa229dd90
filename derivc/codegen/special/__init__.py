"""Special functions that array libraries lack, as text that a generated module carries along.

They are written once, over a namespace `xp` and in functions that every library has, so that they
run on each device, in each type, under each transform; loops are of fixed length, and what is not
taken is computed at a harmless place. A module carries the functions that it calls, with its
library's name for `xp`; where the library has a function that is as exact, that is called.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import final

PARTS = (
    "coefficients series exponential trigonometric error elliptic bessel orders halves reals gammas"
    " incomplete inverse polynomials"
).split()
COMPLETE = frozenset({"lowergamma", "uppergamma"})
"""Composites computed here, as their stable forms overflow in few digits: Gamma(43) in float32."""

PREFIX = "_sf"
"""Stands before every name of ours in a module, whose other names are made of the user's."""

FUNCTIONS = {
    "exp1": "_e1", "Ei": "_ei", "digamma": "_digamma", "lgamma_far": "_lgamma",
    **{op: f"_{op.lower()}" for op in (
        "expint Shi Chi Si Ci fresnels fresnelc erf erfc erfcx ndtr log_ndtr dawsn erfi elliptic_k"
        " elliptic_e elliptic_f elliptic_einc j0 j1 y0 y1 k0 k1 k0e k1e i0 i1 i0e i1e jv yv kv iv"
        " ive gamma trigamma zeta beta betaln binomial gammainc gammaincc lowergamma"
        " uppergamma betainc erfinv erfcinv ndtri cbrt"
        " legendre chebyshevt chebyshevu laguerre assoc_laguerre gegenbauer"
    ).split()},
}  # fmt: skip
"""By op, the function here that computes it."""

VARIANTS = {
    f"{op} {kind}": f"_{kind}_{op}" for op in "jv yv kv iv ive".split() for kind in ("half", "real")
}
"""By op and kind of its first operand, the function for others than whole ones."""

WHOLE = frozenset(
    "expint jv yv kv iv ive legendre chebyshevt chebyshevu laguerre assoc_laguerre"
    " gegenbauer".split()
)
"""Ops whose first operand has to be a whole number that is known when the code is written."""


_NAMES = FUNCTIONS | VARIANTS


def variant(op: str, order: object) -> str | None:
    """The key of an op in `FUNCTIONS` or `VARIANTS` for a first operand; None where there is none.

    Args:
        op: one of `WHOLE`. order: an exact number, or None for what is no constant.

    Example:
        >>> from fractions import Fraction
        >>> variant("jv", 2), variant("jv", Fraction(3, 2)), variant("jv", Fraction(1, 3))
        ('jv', 'jv half', 'jv real')
        >>> variant("jv", None), variant("legendre", Fraction(3, 2))
        (None, None)
    """
    if isinstance(order, bool | None):
        return None
    if isinstance(order, int):
        return op
    key = f"{op} half" if isinstance(order, Fraction) and order.denominator == 2 else f"{op} real"
    return key if key in VARIANTS else None


@final
@dataclass(frozen=True)
class Carrier:
    """Writes the functions for one library.

    Args:
        namespace: what stands for `xp`; "" where it stays an argument of every function.
        own: by a function here, the library's that is called instead.
        before: what stands before the definition of a function that computes an op.
    """

    namespace: str
    own: Mapping[str, str]
    before: str = ""

    def call(self, op: str, arity: int) -> str:
        """The expression for an op or variant, with `{0}`, `{1}` for its operands.

        Example:
            >>> Carrier("torch", {}).call("jv", 2), Carrier("", {}).call("Si", 1)
            ('_sf_jv({0}, {1})', '_sf_si(xp, {0})')
        """
        places = ", ".join(f"{{{i}}}" for i in range(arity))
        return self.written(f"{PREFIX}{_NAMES[op]}(xp, {places})")

    def carried(self, ops: Iterable[str]) -> list[str]:
        """The functions and tables that a module of these ops needs, what is called first.

        Example:
            >>> found = Carrier("torch", {}).carried(["legendre", "exp"])
            >>> [text.split("(")[0] for text in found]
            ['def _sf_polynomial', 'def _sf_legendre']
        """
        needed: set[str] = set()
        waiting = [_NAMES[op] for op in ops if op in _NAMES]
        while waiting:
            name = waiting.pop()
            if name not in needed and name not in self.own:
                needed.add(name)
                waiting += _pieces()[name].calls
        ours = set(_NAMES.values())
        return [
            (self.before if name in ours else "") + self.written(piece.text)
            for name, piece in _pieces().items()
            if name in needed
        ]

    def written(self, text: str) -> str:
        """Text over `xp` in the library's words."""
        for name, function in self.own.items():
            text = re.sub(rf"(?<![\w.]){PREFIX}{name}\(xp,\s", f"{function}(", text)
        if not self.namespace:
            return text
        return re.sub(r"\((\s*)xp, ", r"(\1", text).replace("xp.", f"{self.namespace}.")


@final
@dataclass(frozen=True)
class _Piece:
    """A function or a table: its text without annotations, and what of ours it uses."""

    text: str
    calls: tuple[str, ...]


@lru_cache(maxsize=1)
def _pieces() -> dict[str, _Piece]:
    """Every function and table by name, in order of definition."""
    found: dict[str, _Piece] = {}
    for part in PARTS:
        source = resources.files(__name__).joinpath(f"{part}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.Assign):
                name = node.name if isinstance(node, ast.FunctionDef) else _target(node)
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {name}
                text = re.sub(r": (Any|int|float)\b|\s->\sAny", "", _segment(source, node))
                found[name] = _Piece(text, tuple(sorted(names)))
    ours = re.compile(rf"(?<![\w.])({'|'.join(found)})\b")
    return {
        name: _Piece(ours.sub(rf"{PREFIX}\1", p.text), tuple(n for n in p.calls if n in found))
        for name, p in found.items()
    }


def _target(node: ast.Assign) -> str:
    """The name that a table is given."""
    assert isinstance(node.targets[0], ast.Name)
    return node.targets[0].id


def _segment(source: str, node: ast.stmt) -> str:
    """The text of a statement."""
    return (ast.get_source_segment(source, node) or "") + "\n"

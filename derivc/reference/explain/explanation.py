"""`derivc.explain`: how a derivative is found, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from json import dumps
from typing import Any, final

import sympy as sp

from derivc.definition import Definition, read
from derivc.errors import InputTypeError
from derivc.files import save_text
from derivc.reference.explain.html import fragment, page
from derivc.reference.explain.point import point_of
from derivc.reference.explain.records import records
from derivc.reference.explain.tex import tex
from derivc.reference.explain.text import text_lines
from derivc.symbolic.steps.derive import LIMIT, derive
from derivc.symbolic.steps.step import Derivation, Step

_LAYOUTS = ("auto", "chain", "steps")
_MOST = 24
_LONGEST = 160


@final
class Explanation:
    """Derivations: one for each derivative that was asked for.

    Printed it is text; in a notebook HTML.

    Args:
        derivations: the records, frozen; see `derivc.symbolic.steps.step`.
        left_out: what was asked for beyond the number that is shown, by name.
        remark: a sentence on all of them, or "".
    """

    def __init__(
        self, derivations: Sequence[Derivation], left_out: Sequence[str] = (), remark: str = ""
    ):
        self.derivations, self.left_out = tuple(derivations), tuple(left_out)
        self.remark = remark

    @property
    def answer(self) -> Any:
        """The derivative, as `derivc.diff` returns it; of several, a tuple."""
        found = tuple(derivation.answer for derivation in self.derivations)
        return found[0] if len(found) == 1 else found

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        return tuple(step for d in self.derivations for step in d.steps)

    @property
    def text(self) -> str:
        """The derivations as plain text."""
        blocks = ["\n".join(text_lines(derivation)) for derivation in self.derivations]
        blocks += self._remarks()
        return "\n\n\n".join(blocks)

    def _remarks(self) -> list[str]:
        missing = f"Not shown: the derivatives by {', '.join(self.left_out)}."
        return [*([missing] if self.left_out else []), *([self.remark] if self.remark else [])]

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def latex(self, layout: str = "auto") -> str:
        r"""The derivations as `aligned` environments.

        Args:
            layout: "chain" (one equality a line), "steps" (every step by itself), or "auto": a
                chain where it is short and no numbers are shown.

        Raises:
            InputTypeError: there is no such layout.
        """
        if layout not in _LAYOUTS:
            raise InputTypeError(f"layout is one of {', '.join(_LAYOUTS)}; got {layout!r}")
        return "\n\n".join(tex(derivation, layout) for derivation in self.derivations)

    @property
    def html(self) -> str:
        """The derivations as an HTML element: steps that fold, formulas in MathML, no script."""
        return fragment(self.derivations, self._remarks())

    def page(self) -> str:
        """The same as a complete page that needs no network."""
        return page(self.derivations, self._remarks())

    @property
    def json(self) -> dict[str, Any]:
        """The derivations as a tree of plain records; expressions as text and as LaTeX."""
        return records(self.derivations, self.left_out, self.remark)

    def to_json(self, indent: int | None = None) -> str:
        """The records as JSON text."""
        return dumps(self.json, indent=indent, ensure_ascii=False, allow_nan=False)

    def save(self, path: Any) -> None:
        """Write the derivations: a page for `.html`, LaTeX for `.tex`, JSON, else plain text.

        Raises:
            SaveError: the file cannot be written; what stood there before is untouched.
        """
        ending = str(path).rpartition(".")[2].lower()
        made = {"html": self.page, "tex": self.latex, "json": self.to_json}.get(ending)
        save_text(path, made() if made else self.text)

    def _repr_html_(self) -> str:
        return self.html

    def _repr_latex_(self) -> str:
        blocks = self.latex().split("\n\n")
        return "\n\n".join(rf"$\displaystyle {block}$" for block in blocks)


def explain(
    source: Any,
    wrt: Any = None,
    order: int = 1,
    at: Any = None,
    simplify: bool = True,
    limit: int = LIMIT,
) -> Explanation:
    """The derivation of a derivative, rule by rule: what `derivc.diff` did, in the order it did it.

    Args:
        source: text, LaTeX, SymPy, or a Python function of scalars; several expressions in a list.
        wrt: the variable, by name or as a symbol; "x,y" is the mixed derivative; a list gives one
            derivation each. Default: one for every variable.
        order: how often to differentiate.
        at: a number for every variable, by name: the numbers are shown at every step.
        simplify: whether the answer is simplified, step by step too.
        limit: the most steps of one derivation; the innermost of longer ones are left out.

    Returns:
        An `Explanation`: `.text`, `.latex()`, `.html`, `.to_json()`, and `.answer`.

    Raises:
        NotDifferentiableError: the derivative does not exist or is not known.

    Example:
        >>> import derivc as dc
        >>> print(dc.explain("x**2*sin(x)"))
        d/dx of f(x) = x**2*sin(x)
        <BLANKLINE>
        1. Product rule: (u v)' = u' v + u v'
           with u = x**2, v = sin(x)
           d/dx[x**2*sin(x)] = d/dx[x**2]*sin(x) + x**2*d/dx[sin(x)]
        <BLANKLINE>
           2. Power rule: (x^n)' = n x^(n - 1)
              with n = 2
              d/dx[x**2] = 2*x
        <BLANKLINE>
           3. Derivative of sin
              d/dx[sin(x)] = cos(x)
        <BLANKLINE>
           So d/dx[x**2*sin(x)] = x**2*cos(x) + 2*x*sin(x)
        <BLANKLINE>
        4. Simplify: take out common factors
           x**2*cos(x) + 2*x*sin(x) = x*(x*cos(x) + 2*sin(x))
        <BLANKLINE>
        Answer: d/dx f = x*(x*cos(x) + 2*sin(x))
    """
    definition = read(source, relaxed=True)
    turns = [turn * _positive(order) for turn in _turns(definition, wrt)]
    own = getattr(source, "free_symbols", ())
    return explain_definition(definition, turns, at, own, simplify, limit)


def explain_definition(
    definition: Definition,
    turns: Sequence[tuple[str, ...]],
    at: Any = None,
    own: Any = (),
    simplify: bool = True,
    limit: int = LIMIT,
) -> Explanation:
    """The derivations of every output by every one of the turns; see `explain`.

    Args:
        definition: what was read. turns: the variables of each derivative, in turn.
        own: the user's symbols, to be given back in the answers.
    """
    point = point_of(at, definition.elements)
    asked = [(tree, names) for tree in definition.trees for names in turns]
    text = _shown(definition.text)
    made = [derive(tree, n, point, own, simplify, limit) for tree, n in asked[:_MOST]]
    made = [replace(derivation, written=text) for derivation in made]
    return Explanation(made, [",".join(names) for _, names in asked[_MOST:]])


def _shown(text: str) -> str:
    """The user's text, where it is short and no LaTeX."""
    found = " ".join(text.split())
    return found if len(found) <= _LONGEST and "\\" not in found else ""


def _positive(order: Any) -> int:
    if not isinstance(order, int) or isinstance(order, bool) or order < 1:
        raise InputTypeError(f"order is how often to differentiate, 1 or more; got {order!r}")
    return order


def _turns(definition: Definition, wrt: Any) -> list[tuple[str, ...]]:
    """The derivatives asked for, each as the variables in turn."""
    if wrt is None:
        return [(name,) for name in definition.elements or ("x",)]
    given = [wrt] if isinstance(wrt, str | sp.Symbol) else list(_listed(wrt))
    return [_names(each) for each in given]


def _listed(wrt: Any) -> Sequence[Any]:
    if isinstance(wrt, list | tuple) and wrt:
        return wrt
    raise InputTypeError(f"wrt is a variable, or a list of them; got {wrt!r}")


def _names(each: Any) -> tuple[str, ...]:
    """The variables of one derivative: a name, a symbol, "x,y", or a tuple of these."""
    parts = each if isinstance(each, list | tuple) else str(each).split(",")
    if not isinstance(each, str | sp.Symbol | list | tuple):
        raise InputTypeError(f"a variable is given by name or as a SymPy symbol, got {each!r}")
    names = tuple(str(part).strip() for part in parts)
    if not names or not all(names):
        raise InputTypeError(f"a variable is given by name or as a SymPy symbol, got {each!r}")
    return names

"""`dc.singularities`: where a function and its derivative are not smooth, and what the code does.

The places are found from the structure of the formula and judged by limits at hundreds of digits;
then the compiled value and gradient are run at each place that a double can meet.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.jsonable import jsonable
from derivc.reference.plot.curves import Line
from derivc.reference.plot.source import Source, source_of, variables
from derivc.symbolic.singularities.analyse import BUDGET, analyse
from derivc.symbolic.singularities.classify import Seen
from derivc.symbolic.singularities.places import Place
from derivc.symbolic.singularities.precise import Precise
from derivc.symbolic.singularities.probe import DIGITS, Behaviour, side
from derivc.symbolic.singularities.records import Findings, Singularity
from derivc.symbolic.singularities.several import examined
from derivc.symbolic.singularities.wording import code, sentence

_NEAR = 1e-6


@final
@dataclass(frozen=True)
class Singularities:
    """The report: a sequence of `Singularity` records that prints as text and as HTML.

    Args:
        formula: the function as text. variables: those looked along. places: what was found.
        convention: what the code returns at kinks. notes: what was not examined, and why.

    Example:
        >>> import derivc as dc
        >>> report = dc.singularities("sin(x)/x")
        >>> report[0].kind, float(report[0].limit)
        ('removable', 1.0)
    """

    formula: str
    variables: tuple[str, ...]
    places: tuple[Singularity, ...]
    convention: str
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Singularity]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: int) -> Singularity:
        return self.places[index]

    def __str__(self) -> str:
        lines = [f"singularities of {self.formula}", ""]
        if not self.places:
            lost = any("not examined" in note or "too large" in note for note in self.notes)
            lines.append(
                "none found"
                + ("" if lost else f": smooth for every real {', '.join(self.variables)}")
            )
        for place in self.places:
            also = "" if place.at is None else place.also
            told = [sentence(place), code(place, self.convention), also, _reason(place)]
            lines.append(place.where)
            lines += [f"    {line}" for line in told if line]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{_tag(place.where)}</td><td>{_tag(sentence(place))}</td>"
            f"<td>{_tag(code(place, self.convention))}</td><td>{_tag(_reason(place))}</td></tr>"
            for place in self.places
        )
        head = "<tr><th>where</th><th>what</th><th>compiled code</th><th>because</th></tr>"
        table = f"<table>{head}{rows}</table>" if rows else "<p>none found</p>"
        notes = "".join(f"<p>{_tag(note)}</p>" for note in self.notes)
        return f"<p>Singularities of <code>{_tag(self.formula)}</code></p>{table}{notes}"

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data: texts, floats and lists; NaN where there is no number."""
        return {
            "formula": self.formula,
            "variables": list(self.variables),
            "convention": self.convention,
            "singularities": [_record(place, self.convention) for place in self.places],
            "notes": list(self.notes),
        }

    def to_json(self) -> str:
        """The report as one JSON document; what is no finite number stands as text or null."""
        return json.dumps(jsonable(self.to_dict()), ensure_ascii=False, allow_nan=False)


def _tag(text: str) -> str:
    return html.escape(text, quote=False)


def _reason(place: Singularity) -> str:
    how = "" if place.exact else " (the place was found numerically)"
    return f"because of {place.because}{how}" if place.because else how.strip()


def _record(place: Singularity, convention: str) -> dict[str, Any]:
    return {
        "kind": place.kind, "of": place.of, "where": place.where, "variable": place.variable,
        "at": None if place.at is None or place.is_family else float(sp.N(place.at)),
        "expression": None if place.at is None else str(place.at), "exact": place.exact,
        "order": place.order or None, "value": place.value,
        "limit": None if place.limit is None else float(place.limit),
        "left": _side(place.left.value, place.left.slope),
        "right": _side(place.right.value, place.right.slope),
        "code": None if place.code is None else {"value": place.code[0], "slope": place.code[1]},
        "examples": list(place.examples), "because": place.because, "sentence": sentence(place),
    }  # fmt: skip


def _side(value: Behaviour, slope: Behaviour) -> dict[str, Any] | None:
    if value.kind == "none":
        return None
    limits = [float("nan") if b.limit is None else float(b.limit) for b in (value, slope)]
    return {"value": limits[0], "slope": limits[1], "kind": value.kind}


def singularities(source: Any, variable: Any = None, budget: float = BUDGET) -> Singularities:
    """Where a function and its first derivative are not smooth, and what the code does there.

    Kinks, jumps, poles, branch points, ends of the domain, removable points, logarithmic and
    essential singularities, each verified by one-sided limits at 320 digits. Periodic places are
    given as a set, sets of several variables as equations.

    Args:
        source: text, SymPy, a Python function of numbers, or a kernel.
        variable: look along this variable only; default: all.
        budget: the work that may be done, in elementary operations of 320 digits; it always ends.

    Returns:
        A report: iterate over it, print it, or take `.to_json()`.

    Raises:
        ShapeError: the function has several values.

    Example:
        >>> print(singularities("abs(x)"))
        singularities of abs(x)
        <BLANKLINE>
        x = 0
            kink: f = 0, slope -1 on the left and 1 on the right
            the code returns f = 0, f' = 0 (convention 'torch')
            because of abs: a corner; 0 is the least subgradient
    """
    read = source_of(source)
    names = variables(read, variable, None)
    symbols = [sp.Symbol(name, real=True) for name in names]
    tree = read.definition.trees[0]
    if len(tree.free_symbols) > 1:
        found = examined(tree, symbols, budget)
    else:
        found = _with_code(read, names[0], analyse(tree, symbols[0], budget))
    return Singularities(read.text, names, tuple(found), read.convention, found.notes)


def _with_code(read: Source, name: str, found: Findings) -> Findings:
    """The findings with what the code returns, and with the places where only the code fails."""
    line = read.line(name, {})
    places = [_run(line, place) for place in found.found]
    failing = [f for f in (_failing(line, place) for place in found.regular) if f is not None]
    ordered = sorted([*places, *failing], key=lambda s: (s.is_family, _position(s)))
    return replace(found, found=tuple(ordered))


def _position(place: Singularity) -> float:
    return place.examples[0] if place.examples else float(sp.N(place.at))


def _run(line: Line, place: Singularity) -> Singularity:
    """With the code's value and slope, where a double is exactly at the place."""
    at = place.at.subs("k", 0) if place.is_family else place.at
    point = _double(at if not place.is_family else sp.Float(place.examples[0]))
    if point is None or (place.is_family and not float(place.examples[0]).is_integer()):
        return place
    return place.with_code(*_returned(line, point))


def _double(at: Any) -> float | None:
    """The double that a place is exactly, or None."""
    value = float(sp.N(at))
    return value if math.isfinite(value) and (at.is_Float or sp.Rational(value) == at) else None


def _returned(line: Line, point: float) -> tuple[float, float]:
    """The compiled value and slope, NaN included."""
    kernel = line.kernel
    with np.errstate(all="ignore"):
        value = kernel.value(*line.arguments(point))
        slope = kernel.grad(*line.arguments(point))[0] if kernel.wrt else 0.0
    return float(value), float(slope)


def _failing(line: Line, place: Place) -> Singularity | None:
    """A place where the truth is smooth and the code is not right; None where it is."""
    point = _double(place.at)
    if point is None:
        return None
    value, slope = _returned(line, point)
    seen = _seen(line, place)
    true = seen.left if seen.left.value.finite else seen.right
    if not (true.value.finite and true.slope.finite):
        return None
    wrong = [not _close(value, true.value.limit), not _close(slope, true.slope.limit)]
    if not any(wrong):
        return None
    return Singularity(
        "removable", "f" if wrong[0] else "f'", f"{line.variable} = {place.at}", line.variable,
        place.at, float(seen.value), seen.left, seen.right, because=place.because,
        code=(value, slope), also="the function is smooth there, its formula is not",
    )  # fmt: skip


def _seen(line: Line, place: Place) -> Seen:
    from derivc.ops.shorthand import mpmath

    function, centre = Precise(line.tree, line.variable), place.number()
    with mpmath().workdps(DIGITS):
        return Seen(function(centre), side(function, centre, -1), side(function, centre, 1))


def _close(computed: float, true: Any) -> bool:
    if not math.isfinite(computed):
        return False
    return bool(abs(computed - true) <= _NEAR * max(1e-300, abs(true), abs(computed)))

"""The page of a function: everything that the reference says of it, as data.

A page is made for an elementwise op, a structural op or a function of the user's; the terminal, the
site and notebooks lay the same page out. Formulas are text and TeX; figures come from the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, final

from derivc.jsonable import jsonable


@final
@dataclass(frozen=True)
class Formula:
    """Mathematics twice: text that derivc reads back, and TeX.

    Args:
        text: plain text, "" where only the TeX is known. tex: TeX, without dollar signs.
    """

    text: str
    tex: str

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.text or self.tex)


@final
@dataclass(frozen=True)
class Row:
    """One labelled formula.

    Args:
        label: what it is, `d/dx` in text and TeX. formula: the mathematics. note: a remark on it.
    """

    label: Formula
    formula: Formula
    note: str = ""


@final
@dataclass(frozen=True)
class KinkRow:
    """A place without a derivative, and what is returned there.

    Args:
        where: the place. because: the reason for the convention. at: a point on it.
        derivc, torch, jax, left, right: one slope per argument, as text; "" where not known.
    """

    where: Formula
    because: str
    at: str = ""
    derivc: str = ""
    torch: str = ""
    jax: str = ""
    left: str = ""
    right: str = ""


@final
@dataclass(frozen=True)
class SpecialRow:
    """A value and a slope at a special point: ours, PyTorch's, JAX's; "" where not known."""

    at: str
    value: str
    derivc: str
    torch_value: str = ""
    torch: str = ""
    jax_value: str = ""
    jax: str = ""


@final
@dataclass(frozen=True)
class StabilityRow:
    """A formula computed as it is written, beside what derivc compiles.

    Args:
        result: "value", "d/dx". naive: the formula as written. regions: where it fails, in words.
        at: its worst point. truth: the true number there. naive_gives: what it gives there.
        naive_ulp, stable_ulp: the worst errors over all points, of each. fails: whether it is more
            than 1000 ulp off anywhere.
    """

    result: str
    naive: Formula
    regions: str
    at: str
    truth: str
    naive_gives: str
    naive_ulp: float
    stable_ulp: float
    fails: bool


@final
@dataclass(frozen=True)
class CheckRow:
    """The worst point of one result against 50 digits.

    Args:
        result: "value", "d/dx". ulp: doubles between it and the truth. at: the point.
        moves: the ulp by which the truth moves when an argument moves by one there.
        points: how many were compared.
    """

    result: str
    ulp: float
    at: str
    moves: float
    points: int


@final
@dataclass(frozen=True)
class PeerRow:
    """How another library compares at the same points.

    Args:
        result: "value", "d/dx". points: how many. equal: how many within 16 ulp of each other.
        ours_nearer, theirs_nearer: of the others, who is nearer to 50 digits. example: in words.
    """

    result: str
    points: int
    equal: int
    ours_nearer: int
    theirs_nearer: int
    example: str = ""


@final
@dataclass(frozen=True)
class Code:
    """A piece of generated or declared code: its title, its language and its text."""

    title: str
    language: str
    text: str


@final
@dataclass(frozen=True)
class Page:
    """Everything that the reference says of one function; data only.

    Args:
        name: as it is called. kind: "elementwise", "structural" or "yours". family: of what.
        summary: one sentence. signature: the call. params: the arguments.
        definition, domain: formulas. range: in words. given_input: every partial from the
            arguments alone. given_output: the partials as they are computed, which may use the
            output y. elementary: the derivative of the definition, where it reads otherwise.
        second: second partials. vjp, jvp: reverse and forward mode. kinks, special, stability,
            checks, peers: tables. code: generated code. names: what libraries call it, by library.
        aliases: further names. notes: remarks. source: of the mathematics. measured: date and
            versions of the figures. doc: the user's own text. fixed: arguments that are numbers in
            the tables. unchecked: why `checks` is empty.
    """

    name: str
    kind: str
    family: str
    summary: str
    signature: str
    params: tuple[str, ...] = ()
    definition: Formula = Formula("", "")
    domain: Formula = Formula("", "")
    range: str = ""
    given_input: tuple[Row, ...] = ()
    given_output: tuple[Row, ...] = ()
    elementary: tuple[Row, ...] = ()
    second: tuple[Row, ...] = ()
    vjp: tuple[Row, ...] = ()
    jvp: tuple[Row, ...] = ()
    kinks: tuple[KinkRow, ...] = ()
    special: tuple[SpecialRow, ...] = ()
    stability: tuple[StabilityRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    peers: tuple[PeerRow, ...] = ()
    code: tuple[Code, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    measured: str = ""
    doc: str = ""
    fixed: str = ""
    unchecked: str = ""

    def as_json(self) -> dict[str, Any]:
        """The page out of JSON's own kinds; numbers that JSON lacks become strings.

        Example:
            >>> import derivc as dc
            >>> dc.page("sigmoid").as_json()["given_output"][0]["formula"]["text"]
            'y*sigmoid(-x)'
        """
        found: dict[str, Any] = jsonable(asdict(self))
        return found

    def __str__(self) -> str:
        """The page as the terminal shows it."""
        from derivc.reference.pages.text import text_of

        return text_of(self)

    def __repr__(self) -> str:
        return f"<page of {self.name}: {self.summary}>"

    def _repr_html_(self) -> str:
        """The page for notebooks: formulas and tables, without the site around it."""
        from derivc.reference.site.html import in_notebook

        return in_notebook(self)


def number(value: float | None, digits: int = 6) -> str:
    """A number as a table shows it: short, `inf`, `nan`; "" for None.

    Example:
        >>> number(0.5), number(1e-07), number(float("-inf")), number(None), number(-0.0)
        ('0.5', '1e-7', '-inf', '', '-0')
    """
    if value is None:
        return ""
    mantissa, e, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def numbers(values: Sequence[float | None] | None) -> str:
    """Several numbers, separated by commas; "" where there is nobody to ask.

    Example:
        >>> numbers([0.5, None]), numbers(None), numbers([None])
        ('0.5, —', '', '')
    """
    if values is None or all(v is None for v in values):
        return ""
    return ", ".join("—" if v is None else number(v) for v in values)

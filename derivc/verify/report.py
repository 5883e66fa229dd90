"""What a check found: one row per result, printed as a table."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, replace
from typing import final


@final
@dataclass(frozen=True)
class Row:
    """The worst point of one result.

    Args:
        result: "value", "d/dx", ... ulps: doubles between the computed number and the truth.
        where: the point. truth: the nearest double to the true number. computed: what came out.
        finite: the finite difference there (for a value, the value).
        ok: whether every point is within 16 ulp, or within what rounding the arguments changes.
    """

    result: str
    ulps: float
    where: tuple[float, ...]
    truth: float
    computed: float
    finite: float
    ok: bool

    @property
    def agrees(self) -> bool:
        """Whether the finite difference agrees with the truth to 1e-5."""
        return abs(self.finite - self.truth) <= 1e-5 * max(1.0, abs(self.truth))

    def worse(self, other: Row) -> Row:
        """The worse of two points: a wrong one before a right one, then by ulps."""
        worst = max(self, other, key=lambda row: (not row.ok, row.ulps))
        return replace(worst, ok=self.ok and other.ok)


@final
@dataclass(frozen=True)
class CheckReport:
    """The outcome of a check; true when everything is right.

    Args:
        rows: one per result. points: how many were compared. inputs: the names of the arguments.
    """

    rows: tuple[Row, ...]
    points: int
    inputs: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether at least one point was compared and every result is right."""
        return self.points > 0 and all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        """The same as `ok`."""
        return self.ok

    def __str__(self) -> str:
        """A table: one line per result, its worst point last."""
        head = f"{'ok' if self.ok else 'WRONG'}: {self.points} points against 50-digit arithmetic"
        table = [_HEADINGS, *(self._cells(row) for row in self.rows)]
        widths = [max(len(line[i]) for line in table) for i in range(len(_HEADINGS))]
        lines = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in table]
        return "\n".join([head, *(line.rstrip() for line in lines)])

    def _cells(self, row: Row) -> tuple[str, ...]:
        place = ", ".join(f"{n}={v!r}" for n, v in zip(self.inputs, row.where, strict=True))
        worst = "NaN" if math.isinf(row.ulps) else f"{row.ulps:.0f}"
        mark, agrees = "ok" if row.ok else "WRONG", "yes" if row.agrees else "no"
        return row.result, mark, worst, repr(row.computed), repr(row.truth), agrees, place

    def _repr_html_(self) -> str:
        """The table for notebooks."""
        lines = [_tag("tr", "".join(_tag("th", c) for c in _HEADINGS))]
        rows = ("".join(_tag("td", c) for c in self._cells(row)) for row in self.rows)
        lines += [_tag("tr", row) for row in rows]
        return _tag("table", "".join(lines), plain=True)


_HEADINGS = ("result", "", "ulp", "computed", "truth", "differences agree", "at")


def _tag(name: str, inside: str, plain: bool = False) -> str:
    safe = inside if plain or name in ("tr", "table") else html.escape(inside)
    return f"<{name}>{safe}</{name}>"

"""What is covered: of the catalogue target, of PyTorch's derivatives, of PyTorch's functions.

Every entry is covered by an op, or out of scope for a reason (see `scope`), or missing.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, final

from derivc.errors import InputTypeError
from derivc.reference.coverage import operators
from derivc.reference.coverage.families import family_of
from derivc.reference.coverage.scope import NO_DERIVATIVE, reason
from derivc.reference.coverage.target import FAMILIES
from derivc.reference.table import AnyOp, find

COVERED, OUT_OF_SCOPE, MISSING = "covered", "out of scope", "missing"


@final
@dataclass(frozen=True)
class Entry:
    """One name that somebody may look up.

    Args:
        source: the list it stands in: catalogue, operators or functions.
        family: its part of that list.
        name: as the list writes it.
        status: covered, out of scope or missing.
        ops: the names of the ops behind it.
        note: why it is out of scope, or how it is covered.
    """

    source: str
    family: str
    name: str
    status: str
    ops: tuple[str, ...] = ()
    note: str = ""


@final
@dataclass(frozen=True)
class Coverage:
    """The report: all entries, sorted by what became of them, and counted by family."""

    entries: tuple[Entry, ...]

    @cached_property
    def covered(self) -> list[Entry]:
        """The entries that have an op."""
        return self._of(COVERED)

    @cached_property
    def out_of_scope(self) -> list[Entry]:
        """The entries that are left out on purpose; each says why."""
        return self._of(OUT_OF_SCOPE)

    @cached_property
    def missing(self) -> list[Entry]:
        """The entries that have no op and no excuse."""
        return self._of(MISSING)

    def _of(self, status: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.status == status]

    @cached_property
    def counts(self) -> dict[tuple[str, str], dict[str, int]]:
        """By list and family: how many entries are covered, out of scope, missing."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        for entry in self.entries:
            row = found.setdefault((entry.source, entry.family), _zeros())
            row[entry.status] += 1
        return found

    @cached_property
    def totals(self) -> dict[str, dict[str, int]]:
        """The same by list."""
        found: dict[str, dict[str, int]] = {}
        for (source, _), row in self.counts.items():
            total = found.setdefault(source, _zeros())
            for status, number in row.items():
                total[status] += number
        return found

    def __str__(self) -> str:
        lines = [f"{'':34}{COVERED:>9}{OUT_OF_SCOPE:>14}{MISSING:>9}"]
        for source, total in self.totals.items():
            lines.append(_line(TITLES[source], total))
            rows = (key for key in self.counts if key[0] == source)
            lines += [_line(f"  {family}", self.counts[source, family]) for _, family in rows]
        return "\n".join([*lines, *self._named()])

    def _named(self) -> Iterator[str]:
        """What is missing, by name, and the reasons for what is out of scope."""
        if self.missing:
            yield "missing: " + ", ".join(entry.name for entry in self.missing)
        why: dict[str, int] = {}
        for entry in self.out_of_scope:
            why[entry.note] = why.get(entry.note, 0) + 1
        yield from (f"out of scope: {number} ({note})" for note, number in why.items())

    def __repr__(self) -> str:
        parts = [
            f"{source}: {row[COVERED]} of {row[COVERED] + row[MISSING]} in scope"
            for source, row in self.totals.items()
        ]
        return f"<coverage, {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{html.escape(h)}</th>" for h in ("", COVERED, OUT_OF_SCOPE, MISSING))
        rows = []
        for source, total in self.totals.items():
            rows.append(_row(TITLES[source], total, "th"))
            mine = (key for key in self.counts if key[0] == source)
            rows += [_row(family, self.counts[source, family], "td") for _, family in mine]
        notes = "".join(f"<li>{html.escape(line)}</li>" for line in self._named())
        return f"<table><tr>{heads}</tr>{''.join(rows)}</table><ul>{notes}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, for programs."""
        return {"totals": self.totals, "entries": [asdict(entry) for entry in self.entries]}


TITLES = {
    "catalogue": "catalogue target",
    "operators": "operators in PyTorch's derivatives",
    "functions": "PyTorch's functions and modules",
}
"""What the lists are called."""


def _zeros() -> dict[str, int]:
    return {COVERED: 0, OUT_OF_SCOPE: 0, MISSING: 0}


def _line(title: str, row: dict[str, int]) -> str:
    return f"{title:34}{row[COVERED]:9}{row[OUT_OF_SCOPE]:14}{row[MISSING]:9}"


def _row(title: str, row: dict[str, int], cell: str) -> str:
    numbers = "".join(f"<td style='text-align:right'>{n}</td>" for n in row.values())
    indent = 1.5 if cell == "td" else 0
    style = f"text-align:left;padding-left:{indent}em"
    return f"<tr><{cell} style='{style}'>{html.escape(title)}</{cell}>{numbers}</tr>"


def coverage(*sources: str) -> Coverage:
    """What is covered of the catalogue target, of PyTorch's derivatives and of its functions.

    Args:
        sources: which lists: "catalogue" (comes with derivc), "operators" (PyTorch's packaged file
            of derivatives), "functions" (its folders nn.functional, special, linalg, fft, and its
            modules). Default: all three, the last two read from the PyTorch that is installed.

    Raises:
        MissingDependencyError: PyTorch is not installed, and its lists are asked for.
        InputTypeError: there is no such list.

    Example:
        >>> import derivc as dc
        >>> dc.coverage("catalogue").missing
        []
    """
    unknown = set(sources) - set(TITLES)
    if unknown:
        raise InputTypeError(f"coverage of {sorted(unknown)}: the lists are {', '.join(TITLES)}")
    found = [entry for source in sources or TITLES for entry in _LISTS[source]()]
    return Coverage(tuple(found))


def _catalogue() -> Iterator[Entry]:
    for family, listed in FAMILIES.items():
        for name in listed.split():
            yield _entry("catalogue", family, name, find(f"torch.{name}") or find(name))


def _operators() -> Iterator[Entry]:
    for name, differentiable in operators.operators().items():
        ops, how = operators.op_of(name)
        note = how or reason(name) or ("" if differentiable else NO_DERIVATIVE)
        yield _entry("operators", family_of(name), name, ops, note)


def _functions() -> Iterator[Entry]:
    for name, ops in operators.functions().items():
        folder, _, last = name.rpartition(".")
        yield _entry("functions", folder, name, ops, reason(last))


_LISTS = {"catalogue": _catalogue, "operators": _operators, "functions": _functions}


def _entry(source: str, family: str, name: str, ops: tuple[AnyOp, ...], note: str = "") -> Entry:
    status = COVERED if ops else OUT_OF_SCOPE if note else MISSING
    return Entry(source, family, name, status, tuple(op.name for op in ops), note)

"""The sections of a page on what was measured: kinks, special points, stability, errors, peers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derivc.reference.pages.page import CheckRow, KinkRow, Page, SpecialRow, StabilityRow, number
from derivc.reference.site.cells import View, math_of, slope, table, ulp


def kink(row: KinkRow) -> View:
    """One kink: where it is, why, and the slope that everybody returns."""
    columns = [("derivc", row.derivc), ("PyTorch", row.torch), ("JAX", row.jax),
               ("from the left", row.left), ("from the right", row.right)]  # fmt: skip
    known = [(head, slope) for head, slope in columns if slope]
    title = _kink_title(row.at)
    shown = table(title, [h for h, _ in known], [[slope(s) for _, s in known]])
    because = f"{row.because[0].upper()}{row.because[1:]}." if row.because else ""
    return {"where": math_of(row.where), "because": because, "table": shown if known else None}


def _kink_title(at: str) -> str:
    if at.startswith("a, for"):
        return f"Cotangent of {at}"
    return f"Slope at {at}" if at else "Slope there"


def special(rows: Sequence[SpecialRow]) -> View | None:
    """Values and slopes at special points; columns that nothing is known for are left out."""
    if not rows:
        return None
    marks = ["differs" if _differs(r) else "" for r in rows]
    columns = [
        ("at", [r.at for r in rows]), ("value", [r.value for r in rows]),
        ("slope: derivc", [r.derivc for r in rows]), ("PyTorch", [r.torch for r in rows]),
        ("JAX", [r.jax for r in rows]),
    ]  # fmt: skip
    known = [(head, map(slope, cells)) for head, cells in columns if any(cells)]
    return table("A shaded row is one where a library returns another slope",
                 [head for head, _ in known], zip(*(cells for _, cells in known), strict=True),
                 marks=marks)  # fmt: skip


def _differs(row: SpecialRow) -> bool:
    """Whether a library returns another slope; zeros of either sign are the same."""
    return any(other and not _same(row.derivc, other) for other in (row.torch, row.jax))


def _same(a: str, b: str) -> bool:
    try:
        x, y = float(a), float(b)
    except ValueError:
        return a == b
    return (x != x and y != y) or math.isclose(x, y, rel_tol=1e-5)  # no number is near infinity


def stability(rows: Sequence[StabilityRow]) -> View | None:
    """Where the formula as written fails, and what is compiled instead."""
    if not rows:
        return None
    bad = [_result(r) for r in rows if r.fails]
    good = [f"{_result(r)} within {r.naive_ulp:.0f} ulp" for r in rows if not r.fails]
    words = (
        f"Written as it stands, {_and(bad)} can overflow or be off by more than 1000 ulp. "
        if bad
        else ""
    )
    lead = f"{words}Errors are counted in ulp (doubles between the result and the 50-digit truth)."
    right = f"Right as written wherever it was tried: {_and(good)}." if good else ""
    return {"lead": lead, "rows": [_compared(r) for r in rows if r.fails], "right": right}


def _result(row: StabilityRow) -> str:
    return "the value" if row.result == "value" else row.result


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _compared(row: StabilityRow) -> View:
    lines = [("as written", ulp(row.naive_ulp)), ("as derivc compiles it", ulp(row.stable_ulp))]
    sentence = f"Fails for {row.regions}. At {row.at} it gives {row.naive_gives}, not {row.truth}."
    return {
        "title": "The value" if row.result == "value" else f"The derivative {row.result}",
        "math": math_of(row.naive, block=True), "spoken": row.naive.text,
        "sentence": sentence, "table": table("Worst error", ["", "ulp"], lines),
    }  # fmt: skip


def checks(page: Page) -> View | None:
    """The worst errors against 50 digits."""
    if not page.checks:
        return None
    fixed = f" ({page.fixed})" if page.fixed else ""
    what = _METHOD[page.kind]
    when = f" Measured {page.measured}." if page.measured else ""
    lead = f"Compiled code against 50-digit arithmetic{fixed}.{when} {what}"
    heads = ["result", "points", "worst error in ulp", "there", "ulp the truth moves"]
    lines = [_check(row) for row in page.checks]
    if not any(line[-1] for line in lines):
        heads, lines = heads[:-1], [line[:-1] for line in lines]
    return {"lead": lead, "table": table("Worst points", heads, lines, quiet=True)}


_METHOD = {
    "elementwise": "The true slope is a difference quotient at high precision, independent of any"
    " rule. The last column: how far the truth itself moves when an argument moves by one ulp.",
    "structural": "Errors are in ulp of the largest number of the result; the true cotangent is a"
    " difference quotient of the op in 60-digit arithmetic.",
    "yours": "",
}


def _check(row: CheckRow) -> list[Any]:
    return [row.result, str(row.points), ulp(row.ulp), row.at, _moves(row.moves)]


def _moves(moves: float) -> str:
    return "" if math.isnan(moves) else number(moves, 3)


def peers(page: Page) -> View | None:
    """How often PyTorch agrees, and who is nearer to the truth where it does not."""
    if not page.peers:
        return None
    equal, points = (sum(getattr(r, name) for r in page.peers) for name in ("equal", "points"))
    lead = f"Equal within 16 ulp at {equal} of {points} comparisons."
    heads = ["result", "points", "equal", "derivc nearer to the truth", "PyTorch nearer"]
    lines = [[r.result, r.points, r.equal, r.ours_nearer, r.theirs_nearer] for r in page.peers]
    examples = [f"{r.result}: {r.example}." for r in page.peers if r.example]
    return {"library": "PyTorch", "lead": lead, "examples": examples,
            "table": table("Comparisons", heads, lines, quiet=True)}  # fmt: skip


def unchecked(page: Page) -> list[str]:
    """What was not measured, said plainly."""
    said = []
    if not page.checks:
        said.append("No error was measured: " + (page.unchecked or _NO_POINT))
    elif not page.peers and page.kind != "yours":
        known = page.names.get("PyTorch")
        said.append(
            "PyTorch was not installed when the record was made, or refuses these arguments."
            if known else "PyTorch has no such function to compare with."
        )  # fmt: skip
    return said


_NO_POINT = "no point was found where the function has a real value."

"""The text of generated functions, as it was reviewed; DERIVC_GOLDEN=write renews the files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivc as dc

FOLDER = Path(__file__).parents[1] / "golden" / "numpy"
FORMULAS = {
    "rosenbrock": "100*(y-x**2)**2 + (1-x)**2",
    "bell": "a*exp(-(x-m)**2/(2*s**2))",
    "branch": "where(x > 0, log(x), x*y)",
}


@pytest.mark.parametrize("name", FORMULAS)
def test_source_is_as_reviewed(name: str) -> None:
    functions = dc.compile(FORMULAS[name]).source.split("# How numbers and arrays", 1)[0]
    place = FOLDER / f"{name}.txt"
    if os.environ.get("DERIVC_GOLDEN") == "write":
        place.write_text(functions, encoding="utf-8")
    assert functions == place.read_text(encoding="utf-8")

"""The collection of real cases beside the checkout; tests that need it skip without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def items(name: str) -> list[dict[str, Any]]:
    """The items of one file of the collection; empty when it is not there."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []


def parameters(name: str) -> Any:
    """`pytest.mark.parametrize` over the items of one file, by their ids."""
    found = items(name)
    missing = pytest.param(None, marks=pytest.mark.skip(reason=f"{FOLDER / name}.json is not here"))
    return pytest.mark.parametrize(
        "item", found or [missing], ids=[i["id"] for i in found] or ["missing"]
    )

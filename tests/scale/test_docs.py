"""The page on scale: its examples are true; its script runs in test_cluster."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_examples_are_true() -> None:
    text = "\n".join(blocks("pycon"))
    example = doctest.DocTestParser().get_doctest(text, {}, "scale.md", None, 0)
    said: list[str] = []
    failed = doctest.DocTestRunner().run(example, out=said.append).failed
    assert not failed, "".join(said)

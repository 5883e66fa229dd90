"""The front page: its commands are where .ci/run looks, and its examples are true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
DETAILS = 600


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_two_commands_come_first():
    first, second = (block.strip() for block in blocks("bash")[:2])
    assert "pip install" in first
    assert "derivc" in first
    assert "pip install" in second
    assert "pytest" in second
    assert "\n" not in first + second


def test_is_short():
    assert len(TEXT.split()) <= DETAILS


@pytest.mark.parametrize("number", range(len(blocks("pycon"))))
def test_example_is_true(number):
    example = doctest.DocTestParser().get_doctest(blocks("pycon")[number], {}, "README.md", None, 0)
    said: list[str] = []
    failed = (
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append).failed
    )
    assert not failed, "".join(said)

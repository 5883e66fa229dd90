"""The page on custom functions: what it shows is what comes out."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs torch: pip install 'derivc[torch]'")

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "custom.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_examples_are_true() -> None:
    example = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "custom", None, 0)
    said: list[str] = []
    assert not doctest.DocTestRunner().run(example, out=said.append).failed, "".join(said)


def test_the_audit_says_what_the_page_shows(tmp_path) -> None:
    (tmp_path / "act.py").write_text(blocks("python")[0])
    command, shown = blocks("console")[0].split("\n", 1)
    program = [sys.executable, "-m", "derivc", *command.removeprefix("$ derivc ").split()]
    done = subprocess.run(
        program, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 1
    assert done.stdout.replace(f"{tmp_path}/", "") == shown

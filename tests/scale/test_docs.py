"""The page on scale: its examples are true, and its script fits on a cluster."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
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


def test_the_script_fits(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs pip install 'derivc[dask]'")
    pytest.importorskip("scipy", reason="needs SciPy")
    (script,) = blocks("python")
    (tmp_path / "fit.py").write_text(script)
    command = [sys.executable, str(tmp_path / "fit.py"), "2_000_000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=80)
    assert done.returncode == 0, done.stderr
    assert "block 2 of 2" in done.stderr
    a, b = re.fullmatch(r"a = (\S+), b = (\S+)\n", done.stdout).groups()
    assert float(a) == pytest.approx(2.5, abs=2e-3)
    assert float(b) == pytest.approx(1.3, abs=2e-3)

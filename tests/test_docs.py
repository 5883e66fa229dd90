"""The pages under docs/: every example runs, and gives what the page shows.

A page is read from top to bottom, as a user would: Python shares one namespace, a block that opens
with a comment `# name.py` is a file, `$ derivc ...` is a command line, and text behind Python is
what that Python prints.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derivc.cli import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
NEEDED = {
    "crosscheck": ["torch", "jax"], "custom": ["torch"], "scale": ["dask.array", "distributed"],
}  # fmt: skip
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def session(text: str, space: dict[str, Any], page: str) -> None:
    """An interactive session."""
    example = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    example.globs = space
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    assert not runner.run(example, out=said.append, clear_globs=False).failed, "".join(said)


def script(text: str, space: dict[str, Any]) -> str:
    """What a script prints; one that opens with its file's name is written there and not run."""
    name = re.match(r"# (\w+\.py)\n", text)
    if name:
        Path(name[1]).write_text(text, encoding="utf-8")
        return ""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(text, space)
    return printed.getvalue()


def console(text: str) -> None:
    """Command lines, each with what it prints behind it."""
    for part in text.split("$ derivc ")[1:]:
        command, _, shown = part.partition("\n")
        assert CliRunner().invoke(main, shlex.split(command)).output.strip() == shown.strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_are_true(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED.get(page.stem, []):
        pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    space: dict[str, Any] = {"__name__": "page"}
    printed = ""
    for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "text" and printed:
            assert text == printed
        printed = script(text, space) if language == "python" else ""
        if language == "pycon":
            session(text, space, page.name)
        if language == "console":
            console(text)


FOLDERS = ("benchmarks", "derivc", "docs", "notebooks", "templates")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[\w-]+)?\)")


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]

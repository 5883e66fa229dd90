"""The source cache: content keys, several writers, corruption, folders that cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import derivc as dc
from derivc import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cache, "_memory", {})
    return tmp_path


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_memory", {})


def test_the_same_content_is_generated_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dc.compile("x*exp(x)").grad(1.0) == dc.compile("exp(x)*x").grad(1.0)
    first = cache.entries()
    forget(monkeypatch)
    dc.compile("x*exp(x)").grad(2.0)
    assert cache.entries() == first
    dc.compile("x*exp(2*x)").grad(2.0)
    assert len(cache.entries()) > len(first)


@pytest.mark.parametrize("damage", [b"", b"# abc\nraise SystemExit\n", b"\xff\xfe\x00", b"x"])
def test_damaged_files_are_never_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    value = dc.compile("x**3 + 1").grad(2.0)
    for file in cache.entries():
        file.write_bytes(damage)
    forget(monkeypatch)
    assert dc.compile("x**3 + 1").grad(2.0) == value
    forget(monkeypatch)
    assert all(cache.load(file.stem) is not None for file in cache.entries())


def test_a_folder_that_cannot_be_made_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path / "file"))
    forget(monkeypatch)
    assert dc.compile("x**2 + 5").grad(3.0) == (6.0,)


def test_an_empty_setting_switches_the_disk_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DERIVC_CACHE_DIR", "")
    assert cache.directory() is None and cache.entries() == []
    assert dc.compile("x**2 + 6").grad(3.0) == (6.0,)


def test_clear_empties_the_folder(folder: Path) -> None:
    dc.compile("x + 1").grad(1.0)
    assert cache.clear() >= 1
    assert cache.entries() == []


def test_several_processes_write_the_same_key(folder: Path) -> None:
    code = "import derivc as dc; print(dc.compile('sin(x)*exp(y)').grad(0.0, 0.0))"
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert {p.communicate()[0].strip() for p in running} == {"(1.0, 0.0)"}
    assert not list(folder.rglob("*.tmp"))
    assert all(cache.load(file.stem) for file in cache.entries())


def test_source_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "import derivc as dc, hashlib; k = dc.compile('sigmoid(a*b)+c*d*sin(e1+a)/(b+c)');"
        "print(hashlib.sha256((k.source + str(k.derivatives)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "DERIVC_CACHE_DIR": "", "PATH": ""},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_the_oldest_files_go_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cache, "_MOST_BYTES", 2500)
    for age, key in enumerate(("new", "older", "oldest")):
        cache.store(key, "x" * 1000)
        (place,) = tmp_path.glob(f"*/{key}.src")
        os.utime(place, (1e9 - age, 1e9 - age))
    cache._trimmed.clear()
    cache.store("newest", "x" * 1000)
    assert {p.stem for p in cache.entries()} == {"newest", "new"}

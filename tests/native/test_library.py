"""What can go wrong between C text and a library, each with a clear outcome and nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import derivc as dc
from derivc.errors import NativeError
from derivc.native import library, toolchain

pytestmark = pytest.mark.usefixtures("needs_compiler")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty cache, and nothing loaded."""
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(library, "_loaded", {})
    return tmp_path / "cache"


def stored(folder: Path) -> list[Path]:
    return sorted((folder / "native").glob("*.so"))


def value() -> float:
    return dc.compile("x*exp(x)", backend="c").value(1.5)


def test_a_library_is_kept_and_used_again(folder, monkeypatch) -> None:
    library.load("int answer(void) { return 42; }")
    assert len(stored(folder)) == 1
    monkeypatch.setattr(library, "_loaded", {})
    monkeypatch.setattr(library, "_run", lambda *_: pytest.fail("compiled again"))
    assert library.load("int answer(void) { return 42; }").answer() == 42


@pytest.mark.parametrize("damage", [b"", b"no library", None], ids=["empty", "foreign", "cut"])
def test_a_damaged_library_is_made_again(folder, damage) -> None:
    source = "int answer(void) { return 42; }"
    code = f"from derivc.native import library; library.load({source!r})"
    subprocess.run([sys.executable, "-c", code], check=True)  # nothing of it is loaded here
    (file,) = stored(folder)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert library.load(source).answer() == 42
    assert [f.read_bytes() for f in stored(folder)] == [content]


def test_a_library_for_another_processor_is_not_used(folder, monkeypatch) -> None:
    first = toolchain.Toolchain(("cc",)).identity
    monkeypatch.setattr(toolchain, "processor", lambda: "another")
    assert toolchain.Toolchain(("cc",)).identity != first


def test_no_compiler(folder, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(toolchain.importlib.util, "find_spec", lambda name: None)
    toolchain._find.cache_clear()
    with pytest.raises(NativeError, match=r"apt install gcc.*derivc\[native\].*backend='numpy'"):
        dc.compile("x*exp(x) + 3", backend="c")
    assert dc.compile("x*exp(x) + 3").value(0.0) == 3.0
    toolchain._find.cache_clear()


def test_a_compiler_that_is_not_there(folder, monkeypatch) -> None:
    monkeypatch.setenv("CC", "/nowhere/cc")
    with pytest.raises(NativeError, match="CC='/nowhere/cc' is not a program"):
        value()


def test_a_compiler_that_fails(folder, monkeypatch, tmp_path) -> None:
    script = tmp_path / "cc"
    script.write_text("#!/bin/sh\necho 'out of luck' >&2\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setenv("CC", str(script))
    with pytest.raises(NativeError, match="out of luck"):
        value()
    assert stored(folder) == []


def test_a_compiler_that_takes_forever(folder, monkeypatch, tmp_path) -> None:
    script = tmp_path / "cc"
    child = tmp_path / "child"
    script.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exit\nsleep 60 & echo $! > {child}; wait\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("CC", str(script))
    monkeypatch.setattr(library, "TIME_LIMIT", 1.0)
    with pytest.raises(NativeError, match="longer than"):
        library.load("int x;")
    assert ends(int(child.read_text()))  # what it had started ends with it


def ends(process: int) -> bool:
    """Whether a process is gone within a few seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_flags_that_are_not_known_are_left_out(folder, monkeypatch, tmp_path) -> None:
    script = tmp_path / "cc"
    script.write_text(
        '#!/bin/sh\ncase "$*" in *march=native*) echo "bad -march" >&2; exit 1;; esac\n'
        'exec cc "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("CC", str(script))
    assert library.load("int answer(void) { return 42; }").answer() == 42


def test_a_cache_that_cannot_be_written(monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(library, "_loaded", {})
    assert library.load("int answer(void) { return 42; }").answer() == 42


def test_a_full_disk(folder, monkeypatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library, "write_whole_bytes", full)
    assert library.load("int answer(void) { return 42; }").answer() == 42
    assert stored(folder) == []


def test_nowhere_to_write(folder, monkeypatch) -> None:
    def nowhere(*_, **__):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(library.tempfile, "TemporaryDirectory", nowhere)
    with pytest.raises(NativeError, match="TMPDIR"):
        library.load("int answer(void) { return 42; }")


def test_no_cache_at_all(monkeypatch) -> None:
    monkeypatch.setenv("DERIVC_CACHE_DIR", "")
    monkeypatch.setattr(library, "_loaded", {})
    assert library.load("int answer(void) { return 42; }").answer() == 42


def _compute(place: str) -> float:
    os.environ["DERIVC_CACHE_DIR"] = place
    return value()


def test_two_processes_at_once(tmp_path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_compute, [str(tmp_path)] * 4))
    assert len(set(found)) == 1
    assert len(stored(tmp_path)) == 2  # the runtime and the kernel


def test_ctrl_c_while_compiling(tmp_path) -> None:
    script, temporary = tmp_path / "cc", tmp_path / "temporary"
    temporary.mkdir()
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nexec sleep 60\n")
    script.chmod(0o755)
    code = "import derivc as dc; dc.compile('x*exp(x)', backend='c').value(1.5)"
    environment = {**os.environ, "CC": str(script), "DERIVC_CACHE_DIR": str(tmp_path / "cache"),
                   "TMPDIR": str(temporary)}  # fmt: skip
    prepare = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    process = subprocess.Popen(
        [sys.executable, "-c", prepare + code], env=environment, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in told
    assert list(temporary.iterdir()) == []
    assert stored(tmp_path / "cache") == []

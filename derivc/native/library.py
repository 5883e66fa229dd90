"""From C text to a loaded library, through a cache keyed by content, compiler and processor.

A library lies in the cache under the digest of what it was made from and the digest of its own
bytes, so that a truncated, corrupted or foreign file is never loaded. It is compiled in a folder of
its own and moved into place in one step; a cache that cannot be written is not an error.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import subprocess
import tempfile
import threading
from pathlib import Path

from derivc import cache
from derivc.errors import NativeError
from derivc.files import write_whole_bytes
from derivc.native.toolchain import Toolchain, find
from derivc.processes import end_group

TIME_LIMIT = 120
"""Seconds that a compiler may take."""

_loaded: dict[str, ctypes.PyDLL] = {}
_lock = threading.Lock()


def load(source: str, level: int = 3, keep: bool = True) -> ctypes.PyDLL:
    """The library that a translation unit compiles to.

    Args:
        source: C. level: of optimization. keep: whether it goes into the cache.

    Raises:
        NativeError: there is no compiler, it failed, or its result cannot be loaded.
    """
    toolchain = find()
    key = _digest("|".join([toolchain.identity, str(level), source]).encode())
    with _lock:
        if key not in _loaded:
            _loaded[key] = _stored(key) or _compiled(toolchain, source, level, key if keep else "")
        return _loaded[key]


def _stored(key: str) -> ctypes.PyDLL | None:
    """The library from the cache, when it is there and whole."""
    folder = _folder()
    for file in sorted(folder.glob(f"{key}-*.so")) if folder else []:
        with contextlib.suppress(OSError):
            if file.name == _name(key, file.read_bytes()):
                return ctypes.PyDLL(str(file))
            file.unlink()
    return None


def _compiled(toolchain: Toolchain, source: str, level: int, key: str) -> ctypes.PyDLL:
    try:
        with tempfile.TemporaryDirectory(prefix="derivc-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "kernel.so"
            _run(toolchain, source, level, file)
            return _opened(_kept(key, file.read_bytes()) or file, file)
    except OSError as problem:
        raise NativeError(
            f"a native kernel could not be built: {problem}; set TMPDIR to a folder that can be"
            " written and executed from, or use backend='numpy'"
        ) from problem


def _opened(first: Path, second: Path) -> ctypes.PyDLL:
    """A library from the cache, or from where it was made when that place forbids programs."""
    try:
        return ctypes.PyDLL(str(first))
    except OSError:
        return ctypes.PyDLL(str(second))


def _run(toolchain: Toolchain, source: str, level: int, file: Path) -> None:
    """Compile; once more for any processor when the compiler does not know this one."""
    problem = _try(toolchain.arguments(level), toolchain, source, file)
    if problem and "march" in problem:
        problem = _try(toolchain.arguments(level, native=False), toolchain, source, file)
    if problem:
        raise NativeError(
            f"the C compiler {' '.join(toolchain.command)} failed: {problem[-800:].strip()};"
            " set CC to another one, or use backend='numpy'"
        )


def _try(arguments: list[str], toolchain: Toolchain, source: str, file: Path) -> str:
    """What went wrong; "" when the library was made."""
    command = [*arguments, "-x", "c", "-", "-o", str(file), *toolchain.libraries]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=file.parent, process_group=0
    ) as process:
        try:
            _, told = process.communicate(source.encode(), timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            end_group(process)
            return f"it took longer than {TIME_LIMIT} seconds"
        except BaseException:  # Ctrl-C, too: a driver's children would go on without it
            end_group(process)
            raise
    if process.returncode == 0 and file.exists():
        return ""
    return told.decode(errors="replace") or f"exit {process.returncode}"


def _kept(key: str, content: bytes) -> Path | None:
    """Where the library lies in the cache now; None where it cannot be put there."""
    folder = _folder()
    if folder is None or not key:
        return None
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = folder / _name(key, content)
        write_whole_bytes(place, content)
        cache.trim()
        return place
    return None


def _folder() -> Path | None:
    root = cache.directory()
    return None if root is None else root / "native"


def _name(key: str, content: bytes) -> str:
    return f"{key}-{_digest(content)}.so"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()

"""The cache of generated source: in memory and on disk, keyed by content.

On disk a file is named by its key and carries a digest of its own text in the first line, so that a
truncated or foreign file is never used. Files are written beside their place and moved in one step,
so that two processes that write the same key do not disturb each other. A cache that cannot be
written is not an error: everything is generated again.

Once a process, when it first stores something, the oldest files beyond 64 MiB are removed.

`DERIVC_CACHE_DIR` chooses the directory; an empty value switches the disk cache off.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import lru_cache
from pathlib import Path

from derivc.errors import CacheError
from derivc.files import write_whole

_memory: dict[str, str] = {}
_trimmed: set[Path] = set()
_MOST_BYTES = 64 * 2**20


def directory() -> Path | None:
    """Where the cache lives on disk; None when it is switched off."""
    chosen = os.environ.get("DERIVC_CACHE_DIR")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    return Path(base) / "derivc"


def load(key: str) -> str | None:
    """The source stored under a key, or None."""
    if key in _memory:
        return _memory[key]
    place = _place(key)
    if place is None:
        return None
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    digest, _, source = text.partition("\n")
    if digest != _digest(source):
        return None
    _memory[key] = source
    return source


def store(key: str, source: str) -> None:
    """Keep a source under a key; a directory that cannot be written is passed over."""
    _memory[key] = source
    place = _place(key)
    if place is not None:
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(place, f"{_digest(source)}\n{source}")
            trim()


def trim() -> None:
    """Remove the oldest files beyond the limit, once a process."""
    root = directory()
    if root is None or root in _trimmed:
        return
    _trimmed.add(root)
    aged = sorted(((f.stat(), f) for f in entries()), key=lambda pair: -pair[0].st_mtime_ns)
    total = 0
    for status, file in aged:
        total += status.st_size
        if total > _MOST_BYTES:
            file.unlink(missing_ok=True)


def clear() -> int:
    """Forget everything, in memory and on disk; the number of files removed.

    Raises:
        CacheError: a file of the cache cannot be removed.
    """
    _memory.clear()
    files = entries()
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as problem:
        raise CacheError(f"could not clear the cache in {directory()}: {problem}") from problem
    return len(files)


def entries() -> list[Path]:
    """The files of the cache on disk."""
    root = directory()
    if root is None or not root.is_dir():
        return []
    return sorted([*root.glob("*/*.src"), *root.glob("native/*.so")])


def _place(key: str) -> Path | None:
    root = directory()
    return None if root is None else root / fingerprint() / f"{key}.src"


def _digest(source: str) -> str:
    return "# " + hashlib.blake2b(source.encode(), digest_size=20).hexdigest()


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """One word for the code that generates: a changed derivc, SymPy or Python starts afresh."""
    import sympy

    here = Path(__file__).resolve().parent
    files = sorted(
        [*here.rglob("*.py"), *here.parent.glob("templates/**/*.j2"), *here.rglob("*.j2")]
    )
    marks = [f"{f.name}:{f.stat().st_mtime_ns}:{f.stat().st_size}" for f in files]
    text = "|".join([sys.version, sympy.__version__, *marks])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

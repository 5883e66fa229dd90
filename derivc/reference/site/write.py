"""A site on disk: written beside its place and moved there whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from derivc.errors import SaveError
from derivc.files import not_written

MARK = ".derivc-site"
"""The file by which a folder is known as a site that may be replaced."""


def write(target: str | os.PathLike[str], files: Mapping[str, str | bytes]) -> Path:
    """Write a site, in place of an older one if there is one.

    Args:
        target: the folder of the site. files: contents by path inside it.

    Returns:
        The folder.

    Raises:
        SaveError: the folder exists and is no site of derivc, or cannot be written. What stood
            there before is untouched.
    """
    place = Path(target).expanduser().absolute()
    check(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _beside(place) as folder:
            for name, content in {**files, MARK: "made by derivc\n"}.items():
                _put(folder / name, content)
            _swap(folder, place)
    except OSError as problem:
        raise not_written(target, problem, "folder") from problem
    return place


def check(target: str | os.PathLike[str]) -> None:
    """Whether a site may be written there, asked before the work is done.

    Raises:
        SaveError: the folder holds something that is no site of derivc.
    """
    place = Path(target).expanduser()
    if not os.path.lexists(place):
        return
    if place.is_symlink() or not place.is_dir():
        raise SaveError(f"{target} is no folder; choose another place for the site")
    if any(place.iterdir()) and not (place / MARK).is_file():
        raise SaveError(
            f"{target} holds files that derivc did not write; choose an empty folder or a new one"
        )


def _put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextlib.contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A fresh folder on the same disk; gone afterwards unless it was moved."""
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".new", dir=place.parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, place: Path) -> None:
    """Put the new folder in the old one's place; the old one returns if that fails."""
    if not place.exists():
        os.replace(folder, place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".old", dir=place.parent))
    os.replace(place, old / "site")
    try:
        os.replace(folder, place)
    except OSError:
        os.replace(old / "site", place)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)

"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from derivc.errors import SaveError


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write text beside the target and move it into place in one step.

    Raises:
        OSError: the folder is missing or cannot be written; the target is untouched.
    """
    write_whole_bytes(path, text.encode("utf-8"))


def write_whole_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write bytes beside the target and move them into place in one step.

    Raises:
        OSError: the folder is missing or cannot be written; the target is untouched.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def save_text(path: str | os.PathLike[str], text: str) -> None:
    """Write what a user asked to save.

    Raises:
        SaveError: the file cannot be written; what stood there before is untouched.
    """
    try:
        write_whole(path, text)
    except OSError as problem:
        raise not_written(path, problem) from problem


def from_here(path: str) -> str:
    """A path as one would write it in this folder: relative where it lies inside.

    Example:
        >>> from_here(str(Path.cwd() / "models" / "act.py")) == str(Path("models") / "act.py")
        True
        >>> from_here("act.py")
        'act.py'
    """
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def not_written(path: str | os.PathLike[str], problem: OSError, other: str = "path") -> SaveError:
    """The error of a file or a folder that could not be written, in the user's terms.

    Example:
        >>> str(not_written("no/such/f.py", FileNotFoundError(2, "No such file or directory")))
        'could not write no/such/f.py: there is no folder no/such; make it, or choose another path'
    """
    folder = Path(path).expanduser().parent
    if folder.is_dir():
        return SaveError(
            f"could not write {path}: {problem.strerror or problem}; choose another {other}"
        )
    return SaveError(
        f"could not write {path}: there is no folder {folder}; make it, or choose another {other}"
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current

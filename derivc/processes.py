"""Processes that were started: ended together with what they have started themselves."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a group (`process_group=0`), and all the others in it.

    Example:
        >>> process = subprocess.Popen(["sleep", "60"], process_group=0)
        >>> end_group(process)
        >>> process.returncode == -signal.SIGKILL
        True
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

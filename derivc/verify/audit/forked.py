"""An audit in a copy of this process: for functions that are written in no file."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from derivc.errors import UnsupportedError
from derivc.verify.audit.isolate import crash, over_limit
from derivc.verify.audit.report import FAILS, AuditReport, from_record
from derivc.verify.audit.subject import Finding, Subject

_TICK = 0.02


def forked(
    subject: Subject, run: Callable[[], AuditReport], timeout: float, memory: int
) -> AuditReport:
    """The report of `run`, made in a copy of this process that is ended when it goes too far.

    Raises:
        UnsupportedError: the system cannot copy processes, or the library does not stand it.
    """
    if not hasattr(os, "fork") or subject.library == "jax":
        raise UnsupportedError(
            "isolate=True copies the process, which this system or library cannot; use"
            " `derivc audit FILE.py:NAME`, which starts another one"
        )
    with tempfile.TemporaryDirectory(prefix="derivc-audit-") as folder:
        result = Path(folder, "result.json")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a copy of a process with threads: it uses none
            child = os.fork()
        if child == 0:
            _answer(run, result)
        code, reason = _waited(child, timeout, memory)
        if result.exists():
            return from_record(json.loads(result.read_text(encoding="utf-8")))
    cause = Finding("process", reason or crash(code), "fails")
    place = subject.place
    return AuditReport(subject.name, subject.library, place.file, place.line, FAILS, (cause,))


def _answer(run: Callable[[], AuditReport], result: Path) -> None:
    """In the copy: run, write, end."""
    with contextlib.suppress(BaseException):
        os.setsid()
        faulthandler.disable()  # the crash is reported here, not shown
        _without_threads()
        record = json.dumps(run().record())
        part = result.with_suffix(".part")
        part.write_text(record, encoding="utf-8")
        part.rename(result)
    os._exit(0)


def _without_threads() -> None:
    """PyTorch's threads are not copied; it must not wait for them."""
    import sys

    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _waited(child: int, timeout: float, memory: int) -> tuple[int, str]:
    """The exit code of the copy, and why it was ended, or ""."""
    end = time.monotonic() + timeout
    reason = ""
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), reason
        reason = reason or over_limit(child, end, timeout, memory)
        if reason:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(_TICK)

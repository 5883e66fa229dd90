"""An audit in a process of its own: what a user's file does to it does not reach this one."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derivc import errors
from derivc.processes import end_group
from derivc.verify.audit.report import FAILS, AuditReport, from_record
from derivc.verify.audit.subject import Finding

TIMEOUT, MEMORY = 120.0, 4096
_TICK, _LAST_WORDS = 0.02, 2.0


def audit_file(
    path: str, name: str = "", *, timeout: float = TIMEOUT, memory: int = MEMORY, **options: Any
) -> list[AuditReport]:
    """Audit a function of a file, or all of them, in a process of its own.

    Args:
        path: of a Python file; it is run. name: of the function; default: every one that the file
            defines. timeout: seconds for each. memory: MiB of resident memory.
        options: `inputs` as text, and `wrt`, `domain`, `expect`, `seed` as `derivc.audit` takes.

    Returns:
        A report for each; one that says why, where the process had to be ended or crashed.

    Raises:
        InputTypeError: there is no such file or function.
    """
    request = {"path": path, "name": name, "skip": [], **options}
    reports: list[AuditReport] = []
    while True:
        found, reason, said = _answered(request, timeout, memory)
        if "at" not in found and not reason:
            return reports + _reports(found)
        current = found.get("at", name)
        reports += [*_reports(found), _ended(path, current, reason, said)]
        if name or not found.get("left"):
            return reports
        request["skip"] += [*found["done"], current]  # the others are audited all the same


def _answered(
    request: Mapping[str, Any], timeout: float, memory: int
) -> tuple[dict[str, Any], str, str]:
    """What the child wrote, why it was ended before it was through (or ""), and what it said."""
    with tempfile.TemporaryDirectory(prefix="derivc-audit-") as folder:
        asked, answered = Path(folder, "request.json"), Path(folder, "result.json")
        asked.write_text(json.dumps(request), encoding="utf-8")
        code, said, reason = _watched([str(asked), str(answered)], timeout, memory)
        found: dict[str, Any] = {"reports": []}
        if answered.exists():
            found = json.loads(answered.read_text(encoding="utf-8"))
        through = answered.exists() and "at" not in found
        return found, "" if through else reason or crash(code), said


def _reports(found: Mapping[str, Any]) -> list[AuditReport]:
    """The reports; an error of the child is raised here.

    Raises:
        DerivcError: what the child raised.
    """
    if "error" in found:
        kind = getattr(errors, found["error"]["class"], errors.InputTypeError)
        problem = errors.InputTypeError(found["error"]["message"])
        with contextlib.suppress(TypeError):
            problem = kind(found["error"]["message"])
        raise problem
    return [from_record(record) for record in found["reports"]]


def _watched(args: list[str], timeout: float, memory: int) -> tuple[int, str, str]:
    """Exit code, the end of what it said on standard error, and why it was ended (or "")."""
    command = [sys.executable, "-X", "faulthandler", "-m", "derivc.verify.audit.child", *args]
    with tempfile.TemporaryFile() as noise:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=noise, stderr=noise, start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )  # fmt: skip
        try:
            reason = _limited(process, Path(args[-1]), timeout, memory)
        finally:
            end_group(process)
        noise.seek(0)
        return process.wait(), noise.read().decode(errors="replace")[-4000:], reason


def _limited(process: subprocess.Popen[bytes], progress: Path, timeout: float, memory: int) -> str:
    """Wait for the end; why it must not go on, or "". The time starts anew with each function."""
    end, seen = time.monotonic() + timeout, 0.0
    while process.poll() is None:
        told = progress.stat().st_mtime if progress.exists() else 0.0
        if told != seen:
            end, seen = time.monotonic() + timeout, told
        if reason := over_limit(process.pid, end, timeout, memory):
            _ask_where(process)
            return reason
        time.sleep(_TICK)
    return ""


def _ask_where(process: subprocess.Popen[bytes]) -> None:
    """Let it say where it is: faulthandler writes a traceback when the process is aborted."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        process.send_signal(signal.SIGABRT)
        process.wait(_LAST_WORDS)


def over_limit(pid: int, end: float, timeout: float, memory: int) -> str:
    """Why a process must not go on, or "".

    Args:
        end: the monotonic time of its end, `timeout` seconds after its start. memory: in MiB.
    """
    if time.monotonic() > end:
        return f"it did not end within {timeout:g} s (an endless loop?)"
    if _resident(pid) > memory:
        return f"it took more than {memory} MiB of memory"
    return ""


def _resident(pid: int) -> float:
    """The resident memory of a process in MiB; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def crash(code: int) -> str:
    """What an exit code says about a process that gave no answer."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it crashed: {signal.Signals(-code).name}"
    return f"it ended the program with exit code {code}"


def _ended(path: str, name: str, reason: str, said: str) -> AuditReport:
    """The report on a process that gave none; the user's line is in the crash's traceback."""
    line = _line(path, said)
    where = f" [line {line}]" if line else ""
    cause = Finding("process", f"{reason}{where}", "fails", line=line)
    return AuditReport(name or Path(path).stem, "python", path, line, FAILS, (cause,))


def _line(path: str, said: str) -> int:
    """The first line of the user's file that the last traceback of a crash names."""
    for row in said.rpartition("Fatal Python error")[2].splitlines():
        if row.strip().startswith("File ") and Path(path).name in row and ", line " in row:
            number = row.partition(", line ")[2].split()[0].strip(",")
            return int(number) if number.isdigit() else 0
    return 0

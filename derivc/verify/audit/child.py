"""The other side of an isolated audit: reads what to do, runs it, writes what was found.

`python -m derivc.verify.audit.child REQUEST RESULT`, both files of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from derivc.errors import DerivcError


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reports on the functions of a file, as records; or an error."""
    from derivc.verify.audit.loading import found, load
    from derivc.verify.audit.subject import CallError

    try:
        functions = found(load(request["path"]), request["name"])
        return {"reports": [_one(name, function, request) for name, function in functions]}
    except CallError as problem:
        return {"reports": [_unloadable(request, problem).record()]}
    except DerivcError as problem:
        return {"error": {"class": type(problem).__name__, "message": str(problem)}}


def _one(name: str, function: Any, request: dict[str, Any]) -> dict[str, Any]:
    from derivc.verify.audit.api import audit
    from derivc.verify.audit.spoken import spoken

    text = request.get("inputs")
    inputs = spoken(text) if text else None
    options = {k: request[k] for k in ("wrt", "domain", "expect", "seed") if request.get(k)}
    return audit(function, inputs, **options).record()


def _unloadable(request: dict[str, Any], problem: Any) -> Any:
    from derivc.verify.audit.failures import explained
    from derivc.verify.audit.report import FAILS, AuditReport

    cause = explained(problem, "import", "the file cannot be run")
    name = request["name"] or Path(request["path"]).stem
    return AuditReport(name, "python", request["path"], problem.line, FAILS, (cause,))


def main(request: str, result: str) -> None:
    """Answer one request; what the user's code prints goes to standard error."""
    asked = json.loads(Path(request).read_text(encoding="utf-8"))
    with contextlib.redirect_stdout(sys.stderr):
        found = answer(asked)
    Path(result).write_text(json.dumps(found), encoding="utf-8")
    sys.stderr.flush()
    os._exit(0)  # threads that the user's code left behind are not waited for


if __name__ == "__main__":
    main(*sys.argv[1:])

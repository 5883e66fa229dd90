"""The other side of an isolated audit: reads what to do, runs it, writes what was found.

`python -m derivc.verify.audit.child REQUEST RESULT`, both files of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derivc.errors import DerivcError

Tell = Callable[[dict[str, Any]], None]


def answer(request: dict[str, Any], tell: Tell = lambda found: None) -> dict[str, Any]:
    """The reports on the functions of a file, as records; or an error.

    Args:
        tell: is told before each function what is done, which one is next, and what is left.
    """
    from derivc.verify.audit.loading import found, load
    from derivc.verify.audit.subject import CallError

    try:
        every = found(load(request["path"]), request["name"])
        functions = [(n, f) for n, f in every if n not in request.get("skip", ())]
        reports: list[dict[str, Any]] = []
        names = [n for n, _ in functions]
        for place, (name, function) in enumerate(functions):
            left = names[place + 1 :]
            tell({"reports": reports, "done": names[:place], "at": name, "left": left})
            reports.append(_one(name, function, request, is_alone=len(every) == 1))
    except CallError as problem:
        return {"reports": [_unloadable(request, problem).record()]}
    except DerivcError as problem:
        return {"error": {"class": type(problem).__name__, "message": str(problem)}}
    return {"reports": reports}


def _one(name: str, function: Any, request: dict[str, Any], is_alone: bool) -> dict[str, Any]:
    """The report on one of several; one that cannot be audited does not keep the others from it.

    Raises:
        DerivcError: it is the only one, and cannot be audited.
    """
    from derivc.verify.audit.api import audit
    from derivc.verify.audit.spoken import spoken

    text = request.get("inputs")
    inputs = spoken(text) if text else None
    options = {k: request[k] for k in ("wrt", "domain", "expect", "seed") if request.get(k)}
    try:
        found: dict[str, Any] = audit(function, inputs, **options).record()
    except DerivcError as problem:
        if is_alone:
            raise
        found = _unaudited(name, function, problem).record()
    return found


def _unaudited(name: str, function: Any, problem: DerivcError) -> Any:
    from derivc.verify.audit.adapt import adapt
    from derivc.verify.audit.report import UNAUDITED, AuditReport
    from derivc.verify.audit.subject import Finding

    subject = adapt(function)
    cause = Finding("arguments", str(problem), "fails")
    place = subject.place
    return AuditReport(name, subject.library, place.file, place.line, UNAUDITED, (cause,))


def _unloadable(request: dict[str, Any], problem: Any) -> Any:
    from derivc.verify.audit.failures import explained
    from derivc.verify.audit.report import FAILS, AuditReport

    cause = explained(problem, "import", "the file cannot be run")
    name = request["name"] or Path(request["path"]).stem
    return AuditReport(name, "python", request["path"], problem.line, FAILS, (cause,))


def main(request: str, result: str) -> None:
    """Answer one request; what the user's code prints goes to standard error."""
    asked = json.loads(Path(request).read_text(encoding="utf-8"))
    sys.argv = [asked["path"]]  # files that read their command line find an empty one
    with contextlib.redirect_stdout(sys.stderr):
        found = answer(asked, lambda so_far: _written(so_far, result))
    _written(found, result)
    sys.stderr.flush()
    os._exit(0)  # threads that the user's code left behind are not waited for


def _written(found: dict[str, Any], result: str) -> None:
    """Whole or not at all: whoever reads it may do so at any time."""
    fresh = Path(result + ".new")
    fresh.write_text(json.dumps(found), encoding="utf-8")
    fresh.replace(result)


if __name__ == "__main__":
    main(*sys.argv[1:])

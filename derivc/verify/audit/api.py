"""`dc.audit`: a function in, a report out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivc.errors import InputTypeError
from derivc.options import check_choice
from derivc.verify.audit.adapt import adapt
from derivc.verify.audit.given import case_of
from derivc.verify.audit.report import AuditReport
from derivc.verify.audit.run import failed, run
from derivc.verify.audit.subject import CallError, Subject
from derivc.verify.audit.surrogate import EXPECTED


def audit(
    function: Any,
    inputs: Any = None,
    *,
    wrt: Sequence[str] | str | None = None,
    domain: Mapping[str, tuple[float, float]] | None = None,
    expect: str = "auto",
    backward: Any = None,
    isolate: bool = False,
    timeout: float = 120.0,
    memory: int = 4096,
    seed: int = 0,
) -> AuditReport:
    """Compare a hand-written backward with the derivative of its forward.

    The function is called, in this process, at some hundred points: running it is your choice.
    `derivc audit file.py:Name` does the same in a process of its own.

    Args:
        function: a class derived from `torch.autograd.Function` or `derivc.Function`, a function
            decorated with `jax.custom_vjp` or `jax.custom_jvp`, or a forward in plain Python whose
            `backward(inputs..., cotangents...)` is given too (or the two as a pair).
        inputs: arguments to call it with, in order or by name: arrays or tensors (their shapes
            count; other points are tried too), numbers and options. Left out, they are guessed.
        wrt: the arguments whose gradients count; default: all arrays of floats, or those tensors
            that require a gradient.
        domain: an interval for an argument by name, where the function is defined.
        expect: "auto": another gradient than the derivative is wrong, unless the forward is made of
            steps or hands its input on; "exact": it is always wrong; "surrogate": it never is, and
            only the conventions are checked.
        backward: for a forward in plain Python.
        isolate: run it in a copy of this process, so that a crash, an endless loop or a memory hog
            is contained and reported; `timeout` in seconds, `memory` in MiB.
        seed: of the points.

    Returns:
        A report: `.verdict`, `.ok`, `.findings`, `.rows`, text when printed, HTML in notebooks.

    Raises:
        InputTypeError: the function is of no kind that is known, or no arguments are found.
        MissingDependencyError: its library is not installed.

    Example:
        >>> import derivc as dc
        >>> dc.audit(lambda x: x**3, backward=lambda x, g: 2 * g * x**2).verdict
        'wrong'
    """
    check_choice("expect", expect, EXPECTED)
    subject = adapt(function, backward)
    names = [wrt] if isinstance(wrt, str) else wrt

    def judged() -> AuditReport:
        return _audited(subject, inputs, names, domain, expect, seed)

    if not isolate:
        return judged()
    from derivc.verify.audit.forked import forked

    return forked(subject, judged, timeout, memory)


def _audited(
    subject: Subject,
    inputs: Any,
    wrt: Sequence[str] | None,
    domain: Mapping[str, tuple[float, float]] | None,
    expect: str,
    seed: int,
) -> AuditReport:
    try:
        case = case_of(subject, inputs, wrt)
    except CallError as problem:
        return failed(subject, problem)
    if not case.moving:
        raise InputTypeError(f"{subject.name}: none of the arguments is an array of floats")
    return run(subject, case, domain, expect, seed)

"""From wrong samples to causes in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derivc.ops.shorthand import mpmath
from derivc.verify.audit.causes import ratios
from derivc.verify.audit.causes.confusions import confusion
from derivc.verify.audit.causes.evidence import Evidence, collect, region
from derivc.verify.audit.causes.repairs import chain, repair
from derivc.verify.audit.causes.structure import structure
from derivc.verify.audit.compare import Sample
from derivc.verify.audit.subject import Case, Finding

_SEARCHES = (
    ratios.order, ratios.transposed, ratios.sign, ratios.cotangent, chain, ratios.constant,
    repair, structure, confusion,
)  # fmt: skip


def diagnose(case: Case, samples: Sequence[Sample]) -> list[Finding]:
    """The probable cause for each input whose gradient is wrong."""
    found = []
    for array in range(len(case.moving)):
        evidence = collect(case, samples, array)
        if evidence is not None:
            found.append(_cause(evidence))
    return _merged(found)


def _cause(evidence: Evidence) -> Finding:
    if all(s.written is None for s in evidence.samples):
        return Finding(
            "none-due",
            f"None is returned where a gradient is due: the output depends on {evidence.input}",
            input=evidence.input,
        )
    with mpmath().workdps(40):
        finding = next((f for search in _SEARCHES if (f := search(evidence))), None)
    finding = finding or _unexplained(evidence)
    where = region(evidence)
    return replace(finding, message=f"{finding.message}; where {where}") if where else finding


def _unexplained(evidence: Evidence) -> Finding:
    pairs = zip(evidence.written, evidence.true, strict=True)
    found = [float(w / t) for w, t in pairs if t]
    if not any(evidence.written):
        message = f"the gradient of {evidence.input} is zero where it should not be"
        return Finding("zero", message, input=evidence.input)
    if not found:
        message = f"the gradient of {evidence.input} is not zero where it should be"
        return Finding("not-zero", message, input=evidence.input)
    how = f"written/true runs from {min(found):.4g} to {max(found):.4g}"
    return Finding(
        "other",
        f"the gradient of {evidence.input} is another function: no single slip explains it ({how})",
        input=evidence.input,
    )


def _merged(findings: list[Finding]) -> list[Finding]:
    """Two gradients in each other's place are one slip."""
    swapped = [f for f in findings if f.code == "order"]
    if len(swapped) < 2:
        return findings
    names = " and ".join(f.input for f in swapped)
    whole = Finding("order", f"wrong order of the gradients: {names} are exchanged")
    return [whole, *(f for f in findings if f.code != "order")]

"""Double precision that is lost on the way: constants and casts of a smaller dtype."""

from __future__ import annotations

from collections.abc import Sequence

from derivc.verify.audit.compare import RIGHT, UNSTABLE, Sample, typical
from derivc.verify.audit.points import GIVEN, MODERATE
from derivc.verify.audit.subject import Case, Finding

_LOW = frozenset(["torch.float32", "torch.float16", "torch.bfloat16", "float32", "float16"])
_SEEN = 1e-10


def precision(case: Case, samples: Sequence[Sample], known: bool) -> list[Finding]:
    """A finding for each input whose gradient has no more digits than a smaller dtype gives."""
    found = []
    for array, name in enumerate(case.moving_names):
        own = [s for s in samples if s.array == array and s.point.kind in (GIVEN, MODERATE)]
        met = {d for s in own if s.trace for d in s.trace.dtypes} & _LOW
        usual = typical(own)
        off = [s for s in own if s.outcome in (RIGHT, UNSTABLE) and s.error > _SEEN * usual]
        if met and len(off) > len(own) / 3 and not known:
            worst = max(s.error / max(abs(s.true), usual) for s in off)
            found.append(Finding(
                "dtype",
                f"a constant or a cast of dtype {min(met).removeprefix('torch.')}: the gradient of"
                f" {name} in float64 is right to {worst:.0e} only",
                "wrong", name,
            ))  # fmt: skip
    return found

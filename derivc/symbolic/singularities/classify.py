"""From the behaviour on both sides of a point to the kind of the point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from derivc.ops.shorthand import mpmath
from derivc.symbolic.singularities.probe import Behaviour, Side

Verdict = tuple[str, str, float]
"""Kind, of what ("f" or "f'"), and order."""
_NEAR, _ROUGH = 15, 6


@final
@dataclass(frozen=True)
class Seen:
    """What was measured at a point: f there, and both sides."""

    value: Any
    left: Side
    right: Side


def verdict(seen: Seen) -> Verdict | None:
    """The kind of the point; None where function and derivative are continuous and smooth.

    Example:
        >>> from derivc.symbolic.singularities.probe import behaviour
        >>> import mpmath
        >>> one = Behaviour("finite", mpmath.mpf(1))
        >>> up, down = Side(one, one, one), Side(one, Behaviour("finite", mpmath.mpf(-1)), one)
        >>> verdict(Seen(mpmath.mpf(1), down, up))
        ('kink', 'f', 0.0)
    """
    left, right = seen.left.value, seen.right.value
    sides = [s for s in (left, right) if s.kind != "none"]
    if not sides:
        return None
    wild = _wild(sides)
    if wild is not None:
        return (wild[0], "f", wild[1])
    if len(sides) == 1:
        return _end(seen)
    if not _agree(left, right):
        return "jump", "f", 0.0
    if seen.value != seen.value or not _agree(Behaviour("finite", seen.value), left):
        return "removable", "f", 0.0
    return _slopes(seen.left.slope, seen.right.slope) or _bend(seen)


def _wild(sides: list[Behaviour]) -> tuple[str, float] | None:
    """Poles, logarithms and essential singularities, the worst of the sides."""
    kinds = {s.kind for s in sides}
    if kinds & {"essential", "oscillating"}:
        return "essential", 0.0
    if "pole" in kinds:
        order = max(s.order for s in sides)
        return ("pole" if order == round(order) else "branch point"), order
    return ("logarithmic", 0.0) if "log" in kinds else None


def _end(seen: Seen) -> Verdict:
    """The function begins or ends here."""
    inner = seen.left if seen.left.value.kind != "none" else seen.right
    steep = not inner.slope.finite
    order = inner.slope.order if steep else 0.0
    return ("branch point" if steep else "end of the domain"), "f", order


def _slopes(left: Behaviour, right: Behaviour) -> Verdict | None:
    """Continuous: by the slopes."""
    if left.kind in ("oscillating", "none") or right.kind in ("oscillating", "none"):
        return "essential", "f'", 0.0
    if left.infinite or right.infinite:
        if left.infinite and right.infinite and left.limit == right.limit:
            return "vertical tangent", "f", max(left.order, right.order)
        return "cusp", "f", max(left.order, right.order)
    return None if _agree(left, right) else ("kink", "f", 0.0)


def _bend(seen: Seen) -> Verdict | None:
    """Smooth once: by the curvatures, of the derivative."""
    left, right = seen.left.curvature, seen.right.curvature
    if left.finite and right.finite:
        return None if _agree(left, right) else ("kink", "f'", 0.0)
    if left.infinite or right.infinite:
        both = left.infinite and right.infinite and left.limit == right.limit
        return ("vertical tangent" if both else "cusp"), "f'", max(left.order, right.order)
    return None


def _agree(one: Behaviour, other: Behaviour) -> bool:
    """Whether two limits agree to fifteen digits (six, where one was approached slowly)."""
    mp, a, b = mpmath(), one.limit, other.limit
    if a != a or b != b:
        return False
    near = mp.mpf(10) ** -(_ROUGH if one.slow or other.slow else _NEAR)
    return bool(a == b or abs(a - b) <= near * max(mp.mpf(10) ** -_NEAR, abs(a), abs(b)))

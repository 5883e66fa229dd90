"""Why an op has no record: what its page says instead of numbers."""

from __future__ import annotations

from derivc.ops.structure import StructuralOp
from derivc.reference.records import store

_BY_TAG = {
    "boolean": "the result is true or false.",
    "branch": "the result is one of the arguments, unrounded.",
    "decree": "the result is the argument, unrounded, and the derivative is set, not computed.",
    "auxiliary": "a building block of formulas; they are measured with it inside.",
}
"""By the tag of an elementwise op, the first that fits."""

_BY_NAME = {
    "zeta": "there is no derivative by s, and q is a parameter here.",
}

_CONSTANT = "there is no derivative to check."
_MISSING = "there is no record yet."


def reason(op: store.AnyOp) -> str | None:
    """Why an op has no record; None where it has one.

    Example:
        >>> from derivc.ops import registry
        >>> reason(registry.get("isnan"))
        'the result is true or false.'
    """
    kind = "structural" if isinstance(op, StructuralOp) else "ops"
    if op.name in store.stored()[kind]:
        return None
    return declared(op) or _MISSING


def declared(op: store.AnyOp) -> str | None:
    """Why an op is not to have a record; None where it is to have one."""
    if isinstance(op, StructuralOp):
        return None if op.vjp is not None or op.compose is not None else _CONSTANT
    if store.is_measured(op):
        return None
    words = [why for tag, why in _BY_TAG.items() if tag in op.tags]
    return _BY_NAME.get(op.name) or (words or [_CONSTANT])[0]

"""The verification records: measured once, shipped as data, renewed by `derivc docs --verify`.

A record holds what the machine that made it found; a test measures a sample of them again.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.errors import UnsupportedError
from derivc.files import save_text
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.structure import StructuralOp
from derivc.version import __version__

AnyOp = Op | StructuralOp

PATH = Path(__file__).with_name("records.json")
_PACKAGES = ("numpy", "scipy", "sympy", "mpmath", "torch", "jax")


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """All records: `made` (date and versions), `ops` and `structural`, by name."""
    if not PATH.is_file():
        return {"made": {}, "ops": {}, "structural": {}}
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"), object_hook=_numbers)
    return found


def record_of(op: Op) -> dict[str, Any] | None:
    """The record of an elementwise op, or None where none was made.

    Example:
        >>> from derivc.ops import registry
        >>> record_of(registry.get("tanh"))["worst"]["value"]["ulp"] < 16
        True
    """
    found: dict[str, Any] | None = stored()["ops"].get(op.name)
    return found


def wanted() -> list[Op]:
    """The elementwise ops that have a record: shipped ones with a derivative."""
    return [op for op in registry.all_ops() if is_measured(op)]


def wanted_structural() -> list[StructuralOp]:
    """The structural ops that have a record: those with a derivative."""
    every = structure.all_structural()
    return [op for op in every if op.vjp is not None or op.compose is not None]


def is_measured(op: Op) -> bool:
    """Whether an op is one that the package ships, and has an argument to differentiate by."""
    from derivc.reference.records.places import view

    shipped = not op.name.endswith("_example") and "auxiliary" not in op.tags
    return shipped and not op.tags & {"boolean", "branch"} and bool(view(op).names)


def record(op: AnyOp) -> dict[str, Any]:
    """Measure one op in full.

    Raises:
        UnsupportedError: there is nothing to measure, or nothing to compare with; any other error
            where a structural op's case is not a call of it.
    """
    from derivc.reference.records.reasons import declared

    if why := declared(op):
        raise UnsupportedError(f"nothing to measure: {why}")
    if isinstance(op, StructuralOp):
        from derivc.reference.records import special_cases, structural_measure

        return {**structural_measure.measured(op), "kinks": special_cases.kinks(op)}
    from derivc.reference.records.measure import measured
    from derivc.reference.records.special import kinks, special

    return {**measured(op), "kinks": kinks(op), "special": special(op)}


def renew(ops: Sequence[AnyOp], said: Callable[[str], None] = lambda _: None) -> dict[str, str]:
    """Measure ops again; those of other ops, and of ops that cannot be measured, are kept.

    Each record is written as soon as it is made, so that a run that is stopped loses nothing.

    Args:
        ops: which. said: is told the name of each when it is done, with the reason where it failed.

    Returns:
        By name, why an op could not be measured.
    """
    whole, failed = json.loads(json.dumps(_plain(stored()))), {}
    for op in ops:
        try:
            found = record(op)
        except Exception as problem:  # noqa: BLE001  one op's trouble is not that of the others
            failed[op.name] = f"{type(problem).__name__}: {problem}"
            said(f"{op.name}: not measured: {failed[op.name]}")
            continue
        whole["structural" if isinstance(op, StructuralOp) else "ops"][op.name] = _plain(found)
        _write(whole)
        said(op.name)
    return failed


def _write(whole: dict[str, Any]) -> None:
    """One record a line, sorted, so that a difference can be read."""
    whole["made"] = made()
    parts = [f'"made": {json.dumps(whole["made"])}']
    for kind in ("ops", "structural"):
        rows = whole.get(kind, {})
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(rows[k])}" for k in sorted(rows))
        parts.append(f'"{kind}": {{\n{lines}\n}}')
    save_text(PATH, "{" + ",\n".join(parts) + "}\n")
    stored.cache_clear()


def made() -> dict[str, str]:
    """Today's date, and the versions that a record is made with."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    found = {"date": today, "derivc": __version__, "python": platform.python_version()}
    return {**found, **{name: v for name in _PACKAGES if (v := _version(name))}}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plain(value: Any) -> Any:
    """Out of JSON's own kinds: numbers that it lacks become {"number": "inf"}."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": repr(value)}
    return value


def _numbers(found: dict[str, Any]) -> Any:
    return float(found["number"]) if set(found) == {"number"} else found

"""What a peer is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase, Vector

Thunk = Callable[[], Any]
Bind = Callable[[Sequence[Any]], Thunk]
"""From inputs (arrays, or Python floats for one point) to the call that is timed."""

VALUE, GRADIENT, HESSIAN = "value", "value_and_grad", "hessian"
WHATS = (VALUE, GRADIENT, HESSIAN)


class Unsupported(Exception):  # noqa: N818  it says what, not that something is wrong
    """A peer does not do this case; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A competitor.

    Args:
        name: in tables. prepare: case, what, dtype -> Bind.
        needs: modules that must be installed.
        heavy: compiling takes seconds a formula, so it is left out where there are many.
        threads: whether it uses all processors.
    """

    name: str
    prepare: Callable[[AnyCase, str, Any], Bind]
    needs: tuple[str, ...] = ()
    heavy: bool = False
    threads: bool = False

    @property
    def missing(self) -> str:
        """The first module that is not installed, or ""."""
        return next((m for m in self.needs if importlib.util.find_spec(m) is None), "")


def outputs(case: AnyCase, what: str) -> int:
    """How many numbers a point has."""
    count = len(case.names)
    return {VALUE: 1, GRADIENT: 1 + count, HESSIAN: count * count}[what]


def on_arrays(inputs: Sequence[Any]) -> bool:
    """Whether inputs are arrays of points rather than one point of Python floats."""
    return not isinstance(inputs[0], float)


def elementwise(case: AnyCase, why: str = "only elementwise functions") -> None:
    """Raise Unsupported for functions of whole arrays."""
    if isinstance(case, Vector):
        raise Unsupported(why)


def require(condition: bool, why: str) -> None:
    """Raise Unsupported with the reason unless the condition holds."""
    if not condition:
        raise Unsupported(why)


def flat(results: Any) -> Any:
    """All numbers of a result, in order, as one float64 array; for comparisons."""
    return np.concatenate([np.asarray(r, float).ravel() for r in _leaves(results)])


def _leaves(results: Any) -> list[Any]:
    if isinstance(results, (tuple, list)):
        return [leaf for item in results for leaf in _leaves(item)]
    return [results.detach() if hasattr(results, "detach") else results]

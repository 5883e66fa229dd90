"""What a picture is asked of: text, SymPy, a function or a kernel, read into lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.arguments import chosen
from derivc.definition import Definition, read
from derivc.errors import InputTypeError, ShapeError
from derivc.reference.plot.curves import BUDGET, Line, scalars
from derivc.symbolic.singularities.wording import text

_TRIED = (1.0, 0.5, 2.0, -1.0, 0.0, 0.25, 10.0, 100.0)


@final
@dataclass(frozen=True)
class Source:
    """A scalar-valued function of scalars, and how its kinks are settled.

    Args:
        definition: over the elements of all arguments. convention: at kinks.
    """

    definition: Definition
    convention: str = "torch"

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that the function depends on; all where there is none."""
        used = {s.name for s in self.definition.trees[0].free_symbols}
        return tuple(n for n in self.definition.inputs if n in used) or self.definition.inputs

    def line(self, variable: str, fixed: Mapping[str, float], budget: float = BUDGET) -> Line:
        """The function along one variable."""
        return Line(self.definition, variable, dict(fixed), self.convention, budget)

    @property
    def text(self) -> str:
        """The formula, shortened when it is long."""
        shown = text(self.definition.trees[0])
        return shown if len(shown) <= 70 else shown[:67] + "..."


def source_of(given: Any) -> Source:
    """A text, SymPy expression, function, Definition or Kernel as a source.

    Raises:
        ShapeError: the function has several values. InputTypeError: it is none of these.
    """
    kernel = hasattr(given, "definition") and hasattr(given, "convention")
    definition = given.definition if kernel else read(given, relaxed=True)
    if definition.shape is not None:
        raise ShapeError(
            f"a plot is of one value; this function has the shape {definition.shape}:"
            " plot its components one by one"
        )
    if not definition.arguments:
        definition = Definition(_argument("x"), definition.trees, None, definition.name)
    return Source(scalars(definition), given.convention if kernel else "torch")


def _argument(name: str) -> Any:
    from derivc.codegen.function import Argument

    return (Argument(name, (name,)),)


def variables(source: Source, wanted: Any, at: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The variables to be drawn along: those asked for, else those that `at` does not fix.

    Raises:
        InputTypeError: a name is no variable of the function.
    """
    if wanted is not None:
        names = [wanted] if isinstance(wanted, str | sp.Symbol) else wanted
        return chosen(source.definition, [str(name) for name in names])
    unknown = [n for n in at or {} if n not in source.definition.inputs]
    if unknown:
        raise InputTypeError(
            f"at= names {unknown[0]!r}, which is no variable: {source.definition.inputs}"
        )
    free = tuple(n for n in source.names if n not in (at or {}))
    return free or source.names[:1]


def rest(source: Source, moving: Sequence[str], at: Mapping[str, Any] | None) -> dict[str, float]:
    """Numbers for all other variables: those given, else the first at which there is a value."""
    given = {str(name): float(value) for name, value in (at or {}).items()}
    others = [n for n in source.definition.inputs if n not in given and n not in moving]
    for value in _TRIED if others else _TRIED[:1]:
        fixed = given | dict.fromkeys(others, value)
        if _has_value(source, moving, fixed):
            return fixed
    return given | dict.fromkeys(others, _TRIED[0])


def _has_value(source: Source, moving: Sequence[str], fixed: dict[str, float]) -> bool:
    """Whether there is a value somewhere on the diagonal of the moving variables."""
    from derivc.symbolic.evaluate import evaluate

    for value in (0.7, 1.3, -0.6, 3.1):
        point = fixed | dict.fromkeys(moving, value)
        if math.isfinite(float(evaluate(source.definition.trees[0], point, 15))):
            return True
    return False

"""Sensitivities: how strongly a result depends on a variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.errors import DomainError
from derivc.symbolic.builder import EVALUATED, WRITTEN
from derivc.symbolic.canonical import canonical, fits
from derivc.symbolic.differentiate import diff


@final
@dataclass(frozen=True)
class Sensitivity:
    """How y depends on x, in four measures.

    Args:
        slope: dy/dx, the change of y for a unit of x.
        scaled: x dy/dx, the change of y for a whole of x: compares inputs of different units.
        relative: (dy/dx)/y, the fraction by which y changes for a unit of x.
        elasticity: (x/y) dy/dx, the percent by which y changes for a percent of x.
    """

    slope: Any
    scaled: Any
    relative: Any
    elasticity: Any


def sensitivity(tree: Any, variable: Any) -> Sensitivity:
    """All measures of how the tree depends on one variable.

    Raises:
        NotDifferentiableError: see `diff`. DomainError: the tree is zero everywhere.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> sensitivity(3 * x**2, "x").scaled
        6*x**2
    """
    value, slope = canonical(tree), diff(tree, variable)
    if value is sp.S.Zero:
        raise DomainError("a relative sensitivity of 0 is 0/0: the expression is zero everywhere")
    build = EVALUATED if fits(value) and fits(slope) else WRITTEN
    at = sp.Symbol(str(variable), real=True)
    over = build.pow(value, sp.S.NegativeOne)
    scaled = build.mul([at, slope])
    return Sensitivity(slope, scaled, build.mul([slope, over]), build.mul([scaled, over]))


def sensitivities(tree: Any, variables: Sequence[Any]) -> dict[str, Sensitivity]:
    """The sensitivity to each variable, by name."""
    return {str(variable): sensitivity(tree, variable) for variable in variables}


def elasticity(tree: Any, variable: Any) -> Any:
    """The relative sensitivity (x/f) df/dx.

    Raises:
        NotDifferentiableError: see `diff`. DomainError: the tree is zero everywhere.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> elasticity(3 * x**2, "x")
        2
    """
    return sensitivity(tree, variable).elasticity

"""Sensitivities: how strongly a result depends on a variable."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff


def elasticity(tree: Any, name: str) -> Any:
    """The relative sensitivity x/f * df/dx."""
    return sp.Symbol(name, real=True) / canonical(tree) * diff(tree, name)

"""The shortest of a few cheap equal forms."""

from __future__ import annotations

from typing import Any

import sympy as sp

_LIMIT = 60


def simplify(expr: Any) -> Any:
    """The shortest of the expression and a few cheap rewrites of it."""
    if expr.count_ops() > _LIMIT or expr.has(sp.Piecewise):
        return expr
    forms = [expr, sp.factor_terms(expr), sp.together(expr)]
    return min(forms, key=lambda form: (form.count_ops(), len(str(form))))

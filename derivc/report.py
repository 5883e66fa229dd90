"""What a kernel says of itself: its formula, its closed-form derivatives, its operation counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import sympy as sp

from derivc.definition import Definition
from derivc.lowering.fragment import expand
from derivc.passes.dce import dce
from derivc.passes.strength import strength
from derivc.passes.weight import tree_weight, weight
from derivc.specs import Specs


def formula(definition: Definition) -> Any:
    """The function as SymPy, over plain symbols: an expression, or a matrix of them."""
    from derivc.symbolic.canonical import canonical, plain

    trees = [plain(canonical(tree)) for tree in definition.trees]
    return trees[0] if definition.shape is None else sp.ImmutableMatrix(trees)


def derivatives(specs: Specs) -> tuple[Any, ...]:
    """The simplified partials of a scalar-valued function, over plain symbols."""
    from derivc.symbolic.canonical import plain
    from derivc.symbolic.differentiate import diff
    from derivc.symbolic.simplify import simplify

    names = [name for argument in specs.moving for name in argument.elements]
    tree = specs.definition.trees[0]
    return tuple(plain(simplify(diff(tree, name))) for name in names)


@final
@dataclass(frozen=True)
class Swell:
    """Weighted operations, an addition counting 1.

    Args:
        value: of the compiled function.
        tree_gradient: of all partials written out as trees, nothing shared.
        gradient: of the compiled value and gradient.
    """

    value: float
    tree_gradient: float
    gradient: float

    @property
    def ratio(self) -> float:
        """Cost of value and gradient over the cost of the value."""
        return self.gradient / max(self.value, 1.0)

    def __str__(self) -> str:
        return (
            f"value {self.value:g}, gradient as trees {self.tree_gradient:g},"
            f" value and gradient compiled {self.gradient:g} ({self.ratio:.2f} x value)"
        )


def swell(specs: Specs) -> Swell:
    """Count the operations of a function and of its gradient, as trees and compiled.

    All three are counted as they are generated, with short powers as products.
    """
    gradient = specs.op_gradient()
    trees = strength(expand(dce(replace(gradient, outputs=gradient.outputs[1:]))))
    value, both = (strength(specs.build(name).program) for name in ("value", "value_and_grad"))
    return Swell(weight(value), tree_weight(trees), weight(both))

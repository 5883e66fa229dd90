"""Property: the code that runs over floats also runs over wider numbers, and means the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special

from derivc.codegen import spelling
from derivc.codegen.support.blocks import _in_double
from derivc.codegen.support.numbers import _WideMath
from derivc.codegen.support.scaled import _Scaled
from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, points

OPS = [pytest.param(op, id=op.name) for op in differentiable_ops() if op.spelling is not None]


class Special:
    """SciPy's functions as generated modules call them: none of them knows long doubles."""

    def __getattr__(self, name: str) -> Any:
        return _in_double(getattr(special, name))


def written(op: Op, wide: Any = None) -> Any:
    """The scalar spelling of an op as a function, over floats or over wider numbers."""
    names = [f"a{i}" for i in range(op.arity)]
    text = spelling.fill(spelling.scalar(op.name), names)
    scope = {"np": np, "math": _WideMath() if wide else math, "float": wide or float}
    scope["special"] = Special() if wide else special
    return eval(f"lambda {', '.join(names)}: {text}", scope)


@pytest.mark.parametrize("wide", [np.longdouble, _Scaled])
@pytest.mark.parametrize("op", OPS)
def test_a_spelling_means_the_same_over_wider_numbers(op: Op, wide: Any) -> None:
    with np.errstate(all="ignore"):
        for place in points(op):
            expected = written(op)(*place)
            found = float(written(op, wide)(*map(wide, place)))
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)

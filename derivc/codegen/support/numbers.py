"""Numbers and arrays of fixed shape: one flat function over Python floats."""

from __future__ import annotations

import math
from types import FunctionType
from typing import Any, final

import numpy as np

from derivc.codegen.support.plan import _Plan

# --- carried ---


# Numbers and arrays of fixed shape: one flat function over Python floats.


def _by_numbers(plan: _Plan, arrays: list[Any], dtype: Any) -> list[Any]:
    given = [a.astype(float).reshape(-1).tolist() for a in arrays]
    given = [g[0] if shape is None else g for g, shape in zip(given, plan.shapes, strict=True)]
    try:
        flat = plan.numbers(*given)
        doubtful = not all(map(math.isfinite, flat))
    except (ArithmeticError, ValueError):
        doubtful = True
    if doubtful:
        flat = _by_wide_numbers(plan, arrays, np.longdouble)
        if plan.scaled and any(map(math.isnan, flat)):
            flat = _by_wide_numbers(plan, arrays, plan.scaled)
    numbers, results = iter(flat), []
    with np.errstate(all="ignore"):
        for own in plan.own:
            part = [next(numbers) for _ in range(math.prod(own))]
            results.append(np.array(part, dtype=dtype).reshape(own))
    return results


_NUMPY_NAMES = {"pow": "power", "atan2": "arctan2", "fabs": "abs"}
_NUMPY_NAMES |= {f"a{f}{h}": f"arc{f}{h}" for f in ("sin", "cos", "tan") for h in ("", "h")}


@final
class _WideMath:
    """The functions of `math` over NumPy's widest numbers; no errors, but infinities and NaN."""

    def __getattr__(self, name: str) -> Any:
        wide = getattr(np, _NUMPY_NAMES.get(name, name), None)
        return wide if wide is not None else lambda *numbers: _narrow(getattr(math, name), numbers)


def _narrow(function: Any, numbers: Any) -> Any:
    """A function that only knows floats, for wide numbers."""
    try:
        return np.longdouble(function(*map(float, numbers)))
    except (ArithmeticError, ValueError):
        return np.longdouble("nan")


def _by_wide_numbers(plan: _Plan, arrays: list[Any], widen: Any) -> Any:
    """The same code over wider numbers: what only overflows or underflows on the way is found."""
    swapped = {id(math): _WideMath(), id(float): widen}
    scope = {"float": float, **plan.numbers.__globals__}
    scope = {name: swapped.get(id(value), value) for name, value in scope.items()}
    wide = FunctionType(plan.numbers.__code__, scope)
    given: list[Any] = [list(map(widen, a.reshape(-1))) for a in arrays]
    given = [g[0] if shape is None else g for g, shape in zip(given, plan.shapes, strict=True)]
    with np.errstate(all="ignore"):
        return [np.asarray(number)[()] for number in wide(*given)]


def _stack(numbers: Any, shape: tuple[int, ...]) -> Any:
    """An array of a shape from numbers in C order."""
    return np.array(numbers, dtype=float).reshape(shape)

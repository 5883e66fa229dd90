"""The interpolators of `scipy.interpolate` over constant data, at traced places.

Each is a polynomial between its breakpoints; the piece that holds the place is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing.elementwise import choose
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import elementwise, has_tracer

_POLYNOMIALS = ("PPoly", "CubicSpline", "PchipInterpolator", "Akima1DInterpolator",
                "CubicHermiteSpline")  # fmt: skip
_SPLINES = ("BSpline", "UnivariateSpline", "InterpolatedUnivariateSpline", "LSQUnivariateSpline")
_MAKERS = (*_POLYNOMIALS, *_SPLINES, "interp1d", "make_interp_spline")


def of(value: Any) -> Any:
    """What stands in for an interpolator or for what makes one; None for all else."""
    if type(value).__name__ in _MAKERS:
        return Spline(value)
    return _maker(value) if getattr(value, "__name__", "") in _MAKERS else None


def _maker(native: Any) -> Callable[..., Any]:
    return lambda *args, **named: Spline(native(*args, **named))


@final
@dataclass(frozen=True)
class Spline:
    """An interpolator.

    Args:
        native: SciPy's own, which is asked where nothing is traced.
    """

    native: Any

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.native, name)
        if name in ("derivative", "antiderivative"):
            return _maker(found)
        return found

    def __call__(self, x: Any, nu: int = 0, *rest: Any, **named: Any) -> Any:
        if not has_tracer(x):
            return self.native(x, nu, *rest, **named) if nu else self.native(x, *rest, **named)
        if nu:
            return Spline(self.native.derivative(nu))(x)
        breaks, rows = _pieces(self.native)
        found = _evaluated(x, breaks, rows)
        return _bounded(self.native, x, found, breaks)


def _pieces(native: Any) -> tuple[list[float], list[list[float]]]:
    """The breakpoints, and the coefficients of every piece, highest power first.

    Raises:
        TraceError: it is an interpolator of vectors, or of a kind that is not written out.
    """
    made = _polynomial(native)
    if made is None or np.ndim(made.c) != 2:
        raise refuse(f"calls {type(native).__name__} of traced values", "write the formula out")
    kept = np.flatnonzero(np.diff(made.x) > 0)
    breaks = [*(float(made.x[k]) for k in kept), float(made.x[-1])]
    return breaks, [made.c[:, k].tolist() for k in kept]


def _polynomial(native: Any) -> Any:
    from scipy.interpolate import PPoly

    name = type(native).__name__
    if name in _POLYNOMIALS:
        return native
    if name == "BSpline":
        return PPoly.from_spline(native)
    if name in _SPLINES:
        return PPoly.from_spline(native._eval_args)
    if name == "interp1d" and native._kind == "linear":
        slopes = np.diff(native.y) / np.diff(native.x)
        return PPoly(np.stack([slopes, native.y[:-1]]), native.x)
    spline = getattr(native, "_spline", None)
    return None if spline is None else PPoly.from_spline(spline)


def _evaluated(x: Any, breaks: list[float], rows: list[list[float]]) -> Any:
    """The pieces by Horner's rule; the first and the last go on outside."""
    result = _horner(x - breaks[0], rows[0])
    for start, row in zip(breaks[1:-1], rows[1:], strict=True):
        result = elementwise(choose, [x >= start, _horner(x - start, row), result])
    return result


def _horner(t: Any, row: list[float]) -> Any:
    value = 0.0 * t + row[0]
    for coefficient in row[1:]:
        value = value * t + coefficient
    return value


def _bounded(native: Any, x: Any, found: Any, breaks: list[float]) -> Any:
    """What an `interp1d` gives outside: its fill values. Its check of the input passes."""
    if type(native).__name__ != "interp1d" or native.bounds_error or native._extrapolate:
        return found
    fill = native.fill_value
    below, above = fill if isinstance(fill, tuple) else (fill, fill)
    found = elementwise(choose, [x < breaks[0], float(below), found])
    return elementwise(choose, [x > breaks[-1], float(above), found])

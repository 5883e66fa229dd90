"""Property: no NaN and no false infinity at zeros, subnormal, huge and infinite arguments."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, is_inside, partials, truth

FINITE = (0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e-300, -1e-300, 1e-17, -1e-9, 0.9999999999999999,
          -0.9999999999999999, 1.0000000000000002, 30.0, -30.0, 800.0, -800.0, 1e8, -1e8,
          1e160, -1e160, 1.7e308, -1.7e308)  # fmt: skip
LARGEST = mp.mpf(2) ** 1024
SPECIAL = {"trigonometric", "special", "integral"}
"""Tags of ops whose value at huge arguments is the library's affair."""

UNARY = [
    op for op in differentiable_ops()
    if op.arity == 1 + len(op.defaults) and not op.tags & (SPECIAL | {"auxiliary"})
]  # fmt: skip

LIMITS = [
    ("sigmoid(x)", 0.0, 1.0), ("tanh(x)", -1.0, 1.0), ("silu(x)", -0.0, np.inf),
    ("mish(x)", -0.0, np.inf), ("gelu(x)", -0.0, np.inf), ("softsign(x)", -1.0, 1.0),
    ("softplus(x)", 0.0, np.inf), ("logsigmoid(x)", -np.inf, 0.0), ("elu(x)", -1.0, np.inf),
    ("hardswish(x)", 0.0, np.inf), ("relu6(x)", 0.0, 6.0), ("atan(x)", -np.pi / 2, np.pi / 2),
    ("sech(x)", 0.0, 0.0), ("csch(x)", -0.0, 0.0), ("coth(x)", -1.0, 1.0),
    ("gelu_tanh(x)", -0.0, np.inf), ("logcosh(x)", np.inf, np.inf), ("selu(x)", None, np.inf),
]  # fmt: skip
SLOPES = [
    ("sigmoid(x)", 0.0, 0.0), ("tanh(x)", 0.0, 0.0), ("silu(x)", 0.0, 1.0), ("mish(x)", 0.0, 1.0),
    ("gelu(x)", 0.0, 1.0), ("softsign(x)", 0.0, 0.0), ("softplus(x)", 0.0, 1.0),
    ("logsigmoid(x)", 1.0, 0.0), ("elu(x)", 0.0, 1.0), ("atan(x)", 0.0, 0.0),
    ("gelu_tanh(x)", 0.0, 1.0), ("logcosh(x)", -1.0, 1.0), ("asinh(x)", 0.0, 0.0),
    ("ndtr(x)", 0.0, 0.0), ("log_ndtr(x)", None, 0.0), ("erf(x)", 0.0, 0.0),
]  # fmt: skip


def places(op: Op) -> list[float]:
    return [x for x in FINITE if is_inside(op, [x, *map(float, op.defaults.values())])]


def kernel_of(op: Op) -> Any:
    import sympy as sp

    return dc.compile(op(sp.Symbol("x", real=True)), inputs=["x"])


def representable(value: Any) -> bool:
    return mp.mpf(-LARGEST) < value < LARGEST


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_values_and_slopes_at_extreme_arguments(op: Op) -> None:
    kernel = kernel_of(op)
    for x in places(op):
        args = [mp.mpf(x), *map(mp.mpf, map(float, op.defaults.values()))]
        with mp.workdps(700 if abs(x) < 1e9 else 60):
            try:
                expected = truth(op, args)
                slope = partials(op, args, expected)[0]
            except (ZeroDivisionError, OverflowError, ValueError):
                continue
        for got, wanted in ((kernel(x), expected), (kernel.grad(x)[0], slope)):
            if wanted is not None and representable(wanted):
                _assert_near(op, x, got, wanted)


def _assert_near(op: Op, x: float, got: float, wanted: Any) -> None:
    assert np.isfinite(got), (op.name, x, got, wanted)
    error = abs(mp.mpf(got) - wanted)
    assert error <= mp.mpf(1e-9) * abs(wanted) + mp.mpf(10) ** -300, (op.name, x, got, wanted)


@pytest.mark.parametrize(("text", "low", "high"), LIMITS, ids=[t for t, _, _ in LIMITS])
def test_finite_limits_at_infinity(text: str, low: float | None, high: float) -> None:
    kernel = dc.compile(text)
    for x, limit in ((-np.inf, low), (np.inf, high)):
        for got in (kernel(x), kernel(np.array([x, x]))[0]):
            assert limit is None or got == limit, (x, got)


@pytest.mark.parametrize(("text", "low", "high"), SLOPES, ids=[t for t, _, _ in SLOPES])
def test_slopes_at_infinity(text: str, low: float | None, high: float) -> None:
    kernel = dc.compile(text)
    for x, limit in ((-np.inf, low), (np.inf, high)):
        for got in (kernel.grad(x)[0], kernel.grad(np.array([x, x]))[0][0]):
            assert limit is None or got == limit, (x, got)


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_float32_is_kept_and_no_warning_is_raised(op: Op) -> None:
    rest = [float(v) for v in op.defaults.values()]
    candidates = np.array([x for x in FINITE if abs(x) < 1e30], np.float32)
    values = np.array([v for v in candidates if is_inside(op, [float(v), *rest])], np.float32)
    kernel = kernel_of(op)
    assert kernel(values).dtype == np.float32
    assert kernel.grad(values)[0].dtype == np.float32

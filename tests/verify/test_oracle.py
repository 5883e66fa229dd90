"""The oracle says what it does not know: a term that no precision keeps is not taken for zero."""

from __future__ import annotations

import math
from typing import Any

import pytest

from derivc.ir.builder import Builder
from derivc.verify import oracle


def absorbed(s: float) -> Any:
    b = Builder(["s"])
    small = b.emit("exp", b.emit("neg", 0))
    inner = b.emit("sub", b.const(1), small)
    program = b.finish([b.emit("sub", b.const(1), inner)])
    return oracle.evaluate(program, [s])[0], oracle.partial(program, [s], 0)


def test_a_term_that_a_sum_loses_is_found_at_more_digits() -> None:
    value, slope = absorbed(300.0)
    assert float(value) == pytest.approx(math.exp(-300), rel=1e-15)
    assert float(slope) == pytest.approx(-math.exp(-300), rel=1e-15)


def test_what_no_precision_shows_is_unknown_and_not_zero() -> None:
    value, slope = absorbed(1e9)
    assert math.isnan(value)
    assert math.isnan(slope)

"""Nested results in order."""

from __future__ import annotations

import numpy as np

from derivc.scale.layout import flat


def test_tuples_are_opened_and_numbers_are_arrays() -> None:
    rows = list(flat((1.0, (np.ones(2), ()), (3,))))
    assert [row.tolist() for row in rows] == [1.0, [1.0, 1.0], 3]

"""Every ATen operation that is captured: its name and what it does to object arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivc.capture.torch import (
    creation,
    indexing,
    layout,
    losses,
    networks,
    pointwise,
    products,
    reductions,
)

TABLE: dict[str, Callable[..., Any]] = {
    **pointwise.TABLE,
    **reductions.TABLE,
    **layout.TABLE,
    **indexing.TABLE,
    **products.TABLE,
    **networks.TABLE,
    **losses.TABLE,
    **creation.TABLE,
}

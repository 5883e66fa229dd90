r"""Images sampled at points: between pixels in proportion, outside by one of three rules.

The points are coordinates from -1 to 1; `align_corners` says whether these are the middles of the
outer pixels or their outer edges. M. Jaderberg et al., "Spatial transformer networks" (2015).
"""

from __future__ import annotations

from itertools import product
from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structure import composite

_OUTSIDE = ("zeros", "border", "reflection")


def _pixels(F: Any, at: Any, n: int, aligned: bool) -> Any:
    """Coordinates as places of pixels."""
    return (at + 1) * ((n - 1) / 2) if aligned else ((at + 1) * n - 1) * 0.5


def _reflected(F: Any, at: Any, n: int, aligned: bool) -> Any:
    """Thrown back from both ends, as often as it takes."""
    low, span = (0.0, n - 1.0) if aligned else (-0.5, float(n))
    if not span:
        return at * 0
    away = F.abs(at - low)
    flips = F.constant(away) // span
    inside = away - flips * span
    return F.where(flips % 2 == 0, inside, span - inside) + low


def _placed(F: Any, at: Any, n: int, outside: str, aligned: bool) -> Any:
    at = _pixels(F, at, n, aligned)
    if outside == "zeros":
        return at
    at = _reflected(F, at, n, aligned) if outside == "reflection" else at
    return F.clamp(at, 0.0, n - 1.0)


def _picked(F: Any, x: Any, places: list[Any]) -> Any:
    """The pixels at whole places per sample, (N, C, points); zero outside the image."""
    shape = tuple(x.shape)
    index: Any = 0
    inside: Any = True
    flat = F.reshape(x, (*shape[:2], -1))
    for place, n in zip(places, shape[2:], strict=True):
        inside = inside & (place >= 0) & (place < n)
        index = index * n + place.clip(0, n - 1)
    wide = F.constant(F.expand(index[:, None], (index.shape[0], shape[1], index.shape[1])))
    return F.gather(flat, 2, wide) * inside[:, None].astype(F.constant(x).dtype)


def _between(F: Any, x: Any, at: list[Any]) -> Any:
    """The sum over the corners around each point, each in proportion to its nearness."""
    lows = [F.constant(F.floor(a)) for a in at]
    total: Any = 0
    for corner in product((0, 1), repeat=len(at)):
        weight: Any = 1
        for a, low, up in zip(at, lows, corner, strict=True):
            weight = weight * (a - low if up else low + 1 - a)
        places = [(low + up).astype(int) for low, up in zip(lows, corner, strict=True)]
        total = total + _picked(F, x, places) * F.unsqueeze(weight, 1)
    return total


def _grid_sample(
    F: Any,
    x: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Any:
    if mode not in ("bilinear", "nearest") or padding_mode not in _OUTSIDE:
        raise InputTypeError(
            "grid_sample: mode is bilinear or nearest (bicubic is not supported), padding_mode one"
            f" of {', '.join(_OUTSIDE)}; got {mode!r} and {padding_mode!r}"
        )
    extents, points = tuple(x.shape)[2:], tuple(grid.shape)[1:-1]
    flat = F.reshape(grid, (grid.shape[0], -1, len(extents)))
    at = [
        _placed(F, F.select(flat, 2, len(extents) - 1 - k), n, padding_mode, bool(align_corners))
        for k, n in enumerate(extents)
    ]
    if mode == "nearest":
        found = _picked(F, x, [F.constant(a).round().astype(int) for a in at])
    else:
        found = _between(F, x, at)
    return F.reshape(found, (*tuple(x.shape)[:2], *points))


composite(
    "grid_sample", "An image at the points of a grid, between its pixels in proportion.",
    _grid_sample, torch="torch.nn.functional.grid_sample", tensors=["x", "grid"],
    definition=r"y_p = \textstyle\sum_{q} x_q \prod_d \max(0, 1 - |p_d - q_d|)",
    formula=r"\bar{x}_q = \textstyle\sum_p \bar{y}_p \prod_d \max(0, 1 - |p_d - q_d|), \quad"
    r" \bar{p}_d = \bar{y}_p \textstyle\sum_q x_q \operatorname{sgn}(q_d - p_d) \prod_{e \ne d}"
    r" \max(0, 1 - |p_e - q_e|)",
    also="torch.grid_sampler aten.grid_sampler_2d aten.grid_sampler_3d"
    " aten._grid_sampler_2d_cpu_fallback",
)  # fmt: skip

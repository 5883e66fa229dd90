r"""Images at other resolutions, and sampled at points of a grid.

A resolution is changed dimension by dimension: the new numbers are the old ones times a matrix of
weights that does not depend on them, so the cotangents go back through its transpose.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structure import composite

Weights = list[dict[int, float]]
"""Per new place: what each old place weighs."""


def _source(i: int, scale: float, aligned: bool) -> float:
    """Where the middle of a new place lies among the old ones."""
    return i * scale if aligned else (i + 0.5) * scale - 0.5


def _add(row: dict[int, float], place: int, n: int, weight: float) -> None:
    place = min(max(place, 0), n - 1)
    row[place] = row.get(place, 0.0) + weight


def _linear(n: int, m: int, scale: float, aligned: bool) -> Weights:
    found: Weights = []
    for i in range(m):
        at = max(_source(i, scale, aligned), 0.0)
        row: dict[int, float] = {}
        low = floor(at)
        _add(row, low, n, 1 - (at - low))
        _add(row, low + 1, n, at - low)
        found.append(row)
    return found


def _cubic_weight(d: float) -> float:
    """Keys' kernel with a = -3/4."""
    d = abs(d)
    if d <= 1:
        return (1.25 * d - 2.25) * d * d + 1
    return ((-0.75 * d + 3.75) * d - 6) * d + 3 if d < 2 else 0.0


def _cubic(n: int, m: int, scale: float, aligned: bool) -> Weights:
    found: Weights = []
    for i in range(m):
        at = _source(i, scale, aligned)
        row: dict[int, float] = {}
        for place in range(floor(at) - 1, floor(at) + 3):
            _add(row, place, n, _cubic_weight(at - place))
        found.append(row)
    return found


def _nearest(n: int, m: int, scale: float, shift: float) -> Weights:
    return [{min(floor((i + shift) * scale), n - 1): 1.0} for i in range(m)]


def _means(n: int, m: int) -> Weights:
    """Parts that overlap where the numbers do not divide: adaptive means."""
    ends = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
    return [dict.fromkeys(range(a, b), 1 / (b - a)) for a, b in ends]


def _smoothed(n: int, m: int, scale: float, cubic: bool) -> Weights:
    """With the kernel widened by the scale, so that nothing is skipped where an image shrinks."""
    wide = max(scale, 1.0)
    reach = (2 if cubic else 1) * wide
    found: Weights = []
    for i in range(m):
        middle = scale * (i + 0.5)
        first, last = max(int(middle - reach + 0.5), 0), min(int(middle + reach + 0.5), n)
        distances = {k: abs(k - middle + 0.5) / wide for k in range(first, last)}
        row = {k: _keys(d) if cubic else max(1 - d, 0.0) for k, d in distances.items()}
        found.append({k: w / sum(row.values()) for k, w in row.items()})
    return found


def _keys(d: float) -> float:
    """Keys' kernel with a = -1/2."""
    if d < 1:
        return (1.5 * d - 2.5) * d * d + 1
    return ((-0.5 * d + 2.5) * d - 4) * d + 2 if d < 2 else 0.0


_KINDS: dict[str, Callable[[int, int, float, bool], Weights]] = {
    "linear": _linear, "bilinear": _linear, "trilinear": _linear, "bicubic": _cubic,
    "nearest": lambda n, m, scale, aligned: _nearest(n, m, scale, 0.0),
    "nearest-exact": lambda n, m, scale, aligned: _nearest(n, m, scale, 0.5),
    "area": lambda n, m, scale, aligned: _means(n, m),
}  # fmt: skip


def weighted(F: Any, x: Any, dim: int, rows: Weights) -> Any:
    """The array with one dimension resampled."""
    n = x.shape[dim]
    dense = [[row.get(k, 0.0) for k in range(n)] for row in rows]
    matrix = F.constant(F.lift(dense)).astype(F.constant(x).dtype).reshape(len(rows), n)
    return F.moveaxis(F.matmul(F.moveaxis(x, dim, -1), matrix.T), -1, dim)


def _antialiased(mode: str) -> Callable[[int, int, float, bool], Weights]:
    if mode not in ("bilinear", "bicubic"):
        raise InputTypeError(f"interpolate: antialias is for bilinear and bicubic, not {mode}")
    return lambda n, m, scale, aligned: _smoothed(n, m, scale, mode == "bicubic")


def _interpolate(
    F: Any,
    x: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:
    if mode not in _KINDS:
        raise InputTypeError(f"interpolate: mode is one of {', '.join(_KINDS)}; got {mode!r}")
    n = x.ndim - 2
    given = size if size is not None else scale_factor
    if given is None:
        raise InputTypeError("interpolate: give either size or scale_factor")
    every = [given] * n if isinstance(given, int | float) else list(given)
    for dim, wanted in enumerate(every, 2):
        old = x.shape[dim]
        new = int(wanted) if size is not None else floor(old * wanted)
        kept = size is None and not recompute_scale_factor
        scale = 1 / wanted if kept else old / new
        if align_corners:
            scale = (old - 1) / (new - 1) if new > 1 else 0.0
        kind = _antialiased(mode) if antialias else _KINDS[mode]
        x = weighted(F, x, dim, kind(old, new, scale, bool(align_corners)))
    return x


composite(
    "interpolate", "Images at another resolution: nearest, linear, cubic, or by means.",
    _interpolate, torch="torch.nn.functional.interpolate",
    definition=r"y = W_1 \otimes W_2 \, x, \quad W \text{ the weights of a dimension}",
    formula=r"\bar{x} = W_1^{\top} \otimes W_2^{\top} \, \bar{y}",
    also="nn.Upsample F.upsample F.upsample_bilinear F.upsample_nearest nn.UpsamplingBilinear2d"
    " nn.UpsamplingNearest2d aten.upsample_linear1d aten.upsample_bilinear2d"
    " aten.upsample_bicubic2d aten.upsample_trilinear3d aten.upsample_nearest1d"
    " aten.upsample_nearest2d aten.upsample_nearest3d aten._upsample_nearest_exact1d"
    " aten._upsample_nearest_exact2d aten._upsample_nearest_exact3d aten._upsample_bilinear2d_aa"
    " aten._upsample_bicubic2d_aa",
)  # fmt: skip


def _adaptive(n: int) -> Any:
    def define(F: Any, x: Any, output_size: Any) -> Any:
        every = [output_size] * n if isinstance(output_size, int) else list(output_size)
        for dim, wanted in enumerate(every, x.ndim - n):
            m = x.shape[dim] if wanted is None else wanted
            x = weighted(F, x, dim, _means(x.shape[dim], m))
        return x

    return define


def _largest(n: int) -> Any:
    def define(F: Any, x: Any, output_size: Any) -> Any:
        every = [output_size] * n if isinstance(output_size, int) else list(output_size)
        sizes = [x.shape[x.ndim - n + i] if m is None else m for i, m in enumerate(every)]
        return _largest_of(F, x, sizes, n)

    return define


def _largest_of(F: Any, x: Any, sizes: list[int], n: int) -> Any:
    """Part by part of a dimension; in each, of the dimensions behind it."""
    if not sizes:
        return F.max_along(F.reshape(x, (*tuple(x.shape)[: x.ndim - n], -1)), -1)[0]
    dim, m = x.ndim - len(sizes), sizes[0]
    extent = x.shape[dim]
    ends = [(i * extent // m, -(-(i + 1) * extent // m)) for i in range(m)]
    parts = [_largest_of(F, F.narrow(x, dim, a, b - a), sizes[1:], n) for a, b in ends]
    return F.stack(parts, -len(sizes))


for _n in (1, 2, 3):
    composite(
        f"adaptive_avg_pool{_n}d", f"The means of so many parts, in {_n} dimensions.",
        _adaptive(_n), torch=f"torch.nn.functional.adaptive_avg_pool{_n}d",
        definition=r"y_k = \tfrac{1}{n_k} \textstyle\sum_{i \in \text{part}_k} x_i",
        formula=r"\bar{x}_i = \textstyle\sum_{k : i \in \text{part}_k} \bar{y}_k / n_k",
        also=f"nn.AdaptiveAvgPool{_n}d" + (f" aten._adaptive_avg_pool{_n}d" if _n > 1 else ""),
    )  # fmt: skip
    composite(
        f"adaptive_max_pool{_n}d", f"The largest numbers of so many parts, in {_n} dimensions.",
        _largest(_n), torch=f"torch.nn.functional.adaptive_max_pool{_n}d",
        definition=r"y_k = \max_{i \in \text{part}_k} x_i",
        formula=r"\bar{x}_{i^*} = \textstyle\sum \bar{y}, \text{ the first of equals}",
        also=f"nn.AdaptiveMaxPool{_n}d F.adaptive_max_pool{_n}d_with_indices",
    )  # fmt: skip


def _affine_grid(F: Any, theta: Any, size: Any, align_corners: bool = False) -> Any:
    extents = list(size)[2:]
    sides = [_side(n, bool(align_corners)) for n in extents]
    base: list[list[float]] = [[]]
    for side in sides:
        base = [[*row, v] for row in base for v in side]
    points = [[*reversed(row), 1.0] for row in base]
    grid = F.constant(F.lift(points)).astype(F.constant(theta).dtype)
    found = F.matmul(grid, F.transpose(theta, -1, -2))
    return F.reshape(found, (theta.shape[0], *extents, len(extents)))


def _side(n: int, aligned: bool) -> list[float]:
    if aligned:
        return [2 * i / (n - 1) - 1 if n > 1 else 0.0 for i in range(n)]
    return [(2 * i + 1) / n - 1 for i in range(n)]


composite(
    "affine_grid", "Where the points of an image come from under an affine map.", _affine_grid,
    torch="torch.nn.functional.affine_grid", tensors=["theta"],
    definition=r"y_p = \Theta\,(p, 1)", formula=r"\bar{\Theta} = \textstyle\sum_p \bar{y}_p"
    r" (p, 1)^{\top}",
    also="torch.affine_grid_generator aten.affine_grid_generator",
)  # fmt: skip

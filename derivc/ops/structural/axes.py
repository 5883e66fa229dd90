"""Which dimensions an op works along, and how a reduced cotangent gets its shape back."""

from __future__ import annotations

from math import prod
from typing import Any

from derivc.errors import OutOfRangeError

Dims = int | tuple[int, ...] | list[int] | None


def axes(shape: tuple[int, ...], dim: Dims) -> tuple[int, ...]:
    """The dimensions meant, not negative, sorted; all of them for None.

    Raises:
        OutOfRangeError: the array has no such dimension.

    Example:
        >>> axes((2, 3, 4), -1), axes((2, 3, 4), None)
        ((2,), (0, 1, 2))
    """
    if dim is None:
        return tuple(range(len(shape)))
    given = (dim,) if isinstance(dim, int) else tuple(dim)
    for d in given:
        if not -max(len(shape), 1) <= d < max(len(shape), 1):
            raise OutOfRangeError(
                f"Dimension out of range (expected to be in range of [{-max(len(shape), 1)},"
                f" {max(len(shape), 1) - 1}], but got {d}) for an array of shape {tuple(shape)}"
            )
    return tuple(sorted(d % len(shape) for d in given)) if shape else ()


def numpy_axis(shape: tuple[int, ...], dim: Dims) -> tuple[int, ...] | None:
    """The dimensions as NumPy takes them; a number (0-d) has none."""
    return None if dim is None or dim == () else axes(shape, dim)


def kept(shape: tuple[int, ...], dim: Dims) -> tuple[int, ...]:
    """The shape of a reduction that keeps its dimensions.

    Example:
        >>> kept((2, 3, 4), 1)
        (2, 1, 4)
    """
    reduced = axes(shape, None if dim == () else dim)
    return tuple(1 if i in reduced else n for i, n in enumerate(shape))


def count(shape: tuple[int, ...], dim: Dims) -> int:
    """How many numbers each number of the reduction is made of."""
    return prod(shape[i] for i in axes(shape, None if dim == () else dim))


def restored(F: Any, g: Any, shape: tuple[int, ...], dim: Dims) -> Any:
    """A reduced array with its dimensions of extent 1 back: it broadcasts to `shape`."""
    wanted = kept(shape, dim)
    return g if tuple(g.shape) == wanted else F.reshape(g, wanted)


def spread(F: Any, g: Any, shape: tuple[int, ...], dim: Dims) -> Any:
    """A reduced array repeated over the dimensions that were reduced."""
    return F.expand(restored(F, g, shape, dim), shape)

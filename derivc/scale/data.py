"""The data of a loss: dask arrays, one block of each beside the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from derivc.errors import InputTypeError, MissingDependencyError, ShapeError

if TYPE_CHECKING:
    from derivc.kernel import Kernel


def checked(kernel: Kernel, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as dask arrays that broadcast, in the order of the kernel's arguments.

    Args:
        kernel: scalar-valued. data: by the names of arguments.

    Raises:
        MissingDependencyError: dask is not installed.
        InputTypeError: a name is no argument, or numbers are not real.
        ShapeError: the kernel is vector-valued, or shapes do not fit.
    """
    unknown = [name for name in data if name not in kernel.inputs]
    if unknown or not data:
        raise InputTypeError(f"data={tuple(data)} must name arguments among {kernel.inputs}")
    if kernel.definition.shape is not None:
        raise ShapeError(
            f"only a scalar-valued kernel is reduced; this one has shape {kernel.definition.shape}"
        )
    fixed = [a.name for a in kernel.definition.arguments if a.shape is not None and a.name in data]
    if fixed:
        raise ShapeError(f"data must be numbers at every point, but {fixed} have a fixed shape")
    arrays = [_blocked(data[name]) for name in kernel.inputs if name in data]
    _fitting(arrays)
    return dict(zip((n for n in kernel.inputs if n in data), arrays, strict=True))


def _blocked(value: Any) -> Any:
    try:
        import dask.array as da
    except ImportError as problem:
        raise MissingDependencyError(
            "reducing over blocks needs dask, which is not installed: pip install 'derivc[dask]'"
        ) from problem
    array = da.asanyarray(value)
    if array.dtype.kind not in "biuf":
        raise InputTypeError(f"data must hold real numbers, got {array.dtype}")
    return array


def _fitting(arrays: Sequence[Any]) -> None:
    """Refuse data that do not broadcast, or of which that is not known.

    Raises:
        ShapeError: says which, and what to do.
    """
    shapes = {a.shape for a in arrays}
    unknown = any(math.isnan(extent) for shape in shapes for extent in shape)
    if unknown and len({a.name for a in arrays if a.ndim}) > 1:
        raise ShapeError(
            "the blocks of data have unknown sizes, so that it is not known whether they fit"
            " together; call compute_chunk_sizes() of the dask arrays first"
        )
    try:
        _ = unknown or np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(f"the shapes of data do not broadcast: {sorted(shapes)}") from None

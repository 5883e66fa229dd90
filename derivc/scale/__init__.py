"""Data larger than memory: kernels over dask arrays, and losses reduced on a cluster.

A kernel called with a dask array gives dask arrays, without any of these names. `reduce` makes a
loss and its gradient of a kernel and data that lie in dask arrays; it needs `derivc[dask]`.
"""

from __future__ import annotations

from derivc.scale.reduction import Reduced as Reduced
from derivc.scale.reduction import reduce as reduce

"""Data larger than memory: kernels over dask arrays."""

"""Functions written in PyTorch or JAX, captured as trees: `from_torch` and `from_jax`.

A function is run once over stand-ins. The frameworks themselves say which of their elementary
operations it performs (PyTorch's dispatcher its ATen operators, JAX's tracer its jaxpr), and each
is done on trees instead of numbers, by the op of derivc that means the same.
"""

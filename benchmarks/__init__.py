"""Performance measured side by side with peers in one run: `python -m benchmarks`."""

import os

for _name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")  # before NumPy is imported

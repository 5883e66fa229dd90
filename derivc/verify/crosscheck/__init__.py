"""Cross-check: a kernel beside other systems' derivatives, 50-digit truth as the judge.

quantity.py   what is compared: values, partials, second partials
subject.py    the kernel, and what it computes        points.py   where
truth.py      the judge: differences at high precision
naive.py      the function as it is written, differentiated and run with rounding shown
peers/        PyTorch, JAX, HIPS autograd, finite differences, mpmath, the user's own
explain.py    why two numbers differ, and which of them is right
records.py    what was found      text.py, page.py   how it is shown
run.py        all of it in one call       graph.py   the same for functions of tensors
"""

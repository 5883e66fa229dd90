"""Stand-ins for numbers, arrays and modules that record what a Python function computes."""

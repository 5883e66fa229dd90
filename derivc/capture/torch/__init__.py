"""PyTorch: what each ATen operation does to arrays of stand-ins, and the session that asks."""

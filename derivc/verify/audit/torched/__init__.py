"""PyTorch's functions under audit: run for real, while what every number stands for is recorded."""

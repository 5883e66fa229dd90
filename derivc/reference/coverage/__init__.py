"""What of PyTorch and of the catalogue is covered."""

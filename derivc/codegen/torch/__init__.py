"""The backend that writes modules for PyTorch."""

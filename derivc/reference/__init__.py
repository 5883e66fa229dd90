"""The derivative reference."""

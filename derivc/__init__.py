"""derivc: a symbolic-to-numeric derivative compiler."""

__version__ = "0.1.0"

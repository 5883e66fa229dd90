"""derivc: a symbolic-to-numeric derivative compiler."""

from derivc.version import __version__ as __version__

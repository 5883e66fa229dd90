"""The kinds of errors that generated modules raise where derivc is not there."""

from __future__ import annotations

# --- carried ---


# Kinds of errors; where derivc loads this module, its own of the same names stand here.
_KindError: type[Exception] = TypeError
_ShapeError: type[Exception] = ValueError

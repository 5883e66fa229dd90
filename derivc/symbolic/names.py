"""Which names a variable may have: names become argument names of generated functions."""

from __future__ import annotations

import keyword
import unicodedata

from derivc.errors import BadNameError
from derivc.symbolic.limits import Limits

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron rho sigma "
    "tau upsilon phi chi psi omega".split()
)
"""Spelled-out Greek letters (pi is the constant): variables, also where a function is so named."""


def check_name(name: object, limits: Limits = Limits()) -> str:
    """The name, if it can be an argument name of a generated Python function.

    Args:
        name: what the user gave.
        limits: the bound on its length.

    Returns:
        The same name.

    Raises:
        BadNameError: not a string, not an identifier, a Python keyword, a dunder, without a
            letter, too long, or spelled with characters that Python reads as others.

    Example:
        >>> check_name("theta_1")
        'theta_1'
    """
    if not isinstance(name, str):
        raise BadNameError(f"a variable name must be a string, got {type(name).__name__}")
    problem = problem_of(name, limits)
    if problem:
        shown = ascii(name if len(name) <= 40 else name[:40] + "...")
        raise BadNameError(f"{shown} cannot be a variable name: {problem}; use letters and digits")
    return name


def problem_of(name: str, limits: Limits = Limits()) -> str:
    """Why the name is refused, or an empty string."""
    if len(name) > limits.name:
        return f"it has {len(name)} characters, more than {limits.name}"
    if not name.isidentifier():
        return "it is not an identifier"
    if unicodedata.normalize("NFKC", name) != name:
        return f"Python reads it as {unicodedata.normalize('NFKC', name)!r}"
    if keyword.iskeyword(name):
        return f"it is a Python keyword (try {name.lower()}_)"
    if name.startswith("__"):
        return "names with two underscores in front are Python's own"
    return "" if any(c.isalpha() for c in name) else "it has no letter"

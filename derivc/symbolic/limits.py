"""How large a text may be before it is refused, so that no input hangs or exhausts the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from derivc.errors import LimitError


@final
@dataclass(frozen=True)
class Limits:
    """Bounds on a text; each is checked before any work that grows with it.

    Args:
        length: characters of the text.
        depth: operators and groups that are open at once (nested parentheses, chained signs).
        nodes: tokens of the text, hence nodes of its tree.
        digits: digits of one written number.
        exponent: absolute value of a constant exponent.
        bits: binary magnitude of a constant power; 1024 is where double precision overflows.
        name: characters of one name.

    Example:
        >>> Limits(depth=50).depth
        50
    """

    length: int = 1_000_000
    depth: int = 1_000
    nodes: int = 400_000
    digits: int = 1_000
    exponent: int = 1_000_000
    bits: int = 1_024
    name: int = 200


def require(what: str, size: float, limit: int) -> None:
    """Refuse a size above its limit.

    Raises:
        LimitError: says what is too large, how large it is and what the limit is.
    """
    if size > limit:
        shown = f"{size:.12g}"
        raise LimitError(
            f"{what} is {shown}, above the limit of {limit}:"
            " raise it with Limits(...) if you trust the text"
        )

"""What inputs are called in C: the user's names where C takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivc.codegen.function import Argument

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_OURS = re.compile(r"(in|out|i|n|o\d+|w\d*|intp|special|bits|mask|select|v)(_\w*)?\Z")
_KEYWORDS = frozenset(
    """
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while asm typeof linux unix main bool true false nullptr
    """.split()
)


def input_names(arguments: Iterable[Argument], taken: Iterable[str]) -> list[str]:
    """One C name per input of a program; `x_0`, `x_1`, ... for the elements of an array `x`.

    Args:
        arguments: of the function. taken: names that the text uses otherwise.

    Example:
        >>> input_names([Argument("x", ("x",)), Argument("int", ("int",))], ["exp"])
        ['x', 'user_int']
    """
    used = set(taken)
    found: list[str] = []
    for position, argument in enumerate(arguments):
        stem = argument.name if _PLAIN.match(argument.name) else f"argument_{position}"
        wanted = [stem] if argument.is_scalar else _numbered(stem, len(argument.elements))
        for name in wanted:
            found.append(_free(name, used))
            used.add(found[-1])
    return found


def _numbered(stem: str, count: int) -> list[str]:
    return [f"{stem}_{i}" for i in range(count)]


def _free(name: str, used: set[str]) -> str:
    if name in _KEYWORDS or _OURS.match(name):
        name = f"user_{name}"
    while name in used:
        name += "_"
    return name

"""Names and numbers on the command line: of cases, of peers."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

import click

from derivc.errors import did_you_mean

_SHOWN = 16


def one_of(word: str, known: Collection[str], what: str) -> str:
    """The word without space around it, if it is known.

    Raises:
        BadParameter: it is not; says which is near it, or which there are.
    """
    name = word.strip()
    if name not in known:
        shown = ", ".join(islice(known, _SHOWN)) + (", ..." if len(known) > _SHOWN else "")
        hint = did_you_mean(name, known) or f"; there are {shown}"
        raise click.BadParameter(f"there is no {what} {name!r}{hint}")
    return name


def each_of(words: str, known: Collection[str], what: str) -> list[str]:
    """The words of a list with commas, if all are known.

    Raises:
        BadParameter: one is not.
    """
    return [one_of(word, known, what) for word in words.split(",")]


def counts_of(text: str) -> tuple[int, ...]:
    """The whole numbers of a list with commas, such as `1,1e6`.

    Raises:
        BadParameter: it is no such list.
    """
    try:
        return tuple(int(float(word)) for word in text.split(","))
    except (ValueError, OverflowError):
        raise click.BadParameter(f"numbers of points such as 1,1e6; got {text!r}") from None

"""Names for generated code that no user's name can hide."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import final


@final
class Names:
    """Chooses names that differ from all the user's.

    Args:
        taken: the names of the user's arguments.

    Example:
        >>> Names(["np", "_3"]).pick("np"), Names(["np", "_3"]).prefix("_")
        ('np_', '_v')
    """

    def __init__(self, taken: Iterable[str]):
        self.taken = set(taken)

    def pick(self, wanted: str) -> str:
        """The wanted name, with underscores behind it until it is free."""
        while wanted in self.taken or keyword.iskeyword(wanted):
            wanted += "_"
        return wanted

    def prefix(self, wanted: str) -> str:
        """A prefix such that the prefix and a number is never a user's name."""
        numbered = {name.rstrip("0123456789") for name in self.taken if name[-1:].isdigit()}
        while wanted in numbered:
            wanted += "v"
        return wanted

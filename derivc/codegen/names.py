"""Names for generated code that no user's name can hide."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import final

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")


@final
class Names:
    """Chooses names that differ from all the user's.

    Args:
        taken: the names of the user's arguments.

    Example:
        >>> names = Names(["np", "_3"])
        >>> names.pick("np"), names.prefix("_"), names.text("np.exp({0}) if {1} else 0")
        ('np_', '_v', 'np_.exp({0}) if {1} else 0')
        >>> names.aliases
        {'np': 'np_'}
    """

    def __init__(self, taken: Iterable[str]):
        self.taken = set(taken)
        self.aliases: dict[str, str] = {}
        self._numbered = {n.rstrip("0123456789") for n in self.taken if n[-1:].isdigit()}

    def pick(self, wanted: str) -> str:
        """The wanted name, with underscores behind it until it is free."""
        while wanted in self.taken or keyword.iskeyword(wanted):
            wanted += "_"
        return wanted

    def prefix(self, wanted: str) -> str:
        """A prefix such that the prefix and a number is never a user's name."""
        while wanted in self._numbered:
            wanted += "v"
        return wanted

    def text(self, template: str) -> str:
        """Our own text with the global names that a user's name would hide replaced by aliases."""
        return _WORD.sub(self._free, template) if self.taken else template

    def _free(self, match: re.Match[str]) -> str:
        word = match[0]
        if word not in self.taken:
            return word
        return self.aliases.setdefault(word, self.pick(word))

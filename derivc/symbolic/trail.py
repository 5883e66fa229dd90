"""What was done to find a derivative, written down where it was done.

`differentiate` and `simplify` leave these records; `steps` tells them to a reader. As the records
are what the answer was made of, the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

from derivc.symbolic.builder import Builder


@final
@dataclass(frozen=True, eq=False)
class Rewrite:
    """One expression replaced by an equal one.

    Args:
        name: what was done, as in "take out common factors".
        before, after: the expressions.
        identities: the identities that were used, each in a few words.
    """

    name: str
    before: Any
    after: Any
    identities: tuple[str, ...] = ()


@final
@dataclass(frozen=True, eq=False)
class Way:
    """A form that simplification considers, and how it came about.

    Args:
        form: the form. middle: before identities were used. name: what led to the middle.
        identities: what led from there to the form.
    """

    form: Any
    middle: Any
    name: str
    identities: tuple[str, ...] = ()

    def rewrites(self, start: Any, agree: Callable[[Any, Any], bool]) -> list[Rewrite]:
        """The rewrites from a start to the form: one, or two where the middle is one of its own."""
        if self.form == self.middle:
            return [Rewrite(self.name, start, self.form)]
        last = "use an identity" if self.identities else "collect like terms"
        if self.middle == start or not agree(start, self.middle):
            return [Rewrite(last, start, self.form, self.identities)]
        first = Rewrite(self.name, start, self.middle)
        return [first, Rewrite(last, self.middle, self.form, self.identities)]


@final
@dataclass(frozen=True, eq=False)
class Turn:
    """One differentiation of one tree by one variable.

    Args:
        tree: what was differentiated. variable: by which.
        build: how results were built.
        slopes: the derivative of every node of the tree, by the node's id.
        rewrites: how the derivative was shortened before it was differentiated again.
    """

    tree: Any
    variable: str
    build: Builder
    slopes: Mapping[int, Any]
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def raw(self) -> Any:
        """The derivative as the rules gave it."""
        return self.slopes[id(self.tree)]

    @property
    def result(self) -> Any:
        """The derivative as the next turn takes it."""
        return self.rewrites[-1].after if self.rewrites else self.raw

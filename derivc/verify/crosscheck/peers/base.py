"""What every peer can do: values and partials of a function over columns of numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from derivc.verify.crosscheck.quantity import Columns
from derivc.verify.crosscheck.subject import Subject

Function = Callable[[Sequence[Any]], list[Any]]
"""From one column per input to one column per output, in the peer's own arrays."""


@final
@dataclass(frozen=True)
class Job:
    """What a peer is asked for.

    Args:
        subject: the function. columns: the points, one column per input, of the dtype wanted.
        vector: by input, the vector of Hessian-vector products.
    """

    subject: Subject
    columns: tuple[Any, ...]
    vector: dict[int, float]

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self.columns[0])


@final
@dataclass(frozen=True)
class Answer:
    """What a peer gave.

    Args:
        columns: by quantity. notes: what to know about how it was computed, a sentence each.
        missing: by order (0, 1, 2), why it is not available.
    """

    columns: Columns
    notes: tuple[str, ...] = ()
    missing: dict[int, str] = field(default_factory=dict)


class Peer(ABC):
    """Another way to the same derivatives."""

    name: str
    """How it is called in `against` and in tables."""
    module: str = "numpy"
    """The package that must be installed."""
    extra: str = ""
    """The extra of derivc that installs it."""
    spells: bool = False
    """Whether it computes the expression in ops of its own, which may be inaccurate."""
    exact: bool = True
    """Whether it claims full precision; finite differences do not."""

    @property
    def missing(self) -> str:
        """Why the peer cannot be asked; empty when it can."""
        from importlib.util import find_spec

        if find_spec(self.module) is not None:
            return ""
        return f"{self.module} is not installed (pip install 'derivc[{self.extra}]')"

    @abstractmethod
    def answer(self, job: Job) -> Answer:
        """Compute what is asked for."""

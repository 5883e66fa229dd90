"""What a backend of another library is asked to write: one function with its derivatives.

Such a module differentiates itself: the library calls for a derivative when it wants one, and for
the derivative of that. So it carries the partials of the first orders, each a program of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, final

from derivc.codegen.function import Argument, Header
from derivc.ir.program import Program

Index = tuple[int, ...]
"""A partial: the output, then the inputs to differentiate by, sorted; `(0,)` is output 0 itself."""


@final
@dataclass(frozen=True)
class Family:
    """A function of scalars, or of arrays of fixed shape, and its derivatives.

    Args:
        name: of the function, an identifier. title: of the class, where there is one.
        arguments: in the user's order; the programs' inputs are their elements, concatenated.
        shape: of the result; None for a scalar-valued function.
        value: all outputs. moving: the inputs to differentiate by.
        partials: per index up to the order that is written out, a program of one output.
        pullback: inputs, then the outputs' cotangents; gives the cotangents of `moving`.
        by_output: the pullback that also reads the output: inputs, output, cotangent; None for
            several outputs.
        pushforward: inputs, then the tangents of `moving`; gives the tangents of the outputs.
        order: how many derivatives are written out as partials; 0 where they would be too many.
        derivatives: lines that say what the first partials are.
        header: the formula and the version.

    All programs are at op level.
    """

    name: str
    title: str
    arguments: tuple[Argument, ...]
    shape: tuple[int, ...] | None
    value: Program
    moving: tuple[int, ...]
    partials: Mapping[Index, Program]
    pullback: Program
    by_output: Program | None
    pushforward: Program
    order: int
    derivatives: tuple[str, ...]
    header: Header

    @property
    def elements(self) -> tuple[str, ...]:
        """The names of the programs' inputs."""
        return tuple(name for argument in self.arguments for name in argument.elements)

    @property
    def count(self) -> int:
        """How many outputs there are."""
        return len(self.value.outputs)


class AbstractLibraryBackend(ABC):
    """Writes modules for a library that differentiates."""

    name: ClassVar[str]

    @abstractmethod
    def source(self, family: Family) -> str:
        """A complete module, for people who have the library and not derivc.

        Raises:
            UnsupportedError: the library has no function for an op.
        """

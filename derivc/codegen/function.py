"""What a backend is asked to write: name, arguments, program and the shape of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from derivc.ir.program import Program


@final
@dataclass(frozen=True)
class Argument:
    """One argument of the generated function, under the user's name.

    `elements` names the program's inputs that it supplies: one for a scalar (which broadcasts over
    arrays), one per element, in C order, for an array argument of fixed `shape`.
    """

    name: str
    elements: tuple[str, ...]
    shape: tuple[int, ...] | None = None

    @property
    def is_scalar(self) -> bool:
        """True for an argument that broadcasts; False for an array of fixed shape."""
        return self.shape is None


@final
@dataclass(frozen=True)
class Leaf:
    """One output of the program."""

    index: int


@final
@dataclass(frozen=True)
class Group:
    """A tuple of results."""

    items: tuple[Leaf | Group | Stack, ...]


@final
@dataclass(frozen=True)
class Stack:
    """An array of outputs: its own shape first, then the broadcast shape of the arguments."""

    shape: tuple[int, ...]
    items: tuple[Leaf, ...]


Layout = Leaf | Group | Stack


@final
@dataclass(frozen=True)
class FunctionSpec:
    """One function to generate.

    Args:
        name: `value`, `grad`, `value_and_grad`, `hessian`, ...
        arguments: in the user's order; the program's inputs are their elements, concatenated.
        program: over primitives only.
        layout: how the program's outputs make up the result.
        summary: one line for the docstring.
    """

    name: str
    arguments: tuple[Argument, ...]
    program: Program
    layout: Layout
    summary: str = ""


@final
@dataclass(frozen=True)
class Header:
    """What the generated module says of itself: the formula, operation counts, the version."""

    formula: str
    version: str
    notes: tuple[str, ...] = ()

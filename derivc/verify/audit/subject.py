"""What is audited, whatever library it is written for: a forward, and a backward somebody wrote."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

Array = Any
Gradients = tuple[Any, ...]


@final
@dataclass(frozen=True)
class Leaves:
    """What containers among the arguments hold, taken for arguments of their own.

    Args:
        owners: per leaf the argument that it belongs to, or is.
        whole: makes the arguments of the leaves.
    """

    owners: tuple[str, ...]
    whole: Callable[[Sequence[Any]], tuple[Any, ...]]


@final
@dataclass(frozen=True)
class Case:
    """Arguments of one kind: shapes of the arrays that vary, and everything else as it is.

    Args:
        names: of the arguments of forward, in order.
        args: float64 arrays where an argument varies; numbers, labels and options as they are.
        moving: the positions of those that vary.
        assumed: what had to be guessed about the arguments, one sentence each.
        guessed: whether the shapes are nobody's choice.
        single: whether the function takes float32 only: then digits beyond that say nothing.
        leaves: where containers were taken apart, how to put them together; then names and args are
            those of the leaves.
    """

    names: tuple[str, ...]
    args: tuple[Any, ...]
    moving: tuple[int, ...]
    assumed: tuple[str, ...] = ()
    guessed: bool = False
    single: bool = False
    leaves: Leaves | None = None

    def with_arrays(self, arrays: Sequence[Array]) -> tuple[Any, ...]:
        """All arguments, these arrays in place of those that vary."""
        args = list(self.args)
        for place, array in zip(self.moving, arrays, strict=True):
            args[place] = array
        return self.leaves.whole(args) if self.leaves else tuple(args)

    def belonging(self, name: str) -> tuple[str, ...]:
        """The names of what varies under the name of an argument or of a leaf."""
        owners = self.leaves.owners if self.leaves else self.names
        pairs = zip(self.names, owners, strict=True)
        return tuple(own for own, owner in pairs if name in (own, owner))

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The arguments that vary."""
        return tuple(self.args[i] for i in self.moving)

    @property
    def moving_names(self) -> tuple[str, ...]:
        """The names of the arguments that vary."""
        return tuple(self.names[i] for i in self.moving)

    @property
    def size(self) -> int:
        """The number of elements that vary."""
        return sum(np.size(a) for a in self.arrays)


@final
@dataclass(frozen=True)
class Trace:
    """What a call computed, as trees.

    Args:
        inputs: the names of the elements of each array that varies, in C order.
        outputs: the trees of each output's elements. cotangents: the names of the cotangents'.
        written: the trees of each written gradient's elements; None where it is not known.
        follows_values: whether the program looked at values, so that it may go another way.
        lost: why trees are missing, "" when they are not.
        dtypes: the floating dtypes met.
    """

    inputs: tuple[tuple[str, ...], ...]
    outputs: tuple[tuple[Any, ...], ...]
    cotangents: tuple[tuple[str, ...], ...]
    written: tuple[tuple[Any, ...] | None, ...]
    follows_values: bool = False
    lost: str = ""
    dtypes: frozenset[str] = frozenset()


@final
@dataclass(frozen=True)
class Finding:
    """One thing that is to be said.

    Args:
        code: one word for programs. message: one or two sentences.
        grade: "wrong", "unstable", "second order", "fails", "surrogate" or "note".
        input: the argument concerned, or "". line: the line of the user's file, or 0.
    """

    code: str
    message: str
    grade: str = "wrong"
    input: str = ""
    line: int = 0


@final
@dataclass(frozen=True)
class Place:
    """Where a function is defined: its file and lines, "" and 0 where Python does not know."""

    file: str = ""
    line: int = 0
    text: str = field(default="", repr=False)


class CallError(Exception):
    """The user's function failed: its exception is the cause.

    Args:
        stage: "forward" or "backward". problem: what it raised. line: of the user's file.
        code: the text of that line.
    """

    def __init__(self, stage: str, problem: BaseException, line: int = 0, code: str = ""):
        super().__init__(f"{stage}: {type(problem).__name__}: {problem}")
        self.stage, self.problem, self.line, self.code = stage, problem, line, code


class Subject(ABC):
    """A function under audit.

    Attributes:
        name: of the function. library: "torch", "jax", "derivc" or "python".
        place: where it is defined.
        parameters: of the forward function, the context left out.
        cotangent_names: what the backward calls the cotangents.
        held: the arguments that were declared to be no subject of differentiation.
    """

    name: str
    library: str
    place: Place
    parameters: tuple[Any, ...]
    cotangent_names: tuple[str, ...]
    held: frozenset[str] = frozenset()

    @abstractmethod
    def forward(self, case: Case, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs that can be differentiated, as float64 arrays.

        Raises:
            CallError: the user's function failed.
        """

    @abstractmethod
    def backward(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Gradients:
        """The written gradients of the arrays that vary; None where none was returned.

        Raises:
            CallError: the user's function failed.
        """

    @abstractmethod
    def second(
        self,
        case: Case,
        arrays: Sequence[Array],
        cotangents: Sequence[Array],
        directions: Sequence[Array],
    ) -> tuple[Gradients, Gradients]:
        """The derivative of the written gradients along directions, by arrays and by cotangents.

        None where the library says that there is no dependence.

        Raises:
            CallError: the backward refuses to be differentiated, or fails.
        """

    def trace(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Trace | None:
        """The trees of one call, or None where there is no way to get them."""
        del case, arrays, cotangents
        return None

    def fits(self, case: Case, cotangents: Sequence[Array]) -> bool:
        """Whether the gradients come back in the shapes of their inputs, as far as it is known."""
        del case, cotangents
        return True

    def explain(self, error: CallError, case: Case | None, cotangents: Sequence[Array]) -> Finding:
        """The cause of a call that failed."""
        from derivc.verify.audit.failures import failure

        del case, cotangents
        return failure(error)

    def probes(self, case: Case, cotangents: Sequence[Array]) -> list[Finding]:
        """What is found by calling the function in the other ways that its library may."""
        del case, cotangents
        return []

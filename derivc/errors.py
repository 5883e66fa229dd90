"""The exception tree.

    DerivcError                  root of every error raised on purpose
    +-- ParseError               text that is not an expression (also a ValueError)
    |   +-- UnknownNameError     a function name that no op has
    |   +-- UnsafeInputError     text that asks for more than mathematics
    +-- LimitError               input larger than the limits in force
    +-- BadNameError             a variable name that cannot be an argument name
    +-- InputTypeError           an object of a kind that derivc does not take (also a TypeError)
    |   +-- UnknownOptionError   a keyword that a function does not take
    +-- UnsupportedError         mathematics that derivc does not compile
    |   +-- NotDifferentiableError   a derivative that does not exist or is not known
    +-- DomainError              no real value anywhere, or division by an exact zero
    +-- TraceError               a Python function that cannot be traced
    +-- ShapeError               array shapes that do not fit
    |   +-- OutOfRangeError          a dimension or an index that is not there (also an IndexError)
    +-- AutogradError            a backward pass that cannot be made (also a RuntimeError)
    |   +-- FreedGraphError      a second backward pass through a graph that was freed
    |   +-- InplaceError         a change in place that would make gradients wrong
    |   +-- AnomalyError         a NaN in a backward pass, in anomaly mode
    |   +-- GradcheckError       a gradient that differs from finite differences
    |   +-- NotImplementedGradientError   an op that has no derivative by this input
    +-- UnknownOpError           no op of that name is declared
    +-- UnknownAttributeError    an attribute that a tensor does not have (also an AttributeError)
    +-- DeclarationError         an op declared wrongly
    +-- ProgramError             a program that breaks the rules of the IR: a bug in derivc
    +-- MissingDependencyError   an optional package that is not installed (also an ImportError)
    +-- CacheError               the cache directory cannot be used
    +-- SaveError                a file that could not be written
    +-- UserFileError            a file of the user's that is not there, or fails when it is run
    +-- NativeError              no C compiler, or one that failed

Each class has a `kind`: one word for programs that sort errors without importing the classes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence


class DerivcError(Exception):
    """Root of every error that derivc raises on purpose."""

    kind = "error"


class ParseError(DerivcError, ValueError):
    """Text that is not an expression; shows the text with a caret under the place.

    Args:
        problem: what is wrong, in one sentence.
        text: the user's text.
        position: index in `text` of the place, or None when there is no single place.
        hint: what to do about it.
    """

    kind = "syntax"

    def __init__(self, problem: str, text: str = "", position: int | None = None, hint: str = ""):
        self.problem, self.text, self.position, self.hint = problem, text, position, hint
        super().__init__(problem, text, position, hint)

    def __str__(self) -> str:
        parts = [self.problem, *_excerpt(self.text, self.position), self.hint]
        return "\n".join(part for part in parts if part)


def _excerpt(text: str, position: int | None, width: int = 60) -> list[str]:
    """The part of the text around the position, and a line with a caret under it."""
    if not text or position is None:
        return []
    start = max(0, position - width // 2)
    shown = text[start : start + width].replace("\n", " ").replace("\t", " ")
    return [f"    {shown}", "    " + " " * (position - start) + "^"]


class UnknownNameError(ParseError):
    """A called name that no op has."""

    kind = "unknown_name"


class UnsafeInputError(ParseError):
    """Text that asks for more than mathematics: attributes, strings, imports, calls of calls."""

    kind = "unsafe"


class LimitError(DerivcError, ValueError):
    """Input larger than the limits in force."""

    kind = "limit"


class BadNameError(DerivcError, ValueError):
    """A variable name that cannot be an argument name."""

    kind = "bad_variable_name"


class InputTypeError(DerivcError, TypeError):
    """An object of a kind that derivc does not take."""

    kind = "type"


class UnsupportedError(DerivcError):
    """Mathematics that derivc does not compile."""

    kind = "unsupported"


class NotDifferentiableError(UnsupportedError):
    """A derivative that does not exist or is not known."""


class DomainError(DerivcError, ValueError):
    """An expression with no real value, or a division by an exact zero."""

    kind = "domain"


class TraceError(DerivcError):
    """A Python function that cannot be traced."""

    kind = "trace"


class ShapeError(DerivcError, ValueError):
    """Array shapes that do not fit."""

    kind = "shape"


class OutOfRangeError(ShapeError, IndexError):
    """A dimension that an array does not have, or an index outside it."""


class AutogradError(DerivcError, RuntimeError):
    """A backward pass that cannot be made as asked."""

    kind = "autograd"


class FreedGraphError(AutogradError):
    """A second backward pass through a graph whose saved values are freed."""

    def __init__(self) -> None:
        super().__init__(
            "Trying to backward through the graph a second time (or directly access saved tensors"
            " after they have already been freed). Saved intermediate values of the graph are freed"
            " when you call .backward() or dc.grad(). Specify retain_graph=True if you need to"
            " backward through the graph a second time or if you need to access saved tensors after"
            " calling backward."
        )


class InplaceError(AutogradError):
    """A change in place that would make gradients wrong."""


class AnomalyError(AutogradError):
    """A NaN that appeared in a backward pass, in anomaly mode."""


class GradcheckError(AutogradError):
    """A gradient that differs from finite differences; shows both Jacobians."""


class NotImplementedGradientError(AutogradError, NotImplementedError):
    """An op that has no derivative by one of its inputs."""


class UnknownOpError(DerivcError, LookupError):
    """No op of that name is declared."""

    kind = "unknown_name"


class UnknownAttributeError(DerivcError, AttributeError):
    """An attribute that an object does not have; names the nearest one when it is shown.

    Args:
        owner: the name of the object's class, or of the module.
        name: the attribute. known: a function for the names that there are, which is called only
            for the message: programs ask for attributes to see whether they are there.
        sort: what the owner is: "object" or "module".
    """

    kind = "unknown_name"

    def __init__(
        self,
        owner: str,
        name: str,
        known: Callable[[], Iterable[str]] = tuple,
        sort: str = "object",
    ):
        super().__init__(owner, name)
        self.known, self.sort = known, sort

    def __str__(self) -> str:
        owner, name = self.args
        head = f"module {owner!r}" if self.sort == "module" else f"{owner!r} object"
        return f"{head} has no attribute {name!r}{did_you_mean(name, self.known())}"


class UnknownOptionError(InputTypeError):
    """A keyword that a function does not take."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known: the nearest that is, if one is near.

    Example:
        >>> did_you_mean("reshap", ["reshape", "sum"])
        "; did you mean 'reshape'?"
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def check_options(
    function: str, given: Iterable[str], known: Sequence[str], meant: Mapping[str, str]
) -> None:
    """Complain about keywords that a function does not take.

    Args:
        function: its name. given: the keywords. known: those it takes.
        meant: what other libraries call them.

    Raises:
        UnknownOptionError: names the one that was meant, and all that there are.
    """
    for name in given:
        if name not in known:
            hint = did_you_mean(meant.get(name, name), known)
            raise UnknownOptionError(
                f"{function} has no option {name!r}{hint} It takes {', '.join(known)}."
                if hint
                else f"{function} has no option {name!r}; it takes {', '.join(known)}"
            )


class DeclarationError(DerivcError, ValueError):
    """An op declared wrongly."""

    kind = "declaration"


class ProgramError(DerivcError):
    """A program that breaks the rules of the IR: a bug in derivc."""

    kind = "internal"


class MissingDependencyError(DerivcError, ImportError):
    """An optional package that is not installed."""

    kind = "missing"


class CacheError(DerivcError, OSError):
    """The cache directory cannot be used."""

    kind = "cache"


class SaveError(DerivcError, OSError):
    """A file that could not be written; what stood there before is untouched."""

    kind = "save"


class UserFileError(DerivcError):
    """A file of the user's that is not there, or fails when it is run."""

    kind = "file"


class NativeError(DerivcError):
    """No C compiler, or one that failed; the NumPy backend goes on working."""

    kind = "native"

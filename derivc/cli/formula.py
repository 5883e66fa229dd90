"""A text read as mathematics: its tree, its variables, its derivatives and its kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from derivc.errors import InputTypeError, UserFileError

if TYPE_CHECKING:
    from derivc.definition import Definition
    from derivc.kernel import Kernel


@final
@dataclass(frozen=True)
class Formula:
    """What was read.

    Args:
        text: what the user wrote. tree: the tree, in the user's order and nesting.
        names: the variables, sorted; of a function in a file in the order of its arguments.
        definition: of a function in a file, whose arguments may be arrays.
        notes: what else there is to know of it.
    """

    text: str
    tree: Any
    names: tuple[str, ...]
    definition: Definition | None = None
    notes: tuple[str, ...] = ()

    def partial(self, names: Sequence[str], simplify: bool = True) -> Any:
        """The derivative by each name in turn, over plain symbols."""
        from derivc.symbolic.canonical import plain
        from derivc.symbolic.differentiate import diff
        from derivc.symbolic.simplify import simplify as shortest

        found = diff(self.tree, *names)
        return plain(shortest(found) if simplify else found)

    def kernel(self, wrt: Sequence[str] | None = None) -> Kernel:
        """The compiled function."""
        return compiled([self], None, wrt)


def read(text: str) -> Formula:
    """Read text in Python's or paper notation, LaTeX where there is a backslash, or FILE.py:NAME.

    Raises:
        ParseError: the text is not an expression; shows where.
        InputTypeError: a function in a file has several results.

    Example:
        >>> read("2x^2 + y").names
        ('x', 'y')
    """
    first, *others = read_all(text)
    if others:
        raise InputTypeError(
            f"{text} has {1 + len(others)} results; name one, as in {text}[0], or use `derivc"
            " jacobian`"
        )
    return first


def read_all(text: str) -> list[Formula]:
    """As `read`, but a function in a file may have several results: one formula each.

    Raises:
        ParseError: the text is not an expression; shows where.
        UserFileError: it is the name of a file alone.
    """
    from derivc.capture.files import place_of
    from derivc.definition import variables
    from derivc.symbolic.latex import read as read_either

    place = place_of(text)
    if place is not None:
        return _from_file(text, place)
    if text.strip().endswith(".py"):
        raise UserFileError(f"{text} is a file; name a function in it, as in {text.strip()}:NAME")
    tree = read_either(text, relaxed=True)
    return [Formula(text, tree, tuple(sorted(variables([tree]))))]


def _from_file(text: str, place: Any) -> list[Formula]:
    from derivc.capture.files import capture_place
    from derivc.cli.shapes import given_shapes

    found = capture_place(place, given_shapes())
    made, notes = found.definition, found.notes
    return [Formula(text, tree, made.elements, made, notes) for tree in made.trees]


def compiled(
    formulas: Sequence[Formula],
    shape: tuple[int, ...] | None,
    wrt: Sequence[str] | None = None,
    backend: str = "numpy",
) -> Kernel:
    """The kernel of one expression (`shape` None), or of several as a vector.

    The elements of array arguments are arguments of their own.
    """
    from derivc import compiler
    from derivc.codegen.function import Argument
    from derivc.definition import Definition

    names = all_names(formulas)
    arguments = tuple(Argument(name, (name,)) for name in names)
    text = formulas[0].text if shape is None else ""
    trees = tuple(formula.tree for formula in formulas)
    definition = Definition(arguments, trees, shape, "", text)
    return compiler.compile(definition, wrt=wrt or None, backend=backend)


def all_names(formulas: Sequence[Formula]) -> tuple[str, ...]:
    """The variables of several formulas, sorted."""
    return tuple(sorted({name for formula in formulas for name in formula.names}))


def chosen(wrt: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The variables asked for by `--wrt`, separated by commas or repeated; all by default.

    Raises:
        InputTypeError: a name that no variable can have.
    """
    names = tuple(name for part in wrt for name in listed(part))
    return names or tuple(known)


def listed(text: str) -> tuple[str, ...]:
    """The names of a comma list.

    Raises:
        InputTypeError: a name that no variable can have.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    wrong = [name for name in names if not name.isidentifier()]
    if wrong or not names:
        raise InputTypeError(f"--wrt takes names of variables such as x,y; got {text!r}")
    return names

"""A text read as mathematics: its tree, its variables, its derivatives and its kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from derivc.errors import InputTypeError

if TYPE_CHECKING:
    from derivc.kernel import Kernel


@final
@dataclass(frozen=True)
class Formula:
    """What was read.

    Args:
        text: what the user wrote. tree: the tree, in the user's order and nesting.
        names: the variables, sorted.
    """

    text: str
    tree: Any
    names: tuple[str, ...]

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
    """Read text in Python's or paper notation, or LaTeX where there is a backslash.

    Raises:
        ParseError: the text is not an expression; shows where.

    Example:
        >>> read("2x^2 + y").names
        ('x', 'y')
    """
    from derivc.definition import variables
    from derivc.symbolic.latex import read as read_either

    tree = read_either(text, relaxed=True)
    return Formula(text, tree, tuple(sorted(variables([tree]))))


def compiled(
    formulas: Sequence[Formula],
    shape: tuple[int, ...] | None,
    wrt: Sequence[str] | None = None,
    backend: str = "numpy",
) -> Kernel:
    """The kernel of one expression (`shape` None), or of several as a vector."""
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

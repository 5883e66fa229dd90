"""`document`: the pages of the reference for the user's own functions."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, final

import sympy as sp

from derivc.errors import DerivcError, InputTypeError
from derivc.kernel import Kernel
from derivc.reference.pages import own
from derivc.reference.pages.page import Page
from derivc.reference.pages.picture import picture


@final
@dataclass(frozen=True)
class Documented:
    """What `document` wrote.

    Args:
        path: the folder of the site. pages: one per function. refused: the reason, by the name of
            each that could not be read.
    """

    path: Path
    pages: tuple[Page, ...]
    refused: dict[str, str]

    def __str__(self) -> str:
        """One line a function that was refused."""
        count = len(self.pages)
        lines = [f"{count} page{'' if count == 1 else 's'} in {self.path / 'index.html'}"]
        return "\n".join([*lines, *(f"left out: {n}: {why}" for n, why in self.refused.items())])


@final
@dataclass(frozen=True)
class Own:
    """A page with what is drawn on it: its plot, the caption, steps and singularities as HTML."""

    page: Page
    picture: str
    caption: str
    steps: str
    singular: str


def document(functions: Any, target: str | os.PathLike[str], title: str = "") -> Documented:
    """Build a site of the user's own functions: formulas, derivatives, code, checks, plots.

    Args:
        functions: a module (its public functions), or functions, texts, SymPy expressions and
            kernels: one, a list, or a mapping from names to them.
        target: the folder of the site; a site that stands there is replaced.
        title: of the site; default: the module's name.

    Returns:
        What was written: `.path`, `.pages`, and `.refused`: what cannot be traced, and why.

    Raises:
        InputTypeError: there is nothing to document, or it is of another kind.
        SaveError: the folder holds something else, or cannot be written.
        MissingDependencyError: the `docs` extra is not installed.

    Example:
        >>> import derivc as dc
        >>> made = dc.document({"bell": "exp(-x**2)"}, "site")  # doctest: +SKIP
        >>> made.pages[0].name, made.refused  # doctest: +SKIP
        ('bell', {})
    """
    from derivc.reference.site import write
    from derivc.reference.site.extra import check_extra
    from derivc.reference.site.user import files

    named = dict(_named(functions))
    if not named:
        raise InputTypeError("there is nothing to document: no public function was found")
    write.check(target)
    check_extra()
    made, refused = _pages(named)
    heading = title or _title(functions)
    path = write.write(target, files(heading, made, refused))
    return Documented(path, tuple(one.page for one in made), refused)


def _named(functions: Any) -> Iterator[tuple[str, Any]]:
    """Names and sources."""
    if isinstance(functions, ModuleType):
        yield from _of_module(functions)
    elif isinstance(functions, Mapping):
        yield from ((str(name), source) for name, source in functions.items())
    elif isinstance(functions, list | tuple | set | frozenset):
        yield from _of_list(list(functions))
    else:
        yield from _of_list([functions])


def _of_module(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The module's own public functions and kernels, in the order of definition."""
    public = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        wanted = name in public if public is not None else not name.startswith("_")
        here = getattr(value, "__module__", None) == module.__name__
        if wanted and (isinstance(value, Kernel) or (inspect.isfunction(value) and here)):
            yield name, value


def _of_list(sources: list[Any]) -> Iterator[tuple[str, Any]]:
    taken: set[str] = set()
    for i, source in enumerate(sources, 1):
        if not _is_function(source):
            raise InputTypeError(
                f"document takes functions, texts, SymPy expressions, kernels and modules; number"
                f" {i} is a {type(source).__name__}: {source!r}"
            )
        name = _name(source, i)
        while name in taken:
            name += "_"
        taken.add(name)
        yield name, source


def _is_function(source: Any) -> bool:
    return isinstance(source, str | sp.Basic | sp.MatrixBase | Kernel) or callable(source)


def _name(source: Any, number: int) -> str:
    if isinstance(source, Kernel):
        return source.definition.name or f"f{number}"
    own_name = getattr(source, "__name__", "")
    return own_name if str(own_name).isidentifier() else f"f{number}"


def _title(functions: Any) -> str:
    name = getattr(functions, "__name__", "")
    return name.rpartition(".")[2] if isinstance(functions, ModuleType) else "functions"


def _pages(named: Mapping[str, Any]) -> tuple[list[Own], dict[str, str]]:
    made, refused = [], {}
    for name, source in named.items():
        try:
            made.append(_one(name, source))
        except DerivcError as problem:
            refused[name] = str(problem)
    return made, refused


def _one(name: str, source: Any) -> Own:
    doc = inspect.getdoc(source) or "" if inspect.isroutine(source) else ""
    kernel = own.kernel_of(source)
    page = own.page_of(name, kernel, doc)
    if kernel.definition.shape is not None or not page.params or own.is_large(kernel):
        return Own(page, "", "", "", "")
    svg, caption = picture(own.tree_of(kernel), kernel.definition.elements)
    return Own(page, svg, caption, _told(kernel, "explain"), _told(kernel, "singularities"))


def _told(kernel: Kernel, name: str) -> str:
    """What one of derivc's reports says of a function, as HTML; "" where it knows nothing of it."""
    import derivc

    report: Callable[..., Any] | None = getattr(derivc, name, None)
    if report is None:
        return ""
    try:
        return str(report(own.tree_of(kernel))._repr_html_())
    except (DerivcError, ArithmeticError, AttributeError):
        return ""

"""`derivc ops` and `derivc op NAME`: what is declared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from derivc.cli import covered, display
from derivc.cli.command import Command
from derivc.cli.options import Style, common, styled
from derivc.errors import UnknownOpError, did_you_mean

if TYPE_CHECKING:
    from derivc.ops.declaration import Op


@click.command("ops", cls=Command)
@click.argument("words", nargs=-1, metavar="[show NAME | WORD]")
@click.option("--coverage", is_flag=True, help="What is covered of PyTorch's functions.")
@styled
@common
def ops(words: tuple[str, ...], coverage: bool, style: Style) -> None:
    """List the functions that expressions may use."""
    if coverage:
        return covered.show(words, style)
    if words[:1] == ("show",):
        return _show(words[1:], style)
    found = _matching(" ".join(words))
    if style.json:
        entries = [{"name": o.name, "params": o.params, "summary": o.summary} for o in found]
        return display.document("ops", ops=entries)
    return display.rows([(f"{o.name}({', '.join(o.params)})", o.summary) for o in found], "  ", "")


@click.command("op", cls=Command)
@click.argument("words", nargs=-1, metavar="NAME")
@styled
@common
def op(words: tuple[str, ...], style: Style) -> None:
    """Show everything about one function, by any of its names.

    Formulas, conventions at kinks, stability, verification; also for
    matrix operations, reductions and losses.
    """
    _show(words, style)


def _matching(word: str) -> list[Op]:
    """The ops that have a word in their description.

    Raises:
        UnknownOpError: there is none.
    """
    from derivc.ops import registry

    wanted = word.casefold()
    found = [o for o in registry.all_ops() if wanted in _described(o).casefold()]
    if not found:
        raise UnknownOpError(
            f"{word!r} stands in no function's name, summary or tags"
            f"{did_you_mean(word, (n for o in registry.all_ops() for n in (o.name, *o.aliases)))}"
            " (derivc op NAME also finds functions of PyTorch, JAX and SciPy)"
        )
    return sorted(found, key=lambda o: o.name)


def _described(op: Op) -> str:
    return " ".join([op.name, *op.aliases, op.summary, *op.tags])


def _show(words: Sequence[str], style: Style) -> None:
    from derivc.reference.pages.find import page
    from derivc.reference.pages.text import text_of

    if len(words) != 1:
        raise click.UsageError("give the name of one function, as in: derivc op sigmoid")
    found = page(words[0])
    if style.json:
        return display.document("op", **found.as_json())
    bold, cyan = partial(click.style, bold=True), partial(click.style, fg="cyan")
    return click.echo(text_of(found, bold, cyan, latex=style.latex))

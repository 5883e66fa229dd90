"""`derivc ops` and `derivc op NAME`: what is declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from derivc.cli import covered, display
from derivc.cli.command import Command
from derivc.cli.options import Style, common, styled

if TYPE_CHECKING:
    from derivc.ops.declaration import Kink, Op


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


@click.command("op", cls=Command, hidden=True)
@click.argument("words", nargs=-1, metavar="NAME")
@styled
@common
def op(words: tuple[str, ...], style: Style) -> None:
    """Show everything about one function; the same as `ops show NAME`."""
    _show(words, style)


def _matching(word: str) -> list[Op]:
    from derivc.ops import registry

    found = [o for o in registry.all_ops() if word in " ".join([o.name, o.summary, *o.tags])]
    return sorted(found, key=lambda o: o.name)


def _show(words: Sequence[str], style: Style) -> None:
    from derivc.ops import registry

    if len(words) != 1:
        raise click.UsageError("give the name of one function, as in: derivc ops show sigmoid")
    found = registry.resolve(words[0]) or registry.get(words[0])
    facts = _facts(found)
    if style.json:
        return display.document("op", **facts)
    click.echo(click.style(f"{found.name}({', '.join(found.params)})", bold=True))
    click.echo(f"  {found.summary}\n")
    return display.rows(_lines(facts), "  ")


def _facts(op: Op) -> dict[str, Any]:
    """Everything about an op, as text."""
    import sympy as sp

    from derivc.cli.notation import text_of
    from derivc.ops.names import LIBRARIES

    symbols = [sp.Symbol(name, real=True) for name in op.params]
    domain = op.domain(*symbols) if op.domain else sp.true
    return {
        "name": op.name,
        "params": op.params,
        "summary": op.summary,
        "definition": text_of(op.meaning(*symbols)) if op.meaning else "a primitive",
        "partials": dict(zip(op.params, _partials(op, symbols), strict=True)),
        "domain": "every real number" if domain == sp.true else text_of(domain),
        "range": [text_of(end) for end in map(sp.sympify, op.range)],
        "kinks": [_kink(kink, symbols) for kink in op.kinks],
        "defaults": {name: text_of(sp.sympify(v)) for name, v in op.defaults.items()},
        "aliases": op.aliases,
        "elsewhere": {
            library: name for library in LIBRARIES if (name := getattr(op.also, library))
        },
        "tags": sorted(op.tags),
        "source": op.source,
    }


def _called(op: Op, library: str) -> str:
    """The names of the op in a library; how its backends call it is left out."""
    return ", ".join(name for name in op.also.every(library) if ".ops." not in name)


def _partials(op: Op, symbols: list[Any]) -> list[str]:
    """The declared partials as text, the output written `y`; "not known" where there is none."""
    import sympy as sp

    from derivc.cli.notation import text_of

    output = sp.Symbol("y" if "y" not in op.params else "out", real=True)
    found = op.partials(*symbols, output) if op.partials else [None] * op.arity
    return ["not known" if p is None else text_of(sp.sympify(p)) for p in found]


def _kink(kink: Kink, symbols: list[Any]) -> dict[str, Any]:
    import sympy as sp

    from derivc.cli.notation import text_of

    slopes = ["-" if s is None else str(s) for s in kink.slopes()]
    place = text_of(sp.Eq(kink.place(*symbols), 0, evaluate=False))
    return {"where": place, "slope": ", ".join(slopes), "because": kink.because}


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts as labelled lines; what is empty is left out."""
    lower, upper = facts["range"]
    lines = [("definition", facts["definition"])]
    lines += [(f"d/d{name}", text) for name, text in facts["partials"].items()]
    lines += [("domain", facts["domain"]), ("range", f"{lower} to {upper}")]
    lines += [
        ("kink", f"{k['where']}: slope {k['slope']} ({k['because']})") for k in facts["kinks"]
    ]
    lines += [("default", f"{name} = {text}") for name, text in facts["defaults"].items()]
    lines += [("also called", ", ".join(facts["aliases"]))]
    lines += list(facts["elsewhere"].items())
    lines += [("tags", ", ".join(facts["tags"])), ("source", facts["source"])]
    return [(name, text) for name, text in lines if text]

"""`declare`: the one call that makes an op, for this package and for its users alike."""

from __future__ import annotations

from typing import Any

from derivc.errors import DeclarationError
from derivc.ops.declaration import Formula, Kink, Op, parameters
from derivc.ops.names import NAMELESS, Names
from derivc.ops.registry import register
from derivc.ops.symbol import make_symbol


def declare(
    name: str,
    summary: str,
    *,
    meaning: Formula | None = None,
    stable: Formula | None = None,
    partials: Formula | None = None,
    kinks: tuple[Kink, ...] | list[Kink] = (),
    also: Names = NAMELESS,
    aliases: tuple[str, ...] | list[str] = (),
    tags: tuple[str, ...] | list[str] = (),
    symbol: Any = None,
    params: tuple[str, ...] | None = None,
    **rest: Any,
) -> Op:
    """Declare an op once; everything else derives from the declaration.

    Args:
        name: an identifier; the user calls the op by it.
        summary: one sentence.
        meaning: the definition over SymPy functions, `lambda x: 1/(1 + exp(-x))`; its parameter
            names and defaults are the op's. Serves documents, rewriting and the 50-digit oracle.
        stable: the form that is computed, over primitives (default: `meaning`, unless a
            `spelling` makes the op a primitive).
        partials: `lambda x, y: [...]`: one expression per argument, given the arguments and the
            output (default: SymPy's derivatives of `meaning`); None for an argument without one.
        kinks: where the function has no derivative, and what is returned there.
        also: the names in PyTorch, JAX, NumPy and SciPy. aliases: further names users type.
        tags: words for tables ("activation", "special", ...).
        symbol: a SymPy class that already stands for this function.
        params: the parameter names, for a primitive without `meaning`.
        rest: further fields of `Op`: tex, domain, range, spelling, cost, truth, vjp, jvp, source.

    Returns:
        The op: call it with SymPy arguments to build a tree.

    Raises:
        DeclarationError: the declaration contradicts itself, or the name is taken.

    Example:
        >>> from derivc.ops import declare
        >>> from sympy import Symbol, diff, exp
        >>> bell = declare("bell_example", "A bell.", meaning=lambda x: exp(-x**2))
        >>> diff(bell(Symbol("x", real=True)))
        -2*x*exp(-x**2)
    """
    if not name.isidentifier():
        raise DeclarationError(f"an op's name must be an identifier, got {name!r}")
    if meaning is None and params is None:
        raise DeclarationError(f"op {name!r} needs a `meaning`, or `params` and a `spelling`")
    names, defaults = (params, {}) if params is not None else parameters(_given(meaning))
    if stable is None and rest.get("spelling") is None:
        stable = meaning
    symbol = symbol or make_symbol(name, len(names), integer="integer" in tags)
    rest.setdefault("defaults", defaults)
    op = Op(
        name=name, summary=summary, params=tuple(names), symbol=symbol, meaning=meaning,
        stable=stable, partials=partials or _derived_partials(meaning), kinks=tuple(kinks),
        also=also, aliases=tuple(aliases), tags=frozenset(tags), **rest,
    )  # fmt: skip
    if getattr(symbol, "op", False) is None:
        symbol.op = op
    return register(op)


def _given(meaning: Formula | None) -> Formula:
    assert meaning is not None
    return meaning


def _derived_partials(meaning: Formula | None) -> Formula | None:
    """Partials by SymPy from the meaning, for ops that declare none."""
    if meaning is None:
        return None

    def partials(*arguments: Any) -> list[Any]:
        import sympy as sp

        places = sp.symbols(f"_0:{len(arguments) - 1}", real=True)
        values = dict(zip(places, arguments, strict=False))
        return [meaning(*places).diff(p).xreplace(values) for p in places]

    return partials

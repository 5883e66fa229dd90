"""Structural ops: what is not elementwise (sums, shapes, products of matrices), declared once each.

A declaration says how the op is computed and how cotangents go back through it. Neither formula
knows NumPy: the first is given an array namespace `xp`, the second a namespace `F` that holds every
op by name. Over arrays `F` computes; over tensors it records, so the same formula can be
differentiated again, to any order. How tangents go forward is declared too, most often in one word.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, final

from derivc.errors import DeclarationError, InputTypeError, UnknownOpError
from derivc.ops.names import NAMELESS, Names

Formula = Callable[..., Any]


def asked_by(formula: Formula) -> tuple[str, ...]:
    """What a formula asks for: its parameters behind the namespace and the derivative.

    Example:
        >>> asked_by(lambda F, g, x, y: g * x)
        ('x', 'y')
    """
    return tuple(inspect.signature(formula).parameters)[2:]


@final
@dataclass(frozen=True, eq=False)
class StructuralOp:
    """One structural op: everything that is known of it. See `structural` for the fields."""

    name: str
    summary: str
    forward: Formula
    vjp: Formula | None
    formula: str
    tensors: tuple[str, ...]
    sequence: str | None = None
    is_view: bool = False
    torch: str | None = None
    aliases: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    variadic: bool = False
    compose: Formula | None = None
    jvp: Formula | tuple[Formula, ...] | str | None = None
    constants: tuple[int, ...] = ()
    numbers: str = "any"
    definition: str = ""
    tangent: str = ""
    also: Names = NAMELESS
    source: str = ""

    @cached_property
    def params(self) -> tuple[str, ...]:
        """The names of the arguments, in order, `xp` left out."""
        return tuple(inspect.signature(self.forward).parameters)[1:]

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature as users call it."""
        whole = inspect.signature(self.forward)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The arguments that may be left out, with what they are then."""
        every = self.signature.parameters.values()
        return {p.name: p.default for p in every if p.default is not p.empty}

    @cached_property
    def _rest(self) -> dict[int, dict[str, Any]]:
        """By how many arguments are given in order: the defaults of those that are not."""
        found = {}
        for count in range(len(self.params), -1, -1):
            left = self.params[count:]
            if any(name not in self.defaults for name in left):
                break
            found[count] = {name: self.defaults[name] for name in left}
        return found

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The parameters that are no tensors."""
        return tuple(p for p in self.params if p not in self.tensors and p != self.sequence)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The inputs that are saved, sorted."""
        return tuple(sorted(self.saves - {"y"}))

    @cached_property
    def facts(self) -> tuple[tuple[str, str, str], ...]:
        """What the backward formula asks of inputs besides their values: name, input, question."""
        asked = [(r, *r.rpartition("_")[::2]) for r in self.reads if r not in self.params]
        return tuple((r, p, what) for r, p, what in asked if what in ("shape", "dtype"))

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """What the backward formula asks for, by the names of its parameters, `F, g` left out."""
        return () if self.vjp is None else asked_by(self.vjp)

    @cached_property
    def saves(self) -> frozenset[str]:
        """The inputs, and the output `y`, whose values the backward formula reads."""
        kept = (*self.tensors, "y", *([self.sequence] if self.sequence else []))
        return frozenset(name for name in self.reads if name in kept)

    def bind(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        """All arguments by name, defaults filled in.

        Raises:
            InputTypeError: too many, too few or unknown arguments.
        """
        if not named and not self.variadic and (rest := self._rest.get(len(args))) is not None:
            return dict(zip(self.params, args, strict=False)) | rest
        given = {self.renamed.get(name, name): value for name, value in named.items()}
        fixed = len(self.params) - 1
        if self.variadic and (len(args) > len(self.params) or self._is_bare(args[fixed:])):
            args = (*args[:fixed], tuple(args[fixed:]))
        found = {**self.defaults, **dict(zip(self.params, args, strict=False)), **given}
        if len(args) + len(given) > len(found) or len(found) != len(self.params):
            self._explain(args, given)
        return found

    def _is_bare(self, last: tuple[Any, ...]) -> bool:
        """Whether one tensor stands where a list of them is expected."""
        return bool(last) and self.sequence is not None and not isinstance(last[0], list | tuple)

    def _explain(self, args: tuple[Any, ...], given: Mapping[str, Any]) -> None:
        """Why these are no arguments of the op."""
        try:
            self.signature.bind(*args, **given)
        except TypeError as problem:
            called = f"{self.name}({', '.join(self.params)})"
            raise InputTypeError(f"{called}: {problem}") from None

    def __repr__(self) -> str:
        return f"<structural op {self.name}>"


_ops: dict[str, StructuralOp] = {}

_AXES = {"axis": "dim", "axes": "dim", "keepdims": "keepdim"}
"""NumPy's names of what PyTorch calls dim and keepdim; both are taken."""


def structural(
    name: str,
    summary: str,
    *,
    forward: Formula,
    vjp: Formula | None = None,
    formula: str = "",
    tensors: tuple[str, ...] | list[str] = ("x",),
    aliases: tuple[str, ...] | list[str] = (),
    also: str = "",
    **rest: Any,
) -> StructuralOp:
    r"""Declare a structural op.

    Args:
        name: an identifier; the user calls the op by it.
        summary: one sentence.
        forward: `lambda xp, x, dim=None: ...`, over the arrays of a namespace like NumPy's.
        vjp: `lambda F, g, x, y, dim: ...`, from the cotangent of the output to that of every tensor
            in `tensors`: one expression, or a tuple of them. Its parameters say what it needs: an
            input or the output `y` (kept until the backward pass), `x_shape`, `x_dtype`,
            `needs`, or any other argument of `forward`. None for an op without a derivative.
        formula: the backward formula in TeX, `\bar{y}` the cotangent of the output.
        definition: what the op computes, in TeX: `y = \sum_i x_i`. tangent: how tangents go
            forward, in TeX, `\dot{y} = ...`, where the definition does not say it at once.
        torch: the name that stands for the op in PyTorch. also: all its other names there and in
            JAX, NumPy and SciPy, as `Names.plus` takes them: "T.sum np.sum jnp.sum".
        tensors: the parameters that are tensors; `sequence` the one that is a list of them.
        aliases: further names.
        rest: further fields of `StructuralOp`: is_view, torch, renamed, variadic, sequence, and
            `jvp`, how tangents go forward: a formula `lambda F, t, x, y, dim: ...`, one for every
            tensor in a tuple (what they give adds up), or a word. "linear": the op of the tangents;
            "each": the op with one tensor at a time replaced by its tangent; "symmetric": the
            backward formula; "summed": every number of the output has inputs of its own, so the
            partials are the cotangents of ones. Left out: the backward formula is transposed, by
            differentiating it. It may read what the backward formula reads, and `y_shape`.
            `constants` are the outputs without a derivative. `numbers` says what the backward
            formula holds for: "any", "real", or "holomorphic": real ones, which between complex
            conjugates serve complex ones too.

    Raises:
        DeclarationError: the name is taken.
    """
    renamed, names = rest.pop("renamed", _AXES), Names(rest.pop("torch", None)).plus(also)
    op = StructuralOp(
        name=name, summary=summary, forward=forward, vjp=vjp, formula=formula,
        tensors=tuple(tensors), aliases=tuple(aliases), renamed=renamed,
        also=names, torch=names.torch, **rest,
    )  # fmt: skip
    for key in (name, *op.aliases):
        if key in _ops:
            raise DeclarationError(f"the structural op {key!r} is declared twice")
        _ops[key] = op
    return op


def composite(
    name: str, summary: str, define: Formula, *, formula: str = "", **rest: Any
) -> StructuralOp:
    """Declare an op that is written by others: `lambda F, x, dim: ...`; they know its derivative.

    `tensors` and `sequence` say, as in `structural`, what may be a list of numbers as well.

    Raises:
        DeclarationError: the name is taken.
    """
    return structural(name, summary, forward=define, compose=define, formula=formula, **rest)


def find(name: str) -> StructuralOp | None:
    """The structural op of that name or alias, or None."""
    return _ops.get(name)


def get(name: str) -> StructuralOp:
    """The structural op of that name.

    Raises:
        UnknownOpError: none is called that.
    """
    op = find(name)
    if op is None:
        raise UnknownOpError(f"no structural op is called {name!r}")
    return op


def all_structural() -> tuple[StructuralOp, ...]:
    """Every structural op, in the order of declaration."""
    return tuple(dict.fromkeys(_ops.values()))

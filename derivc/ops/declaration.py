"""What is known of an op: frozen records, with the checks that a declaration must pass."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

import sympy as sp

from derivc.errors import DeclarationError
from derivc.ops.names import NAMELESS, Names

Formula = Callable[..., Any]
"""A function of SymPy arguments that returns a SymPy expression (or a list of them)."""


@final
@dataclass(frozen=True)
class Kink:
    """A place where the function is continuous (or defined) but not differentiable.

    Args:
        at: the place, a formula of the arguments that is zero there (`lambda x: x - 1`), or a
            number, short for "the first argument equals this number".
        slope: the partial returned there by default (PyTorch's documented rule); for an op with
            several arguments a tuple, one per argument, None where the formula already holds.
        because: the reason, one clause.
        left, right: the one-sided slopes, where they exist.
        jax: JAX's choice where it differs.
    """

    at: Any
    slope: Any
    because: str
    left: Any = None
    right: Any = None
    jax: Any = None

    def place(self, *args: Any) -> Any:
        """The expression that is zero at the kink."""
        return self.at(*args) if callable(self.at) else args[0] - sp.sympify(self.at)

    def slopes(self, convention: str = "torch") -> tuple[Any, ...]:
        """The partials at the kink, one per argument, under a named convention."""
        chosen = {"torch": self.slope, "jax": self.jax, "left": self.left, "right": self.right}
        value = chosen.get(convention)
        value = self.slope if value is None else value
        return value if isinstance(value, tuple) else (value,)


@final
@dataclass(frozen=True)
class Spelling:
    """How a primitive is written in generated code.

    Args:
        numpy: the ufunc, `np.` or `special.` in front ("special." needs SciPy).
            With a `{0}` in it, an expression: "special.sici({0})[0]" takes one of two results.
        math: the function of the standard library's `math`, or an expression with `{0}`, `{1}`;
            None where there is none, and the scalar kernel falls back to the NumPy one.
        infix: an expression with `{0}`, `{1}`, for the ops that Python writes as operators.
        c: the C library's function, for backends that compile C.
    """

    numpy: str
    math: str | None = None
    infix: str | None = None
    c: str | None = None


@final
@dataclass(frozen=True, eq=False)
class Op:
    """One op: everything that is known of it. See `declare` for the fields."""

    name: str
    summary: str
    params: tuple[str, ...]
    symbol: Any
    meaning: Formula | None = None
    stable: Formula | None = None
    partials: Formula | None = None
    vjp: Formula | None = None
    jvp: Formula | None = None
    tex: str | None = None
    kinks: tuple[Kink, ...] = ()
    domain: Formula | None = None
    range: tuple[Any, Any] = (-sp.oo, sp.oo)
    also: Names = NAMELESS
    aliases: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    spelling: Spelling | None = None
    cost: float = 1.0
    truth: str | Formula | None = None
    source: str = ""

    @property
    def arity(self) -> int:
        """The number of arguments, defaults included."""
        return len(self.params)

    @property
    def is_primitive(self) -> bool:
        """True when backends spell the op themselves, False when its stable form is lowered."""
        return self.stable is None

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The op as a tree: SymPy arguments (or numbers) in, an unevaluated SymPy node out."""
        return self.build(*self.bind(args, named))

    def build(self, *args: Any) -> Any:
        """The node over exactly these arguments, kept as written (`evaluate=False`)."""
        return self.symbol(*args, evaluate=False)

    def bind(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any]:
        """All arguments in order, defaults filled in.

        Raises:
            DeclarationError: too many, too few or unknown arguments.
        """
        given = dict(zip(self.params, args, strict=False)) | dict(named)
        unknown = set(named) - set(self.params)
        missing = [p for p in self.params if p not in given and p not in self.defaults]
        if len(args) > self.arity or unknown or missing:
            raise DeclarationError(
                f"{self.name} takes ({', '.join(self.params)}), was given {len(args)} arguments"
                f"{f' and by name {sorted(named)}' if named else ''}"
            )
        return [sp.sympify(given.get(p, self.defaults.get(p))) for p in self.params]


def parameters(formula: Formula) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The parameter names of a formula, in order, and the defaults of those that have one."""
    signature = inspect.signature(formula).parameters.values()
    names = tuple(p.name for p in signature)
    return names, {p.name: p.default for p in signature if p.default is not p.empty}

"""A tree as a function over numbers of hundreds of digits, infinities included.

Unlike `symbolic.evaluate` it has no bound on the size of values: poles are measured by it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, final

from derivc.errors import LimitError
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.shorthand import mpmath
from derivc.symbolic import evaluate as plain
from derivc.symbolic.walk import postorder

Rule = Callable[[list[Any]], Any]
_FAILURES = (
    ValueError, TypeError, ArithmeticError, NotImplementedError, AttributeError, RecursionError,
)  # fmt: skip
_CALLS = 300_000
"""Calls of Python functions that one value of a slow function may take: some never end."""
_DEPTH = 90
"""Calls that may be open at once: some call themselves with ever more digits."""
_FAR = 6_000
_SPECIAL = 100
_QUICK = frozenset(
    "arithmetic trigonometric hyperbolic exponential magnitude order rounding branch boolean"
    " comparison activation".split()
)
"""Tags of ops that take microseconds at 320 digits."""


@final
class Budget:
    """Work that may still be done, counted so that it is the same on every machine.

    Args:
        work: elementary operations; a special function counts as 100.
    """

    def __init__(self, work: float):
        self.left = work

    def take(self, work: float) -> None:
        """Charge some work.

        Raises:
            LimitError: it is used up.
        """
        self.left -= work
        if self.left < 0:
            raise LimitError("the budget of the examination is used up")


@final
class Precise:
    """A function of one real variable; NaN where it has no real value.

    Args:
        tree: over real symbols. name: the variable. fixed: numbers for other symbols.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x", real=True)
        >>> float(Precise(sp.sqrt(x), "x")(4)), float(Precise(sp.sqrt(x), "x")(-1))
        (2.0, nan)
    """

    def __init__(
        self,
        tree: Any,
        name: str,
        fixed: dict[str, Any] | None = None,
        budget: Budget | None = None,
    ):
        self.budget = budget
        order = postorder(tree)
        places = {id(node): i for i, node in enumerate(order)}
        self._steps = [
            (_source(node, name, fixed or {}), [places[id(arg)] for arg in node.args])
            for node in order
        ]
        self.work = sum(_work(node) for node in order)
        self.slow = any(_work(node) == _SPECIAL for node in order)
        self._constants: dict[tuple[int, int], Any] = {}

    def __call__(self, at: Any) -> Any:
        """The value there, at mpmath's working precision."""
        if self.budget is not None:
            self.budget.take(self.work)
        return _limited(lambda: self._run(at)) if self.slow else self._run(at)

    def _run(self, at: Any) -> Any:
        values: list[Any] = []
        for i, (source, args) in enumerate(self._steps):
            values.append(self._value(i, source, [values[a] for a in args], at))
        return values[-1]

    def _value(self, index: int, source: Any, args: list[Any], at: Any) -> Any:
        if source is None:
            return mpmath().mpf(at)
        if args:
            return _guarded(source, args)
        key = (index, mpmath().prec)
        if key not in self._constants:
            self._constants[key] = source([])
        return self._constants[key]


def _limited(run: Callable[[], Any]) -> Any:
    """What a function returns, if it does within so many calls (a clock would differ by machine).

    Raises:
        LimitError: it does not.
    """
    if sys.getprofile() is not None:
        return run()  # somebody is measuring us
    left, depth = _CALLS, 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal left, depth
        left -= 1
        depth += (event == "call") - (event == "return")
        if left < 0 or depth > _DEPTH:
            raise LimitError("a value takes too long at hundreds of digits")

    sys.setprofile(count)
    try:
        return run()
    finally:
        sys.setprofile(None)


def _source(node: Any, name: str, fixed: dict[str, Any]) -> Rule | None:
    """How a node's value comes from its parts'; None for the variable itself."""
    if node.is_Symbol:
        if node.name == name:
            return None
        return lambda args: mpmath().mpf(fixed[node.name])
    if not node.args:
        return lambda args: plain._constant(node)
    if type(node) in plain._RULES:
        rule = plain._RULES[type(node)]
        return lambda args: rule(node, args)
    op = registry.of_symbol(type(node))
    return _op_rule(op) if op is not None else lambda args: plain._by_sympy(node, args)


def _work(node: Any) -> float:
    if not node.args:
        return 0.2
    op = registry.of_symbol(type(node))
    return 1.0 if op is None or op.tags & _QUICK else _SPECIAL


def _op_rule(op: Op) -> Rule:
    """By mpmath's function, else the meaning, else the stable form, else the op's own truth."""

    def rule(args: list[Any]) -> Any:
        full = [*args, *(plain.evaluate(_given(op, p), {}) for p in op.params[len(args) :])]
        if any(a != a for a in full if not isinstance(a, bool)):
            return mpmath().nan
        if isinstance(op.truth, str):
            return getattr(mpmath(), op.truth)(*full)
        inner = _inner(op)
        if inner is not None:
            return inner(full)
        assert op.truth is not None
        return op.truth(*full)

    return rule


def _given(op: Op, parameter: str) -> Any:
    import sympy as sp

    return sp.sympify(op.defaults[parameter])


@lru_cache(maxsize=1_000)
def _inner(op: Op) -> Callable[[list[Any]], Any] | None:
    """The op's meaning (or stable form) as a function of its arguments, or None."""
    form = plain._form(op)
    if form is None:
        return None
    function = Precise(form, "")
    order = [node.name if node.is_Symbol else "" for node in postorder(form)]

    def inner(args: list[Any]) -> Any:
        given = {f"a{i}": value for i, value in enumerate(args)}
        values: list[Any] = []
        for i, (source, parts) in enumerate(function._steps):
            known = given.get(order[i])
            values.append(
                known if known is not None
                else function._value(i, source, [values[p] for p in parts], None)
            )  # fmt: skip
        return values[-1]

    return inner


def _guarded(rule: Rule, args: list[Any]) -> Any:
    """The real number, NaN for none; what is beyond 2**6000 counts as infinite."""
    mp = mpmath()
    try:
        value = rule(args)
    except LimitError:
        raise
    except _FAILURES:
        return mp.nan
    if isinstance(value, bool | tuple):
        return value
    if isinstance(value, mp.mpc):
        if value.imag != 0:
            return mp.nan
        value = value.real
    if value == 0 or not mp.isfinite(value):
        return value
    return value if mp.mag(value) < _FAR else mp.sign(value) * mp.inf

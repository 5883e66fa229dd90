"""Stand-in for one truth value: it chooses between numbers, and counts as 1 or 0 among them."""

from __future__ import annotations

from typing import Any, final

import sympy as sp

from derivc.symbolic.tracing import nodes
from derivc.symbolic.tracing.refusal import refuse, short


@final
class Condition:
    """A truth value that depends on the arguments."""

    __slots__ = ("tree",)
    __array_priority__ = 2000.0
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1

    def __init__(self, tree: Any):
        self.tree = tree

    def __bool__(self) -> bool:
        raise refuse(
            f"needs to know whether {short(self.tree)} holds, which is different from point to"
            " point",
            "use dc.where or np.where to choose between values",
        )

    def choose(self, yes: Any, no: Any) -> Any:
        """`yes` where the condition holds, `no` elsewhere."""
        if isinstance(yes, Condition) or isinstance(no, Condition):
            return (self & yes) | (~self & no)
        return _scalar().Scalar(nodes.choose(self.tree, *map(_scalar().tree_of, (yes, no))))

    @property
    def as_number(self) -> Any:
        """1 where the condition holds, 0 elsewhere."""
        return _scalar().Scalar(nodes.choose(self.tree, sp.S.One, sp.S.Zero))

    def __and__(self, other: Any) -> Any:
        if isinstance(other, Condition):
            return Condition(nodes.both(sp.And, self.tree, other.tree))
        return _deferred(other) or (self if other else False)

    def __or__(self, other: Any) -> Any:
        if isinstance(other, Condition):
            return Condition(nodes.both(sp.Or, self.tree, other.tree))
        return _deferred(other) or (True if other else self)

    def __xor__(self, other: Any) -> Any:
        if isinstance(other, Condition):
            return (self & ~other) | (~self & other)
        return _deferred(other) or (~self if other else self)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Condition:
        return Condition(nodes.node(sp.Not, self.tree))

    def __mul__(self, other: Any) -> Any:
        if _scalar().is_number(other) or isinstance(other, _scalar().Scalar):
            return self.choose(other, 0)
        return self.as_number * other

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self.as_number + other

    def __radd__(self, other: Any) -> Any:
        return other + self.as_number

    def __sub__(self, other: Any) -> Any:
        return self.as_number - other

    def __rsub__(self, other: Any) -> Any:
        return other - self.as_number

    def __neg__(self) -> Any:
        return -self.as_number

    def __truediv__(self, other: Any) -> Any:
        return self.as_number / other

    def __pow__(self, other: Any) -> Any:
        return self.as_number**other

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__array") or name in ("dtype", "_sympy_"):
            raise AttributeError(name)
        return getattr(self.as_number, name)

    def astype(self, dtype: Any, *rest: Any, **named: Any) -> Any:
        """The condition itself as a truth value, 1 or 0 as a number."""
        return self if dtype in (bool, "bool") else self.as_number

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from derivc.symbolic.tracing.ufuncs import dispatch

        return dispatch(ufunc, method, inputs, kwargs)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"Condition({short(self.tree)})"


def _scalar() -> Any:
    """The module of the numbers that a condition chooses between; it imports this one."""
    from derivc.symbolic.tracing import scalar

    return scalar


def _deferred(other: Any) -> Any:
    """NotImplemented for arrays, which then take the operation over."""
    return NotImplemented if hasattr(other, "__len__") else None

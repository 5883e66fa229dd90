"""Stand-in for one number: every operation on it grows a tree.

Sums and products grow as chains. `total = total + term` makes a new stand-in that shares the list
of terms with the old one and counts how many are its own, so that a loop of n additions makes one
flat sum of n terms in linear time, as a text would.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any, final

import sympy as sp

from derivc.errors import TraceError
from derivc.ops import registry
from derivc.symbolic.tracing import complexes, nodes
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.index import Index
from derivc.symbolic.tracing.refusal import refuse, short

Number = float | int
_LISTS = (list, tuple)


@final
class Scalar:
    """A number that depends on the arguments."""

    __slots__ = ("_count", "_kind", "_parts", "_tree")
    __array_priority__ = 2000.0
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1
    __iter__ = None

    def __init__(self, tree: Any, kind: Any = None, parts: Any = None, count: int = 0):
        self._tree, self._kind, self._parts, self._count = tree, kind, parts, count

    @property
    def tree(self) -> Any:
        """The tree; a chain is closed by asking for it."""
        if self._tree is None:
            self._tree = nodes.node(self._kind, *self._parts[: self._count])
            self._parts = None
        return self._tree

    def __bool__(self) -> bool:
        raise refuse(
            f"needs to know whether {short(self.tree)} is zero",
            "use dc.where or np.where to choose between values",
        )

    def _no_number(self, target: str, advice: str) -> TraceError:
        return refuse(f"needs the value of {short(self.tree)} as {target}", advice)

    def __float__(self) -> float:
        raise self._no_number("a float", "call functions of np, math or derivc on it instead")

    def __int__(self) -> int:
        raise self._no_number("an int", "use np.floor or np.trunc")

    def __index__(self) -> int:
        raise self._no_number("an index", "index with constants only")

    def __len__(self) -> int:
        raise TypeError(self._no_array("has no length"))

    def __getitem__(self, key: Any) -> Any:
        if key == () or key is Ellipsis:
            return self
        raise TypeError(self._no_array("cannot be indexed"))

    def _no_array(self, problem: str) -> str:
        name = self.tree.name if self.tree.is_Symbol else "x"
        return (
            f"{short(self.tree)} is traced as one number and {problem};"
            f' for an array argument of n elements give shapes={{"{name}": (n,)}}'
        )

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"Scalar({short(self.tree)})"

    def __format__(self, spec: str) -> str:
        return short(self.tree)

    def _sympy_(self) -> Any:
        return self.tree

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from derivc.symbolic.tracing.ufuncs import dispatch

        return dispatch(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from derivc.symbolic.tracing.numpy_functions import call

        return call(func, args, kwargs)

    def __derivc_op__(self, op: Any, args: Any, named: Any) -> Any:
        from derivc.symbolic.tracing.elementwise import call_op

        return call_op(op, args, named)

    def __getattr__(self, name: str) -> Any:
        from derivc.symbolic.tracing.methods import method_of

        return method_of(self, name)

    def __add__(self, other: Any) -> Any:
        return _sum(self, other)

    def __radd__(self, other: Any) -> Any:
        return _sum(other, self)

    def __sub__(self, other: Any) -> Any:
        return _difference(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _difference(other, self)

    def __mul__(self, other: Any) -> Any:
        return _product(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _product(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _quotient(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _quotient(other, self)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        return _power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _power(other, self)

    def __neg__(self) -> Scalar:
        return Scalar(nodes.minus(self.tree))

    def __pos__(self) -> Scalar:
        return self

    def __abs__(self) -> Scalar:
        return Scalar(nodes.node(sp.Abs, self.tree))

    def __floordiv__(self, other: Any) -> Any:
        return _named("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _named("floor_divide", other, self)

    def __mod__(self, other: Any) -> Any:
        return _named("remainder", self, other)

    def __rmod__(self, other: Any) -> Any:
        return _named("remainder", other, self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __floor__(self) -> Any:
        return _named("floor", self)

    def __ceil__(self) -> Any:
        return _named("ceil", self)

    def __trunc__(self) -> Any:
        return _named("trunc", self)

    def __round__(self, digits: int | None = None) -> Any:
        if not digits:
            return _named("round", self)
        return _named("round", self * 10**digits) / 10**digits

    def __lt__(self, other: Any) -> Any:
        return _compare(sp.StrictLessThan, self, other)

    def __le__(self, other: Any) -> Any:
        return _compare(sp.LessThan, self, other)

    def __gt__(self, other: Any) -> Any:
        return _compare(sp.StrictGreaterThan, self, other)

    def __ge__(self, other: Any) -> Any:
        return _compare(sp.GreaterThan, self, other)

    def __eq__(self, other: object) -> Any:
        return _compare(sp.Equality, self, other)

    def __ne__(self, other: object) -> Any:
        return _compare(sp.Unequality, self, other)


numbers.Real.register(Scalar)


def is_number(value: Any) -> bool:
    """True for constant numbers: Python's, NumPy's and SymPy's."""
    return isinstance(value, numbers.Real | sp.Expr) and type(value) is not Scalar


def is_tracer(value: Any) -> bool:
    """True for a stand-in of one value."""
    kind = type(value)
    return kind is Scalar or kind is Condition or kind is complexes.Complex or kind is Index


def tree_of(value: Any) -> Any:
    """The tree of a stand-in or of a constant number."""
    kind = type(value)
    if kind is Scalar:
        return value.tree
    if kind is complexes.Complex:
        raise complexes.no_real(value)
    return value.as_number.tree if kind is Condition or kind is Index else nodes.number(value)


def _operand(value: Any) -> Any:
    """The tree, or None for objects that handle the operation themselves."""
    if type(value) is complexes.Complex:
        return None
    if is_tracer(value) or is_number(value):
        return tree_of(value)
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return tree_of(value.item())
    return None


def _joined(kind: Any, left: Any, part: Any) -> Scalar:
    """The chain `left` with one part more."""
    if type(left) is Scalar and left._tree is None and left._kind is kind:
        parts, count = left._parts, left._count
        if len(parts) != count:
            parts = parts[:count]
    else:
        parts, count = [tree_of(left)], 1
    parts.append(part)
    return Scalar(None, kind, parts, count + 1)


def _binary(build: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An operator: `build(left, right, tree of the right)` after arrays have been handed over."""

    def apply(left: Any, right: Any) -> Any:
        if type(right) in _LISTS or type(left) in _LISTS:  # as NumPy's own numbers do
            return _by_element(apply, left, right)
        below = _operand(right)
        if below is None or _operand_is_foreign(left):
            return _in_the_plane(build, left, right)
        return build(_unboxed(left), _unboxed(right), below)

    return apply


def _in_the_plane(build: Any, left: Any, right: Any) -> Any:
    """The operator with a complex number on one side; else whoever is there takes it over."""
    if complexes.is_complex(left) or complexes.is_complex(right):
        widened = left if complexes.is_complex(left) else complexes.Complex(left, 0.0)
        return _COMPLEX[build.__name__](_traced(widened), right)
    return NotImplemented


def _traced(value: Any) -> Any:
    return complexes.Complex(value.real, value.imag)


_COMPLEX: dict[str, Callable[[Any, Any], Any]] = {
    "_sum": operator.add, "_difference": operator.sub, "_product": operator.mul,
    "_quotient": operator.truediv, "_power": operator.pow,
}  # fmt: skip


def _unboxed(value: Any) -> Any:
    """The number in an array of no dimensions."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def _by_element(function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array
    from derivc.symbolic.tracing.ufuncs import elementwise

    return elementwise(function, [as_array(v) if type(v) in _LISTS else v for v in (left, right)])


def _operand_is_foreign(left: Any) -> bool:
    return type(left) is not Scalar and _operand(left) is None


def _is(value: Any, constant: Number) -> bool:
    return not is_tracer(value) and bool(value == constant)


@_binary
def _sum(left: Any, right: Any, tree: Any) -> Any:
    if _is(left, 0):  # 0 + x = x
        return right
    return left if _is(right, 0) else _joined(sp.Add, left, tree)


@_binary
def _difference(left: Any, right: Any, tree: Any) -> Any:
    if _is(left, 0):
        return Scalar(nodes.minus(tree))
    return left if _is(right, 0) else _joined(sp.Add, left, nodes.minus(tree))


@_binary
def _product(left: Any, right: Any, tree: Any) -> Any:
    if _is(left, 1):  # 1 x = x
        return right
    if _is(left, 0) or _is(right, 0):  # as compiled kernels do: rows of constant tables are sparse
        return 0.0
    return left if _is(right, 1) else _joined(sp.Mul, left, tree)


@_binary
def _quotient(left: Any, right: Any, tree: Any) -> Any:
    if _is(right, 0):
        raise ZeroDivisionError("a traced value is divided by zero")
    if _is(right, 1):
        return left
    if _is(left, 1):
        return Scalar(nodes.inverse(tree))
    if _is(left, 0):
        return 0.0
    return Scalar(nodes.node(sp.Mul, tree_of(left), nodes.inverse(tree)))


@_binary
def _power(left: Any, right: Any, tree: Any) -> Any:
    if _is(right, 0):
        return 1.0
    return left if _is(right, 1) else Scalar(nodes.power(tree_of(left), tree))


def _named(name: str, *args: Any) -> Any:
    """An op of the registry."""
    trees = [_operand(arg) for arg in args]
    if any(tree is None for tree in trees):
        return NotImplemented
    return Scalar(nodes.node(registry.get(name).symbol, *trees))


def _compare(cls: Any, left: Scalar, right: Any) -> Any:
    tree = _operand(right)
    if tree is None:
        return NotImplemented
    if right is left:
        return cls in (sp.LessThan, sp.GreaterThan, sp.Equality)
    return Condition(nodes.node(cls, left.tree, tree))

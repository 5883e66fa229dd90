"""The modules that a traced function sees: NumPy, `math` and the builtins, for stand-ins too."""

from __future__ import annotations

import builtins
import cmath
import math
import operator
import sys
from collections.abc import Callable
from functools import cache, lru_cache, reduce
from types import ModuleType
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing import complexes, elementwise, methods, ordering
from derivc.symbolic.tracing.array import TracedArray
from derivc.symbolic.tracing.creators import CREATORS, array
from derivc.symbolic.tracing.grids import JOINERS
from derivc.symbolic.tracing.numpy_functions import call
from derivc.symbolic.tracing.scalar import Scalar, is_tracer
from derivc.symbolic.tracing.ufuncs import elementwise as each
from derivc.symbolic.tracing.ufuncs import has_tracer

Function = Callable[..., Any]
NUMPY_LIKE = ("numpy", "jax.numpy", "autograd.numpy", "cupy")
_SEQUENCES = frozenset(
    "concatenate stack hstack vstack dstack column_stack row_stack block broadcast_arrays meshgrid"
    " select piecewise einsum multi_dot".split()
)


@final
class Lifted:
    """A function of NumPy that also takes lists and tuples of stand-ins."""

    def __init__(self, native: Any):
        self.native = native
        self.is_ufunc = isinstance(native, np.ufunc)
        self.keeps_lists = native.__name__ in _SEQUENCES
        self.__name__ = native.__name__

    def __call__(self, *args: Any, **named: Any) -> Any:
        if self.is_ufunc and len(args) == 1 and not named and type(args[0]) is Scalar:
            return elementwise.function_of(self.__name__)(args[0])
        given = [self._lift(arg) for arg in args]
        if not self.is_ufunc and (has_tracer(given) or has_tracer(list(named.values()))):
            return call(self.native, given, named)
        return self.native(*given, **named)

    def _lift(self, arg: Any) -> Any:
        if not isinstance(arg, list | tuple) or not has_tracer(arg):
            return _consumed(arg)
        if self.keeps_lists:
            return [self._lift(item) for item in arg]
        return array(arg) if _has_even_rows(arg) else [self._lift(item) for item in arg]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.native, name)
        return _lifted_method(found) if self.is_ufunc and callable(found) else found


def _lifted_method(method: Function) -> Function:
    """`np.add.reduce` and the like."""
    return lambda first, *rest, **named: method(
        array(first) if isinstance(first, list | tuple) and has_tracer(first) else first,
        *rest, **named,
    )  # fmt: skip


def _consumed(arg: Any) -> Any:
    """Generators as arrays, which is what those who give them to NumPy expect."""
    if hasattr(arg, "__next__") and hasattr(arg, "send"):
        return array(list(arg))
    return arg


def _has_even_rows(items: Any) -> bool:
    return len({np.shape(i) if isinstance(i, np.ndarray) else _length(i) for i in items}) <= 1


def _length(item: Any) -> Any:
    return (len(item),) if isinstance(item, list | tuple) else ()


def _sorted(values: Any, *, key: Any = None, reverse: bool = False) -> Any:
    """`sorted` of stand-ins by their own size; of anything else, Python's."""
    values = list(values)
    keys = values if key is None else list(map(key, values))
    if not has_tracer(keys):
        return sorted(values, key=key, reverse=reverse)
    by_key = key is not None or any(map(np.ndim, values))
    ordered = ordering.sorted_by(keys, values) if by_key else list(ordering.sort(array(values)))
    return ordered[::-1] if reverse else ordered


@final
class _Casting(type):
    """A type of numbers whose calls let stand-ins pass and whose checks accept them."""

    native: Any
    convert: Any

    def __call__(cls, *args: Any, **named: Any) -> Any:
        if any(is_tracer(arg) or isinstance(arg, TracedArray) for arg in args):
            parts = [arg.item() if np.size(arg) == 1 else arg for arg in map(_boxed, args)]
            return cls.convert(*parts)
        return cls.native(*args, **named)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.native) or type(instance) is Scalar

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(subclass, cls.native)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.native, name)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is cls.native

    def __hash__(cls) -> int:
        return hash(cls.native)


def _boxed(value: Any) -> Any:
    return value if hasattr(value, "item") else np.asarray(value)


def _casting(native: Any, convert: Function) -> Any:
    members = {"native": native, "convert": staticmethod(convert), "dtype": np.dtype(native)}
    return _Casting(native.__name__, (), members)


def _truncated(value: Any) -> Any:
    return (
        value if isinstance(value, int | float) else each(elementwise.function_of("trunc"), [value])
    )


FLOAT = _casting(float, methods.as_number)
INT = _casting(int, _truncated)
COMPLEX = _casting(complex, complexes.made)
_CASTS = {
    **{name: _casting(getattr(np, name), methods.as_number)
       for name in ("float64", "float32", "float16", "longdouble")},
    **{name: _casting(getattr(np, name), _truncated) for name in ("int64", "int32", "intp")},
    **{name: _casting(getattr(np, name), complexes.made) for name in ("complex128", "complex64")},
}  # fmt: skip
_CASTS |= {"double": _CASTS["float64"], "float_": _CASTS["float64"]}


@cache
def numpy_attribute(name: str) -> Any:
    """The attribute of the proxied `numpy`."""
    for table in (CREATORS, _CASTS, JOINERS):
        if name in table:
            return table[name]
    return lifted(getattr(np, name))


def lifted(value: Any) -> Any:
    """A function of NumPy for stand-ins too; other objects as they are."""
    is_function = isinstance(value, np.ufunc) or hasattr(value, "_implementation")
    return Lifted(value) if is_function else value


def _math(name: str, native: Function) -> Function:
    """A function of `math`: native for constants, the op of that name for stand-ins."""

    def apply(*args: Any, **named: Any) -> Any:
        args = tuple(a.item() if isinstance(a, TracedArray) and a.size == 1 else a for a in args)
        if not any(map(is_tracer, args)):
            return native(*args, **named)
        found = _MATH.get(name) or elementwise.function_of(_RENAMED.get(name, name))
        return found(*args, **named)

    return apply


def _cmath(name: str) -> Function:
    """A function of `cmath`: native for constants, the complex function for stand-ins."""
    native, named = getattr(cmath, name), "angle" if name == "phase" else name

    def apply(z: Any, *base: Any) -> Any:
        z = z.item() if isinstance(z, TracedArray) else z
        if not is_tracer(z):
            return native(z, *base)
        found = complexes.function_of(named)(complexes.Complex(z.real, complexes.imag_of(z)))
        return found / cmath.log(*base) if base else found

    return apply


def _over_items(function: Function, native: Function) -> Function:
    """A function of `math` that takes iterables."""

    def apply(*args: Any, **named: Any) -> Any:
        lists = [list(a) if np.iterable(a) else a for a in args]
        if not has_tracer(lists):
            return native(*lists, **named)
        return function(*lists, **named)

    return apply


def _root_of_squares(*items: Any) -> Any:
    if len(items) == 2:
        return elementwise.function_of("hypot")(*items)
    return elementwise.sqrt(sum(item**2 for item in items))


def _product(items: Any, start: Any = 1) -> Any:
    return reduce(lambda a, b: a * b, items, start)


def _is_close(a: Any, b: Any, *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> Any:
    larger = elementwise.function_of("maximum")(abs(a), abs(b))
    return abs(a - b) <= elementwise.function_of("maximum")(rel_tol * larger, abs_tol)


def _parts(x: Any) -> tuple[Any, Any]:
    whole = elementwise.function_of("trunc")(x)
    return x - whole, whole


def _nearest_remainder(x: Any, y: Any) -> Any:
    """The remainder of IEEE 754: what is left of the nearest multiple."""
    return x - y * elementwise.function_of("rint")(x / y)


def _distance(p: Any, q: Any) -> Any:
    return elementwise.sqrt(sum((a - b) ** 2 for a, b in zip(p, q, strict=True)))


_RENAMED = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "radians": "deg2rad", "degrees": "rad2deg",
}  # fmt: skip
_MATH: dict[str, Function] = {
    "log": elementwise._log_base, "hypot": _root_of_squares, "floor": lambda x: x.__floor__(),
    "ceil": lambda x: x.__ceil__(), "trunc": lambda x: x.__trunc__(), "modf": _parts,
    "isclose": _is_close, "remainder": _nearest_remainder,
}  # fmt: skip
_MATH_ITEMS: dict[str, Any] = {
    "fsum": sum, "prod": _product, "dist": _distance,
    "sumprod": lambda p, q: sum(a * b for a, b in zip(p, q, strict=True)),
}  # fmt: skip


@cache
def math_attribute(name: str) -> Any:
    """The attribute of the proxied `math`."""
    native: Any = getattr(math, name)
    if name in _MATH_ITEMS:
        return _over_items(_MATH_ITEMS[name], native)
    return _math(name, native) if callable(native) else native


def _pick(name: str, native: Function) -> Function:
    """The builtin max or min."""

    def apply(*args: Any, **named: Any) -> Any:
        items = list(args[0]) if len(args) == 1 else list(args)
        keys = list(map(named["key"], items)) if named.get("key") else items
        if not has_tracer(keys):
            return native(items, **named) if len(args) == 1 else native(*items, **named)
        if named.get("key"):
            better = operator.gt if name == "maximum" else operator.lt
            return ordering.extreme_by(keys, items, better)
        return reduce(lambda a, b: each(elementwise.function_of(name), [a, b]), items)

    return apply


def _absolute(value: Any) -> Any:
    return np.abs(array(value)) if isinstance(value, list) and has_tracer(value) else abs(value)


BUILTINS: dict[str, Any] = {
    "max": _pick("maximum", max), "min": _pick("minimum", min), "float": FLOAT, "int": INT,
    "complex": COMPLEX,
    "abs": _absolute, "sorted": _sorted,
}  # fmt: skip


@lru_cache(maxsize=1)
def by_identity() -> dict[int, Any]:
    """What stands in for the known functions, however a module came to hold them."""
    table: dict[int, Any] = {id(getattr(builtins, name)): f for name, f in BUILTINS.items()}
    for name in dir(math):
        if callable(getattr(math, name)) and not name.startswith("_"):
            table[id(getattr(math, name))] = math_attribute(name)
    table |= {id(joiner.native): joiner for joiner in JOINERS.values()}
    for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "phase"):
        table[id(getattr(cmath, name))] = _cmath(name)
    for module in (np, np.linalg):
        for name in dir(module):
            native = getattr(module, name, None)
            proxied = (
                numpy_attribute(name)
                if module is np and not name.startswith("_")
                else lifted(native)
            )
            if callable(native) and proxied is not native:
                table.setdefault(id(native), proxied)
    return table


def is_numpy(module: ModuleType) -> bool:
    """True for NumPy and the modules that offer the same names."""
    return module.__name__ in NUMPY_LIKE and module is sys.modules.get(module.__name__)

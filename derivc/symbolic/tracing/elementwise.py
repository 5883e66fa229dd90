"""What NumPy's ufuncs, `math` and the ops of the registry do with one value each."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from derivc.errors import TraceError
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.symbolic.tracing import complexes, nodes
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import Scalar, is_tracer, tree_of
from derivc.symbolic.tracing.specials import SPECIALS

Function = Callable[..., Any]


def condition_of(value: Any) -> Any:
    """A value as a truth value: a number asks whether it is not zero."""
    if isinstance(value, Condition):
        return value
    return value != 0 if isinstance(value, Scalar) else bool(value)


def _and(a: Any, b: Any) -> Any:
    a, b = condition_of(a), condition_of(b)
    return b & a if isinstance(b, Condition) else a & b


def _or(a: Any, b: Any) -> Any:
    a, b = condition_of(a), condition_of(b)
    return b | a if isinstance(b, Condition) else a | b


def _xor(a: Any, b: Any) -> Any:
    a, b = condition_of(a), condition_of(b)
    return b ^ a if isinstance(b, Condition) else a ^ b


def _not(a: Any) -> Any:
    a = condition_of(a)
    return ~a if isinstance(a, Condition) else not a


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """`np.where` for one element."""
    condition = condition_of(condition)
    if complexes.is_complex(yes) or complexes.is_complex(no):
        parts = (complexes.real_of, complexes.imag_of)
        return complexes.made(*(choose(condition, part(yes), part(no)) for part in parts))
    if isinstance(condition, Condition):
        return condition.choose(yes, no)
    return yes if condition else no


def sqrt(x: Any) -> Any:
    """The square root as a power, the form that SymPy's users know."""
    if complexes.is_complex(x):
        return complexes.function_of("sqrt")(x)
    return Scalar(nodes.node(sp.Pow, tree_of(x), nodes.HALF))


def clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """The nearest number between two bounds, either of which may be absent."""
    low = None if low is None or is_infinite(low) else low
    high = None if high is None or is_infinite(high) else high
    if low is not None and high is not None:
        return apply_op(registry.get("clamp"), x, low, high)
    x = x if low is None else apply_op(registry.get("maximum"), x, low)
    return x if high is None else apply_op(registry.get("minimum"), x, high)


def is_infinite(value: Any) -> bool:
    """True for a constant infinity."""
    return not is_tracer(value) and abs(value) == np.inf


def _square(x: Any) -> Any:
    return x**2


def _same(x: Any) -> Any:
    return x


def _log_base(x: Any, base: Any = None) -> Any:
    """`math.log` with its optional base."""
    log = function_of("log")
    return log(x) if base is None else log(x) / log(base)


def _extreme(name: str, loser: float) -> Function:
    """maximum or minimum, where a constant infinity may lose."""

    def pick(a: Any, b: Any) -> Any:
        for this, other in ((a, b), (b, a)):
            if not is_tracer(this) and this == loser:
                return other
        return apply_op(registry.get(name), a, b)

    return pick


def _finite(answer: bool) -> Function:
    """Traced values are taken for finite numbers, so that checks of the input pass."""
    return lambda x: answer


_OWN: dict[str, Function] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "true_divide": operator.truediv, "floor_divide": operator.floordiv,
    "remainder": operator.mod, "mod": operator.mod, "power": operator.pow, "pow": operator.pow,
    "float_power": operator.pow, "negative": operator.neg, "positive": _same,
    "conjugate": complexes.conjugate_of, "conj": complexes.conjugate_of,
    "real": complexes.real_of, "imag": complexes.imag_of, "absolute": abs, "fabs": abs,
    "abs": abs, "square": _square,
    "reciprocal": lambda x: 1 / x, "sqrt": sqrt, "clip": clip,
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt,
    "greater_equal": operator.ge, "equal": operator.eq, "not_equal": operator.ne,
    "logical_and": _and, "logical_or": _or, "logical_xor": _xor, "logical_not": _not,
    "bitwise_and": _and, "bitwise_or": _or, "bitwise_xor": _xor, "invert": _not,
    "isnan": _finite(False), "isinf": _finite(False), "isfinite": _finite(True),
    "signbit": lambda x: x < 0, "where": choose,
    "maximum": _extreme("maximum", -np.inf), "minimum": _extreme("minimum", np.inf),
    "fmax": _extreme("fmax", -np.inf), "fmin": _extreme("fmin", np.inf),
    "rint": round, "isreal": _finite(True), "iscomplex": _finite(False),
    "nan_to_num": lambda x, *rest, **named: x,
}  # fmt: skip


@cache
def function_of(name: str) -> Function:
    """The elementwise function that NumPy, SciPy or `math` knows by that name, for stand-ins.

    Raises:
        TraceError: no op of derivc has that name.
    """
    found = find(name)
    if found is None:
        raise refuse(
            f"calls {name}, which derivc has no op for",
            "write it with other functions, or declare it with dc.declare",
        )
    return found


@cache
def find(name: str) -> Function | None:
    """As `function_of`, or None when derivc has no op for it."""
    if name in _OWN or name in SPECIALS:
        return _OWN.get(name) or SPECIALS[name]
    op = registry.resolve(f"numpy.{name}") or registry.resolve(f"scipy.special.{name}")
    return (lambda *args: apply_op(op, *args)) if op else None


def apply_op(op: Op, *args: Any) -> Any:
    """An op over stand-ins and constants: its node, or a number when all are constants."""
    bound = list(args) + [op.defaults[p] for p in op.params[len(args) :] if p in op.defaults]
    if len(bound) != op.arity:
        raise TraceError(f"{op.name} takes ({', '.join(op.params)}), was given {len(args)}")
    if any(map(complexes.is_complex, args)):
        return _of_complex(op, *args)
    if not any(map(is_tracer, args)):
        return _constant(op, args)
    made = nodes.node(op.symbol, *map(tree_of, bound))
    return Condition(made) if op.name.startswith("logical_") else Scalar(made)


def _of_complex(op: Op, *args: Any) -> Any:
    """An op whose arguments are complex numbers."""
    name = (op.also.numpy or "").removeprefix("numpy.") or op.name
    return complexes.function_of(name)(*args)


def _constant(op: Op, args: tuple[Any, ...]) -> Any:
    """The float value of an op of constants."""
    ufunc = getattr(np, (op.also.numpy or "").removeprefix("numpy."), None)
    if ufunc is not None:
        return float(ufunc(*args))
    return float(sp.sympify(op.symbol(*map(tree_of, args))).evalf(30))


_SPECIAL: dict[str, Function] = {
    "where": choose, "sqrt": sqrt, "abs": abs, "square": _square, "positive": _same,
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "neg": operator.neg, "pow": operator.pow, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "logical_and": _and, "logical_or": _or, "logical_not": _not,
}  # fmt: skip


def call_op(op: Op, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """`dc.sigmoid(x)` and its like on stand-ins and arrays of them."""
    from derivc.symbolic.tracing.ufuncs import elementwise

    given = dict(zip(op.params, args, strict=False)) | named
    values = [given.get(p, op.defaults.get(p)) for p in op.params]
    if any(value is None for value in values) or len(args) > op.arity:
        raise TraceError(f"{op.name} takes ({', '.join(op.params)}), was given {len(given)}")
    return elementwise(_SPECIAL.get(op.name) or (lambda *items: apply_op(op, *items)), values)

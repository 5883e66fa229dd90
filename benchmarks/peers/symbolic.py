"""SymPy's trees of value, gradient and Hessian: what lambdify, numexpr and numba start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import sympy as sp

from benchmarks.cases import AnyCase, Vector
from benchmarks.peers.base import GRADIENT, VALUE, Bind, Thunk, on_arrays, require
from benchmarks.speed import materialized

Trees = tuple[list[Any], list[Any]]
_PLAIN = {
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "mish": lambda x: x * sp.tanh(sp.log(1 + sp.exp(x))),
    "gelu": lambda x: x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
}
_CACHE: dict[tuple[str, str], Trees] = {}


def trees(case: AnyCase, what: str) -> Trees:
    """The symbols of a case, and the trees of its outputs."""
    if (case.name, what) not in _CACHE:
        symbols, tree = _tree(case)
        _CACHE[case.name, what] = symbols, _outputs(symbols, tree, what)
    return _CACHE[case.name, what]


def _tree(case: AnyCase) -> tuple[list[Any], Any]:
    if isinstance(case, Vector):
        given = [_array(name, shape) for name, shape in case.shapes.items()]
        tree = case.function({n: elementwise(getattr(sp, n)) for n in ("exp", "log")})(*given)
        return [s for a in given for s in a.ravel()], tree
    symbols = [sp.Symbol(name, real=True) for name in case.names]
    scope = {**_PLAIN, **dict(zip(case.names, symbols, strict=True)), "ln": sp.log}
    return symbols, sp.sympify(case.expression, locals=scope)


def _array(name: str, shape: tuple[int, ...]) -> Any:
    found = np.empty(shape, object)
    for index in np.ndindex(*shape):
        found[index] = sp.Symbol("_".join([name, *map(str, index)]), real=True)
    return found


def elementwise(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of one object, over arrays of objects."""
    return np.vectorize(function, otypes=[object])


def _outputs(symbols: list[Any], tree: Any, what: str) -> list[Any]:
    if what == VALUE:
        return [tree]
    gradient = [sp.diff(tree, s) for s in symbols]
    if what == GRADIENT:
        return [tree, *gradient]
    return [sp.diff(partial, s) for partial in gradient for s in symbols]


def lambdified(cse: bool) -> Callable[[AnyCase, str, Any], Bind]:
    """A peer's `prepare`: SymPy's lambdify; on arrays every output is made a fresh array."""

    def prepare(case: AnyCase, what: str, _: Any) -> Bind:
        raw = sp.lambdify(*trees(case, what), ["numpy", "scipy"], cse=cse)
        whole = materialized(raw)
        return lambda inputs: bound(case, whole if _points(case, inputs) else raw, inputs)

    return prepare


def _points(case: AnyCase, inputs: Sequence[Any]) -> bool:
    return on_arrays(inputs) and not isinstance(case, Vector)


def by_math(case: AnyCase, what: str, _: Any) -> Bind:
    """lambdify over the module math, the fastest for Python floats; not for arrays."""
    raw = sp.lambdify(*trees(case, what), "math", cse=True)

    def bind(inputs: Sequence[Any]) -> Thunk:
        require(not _points(case, inputs), "only plain numbers")
        return bound(case, raw, inputs)

    return bind


def bound(case: AnyCase, function: Callable[..., Any], inputs: Sequence[Any]) -> Thunk:
    """A call with inputs; arrays of fixed shape are taken apart into Python floats beforehand."""
    given = numbers(inputs) if isinstance(case, Vector) else inputs
    return partial(function, *given)


def numbers(inputs: Sequence[Any]) -> list[float]:
    """Every number of the inputs, as Python floats."""
    return [float(x) for array in inputs for x in np.ravel(array)]


@lru_cache(maxsize=1)
def _threads() -> None:
    import numexpr

    numexpr.set_num_threads(1)


def numexpr_(case: AnyCase, what: str, _: Any) -> Bind:
    """One evaluation an output, as numexpr has no other way; numbers are filled."""
    require(not isinstance(case, Vector), "only elementwise functions")
    _threads()
    symbols, expressions = trees(case, what)
    require(not any(e.has(sp.erf) for e in expressions), "has no erf")
    parts = [sp.lambdify(symbols, e, "numexpr") for e in expressions]
    whole = materialized(lambda *given: [part(*given) for part in parts])

    def bind(inputs: Sequence[Any]) -> Thunk:
        require(on_arrays(inputs), "only arrays")
        return lambda: whole(*inputs)

    return bind

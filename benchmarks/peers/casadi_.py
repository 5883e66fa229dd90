"""CasADi: its own expressions and derivatives, run by its virtual machine into given buffers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase, Vector
from benchmarks.peers.base import GRADIENT, VALUE, Bind, Thunk, on_arrays, require
from benchmarks.peers.symbolic import elementwise


def prepare(case: AnyCase, what: str, dtype: Any) -> Bind:
    """A `casadi.Function` mapped over the points; one point calls it directly."""
    require(dtype == np.float64, "only float64")
    function = _function(case, what)

    def bind(inputs: Sequence[Any]) -> Thunk:
        if not on_arrays(inputs):
            return lambda: function(*inputs)
        if isinstance(case, Vector):
            return _mapped(function, [np.ascontiguousarray(a).ravel() for a in inputs], 1)
        return _mapped(function, inputs, len(inputs[0]))

    return bind


def _function(case: AnyCase, what: str) -> Any:
    import casadi

    shapes = case.shapes if isinstance(case, Vector) else dict.fromkeys(case.names, ())
    given = [_symbols(casadi.SX, name, shape) for name, shape in shapes.items()]
    columns = [casadi.vertcat(*a.ravel()) for a in given]
    if isinstance(case, Vector):
        exact = {n: elementwise(getattr(casadi, n)) for n in ("exp", "log")}
        tree = case.function(exact)(*given)
    else:
        tree = case.function(_scope(casadi))(*(a[()] for a in given))
    return casadi.Function("f", columns, _outputs(casadi, tree, columns, what))


def _symbols(kind: Any, name: str, shape: tuple[int, ...]) -> Any:
    found = np.empty(shape, object)
    for index in np.ndindex(*shape):
        found[index] = kind.sym("_".join([name, *map(str, index)]))
    return found


def _outputs(casadi: Any, tree: Any, columns: list[Any], what: str) -> list[Any]:
    if what == VALUE:
        return [tree]
    everything = casadi.vertcat(*columns)
    gradient = casadi.densify(casadi.gradient(tree, everything))
    if what == GRADIENT:
        return [tree, *casadi.vertsplit(gradient)]
    second = casadi.densify(casadi.hessian(tree, everything)[0])
    return casadi.vertsplit(casadi.vec(second))  # type: ignore[no-any-return]


def _scope(casadi: Any) -> dict[str, Any]:
    names = "exp log sin cos tan tanh sqrt acos asin atan erf".split()
    plain = {name: getattr(casadi, name) for name in names}
    return {
        **plain,
        "sigmoid": lambda x: 1 / (1 + casadi.exp(-x)),
        "softplus": lambda x: casadi.log1p(casadi.exp(x)),
        "mish": lambda x: x * casadi.tanh(casadi.log1p(casadi.exp(x))),
        "gelu": lambda x: x * (1 + casadi.erf(x / 2**0.5)) / 2,
    }


def _mapped(function: Any, inputs: Sequence[Any], points: int) -> Thunk:
    """A call through CasADi's buffers, which copies nothing."""
    whole = function.map(points) if points > 1 else function
    results = [np.ones((whole.numel_out(i),)) for i in range(whole.n_out())]
    buffer, evaluate = whole.buffer()
    for i, array in enumerate(inputs):
        buffer.set_arg(i, memoryview(array))
    for i, array in enumerate(results):
        buffer.set_res(i, memoryview(array))

    def call(kept: Any = (inputs, whole, buffer)) -> Any:  # noqa: ARG001  as long as the call
        evaluate()
        return results

    return call

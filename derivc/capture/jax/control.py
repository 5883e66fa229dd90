"""Primitives with jaxprs inside: calls, loops of known length, choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.capture.elements import choose, each, is_constant, reduced
from derivc.capture.jax.first_true import Decisive, LastTrue
from derivc.capture.jax.interpret import closed
from derivc.capture.jax.library import recognised
from derivc.capture.jax.movement import moved
from derivc.capture.jax.values import array_of, is_traced
from derivc.errors import TraceError
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.refusal import refuse

Values = list[Any]
_MOST = 20_000
"""Rounds of a loop that are written out."""


def _call(equation: Any, given: Values) -> Values:
    """A function called as it is, or the op of derivc that it is known to be."""
    known = recognised(equation, given)
    if known is not None:
        return known
    inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
    if equation.params.get("name") == "_piecewise" and (found := _piecewise(inner, given)):
        return found
    return closed(inner, given)


def _piecewise(jaxpr: Any, given: Values) -> Values | None:
    """`jnp.piecewise`, whose last condition that holds decides; None where it is written otherwise.

    JAX counts the conditions to find the branch, which would hide them.
    """
    counts = [e for e in jaxpr.eqns if e.primitive.name == "argmax"]
    if len(counts) != 1 or not is_traced(given[1]):
        return None
    (axis,), counted = counts[0].params["axes"], counts[0].invars[0].aval.shape
    if counted != tuple(n + (i == axis) for i, n in enumerate(given[1].shape)):
        return None
    return closed(jaxpr, given, {counts[0].outvars[0]: reduced(LastTrue, given[1], [axis])})


def _custom(equation: Any, given: Values) -> Values:
    """A function with a derivative of its own making: what it computes is differentiated."""
    known = recognised(equation, given)
    if known is not None:
        return known
    params = equation.params
    return closed(params.get("call_jaxpr") or params.get("fun_jaxpr"), given)


def _scan(equation: Any, given: Values) -> Values:
    """A loop of known length, written out."""
    p = equation.params
    consts, carried = given[: p["num_consts"]], given[p["num_consts"] :][: p["num_carry"]]
    rows = given[p["num_consts"] + p["num_carry"] :]
    if p["length"] > _MOST:
        raise _too_long(p["length"])
    collected: list[Values] = []
    for i in reversed(range(p["length"])) if p["reverse"] else range(p["length"]):
        found = closed(p["jaxpr"], [*consts, *carried, *(_row(r, i) for r in rows)])
        carried = found[: p["num_carry"]]
        collected.append(found[p["num_carry"] :])
    if p["reverse"]:
        collected.reverse()
    columns = zip(*collected, strict=True) if collected else ()
    return [*carried, *(np.stack([array_of(v) for v in column]) for column in columns)]


def _row(array: Any, i: int) -> Any:
    row = array[i]
    return row if not is_traced(array) or isinstance(row, np.ndarray) else array_of(row)


def _too_long(count: int) -> TraceError:
    return refuse(f"loops {count} times, and each round would be written out", f"at most {_MOST}")


def _while(equation: Any, given: Values) -> Values:
    """A loop whose condition does not depend on the arguments, written out."""
    p = equation.params
    for_test, for_body = p["cond_nconsts"], p["cond_nconsts"] + p["body_nconsts"]
    carried = given[for_body:]
    for _ in range(_MOST):
        (again,) = closed(p["cond_jaxpr"], [*given[:for_test], *carried])
        if is_traced(again):
            raise refuse(
                "loops as often as traced values say, which differs from point to point",
                "use jax.lax.fori_loop or scan with a fixed number of rounds",
            )
        if not again:
            return list(carried)
        carried = closed(p["body_jaxpr"], [*given[for_test:for_body], *carried])
    raise _too_long(_MOST)


def _cond(equation: Any, given: Values) -> Values:
    """The branch that is taken, or a choice element by element when that is not known."""
    index, *rest = given
    branches = equation.params["branches"]
    if not is_traced(index):
        return closed(branches[int(np.clip(int(index), 0, len(branches) - 1))], rest)
    results = [[array_of(v) for v in closed(branch, rest)] for branch in branches]
    which = index.item()
    if isinstance(which, Decisive):
        return [_picked(which, parts) for parts in zip(*results, strict=True)]
    chosen = results[0]
    for number, result in enumerate(results[1:], 1):
        here = elementwise.condition_of(which) if len(branches) == 2 else which >= number
        chosen = [
            each(lambda new, old, here=here: choose(here, new, old), *pair)
            for pair in zip(result, chosen, strict=True)
        ]
    return chosen


def _picked(which: Decisive, parts: Any) -> Any:
    return each(lambda *cases: which.pick(cases), *parts)


def _moving(equation: Any, given: Values) -> Any:
    """Shapes, slices and places: constants may stand in for all but the first operand."""
    name = equation.primitive.name
    places = range(len(given)) if name not in _INDEXED else _INDEXED[name]
    rest = [None if i in places else _index(v) for i, v in enumerate(given)]
    operands = [(i, given[i]) for i in places]
    return moved(equation.primitive, equation.params, operands, rest)


def _index(value: Any) -> Any:
    if is_traced(value) and not is_constant(value):
        raise refuse(
            "indexes with traced values, so that what is selected differs from point to point",
            "use jnp.where(mask, a, b), which keeps the shape",
        )
    return value.astype(np.int32) if is_traced(value) else value


_INDEXED = {
    "gather": (0,),
    "dynamic_slice": (0,),
    "scatter": (0, 2),
    "dynamic_update_slice": (0, 1),
}
_MOVING = (
    "broadcast_in_dim reshape squeeze expand_dims transpose slice rev concatenate stack pad split"
    " gather dynamic_slice dynamic_update_slice scatter tile copy_p unstack"
).split()
_CALLS = "jit pjit closed_call core_call xla_call remat checkpoint remat2 custom_lin".split()

CONTROL: dict[str, Callable[[Any, Values], Any]] = {
    **dict.fromkeys(_MOVING, _moving), **dict.fromkeys(_CALLS, _call),
    "custom_jvp_call": _custom, "custom_vjp_call": _custom, "custom_vjp_call_jaxpr": _custom,
    "scan": _scan, "while": _while, "cond": _cond,
}  # fmt: skip

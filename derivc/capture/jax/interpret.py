"""The loop over the equations of a jaxpr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from derivc.capture.jax.values import is_traced, place, settled
from derivc.errors import DerivcError
from derivc.symbolic.tracing.places import at
from derivc.symbolic.tracing.refusal import refuse

Values = list[Any]


def interpret(
    jaxpr: Any,
    constants: Sequence[Any],
    arguments: Sequence[Any],
    told: Mapping[Any, Any] | None = None,
) -> Values:
    """The outputs of a jaxpr, some of whose arguments are object arrays.

    Args:
        jaxpr: an open jaxpr. constants: for its constant variables. arguments: for the others.
        told: variables that are not computed, but have these values.

    Raises:
        TraceError: a primitive that is not captured; names the user's line.
    """
    known: dict[Any, Any] = dict(zip(jaxpr.constvars, constants, strict=True))
    known.update(zip(jaxpr.invars, arguments, strict=True))
    known.update(told or {})
    for equation in jaxpr.eqns:
        if told and equation.outvars[0] in told:
            continue
        given = [_read(known, atom) for atom in equation.invars]
        found = _outputs(equation, given)
        for variable, value in zip(equation.outvars, found, strict=True):
            known[variable] = settled(value, variable.aval.dtype)
    return [_read(known, atom) for atom in jaxpr.outvars]


def closed(jaxpr: Any, arguments: Sequence[Any], told: Mapping[Any, Any] | None = None) -> Values:
    """The outputs of a closed jaxpr, or of an open one without constants."""
    if hasattr(jaxpr, "consts"):
        return interpret(jaxpr.jaxpr, jaxpr.consts, arguments, told)
    return interpret(jaxpr, [], arguments, told)


def _read(known: dict[Any, Any], atom: Any) -> Any:
    return atom.val if hasattr(atom, "val") else known[atom]


def _outputs(equation: Any, given: Values) -> Values:
    """The outputs of one equation, in a list."""
    if not any(map(is_traced, given)):
        return _natively(equation, given)
    with at(partial(place, equation)), np.errstate(all="ignore"):
        try:
            found = _handled(equation, given)
        except (DerivcError, RecursionError):
            raise
        except Exception as problem:
            raise refuse(
                f"uses {equation.primitive.name} in a way that derivc cannot capture"
                f" ({type(problem).__name__}: {problem})",
                "write it with simpler operations",
            ) from problem
    return list(found) if equation.primitive.multiple_results else [found]


def _natively(equation: Any, given: Values) -> Values:
    """JAX's own result, of constants."""
    made = equation.primitive.get_bind_params(equation.params)
    functions, params = made if isinstance(made, tuple) else ((), made)  # two before JAX 0.8
    found = equation.primitive.bind(*functions, *given, **params)
    return list(found) if equation.primitive.multiple_results else [found]


def _handled(equation: Any, given: Values) -> Any:
    from derivc.capture.jax.control import CONTROL
    from derivc.capture.jax.primitives import TABLE

    name = equation.primitive.name.replace("-", "_")
    if name in CONTROL:
        return CONTROL[name](equation, given)
    if name not in TABLE:
        raise refuse(
            f"uses {name} on a traced value, which derivc cannot capture",
            "write it with simpler operations, or pass its result in as an argument",
        )
    return TABLE[name](*given, **equation.params)

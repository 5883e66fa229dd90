"""`from_jax`: a function written in JAX as a kernel."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from derivc.capture.arguments import Plan, plan
from derivc.capture.optional import framework
from derivc.capture.outcome import Captured, chosen, definition_of, gathered
from derivc.compiler import compile as compiled
from derivc.errors import DerivcError, TraceError
from derivc.kernel import Kernel
from derivc.symbolic.trace import _name
from derivc.symbolic.tracing.places import of_traceback
from derivc.symbolic.tracing.randomness import repeatable

Function = Callable[..., Any]


def from_jax(
    function: Function,
    *,
    shapes: Mapping[str, Any] | None = None,
    inputs: Any = None,
    constants: Mapping[str, Any] | None = None,
    output: int | str | None = None,
    convention: str = "jax",
    **options: Any,
) -> Kernel:
    """Capture a function written in JAX, and compile it with its derivatives.

    JAX traces it once, in double precision. Functions with `custom_jvp` or `custom_vjp` rules are
    captured by what they compute: the derivative is derived, not taken from their rules.

    Args:
        function: a function of arrays; also under jit, vmap, checkpoint.
        shapes: the shape of every array argument, `{"x": (5,)}`. An argument without one is a
            number, over whose arrays the kernel broadcasts.
        inputs: examples, in order or by name, in place of `shapes`: arrays of floats and Python
            floats vary, all else (labels, masks, None) is constant.
        constants: arguments that are held fixed, by name.
        output: which result, by place or key, when the function returns several.
        convention: what derivatives return at kinks: "jax" (default), "torch", "left", "right".
        options: as for `derivc.compile`: wrt, backend, ...

    Returns:
        A `Kernel`, as `derivc.compile` makes it; its arguments have the function's names.

    Warns:
        UserWarning: a sum, mean or norm is taken of an argument without a shape: of one number.

    Raises:
        TraceError: a primitive that is not captured, a branch on a value; names the line.
        ShapeError: a shape is given for an argument that there is not.
        MissingDependencyError: JAX is not installed.

    Example:
        >>> import derivc as dc
        >>> import jax.numpy as jnp  # doctest: +SKIP
        >>> dc.from_jax(lambda x: jnp.tanh(x) ** 2).derivatives  # doctest: +SKIP
        (-2*tanh(x)**3 + 2*tanh(x),)
    """
    captured = capture(function, shapes, inputs, constants, output)
    for note in captured.notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    return compiled(captured.definition, convention=convention, **options)


def capture(
    function: Function,
    shapes: Mapping[str, Any] | None = None,
    inputs: Any = None,
    constants: Mapping[str, Any] | None = None,
    output: int | str | None = None,
) -> Captured:
    """As `from_jax`, but not compiled."""
    framework("jax")
    calls = plan(function, shapes, inputs, constants)
    name = _name(function)
    with _double():
        array, notes = _traced(function, calls, output, name)
    return Captured(definition_of(calls.arguments, calls.elements, array, name), notes)


@contextlib.contextmanager
def _double() -> Iterator[None]:
    """JAX in double precision, whatever its configuration is."""
    from jax import experimental

    jax = framework("jax")
    home = jax if hasattr(jax, "enable_x64") else experimental  # before 0.8
    with home.enable_x64(True):
        yield


def _traced(function: Function, calls: Plan, output: Any, name: str) -> tuple[Any, tuple[str, ...]]:
    """The trees of the result, and what is to be said."""
    import jax

    from derivc.capture.jax.interpret import closed
    from derivc.capture.jax.remarks import remarks
    from derivc.capture.jax.values import array_of

    names = [a.name for a in calls.arguments]
    shapes = [jax.ShapeDtypeStruct(a.shape, np.float64) for a in calls.arguments]
    whole = lambda *arrays: calls.call(function, dict(zip(names, arrays, strict=True)))  # noqa: E731
    jaxpr, tree = repeatable(lambda: _jaxpr(whole, shapes, name, calls.advice), name)
    found = closed(jaxpr, [calls.symbols(n) for n in names])
    result = jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(tree), found)
    notes = () if all(a.shape for a in calls.arguments) else remarks(jaxpr)
    return gathered(chosen(result, output, name), name, array_of), notes


def _jaxpr(function: Function, shapes: Any, name: str, advice: str) -> Any:
    """The jaxpr and the form of its results; failures name the user's line."""
    import jax

    try:
        return jax.make_jaxpr(function, return_shape=True)(*shapes)
    except DerivcError:
        raise
    except Exception as error:
        raise TraceError(
            f"{name} failed while it was captured, at {of_traceback(error.__traceback__)}:"
            f" {_told(error, advice)}"
        ) from error


_MEANT = {
    "TracerBoolConversionError": "it needs to know whether a condition on a traced value holds,"
    " which is different from point to point; use jnp.where(condition, a, b) in place of `if`",
    "TracerArrayConversionError": "it hands a traced value to NumPy; use the functions of"
    " jax.numpy",
    "ConcretizationTypeError": "it needs the value of a traced number; use jax.numpy throughout",
    "TracerIntegerConversionError": "it uses a traced value as an index; use constants",
    "NonConcreteBooleanIndexError": "it indexes with a condition on traced values; use jnp.where",
}


def _told(error: Exception, advice: str) -> str:
    kind = type(error).__name__
    return _MEANT.get(kind, f"{kind}: {str(error).partition(chr(10))[0]}{advice}")

"""`from_torch`: a function or module of PyTorch as a kernel."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derivc.capture.arguments import Plan, plan, symbols
from derivc.capture.optional import framework
from derivc.capture.outcome import Captured, chosen, definition_of, gathered
from derivc.capture.torch.parameters import opened
from derivc.compiler import compile as compiled
from derivc.errors import DerivcError, InputTypeError, TraceError
from derivc.kernel import Kernel
from derivc.options import check_choice
from derivc.symbolic.trace import _name
from derivc.symbolic.tracing.places import of_traceback
from derivc.symbolic.tracing.randomness import repeatable

Function = Callable[..., Any]


def from_torch(
    function: Any,
    *,
    shapes: Mapping[str, Any] | None = None,
    inputs: Any = None,
    constants: Mapping[str, Any] | None = None,
    output: int | str | None = None,
    parameters: str = "constants",
    **options: Any,
) -> Kernel:
    """Capture a function or module written in PyTorch, and compile it with its derivatives.

    The function is run once, on stand-ins for its arguments. Custom `autograd.Function`s are
    captured by their forward: the derivative is derived, not taken from their backward.

    Args:
        function: a function of tensors, an `nn.Module`, or a module's method.
        shapes: the shape of every array argument, `{"x": (5,)}`. An argument without one is a
            number, over whose arrays the kernel broadcasts.
        inputs: examples, in order or by name, in place of `shapes`: tensors of floats and Python
            floats vary, all else (labels, masks, None) is constant.
        constants: arguments that are held fixed, by name.
        output: which result, by place or key, when the function returns several.
        parameters: of a module: "constants" (default), or "variables": further arguments, under
            their names with underscores for dots. Buffers are constants.
        options: as for `derivc.compile`: wrt, convention, backend, ...

    Returns:
        A `Kernel`, as `derivc.compile` makes it; its arguments have the function's names.

    Warns:
        UserWarning: a sum, mean or norm is taken of an argument without a shape: of one number.

    Raises:
        TraceError: an operation that is not captured, a branch on a value, random numbers; names
            the line.
        ShapeError: a shape is given for an argument that there is not.
        MissingDependencyError: PyTorch is not installed.

    Example:
        >>> import derivc as dc
        >>> import torch  # doctest: +SKIP
        >>> k = dc.from_torch(lambda x: torch.sigmoid(x) * x)  # doctest: +SKIP
        >>> k.derivatives  # doctest: +SKIP
        ((x*sigmoid(-x) + 1)*sigmoid(x),)
    """
    captured = capture(function, shapes, inputs, constants, output, parameters)
    for note in captured.notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    return compiled(captured.definition, **options)


def capture(
    function: Any,
    shapes: Mapping[str, Any] | None = None,
    inputs: Any = None,
    constants: Mapping[str, Any] | None = None,
    output: int | str | None = None,
    parameters: str = "constants",
) -> Captured:
    """As `from_torch`, but not compiled.

    Raises:
        InputTypeError: `parameters` is neither of its two words, or there is no module.
    """
    framework("torch")
    check_choice("parameters", parameters, ("constants", "variables"))
    own = _unwrapped(function)
    if parameters == "variables":
        own, more = opened(_module(own))
        shapes = {**more, **dict(shapes or {})}
    signed = getattr(own, "forward", own) if is_module(own) else own
    calls = plan(signed, shapes, inputs, constants)
    array, notes = _traced(own, calls, output)
    made = definition_of(calls.arguments, calls.elements, array, _name(own))
    return Captured(made, notes)


def _module(value: Any) -> Any:
    if not is_module(value):
        raise InputTypeError('parameters="variables" is for an nn.Module; this is a function')
    return value


def _traced(function: Any, calls: Plan, output: int | str | None) -> tuple[Any, tuple[str, ...]]:
    from derivc.capture.torch.session import session
    from derivc.capture.torch.state import state
    from derivc.capture.torch.tensors import elements_of, stand_in

    name = _name(function)
    with session():
        values = {a.name: stand_in(calls.symbols(a.name)) for a in calls.arguments}
        result = repeatable(lambda: _run(function, calls, values, name), name)
        array = gathered(chosen(result, output, name), name, elements_of)
        single = array.reshape(()) if array.size == 1 else array  # what .backward() takes for one
        return single, tuple(state.notes)


def _run(function: Any, calls: Plan, values: dict[str, Any], name: str) -> Any:
    """Call the function; failures name the user's line."""
    try:
        return calls.call(function, values)
    except DerivcError:
        raise
    except Exception as error:
        raise TraceError(
            f"{name} failed while it was captured, at {of_traceback(error.__traceback__)}:"
            f" {type(error).__name__}: {error}{calls.advice}"
        ) from error


def is_module(value: Any) -> bool:
    """Whether a value is an `nn.Module`."""
    torch = framework("torch")
    return isinstance(value, torch.nn.Module)


def _unwrapped(function: Any) -> Any:
    """The user's own function under torch.compile."""
    inner = getattr(function, "_orig_mod", None) or getattr(
        function, "_torchdynamo_orig_callable", None
    )
    return function if inner is None else inner


def symbol(name: str, shape: tuple[int, ...] = ()) -> Any:
    """A tensor of symbols, for use inside `session()`: `x`, or `x_0`, `x_1`, ... of a vector.

    For layers above that run parts of functions themselves.
    """
    from derivc.capture.torch.tensors import stand_in

    names = [name + "".join(f"_{i}" for i in index) for index in np.ndindex(shape)]
    return stand_in(symbols(names, shape))


def trees(value: Any) -> Any:
    """The trees of a tensor (or number) as an object array of its shape.

    Raises:
        TypeError: it is no tensor of real numbers.
    """
    from derivc.capture.torch.tensors import elements_of
    from derivc.symbolic.trace import _tree

    array = elements_of(value)
    made = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        made[index] = _tree(array[index])
    return made

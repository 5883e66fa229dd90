"""From a Python function to trees: it is run once over stand-ins for its arguments."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.errors import DerivcError, ShapeError, TraceError
from derivc.symbolic.limits import Limits, require
from derivc.symbolic.names import check_name
from derivc.symbolic.tracing import nodes
from derivc.symbolic.tracing.array import TracedArray
from derivc.symbolic.tracing.numpy_functions import from_nested
from derivc.symbolic.tracing.places import of_traceback
from derivc.symbolic.tracing.randomness import repeatable
from derivc.symbolic.tracing.refusal import unswallowed
from derivc.symbolic.tracing.retarget import Retargeter
from derivc.symbolic.tracing.scalar import Scalar, is_tracer, tree_of

Shape = tuple[int, ...]
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@final
@dataclass(frozen=True)
class Argument:
    """An argument of the traced function: its name, and its shape, () for a number."""

    name: str
    shape: Shape


@final
@dataclass(frozen=True)
class Traced:
    """What a function computes.

    Args:
        inputs: the names of all elements of all arguments, in order (C order in each).
        arguments: the arguments that vary, in the order of the signature.
        outputs: the trees of the results, in C order.
        shape: the shape of the result, () for a number.
        name: the function's name.
        doc: the function's docstring, or "".
    """

    inputs: tuple[str, ...]
    arguments: tuple[Argument, ...]
    outputs: tuple[Any, ...]
    shape: Shape
    name: str
    doc: str


def trace(
    fn: Callable[..., Any],
    shapes: Mapping[str, Any] | None = None,
    limits: Limits = Limits(),
) -> Traced:
    """Run a Python function over stand-ins and return the trees that it computes.

    Plain NumPy, `math` and most of Python work unchanged: the function is run as a copy that sees
    stand-in modules. It must do the same operations at every point: `if` on a value of its
    arguments cannot be traced.

    Args:
        fn: the function, also a method, a `functools.partial` or an object with `__call__`.
        shapes: the shape of every array argument, `{"x": (5,)}`; () or absent for a number. An
            argument with a default value keeps it unless it is named here.
        limits: the bound on the number of elements (`nodes`).

    Raises:
        TraceError: the function branches on a value, draws random numbers, or fails; names the
            line.
        ShapeError: a shape is given for an argument that the function does not have.

    Example:
        >>> trace(lambda x, y: x * y + 1).outputs
        (x*y + 1,)
        >>> trace(lambda x: sum(v**2 for v in x), {"x": (2,)}).outputs
        (x_0**2 + x_1**2,)
    """
    arguments, call = _plan(fn, _as_shapes(shapes or {}), limits)
    elements = _elements(arguments)
    values = {a.name: _stand_in(a, elements[a.name]) for a in arguments}
    result = repeatable(lambda: _run(fn, call, values), _name(fn))
    shape, items = _flatten(result)
    inputs = tuple(name for a in arguments for name in elements[a.name])
    trees = tuple(_tree(item) for item in items)
    return Traced(inputs, arguments, trees, shape, _name(fn), inspect.getdoc(fn) or "")


def _as_shapes(shapes: Mapping[str, Any]) -> dict[str, Shape]:
    """Shapes as tuples; an integer is the length of a vector."""
    made = {}
    for name, given in shapes.items():
        shape = (given,) if isinstance(given, int) else tuple(given)
        if not all(isinstance(n, int | np.integer) and n > 0 for n in shape):
            raise ShapeError(f"shapes[{name!r}]={shape} must be positive whole numbers")
        made[name] = tuple(map(int, shape))
    return made


Call = Callable[[Callable[..., Any], dict[str, Any]], Any]


def _plan(
    fn: Callable[..., Any], shapes: dict[str, Shape], limits: Limits
) -> tuple[tuple[Argument, ...], Call]:
    """The arguments that vary, and how to call the function with their values."""
    parameters = _parameters(fn)
    unknown = set(shapes) - {p.name for p in parameters}
    if unknown:
        known = ", ".join(p.name for p in parameters)
        raise ShapeError(f"shapes names {sorted(unknown)}, but the arguments are ({known})")
    moving = [p for p in parameters if _varies(p, shapes)]
    arguments = tuple(Argument(check_name(p.name), shapes.get(p.name, ())) for p in moving)
    require("the number of elements of all arguments", sum(map(_size, arguments)), limits.nodes)
    return arguments, lambda function, values: _called(function, moving, values)


def _parameters(fn: Callable[..., Any]) -> list[inspect.Parameter]:
    if isinstance(fn, np.ufunc):
        names = "xyzw"[: fn.nin]
        return [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
    try:
        return list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        raise TraceError(
            f"{_name(fn)} has no signature that Python can read; wrap it in a `def` or `lambda`"
        ) from None


def _varies(parameter: inspect.Parameter, shapes: dict[str, Shape]) -> bool:
    if parameter.name in shapes:
        return True
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return False
    return parameter.default is inspect.Parameter.empty and parameter.kind not in _VARIADIC


def _called(
    function: Callable[..., Any], moving: Sequence[inspect.Parameter], values: dict[str, Any]
) -> Any:
    """Positional where that is possible, by name after the first argument left out."""
    args: list[Any] = []
    named: dict[str, Any] = {}
    leading = _leading(function, moving)
    for parameter in moving:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            args += list(values[parameter.name])
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY or parameter.name in leading:
            args.append(values[parameter.name])
        else:
            named[parameter.name] = values[parameter.name]
    return _mixed(function, moving, args, named)


def _leading(function: Any, moving: Sequence[inspect.Parameter]) -> set[str]:
    """The arguments in front of the first one left out: wrappers, as `jax.grad`, want no names."""
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    if isinstance(function, np.ufunc) or any(p.kind is p.VAR_POSITIONAL for p in moving):
        return set()
    try:
        pairs = zip(_parameters(function), moving, strict=False)
    except TraceError:  # built in, without a signature
        return set()
    same = itertools.takewhile(lambda pair: pair[0].name == pair[1].name, pairs)
    return {m.name for p, m in same if p.kind is either and m.kind is either}


def _mixed(function: Any, moving: Sequence[inspect.Parameter], args: list[Any], named: Any) -> Any:
    """With `*args`, everything in front of it must be positional too."""
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in moving):
        front = [p.name for p in moving if p.name in named and p.kind is p.POSITIONAL_OR_KEYWORD]
        args = [named.pop(name) for name in front] + args
    return function(*args, **named)


def _size(argument: Argument) -> int:
    return math.prod(argument.shape)


def _elements(arguments: tuple[Argument, ...]) -> dict[str, tuple[str, ...]]:
    """The names of all elements; underscores are added until no name stands twice."""
    for mark in ("_", "__", "___", "____"):
        made = {a.name: tuple(_indexed(a, mark)) for a in arguments}
        names = [name for group in made.values() for name in group]
        if len(set(names)) == len(names):
            return made
    raise TraceError(f"the arguments {[a.name for a in arguments]} have names too much alike")


def _indexed(argument: Argument, mark: str) -> Iterator[str]:
    if not argument.shape:
        yield argument.name
        return
    for index in np.ndindex(argument.shape):
        yield argument.name + mark + "_".join(map(str, index))


def _stand_in(argument: Argument, names: tuple[str, ...]) -> Any:
    scalars = [Scalar(sp.Symbol(name, real=True)) for name in names]
    if not argument.shape:
        return scalars[0]
    made = np.empty(len(scalars), object)
    made[:] = scalars
    return made.reshape(argument.shape).view(TracedArray)


def _run(fn: Callable[..., Any], call: Call, values: dict[str, Any]) -> Any:
    """Call the copied function; failures name the user's line."""
    try:
        with np.errstate(all="ignore"):
            return unswallowed(lambda: call(Retargeter().of(fn), values))
    except DerivcError:
        raise
    except RecursionError as error:
        raise TraceError(f"{_name(fn)} recurses too deeply to be traced") from error
    except Exception as error:
        raise TraceError(
            f"{_name(fn)} failed while it was traced, at {of_traceback(error.__traceback__)}:"
            f" {type(error).__name__}: {error}{_advice(str(error))}"
        ) from error


def _advice(problem: str) -> str:
    """What to do about a message that is Python's or NumPy's own."""
    if problem == "'Scalar' object is not iterable":
        return '; an argument is traced as one number unless it has a shape: shapes={"x": (n,)}'
    # Compiled code was given stand-ins: it takes numbers only.
    compiled = any(word in problem for word in ("ufunc", "Buffer dtype", "dtype('O')"))
    compiled = compiled and "mismatch in its core dimension" not in problem
    return "; this step takes numbers only: write it out with NumPy's arithmetic" * compiled


def _flatten(result: Any) -> tuple[Shape, list[Any]]:
    """The shape and the elements of a result; a tuple of one number is that number."""
    if isinstance(result, list | tuple) and len(result) == 1 and np.ndim(result[0]) == 0:
        result = result[0]
    if isinstance(result, list | tuple):
        result = from_nested(result) if result else np.zeros(0)
    if isinstance(result, np.ndarray):
        return np.shape(result), list(np.asarray(result).flat)
    return (), [result]


def _tree(item: Any) -> Any:
    """The tree of one result.

    Raises:
        TraceError: it is no number.
    """
    if is_tracer(item):
        return tree_of(item)
    try:
        return nodes.number(item)
    except TypeError:
        raise TraceError(
            f"the function returned {type(item).__name__} ({str(item)[:60]}); return a number or an"
            " array of numbers"
        ) from None


def _name(fn: Any) -> str:
    return str(getattr(fn, "__name__", None) or type(fn).__name__)

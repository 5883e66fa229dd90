"""What a captured function is called with: what varies, in which shapes, and the constants."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, final

import numpy as np
import sympy as sp

from derivc.errors import InputTypeError
from derivc.symbolic.limits import Limits
from derivc.symbolic.trace import Argument, _as_shapes, _elements, _parameters, _plan
from derivc.symbolic.tracing.scalar import Scalar

Shape = tuple[int, ...]
Function = Callable[..., Any]


@final
@dataclass(frozen=True)
class Plan:
    """How a function is called.

    Args:
        arguments: those that vary, in the order of the signature.
        elements: the names of the elements of each, by the argument's name.
        call: takes the function and the values of the arguments by name.
    """

    arguments: tuple[Argument, ...]
    elements: Mapping[str, tuple[str, ...]]
    call: Callable[[Function, dict[str, Any]], Any]

    @property
    def advice(self) -> str:
        """What to do when an argument that was taken for a number is an array; or nothing."""
        numbers = [a.name for a in self.arguments if not a.shape]
        if not numbers:
            return ""
        told = ", ".join(f'"{name}": (n,)' for name in numbers)
        return f"; {', '.join(numbers)} taken for one number each; for arrays: shapes={{{told}}}"

    def symbols(self, name: str) -> Any:
        """The stand-ins for the elements of one argument, as an object array of its shape."""
        shape = next(a.shape for a in self.arguments if a.name == name)
        return symbols(self.elements[name], shape)


def symbols(names: Sequence[str], shape: Shape) -> Any:
    """Stand-ins of these names, as an object array."""
    made = np.empty(len(names), object)
    made[:] = [Scalar(sp.Symbol(name, real=True)) for name in names]
    return made.reshape(shape)


def plan(
    function: Function,
    shapes: Mapping[str, Any] | None,
    inputs: Any,
    constants: Mapping[str, Any] | None,
) -> Plan:
    """The arguments of a function, and how to call it.

    Args:
        function: anything with a signature.
        shapes: the shapes of array arguments by name; () for a number.
        inputs: examples, in order or by name: floating ones vary and give the shapes, all others
            are constants.
        constants: arguments that are held fixed, by name.

    Raises:
        ShapeError: a shape is given for an argument that there is not.
        InputTypeError: an example or a constant is; or there are too many examples; or what was
            given is no function.
    """
    if not callable(function):
        raise InputTypeError(
            f"expected a function or a module, got {type(function).__name__}: {function!r:.60}"
        )
    function = _signed(function)
    given = _as_shapes(shapes or {})
    fixed = dict(constants or {})
    for name, example in _by_name(function, inputs).items():
        extent = _shape_of(example)
        if extent is None:
            fixed.setdefault(name, example)
        else:
            given.setdefault(name, extent)
    _check(function, fixed)
    bound = functools.partial(function, **fixed) if fixed else function
    arguments, call = _plan(bound, given, Limits())
    return Plan(arguments, _elements(arguments), _with(call, fixed))


def _signed(function: Function) -> Function:
    """A function of C with the signature that its documentation gives; a ufunc with its inputs."""
    if isinstance(count := getattr(function, "nin", None), int):
        return cast("Function", _by_place(function, ", ".join(_named(count))))
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        told = re.match(r"\s*[\w.]+\(([^)]*)\)", getattr(function, "__doc__", None) or "")
        if told and _required(told[1]):
            return cast("Function", _by_place(function, told[1]))
    return function


def _named(count: int) -> list[str]:
    return ["x"] if count == 1 else [f"x{i + 1}" for i in range(count)]


def _by_place(function: Function, told: str) -> Any:
    """The function with that signature: what it needs is passed by place, the rest by name."""
    names, kind = _required(told), inspect.Parameter.POSITIONAL_OR_KEYWORD

    def call(*args: Any, **named: Any) -> Any:
        return function(*args, *(named.pop(n) for n in names if n in named), **named)

    signed: Any = call
    signed.__name__ = getattr(function, "__name__", "function")
    signed.__signature__ = inspect.Signature(
        [inspect.Parameter(n, kind) for n in names]
        + [inspect.Parameter(n, kind, default=None) for n in _optional(told) if n not in names]
    )
    return signed


def _required(told: str) -> list[str]:
    """The names in front of `*` that have no default: of `input: Tensor, dim=None, *, out`."""
    return [n for part in _front(told) if "=" not in part and (n := _bare(part)).isidentifier()]


def _optional(told: str) -> list[str]:
    """The names in front of `*` that have one."""
    return [n for part in _front(told) if "=" in part and (n := _bare(part)).isidentifier()]


def _front(told: str) -> list[str]:
    return told.partition("*")[0].split(",")


def _bare(part: str) -> str:
    return part.partition("=")[0].partition(":")[0].strip()


def _with(call: Any, fixed: dict[str, Any]) -> Any:
    """The call with the constants put in; of functions of C by place, whatever names they have."""

    def called(function: Function, values: dict[str, Any]) -> Any:
        own = _signed(function)
        return call(functools.partial(own, **fixed) if fixed else own, values)

    return called


def _by_name(function: Function, inputs: Any) -> dict[str, Any]:
    if inputs is None:
        return {}
    if isinstance(inputs, Mapping):
        return dict(inputs)
    given = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    names = [p.name for p in _parameters(function)]
    if len(given) > len(names):
        raise InputTypeError(f"inputs has {len(given)} examples for the arguments {tuple(names)}")
    return dict(zip(names, given, strict=False))


def _shape_of(example: Any) -> Shape | None:
    """The shape of a floating example; None for one that is a constant."""
    if isinstance(example, float):
        return ()
    kind = getattr(example, "dtype", None)
    if kind is None:
        return None
    floating = getattr(kind, "is_floating_point", None)
    if floating is None:
        floating = np.issubdtype(np.dtype(kind), np.floating)
    return tuple(map(int, example.shape)) if floating else None


def _check(function: Function, fixed: Mapping[str, Any]) -> None:
    names = [p.name for p in _parameters(function)]
    unknown = sorted(set(fixed) - set(names))
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in _parameters(function)):
        raise InputTypeError(f"constants names {unknown}, but the arguments are {tuple(names)}")

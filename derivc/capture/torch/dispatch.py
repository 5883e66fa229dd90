"""One ATen operation on stand-ins: looked up, done on trees, or refused with the user's line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from derivc.capture.elements import boxed, each, is_constant, stopped
from derivc.capture.torch.state import state
from derivc.capture.torch.tensors import (
    constant_tensor,
    elements_of,
    is_stand_in,
    shown,
    stand_in,
)
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import refuse, short

Handler = Callable[..., Any]


def dispatch(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """What an operation gives for stand-ins (and whatever else is among its arguments).

    Raises:
        TraceError: derivc has nothing for it, or it needs the value of a stand-in.
    """
    import torch

    name = func._schema.name.partition("::")[2]
    given = [v for v in _leaves((args, kwargs)) if is_stand_in(v)]
    if torch.Tag.nondeterministic_seeded in func.tags and find(name) is None:
        raise random_numbers(name)
    if name in _VALUES:
        return _value(name, given[0].elements)
    if all(is_constant(tensor.elements) for tensor in given) and not _writes(func, args, kwargs):
        return _natively(func, args, kwargs)
    handler = find(name)
    if handler is None:
        return _decomposed(func, name, args, kwargs)
    return _done(func, name, handler, args, kwargs)


def random_numbers(name: str) -> Exception:
    """The error for an operation that draws random numbers."""
    return refuse(
        f"draws random numbers ({name}), so the value differs from call to call",
        "draw them outside and pass them in, or call .eval() on a module with dropout",
    )


def find(name: str) -> Handler | None:
    """What is done for an ATen operation of that name, those in place included."""
    from derivc.capture.torch.table import TABLE

    return TABLE.get(name) or (TABLE.get(name[:-1]) if name.endswith("_") else None)


_VALUES = ("_local_scalar_dense", "is_nonzero", "item", "equal", "allclose")


def _value(name: str, elements: Any) -> Any:
    """A single number asked for, as `if`, `float()` and `.item()` do."""
    if is_constant(elements):
        return elements.item()
    first = elements.flat[0]
    asked = (
        f"whether {short(first.tree)} holds" if isinstance(first, Condition) else "the value of "
    )
    told = "" if isinstance(first, Condition) else shown(elements)
    raise refuse(
        f"needs to know {asked}{told}, which is different from point to point",
        "use torch.where(condition, a, b) in place of `if`, and tensors in place of numbers",
    )


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


def _mapped(function: Any, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_mapped(function, item) for item in value)
    if isinstance(value, dict):
        return {key: _mapped(function, item) for key, item in value.items()}
    return function(value)


def _writes(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether an operation changes one of its arguments."""
    return any(a.alias_info is not None and a.alias_info.is_write for a in func._schema.arguments)


def _natively(func: Any, args: Any, kwargs: Any) -> Any:
    """PyTorch's own result, of constants; views are lost, as constants cannot vary."""
    if (handler := find(func._schema.name.partition("::")[2])) and _is_view(func):
        return _done(func, "", handler, args, kwargs)
    plain = lambda v: constant_tensor(v.elements) if is_stand_in(v) else v  # noqa: E731
    found = func(*_mapped(plain, args), **_mapped(plain, kwargs))
    return _mapped(lambda v: stand_in(elements_of(v)) if _is_float(v) else v, found)


def _is_view(func: Any) -> bool:
    return any(r.alias_info is not None for r in func._schema.returns)


def _is_float(value: Any) -> bool:
    return _is_tensor(value) and bool(value.is_floating_point())


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _decomposed(func: Any, name: str, args: Any, kwargs: Any) -> Any:
    """By PyTorch's own definition in simpler operations, where it has one."""
    from torch._decomp import get_decompositions

    with state.modes():
        found = func.decompose(*args, **kwargs)
        if found is not NotImplemented:
            return found
        definition = get_decompositions([func]).get(func)
        if definition is not None:
            return definition(*args, **kwargs)
    raise refuse(
        f"calls {name} on an argument, which derivc cannot capture",
        "write it with simpler operations, or pass its result in as an argument",
    )


def _done(func: Any, name: str, handler: Handler, args: Any, kwargs: Any) -> Any:
    """The handler's result as tensors; written into the first argument by operations in place."""
    import torch

    target = kwargs.pop("out", None)
    if target is None and name.endswith("_") and not name.endswith("__"):
        target = args[0]
    items, named = _mapped(_operand, args), _mapped(_operand, kwargs)
    with np.errstate(all="ignore"):
        found = handler(*items, **named)
    if target is not None and torch.Tag.inplace_view in func.tags:
        return _turned(func, target, found, args, kwargs)
    if target is not None:
        return _written(target, found)
    if state.stops_gradients:
        found = _stopped(found)
    return _wrapped(found)


def _operand(value: Any) -> Any:
    try:
        return elements_of(value) if _is_tensor(value) else value
    except TypeError as problem:
        raise refuse(f"meets a complex tensor; {problem}", "write the parts out") from None


def _stopped(found: Any) -> Any:
    """Results under torch.no_grad(): constants to differentiation."""
    if isinstance(found, tuple | list):
        return type(found)(map(_stopped, found))
    return each(stopped, found) if isinstance(found, np.ndarray) else found


def _wrapped(found: Any) -> Any:
    if isinstance(found, tuple | list):
        return type(found)(map(_wrapped, found))
    if isinstance(found, np.ndarray):
        return stand_in(found)
    return found if found is None or _is_tensor(found) else stand_in(boxed(found))


def _turned(func: Any, target: Any, found: Any, args: Any, kwargs: Any) -> Any:
    """A tensor whose dimensions were changed in place: PyTorch changes its own notion of them."""
    from torch.utils._mode_utils import no_dispatch

    if not is_stand_in(target):
        with state.modes():
            return func(*args, **kwargs)
    target.elements = found
    with no_dispatch():
        func(*args, **kwargs)
    return target


def _written(target: Any, found: Any) -> Any:
    """The result of an operation in place, written into the tensor it was called on."""
    if not is_stand_in(target):
        raise refuse(
            "writes a traced value into a tensor that was made outside the function",
            "make the tensor inside, as in torch.zeros(n), or use torch.stack",
        )
    if state.stops_gradients:
        raise refuse(
            "changes a tensor in place under torch.no_grad(), which hides the change from"
            " derivatives",
            "use x.detach(), or an operation that is not in place",
        )
    value = found[0] if isinstance(found, tuple) else found
    try:
        target.elements[...] = value
    except ValueError as problem:
        raise refuse(f"cannot write into a tensor: {problem}", "give it the shape") from problem
    return target

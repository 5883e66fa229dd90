"""From what a user hands over to a subject."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from derivc.errors import InputTypeError
from derivc.verify.audit.subject import Subject


def adapt(function: Any, backward: Any = None) -> Subject:
    """The subject that a function is.

    Raises:
        InputTypeError: it is of no kind that can be audited.
    """
    if backward is not None or _is_pair(function):
        from derivc.verify.audit.pair import PairSubject

        pair = (function, backward) if backward is not None else tuple(function)
        return PairSubject(*pair)
    if _is_torch(function):
        from derivc.verify.audit.torched.subject import TorchSubject

        return TorchSubject(function)
    if _is_jax(function):
        from derivc.verify.audit.jaxed import JaxSubject

        return JaxSubject(function)
    if _is_own(function):
        from derivc.verify.audit.own import OwnSubject

        return OwnSubject(function)
    raise InputTypeError(
        f"cannot audit {function!r}: expected a class derived from torch.autograd.Function or"
        " derivc.Function, a jax.custom_vjp or jax.custom_jvp function, or a forward and its"
        " backward"
    )


def auditable(thing: Any) -> bool:
    """Whether an object of a module is a function with a backward of its own."""
    own = inspect.isclass(thing) and "forward" in vars(thing)
    return (own and (_is_torch(thing) or _is_own(thing))) or _is_jax(thing)


def _is_pair(function: Any) -> bool:
    pair = isinstance(function, tuple | list) and len(function) == 2
    return pair and all(map(callable, function))


def _is_torch(function: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and inspect.isclass(function) and issubclass(
        function, torch.autograd.Function
    )  # fmt: skip


def _is_jax(function: Any) -> bool:
    if "jax" not in sys.modules:
        return False
    import jax

    return isinstance(function, jax.custom_vjp | jax.custom_jvp)


def _is_own(function: Any) -> bool:
    from derivc.tensor.function import Function

    return inspect.isclass(function) and issubclass(function, Function)

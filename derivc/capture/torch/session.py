"""A session: PyTorch asked to send every operation of the user's code to `dispatch`.

Two of its own modes do it. One sees the functions of its Python interface, by the names that users
write, the other the ATen operations that are left when PyTorch has taken composite ones apart.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Any, final

from derivc.capture.torch.dispatch import dispatch
from derivc.capture.torch.functions import overrides
from derivc.capture.torch.state import state
from derivc.capture.torch.tensors import elements_of, is_stand_in, stand_in
from derivc.symbolic.tracing.refusal import refuse


@cache
def _modes() -> tuple[Any, Any]:
    """The classes of the two modes, made when PyTorch is there."""
    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    @final
    class Functions(TorchFunctionMode):
        """PyTorch's Python interface."""

        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return _function(func, args, kwargs or {})

    @final
    class Operations(TorchDispatchMode):
        """ATen."""

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return _operation(func, types, args, kwargs or {})

    return Functions, Operations


@contextlib.contextmanager
def session() -> Iterator[None]:
    """Capture what happens inside: tensors of floats made there have room for stand-ins.

    Floating constants are made in double precision, whatever PyTorch's default is: the function is
    captured as a formula, and a constant such as `torch.tensor(0.1)` means 0.1.
    """
    import torch

    functions, operations = (mode() for mode in _modes())
    before, kept = torch.get_default_dtype(), dict(vars(state))
    vars(state).update(functions=functions, operations=operations, recording=True, notes=[])
    torch.set_default_dtype(torch.float64)
    try:
        with torch.enable_grad(), functions, operations:
            yield
    finally:
        torch.set_default_dtype(before)
        vars(state).update(kept)


def _function(func: Any, args: Any, kwargs: Any) -> Any:
    """A function of PyTorch's interface: our own for a few, else the operations it is made of."""
    import torch

    if func is torch._C._set_grad_enabled:
        state.recording = bool(args[0])
    own = overrides().get(func)
    return own(*args, **kwargs) if own else func(*args, **kwargs)


def _operation(func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """An ATen operation: on stand-ins by `dispatch`, else PyTorch's own."""
    import torch

    if any(is_stand_in_type(kind) for kind in types):
        return dispatch(func, args, kwargs)
    if torch.Tag.nondeterministic_seeded in func.tags:
        raise refuse(
            f"draws random numbers ({func._schema.name.partition('::')[2]}), so the value differs"
            " from call to call",
            "draw them outside and pass them in, or call .eval() on a module with dropout",
        )
    found = func(*args, **kwargs)
    made_here = not types or func._schema.name in ("aten::lift_fresh", "aten::lift")
    return _roomy(found) if made_here else found


def is_stand_in_type(kind: Any) -> bool:
    """Whether a class is that of the stand-ins."""
    from derivc.capture.torch.tensors import stand_in_class

    return kind is stand_in_class()


def _roomy(found: Any) -> Any:
    """A new tensor of floats as one that stand-ins can be written into."""
    import torch

    if isinstance(found, torch.Tensor) and found.is_floating_point() and not is_stand_in(found):
        return stand_in(elements_of(found))
    return found

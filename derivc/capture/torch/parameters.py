"""Modules whose parameters are variables too: a function of its inputs and of its parameters."""

from __future__ import annotations

import inspect
import keyword
from typing import Any


def opened(module: Any) -> tuple[Any, dict[str, tuple[int, ...]]]:
    """A module as a function of its forward's arguments and, by name, of its parameters.

    Dots in names become underscores; a name that would begin with a digit gets `p` in front.

    Returns:
        The function, and the shapes of the parameters under their new names.
    """
    from torch.func import functional_call

    front = list(inspect.signature(module.forward).parameters.values())
    names = _renamed([name for name, _ in module.named_parameters()], [p.name for p in front])

    def call(*args: Any, **named: Any) -> Any:
        inside = {old: named.pop(new) for old, new in names.items()}
        return functional_call(module, inside, args, named)

    kept = [p for p in front if p.kind is not p.VAR_KEYWORD]
    extra = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in names.values()]
    call.__signature__ = inspect.Signature([*kept, *extra])  # type: ignore[attr-defined]
    call.__name__ = type(module).__name__
    shapes = {names[name]: tuple(value.shape) for name, value in module.named_parameters()}
    return call, shapes


def _renamed(old: list[str], taken: list[str]) -> dict[str, str]:
    """Names that arguments can have, by the module's own."""
    made: dict[str, str] = {}
    for name in old:
        new = name.replace(".", "_")
        new = f"p{new}" if not new.isidentifier() else new
        while new in taken or new in made.values() or keyword.iskeyword(new):
            new += "_"
        made[name] = new
    return made

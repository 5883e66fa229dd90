"""What is said of a stand-in whose value is asked for: the user's line and the tree, cut short."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, final

from derivc.errors import TraceError
from derivc.symbolic.tracing.places import here


@final
class _Refused(threading.local):
    """The first refusal of the run under way."""

    def __init__(self) -> None:
        self.first: TraceError | None = None


_REFUSED = _Refused()


def refuse(what: str, advice: str) -> TraceError:
    """The error for something that needs the value of a stand-in; names the user's line."""
    made = TraceError(f"{here()} {what}; {advice}")
    _REFUSED.first = _REFUSED.first or made
    return made


def unswallowed(run: Callable[[], Any]) -> Any:
    """The result of a traced function, unless its own `except` hid a refusal.

    What such a function does after the refusal is not what it does with numbers.

    Raises:
        TraceError: the refusal that was hidden.
    """
    before, _REFUSED.first = _REFUSED.first, None
    try:
        result = run()
        if _REFUSED.first is not None:
            raise _REFUSED.first
        return result
    finally:
        _REFUSED.first = before


def short(tree: Any) -> str:
    """The tree in at most about 60 characters; a large one is only named."""
    budget, stack = 40, [tree]
    while stack and budget:
        stack.extend(stack.pop().args)
        budget -= 1
    kind = "comparison" if tree.is_Relational else type(tree).__name__
    text = str(tree) if budget else f"a {kind} of traced values"
    return text if len(text) <= 80 else text[:77] + "..."

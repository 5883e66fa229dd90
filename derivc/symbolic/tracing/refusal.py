"""What is said of a stand-in whose value is asked for: the user's line and the tree, cut short."""

from __future__ import annotations

from typing import Any

from derivc.errors import TraceError
from derivc.symbolic.tracing.places import here


def refuse(what: str, advice: str) -> TraceError:
    """The error for something that needs the value of a stand-in; names the user's line."""
    return TraceError(f"{here()} {what}; {advice}")


def short(tree: Any) -> str:
    """The tree in at most about 60 characters; a large one is only named."""
    budget, stack = 40, [tree]
    while stack and budget:
        stack.extend(stack.pop().args)
        budget -= 1
    kind = "comparison" if tree.is_Relational else type(tree).__name__
    text = str(tree) if budget else f"a {kind} of traced values"
    return text if len(text) <= 80 else text[:77] + "..."

"""Trees over plain symbols, as users type them; what trees share is renamed once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import sympy as sp

from derivc.symbolic.evaluated import kept
from derivc.symbolic.trail import Rewrite
from derivc.symbolic.walk import postorder


@final
class Plainly:
    """Renames the symbols of trees.

    Args:
        own: the user's symbols, to be given back where the names agree.
    """

    def __init__(self, own: Iterable[Any] = ()):
        self._own = {str(symbol.name): symbol for symbol in own}
        self._done: dict[int, tuple[Any, Any]] = {}

    def __call__(self, tree: Any) -> Any:
        """The tree over plain symbols; None stays None."""
        if tree is None:
            return None
        for node in postorder(tree):
            if id(node) not in self._done:
                self._done[id(node)] = (node, self._made(node))
        return self._done[id(tree)][1]

    def _made(self, node: Any) -> Any:
        if node.is_Symbol:
            return self._own.get(node.name, sp.Symbol(node.name))
        args = [self._done[id(arg)][1] for arg in node.args]
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if same else kept(node, args)

    def rewrite(self, given: Rewrite) -> Rewrite:
        """The record of a rewrite over plain symbols."""
        return Rewrite(given.name, self(given.before), self(given.after), given.identities)

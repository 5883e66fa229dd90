"""The engine: cotangents go back through the graph, newest node first.

A node's inputs were made before it, so the order of recording is a topological order: a heap of
sequence numbers is all the schedule there is, without recursion and without counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any, final

from derivc.tensor.accumulate import accumulate
from derivc.tensor.modes import mode, noted
from derivc.tensor.node import AccumulateGrad, Node
from derivc.tensor.tensor import Tensor

Target = tuple[Node, int]


def run(
    roots: Sequence[tuple[Node, int, Any]],
    keep: bool,
    create: bool,
    targets: Sequence[Target] | None = None,
) -> dict[Target, Any]:
    """Send cotangents back from the roots.

    Args:
        roots: nodes, which of their outputs, and the cotangent: an array, or a tensor to `create`.
        keep: do not free what the nodes have saved.
        create: record the backward pass itself.
        targets: stop at these outputs of nodes and return what arrives there, instead of
            accumulating into leaves.

    Returns:
        What arrived, by target; a target that nothing reaches is left out.
    """
    pass_ = _Pass(keep, create, targets, [root[0] for root in roots])
    pass_.start(roots)
    return pass_.found


def traced(node: Node, index: int, cotangent: Any) -> list[tuple[Node, list[Any], Sequence[Any]]]:
    """A backward pass that only looks: nothing is freed, no leaf is changed.

    Returns:
        Per node, in the order of the pass: it, the cotangents of its outputs, those of its inputs.
    """
    pass_ = _Pass(True, False, [], [])
    pass_.needed, pass_.trace = None, []
    pass_.start([(node, index, cotangent)])
    return pass_.trace


@final
class _Pass:
    """One backward pass: what is waiting, by sequence number."""

    def __init__(
        self, keep: bool, create: bool, targets: Sequence[Target] | None, roots: list[Node]
    ):
        self.keep, self.create = keep, create
        self.targets = None if targets is None else set(targets)
        self.needed = None if targets is None else _leading_to(roots, {n for n, _ in targets})
        self.found: dict[Target, Any] = {}
        self.trace: list[tuple[Node, list[Any], Sequence[Any]]] | None = None
        self.heap: list[int] = []
        self.waiting: dict[int, tuple[Node, list[Any]]] = {}

    def start(self, roots: Sequence[tuple[Node, int, Any]]) -> None:
        """Send cotangents back from the roots, in the modes of a backward pass."""
        now = mode.now
        before = now.enabled, now.careful
        now.enabled, now.careful = self.create, False
        try:
            with noted():
                for node, index, cotangent in roots:
                    self.arrive(node, index, cotangent)
                self.sweep()
        finally:
            now.enabled, now.careful = before

    def arrive(self, node: Node, index: int, cotangent: Any) -> None:
        """Add a cotangent of one output of a node."""
        entry = self.waiting.get(node.sequence)
        if entry is None:
            slots = [None] * (len(node.outputs) or 1)
            slots[index] = cotangent
            self.waiting[node.sequence] = (node, slots)
            heappush(self.heap, -node.sequence)
        else:
            there = entry[1][index]
            entry[1][index] = cotangent if there is None else there + cotangent

    def sweep(self) -> None:
        """Run the nodes that are waiting, and those that are reached from them."""
        heap, waiting = self.heap, self.waiting
        keep, now = self.keep, mode.now
        plain = self.targets is None and now.anomaly is None and not self.create
        while heap:
            node, slots = waiting.pop(-heappop(heap))
            if node.hooked or not plain or type(node) is AccumulateGrad:
                grads = self._step(node, slots)
            else:
                grads = node.pull(slots, now)
                if not keep and node.saved:
                    node.saved, node.guards = None, ()
            for (behind, index), grad in zip(node.edges if grads else (), grads):  # noqa: B905  equal by construction
                if behind is not None and grad is not None:
                    entry = waiting.get(behind.sequence)
                    if entry is None and len(behind.outputs) < 2:  # as `arrive`, without the call
                        waiting[behind.sequence] = (behind, [grad])
                        heappush(heap, -behind.sequence)
                    else:
                        self.arrive(behind, index, grad)

    def _look(self, node: Node, slots: list[Any]) -> None:
        """Hooks of tensors, `.grad` of those that retain it, and what was asked for."""
        if type(node) is AccumulateGrad and node.variable._hooks and slots[0] is not None:
            slots[0] = _hooked(list(node.variable._hooks.values()), slots[0], self.create)
        for index in range(len(slots)):
            if node.watched and index in node.watched and slots[index] is not None:
                slots[index] = _hooked(
                    list(node.watched[index].values()), slots[index], self.create
                )
            if self.targets is None and node.retained and index in node.retained:
                tensor = node.retained[index]()
                if tensor is not None and slots[index] is not None:
                    accumulate(tensor, slots[index], self.create)
            if self.targets is not None and (node, index) in self.targets:
                self.found[node, index] = slots[index]

    def _step(self, node: Node, slots: list[Any]) -> Sequence[Any]:
        """A node that somebody looks at: hooks, targets, leaves, anomaly mode."""
        self._look(node, slots)
        if self.needed is not None and not self.needed.get(node.sequence):
            return ()
        if type(node) is AccumulateGrad:
            if self.targets is None:
                accumulate(node.variable, slots[0], self.create)
                _after(node, slots)
            if self.trace is not None:
                self.trace.append((node, slots, ()))
            return ()
        node.check_alive()
        if node.pre_hooks:
            slots = _prehooked(node, slots, self.create)
        grads: Sequence[Any] = (
            node.pull_recorded(slots) if self.create else node.pull(slots, mode.now)
        )
        if mode.now.anomaly is not None:
            mode.now.anomaly.inspect(node, slots, grads)
        if self.trace is not None:
            self.trace.append((node, list(slots), grads))
        if not self.keep:
            node.release()
        return _posthooked(node, grads, slots, self.create) if node.post_hooks else grads


def _leading_to(roots: list[Node], targets: set[Node]) -> dict[int, bool]:
    """By sequence number: whether a target lies behind a node (not the node itself)."""
    seen: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.sequence not in seen:
            seen[node.sequence] = node
            stack += [behind for behind, _ in node.edges if behind is not None]
    leads: dict[int, bool] = {}
    for sequence in sorted(seen):
        behind = [n for n, _ in seen[sequence].edges if n is not None]
        leads[sequence] = any(n in targets or leads[n.sequence] for n in behind)
    return leads


def _back(value: Any, create: bool) -> Any:
    return value if create or value is None else value._array


def _hooked(hooks: list[Any], cotangent: Any, create: bool) -> Any:
    """A cotangent after the hooks of its tensor; a hook that returns None leaves it."""
    for hook in hooks:
        answer = hook(Tensor._lift(cotangent))
        if answer is not None:
            cotangent = _back(Tensor._lift(answer), create)
    return cotangent


def _tensors(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(None if v is None else Tensor._lift(v) for v in values)


def _answered(answer: Any, before: Any, create: bool) -> Any:
    """Cotangents after a hook: what it returned, or those before if it returned None."""
    if answer is None:
        return before
    many = answer if isinstance(answer, tuple) else (answer,)
    return [_back(None if a is None else Tensor._lift(a), create) for a in many]


def _prehooked(node: Node, slots: list[Any], create: bool) -> list[Any]:
    for hook in list((node.pre_hooks or {}).values()):
        slots = _answered(hook(_tensors(slots)), slots, create)
    return slots


def _posthooked(node: Node, grads: Any, slots: list[Any], create: bool) -> Any:
    for hook in list((node.post_hooks or {}).values()):
        grads = _answered(hook(_tensors(grads), _tensors(slots)), grads, create)
    return grads


def _after(node: AccumulateGrad, slots: list[Any]) -> None:
    """Hooks of a leaf, and of its accumulator, once `.grad` is there."""
    for hook in list((node.variable._after_hooks or {}).values()):
        hook(node.variable)
    for hook in list((node.post_hooks or {}).values()):
        hook((), _tensors(slots))

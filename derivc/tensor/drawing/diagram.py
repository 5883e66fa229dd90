"""A graph as boxes and arrows: what will be drawn, whatever it is drawn with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from derivc.tensor.elementwise import KernelNode
from derivc.tensor.formulas import partials_text
from derivc.tensor.node import AccumulateGrad, Node, edge_of
from derivc.tensor.tensor import Tensor

_LONGEST = 44


@final
@dataclass(frozen=True)
class Box:
    """One box: lines of text, and what it stands for ("leaf", "op", "kernel", "output")."""

    key: str
    lines: list[str]
    kind: str


@final
@dataclass(frozen=True)
class Diagram:
    """Boxes in an order in which every box comes after those it is made from, and arrows."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)


def diagram(tensors: Sequence[Tensor], names: Mapping[str, Tensor] | None, values: bool) -> Diagram:
    """The graph behind tensors.

    Args:
        tensors: where to begin. names: what leaves (and others) are called.
        values: whether to show numbers and gradients.
    """
    called = {id(t): name for name, t in (names or {}).items()}
    nodes = _behind(tensors)
    found = Diagram()
    keys = {node.sequence: f"n{i}" for i, node in enumerate(nodes)}
    leaves = 0
    for node in nodes:
        if isinstance(node, AccumulateGrad):
            name = called.get(id(node.variable), f"leaf {leaves}")
            leaves += id(node.variable) not in called
            found.boxes.append(Box(keys[node.sequence], _leaf(node.variable, name, values), "leaf"))
        else:
            kind = "kernel" if _is_kernel(node) else "op"
            found.boxes.append(Box(keys[node.sequence], _operation(node), kind))
            labels = _labels(node)
            found.arrows.extend(
                (keys[behind.sequence], keys[node.sequence], label)
                for (behind, _), label in zip(node.edges, labels, strict=True)
                if behind is not None
            )
    for i, tensor in enumerate(tensors):
        last, _ = edge_of(tensor)
        if last is not None and not isinstance(last, AccumulateGrad):
            lines = [called.get(id(tensor), "output"), *_numbers(tensor, values)]
            found.boxes.append(Box(f"out{i}", lines, "output"))
            found.arrows.append((keys[last.sequence], f"out{i}", ""))
    return found


def _behind(tensors: Sequence[Tensor]) -> list[Node]:
    """All nodes behind tensors, oldest first; without recursion."""
    seen: dict[int, Node] = {}
    stack = [behind for t in tensors if (behind := edge_of(t)[0]) is not None]
    while stack:
        node = stack.pop()
        if node.sequence not in seen:
            seen[node.sequence] = node
            stack += [behind for behind, _ in node.edges if behind is not None]
    return [seen[s] for s in sorted(seen)]


def _is_kernel(node: Node) -> bool:
    """Whether a node is a compiled expression of several operations."""
    if isinstance(node, KernelNode):
        steps = node.function.specs.value_program.instructions
        return sum(step.op != "const" for step in steps) > 1
    return type(node).__name__ == "ArrayKernelNode"


def _leaf(tensor: Tensor, name: str, values: bool) -> list[str]:
    lines = [name, *_numbers(tensor, values)]
    if values and tensor._grad is not None:
        lines.append(f"grad {short(tensor._grad._array)}")
    return lines


def _numbers(tensor: Tensor, values: bool) -> list[str]:
    shape = str(tuple(tensor.shape))
    return [short(tensor._array)] if values and tensor.numel() <= _FEW else [shape]


_FEW = 6


def short(array: Any) -> str:
    """Numbers on one line, cut when they are many."""
    if np.ndim(array) == 0:
        return f"{np.asarray(array).item():.6g}"
    text = np.array2string(np.asarray(array), precision=4, separator=", ", threshold=_FEW)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _operation(node: Node) -> list[str]:
    lines = [node.name()]
    if isinstance(node, KernelNode) and _is_kernel(node):
        lines.append(_cut(node.function.specs.definition.text or node.function.name))
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _labels(node: Node) -> list[str]:
    """On every arrow into a node, the local derivative, where it is short."""
    if not isinstance(node, KernelNode) or node.function.count > 1:
        return [""] * len(node.edges)
    partials = partials_text(node.function)
    shown = [partials[i] for i in node.pullback.wanted]
    return [p if len(p) <= _LABEL and p != "1" else "" for p in shown]


_LABEL = 18

"""The chain rule for one graph, step by step, with the numbers at every node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, final

import numpy as np

from derivc.errors import AutogradError
from derivc.tensor.backward import traced
from derivc.tensor.drawing.diagram import short
from derivc.tensor.elementwise import KernelNode
from derivc.tensor.formulas import partials_text
from derivc.tensor.node import AccumulateGrad, Node, edge_of
from derivc.tensor.structural import StructuralNode
from derivc.tensor.tensor import Tensor


@final
@dataclass(frozen=True)
class Step:
    """One node of the backward pass.

    Attributes:
        number: in the order of the pass. name: of the operation. formula: in TeX. rule: the same
        in plain text. kept: what was saved, by name. arrived: the cotangents of its outputs.
        passed: per input, to which step (or leaf) what goes.
    """

    number: int
    name: str
    formula: str
    rule: str
    kept: dict[str, str]
    arrived: str
    passed: list[tuple[str, str]]


@final
class Explanation:
    """The steps of a backward pass, as text and as HTML."""

    def __init__(self, steps: list[Step], gradients: dict[str, str], seed: str):
        self.steps, self.gradients, self.seed = steps, gradients, seed

    def __str__(self) -> str:
        lines = [f"The gradient of the result by itself is {self.seed}.", ""]
        for step in self.steps:
            lines += _as_text(step)
        lines.append("Gradients of the leaves:")
        lines += [f"  {name}: {value}" for name, value in self.gradients.items()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(_as_row(step) for step in self.steps)
        ends = "".join(
            f"<tr><td>{escape(n)}</td><td><code>{escape(v)}</code></td></tr>"
            for n, v in self.gradients.items()
        )
        head = (
            "<tr><th>step</th><th>formula</th><th>saved</th><th>arrives</th><th>passes on</th></tr>"
        )
        return f"<table>{head}{rows}</table><p>Gradients of the leaves</p><table>{ends}</table>"

    html = property(_repr_html_)


def _as_text(step: Step) -> list[str]:
    lines = [f"{step.number}. {step.name}" + (f": {step.rule}" if step.rule else "")]
    if step.kept:
        lines.append("     with " + ", ".join(f"{n} = {v}" for n, v in step.kept.items()))
    lines.append(f"     arrives {step.arrived}")
    lines += [f"     passes {value} to {name}" for name, value in step.passed]
    return [*lines, ""]


def _as_row(step: Step) -> str:
    kept = "<br>".join(f"{escape(n)} = {escape(v)}" for n, v in step.kept.items())
    passed = "<br>".join(f"{escape(v)} to {escape(n)}" for n, v in step.passed)
    formula = rf"\({escape(step.formula)}\)" if step.formula else ""
    return (
        f"<tr><td>{step.number}. {escape(step.name)}</td><td>{formula}</td><td>{kept}</td>"
        f"<td>{escape(step.arrived)}</td><td>{passed}</td></tr>"
    )


def explain(
    tensor: Tensor, gradient: Any = None, names: Mapping[str, Tensor] | None = None
) -> Explanation:
    """The backward pass from a tensor, every step with its formula and its numbers.

    Nothing is freed and no `.grad` is touched.

    Args:
        tensor: one number, unless `gradient` is given. gradient: its cotangent.
        names: what to call the leaves.

    Raises:
        AutogradError: the tensor has no graph, or was freed.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(2.0, requires_grad=True)
        >>> print((x**3).explain(names={"x": x}))
        The gradient of the result by itself is 1.
        <BLANKLINE>
        1. PowBackward: by x: 3*x**2
             with x = 2
             arrives 1
             passes 12 to x
        <BLANKLINE>
        Gradients of the leaves:
          x: 12
    """
    node, index = edge_of(tensor)
    if node is None:
        raise AutogradError("the tensor does not require grad: there is nothing to explain")
    if gradient is None and tensor.numel() != 1:
        raise AutogradError("the tensor holds several numbers: give the gradient to begin with")
    seed = np.ones(tensor.shape, tensor.dtype) if gradient is None else np.asarray(
        getattr(gradient, "_array", gradient)
    )  # fmt: skip
    passes = traced(node, index, seed)
    return _told(passes, {id(t): name for name, t in (names or {}).items()}, short(seed))


def _told(passes: list[Any], called: dict[int, str], seed: str) -> Explanation:
    steps = [p for p in passes if not isinstance(p[0], AccumulateGrad)]
    labels: dict[int, str] = {
        node.sequence: f"step {i + 1} ({node.name()})" for i, (node, _, _) in enumerate(steps)
    }
    leaves = [p for p in passes if isinstance(p[0], AccumulateGrad)]
    for i, (node, _, _) in enumerate(sorted(leaves, key=lambda p: p[0].sequence)):
        labels[node.sequence] = called.get(id(node.variable), f"leaf {i}")
    gradients = {labels[node.sequence]: short(slots[0]) for node, slots, _ in leaves}
    return Explanation([_step(i + 1, p, labels) for i, p in enumerate(steps)], gradients, seed)


def _step(number: int, recorded: Any, labels: dict[int, str]) -> Step:
    node, slots, found = recorded
    arrived = ", ".join(short(s) for s in slots if s is not None)
    passed = [
        (labels[behind.sequence], short(g))
        for (behind, _), g in zip(node.edges, found, strict=True)
        if behind is not None and g is not None
    ]
    return Step(number, node.name(), node.formula, _rule(node), _kept(node), arrived, passed)


def _rule(node: Node) -> str:
    """The local derivatives in plain text."""
    if not isinstance(node, KernelNode) or node.function.count > 1:
        return node.formula
    names, texts = node.function.specs.definition.elements, partials_text(node.function)
    return ", ".join(f"by {names[i]}: {texts[i]}" for i in node.pullback.wanted if texts[i])


def _kept(node: Node) -> dict[str, str]:
    """What was saved, under the names in the formula."""
    values = [short(v) for v in node.saved or ()]
    if isinstance(node, KernelNode):
        names = [node.function.specs.definition.elements[i] for i in node.pullback.reads]
        names += ["result"] * len(node.pullback.results)
    elif isinstance(node, StructuralNode):
        names = [name for name, _, _ in node.kept]
    else:
        names = [f"saved {i}" for i in range(len(values))]
    return dict(zip(names, values, strict=False))

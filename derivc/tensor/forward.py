"""Forward mode: tangents are pushed along the recorded operations, oldest node first.

A node's inputs were made before it, so the order of recording is the order of the pass. Every node
pushes by what its declaration says; the pass itself is recorded where somebody differentiates it
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derivc.ops.structure import asked_by
from derivc.tensor.grad_mode import enable_grad
from derivc.tensor.grads import grad
from derivc.tensor.modes import mode, noted
from derivc.tensor.node import Edge, Node, edge_of
from derivc.tensor.structural import StructuralNode, apply
from derivc.tensor.tensor import Tensor

Tangents = dict[Edge, Any]


def pushed(outputs: Sequence[Tensor], seeds: Mapping[Edge, Tensor], create: bool) -> list[Any]:
    """The tangents of outputs for those of places in the graph.

    Args:
        outputs: tensors.
        seeds: by node and which of its outputs, the tangent.
        create: record the pass, to differentiate it.

    Returns:
        A tangent per output; None for one that depends on no seed.
    """
    found: Tangents = dict(seeds)
    now = mode.now
    before = now.enabled, now.careful
    now.enabled, now.careful = create, False
    try:
        with noted():
            for node in _between(outputs, seeds):
                _step(node, found)
    finally:
        now.enabled, now.careful = before
    return [found.get(edge_of(output)) for output in outputs]


def _between(outputs: Sequence[Tensor], seeds: Mapping[Edge, Tensor]) -> list[Node]:
    """The nodes between the seeds and the outputs, in the order of recording."""
    stops = {node for node, _ in seeds}
    seen: dict[int, Node] = {}
    stack = [edge_of(output)[0] for output in outputs]
    while stack:
        node = stack.pop()
        if node is not None and node not in stops and node.sequence not in seen:
            seen[node.sequence] = node
            stack += [behind for behind, _ in node.edges]
    return [seen[sequence] for sequence in sorted(seen)]


def _step(node: Node, found: Tangents) -> None:
    """The tangents of the outputs of one node, if one of its inputs has one."""
    tangents = [found.get((behind, index)) for behind, index in node.edges]
    if any(t is not None for t in tangents):
        for index, tangent in enumerate(node.push(tangents)):
            if tangent is not None:
                found[node, index] = tangent


def along(outputs: Sequence[Any], inputs: Sequence[Tensor], tangents: Sequence[Any]) -> list[Any]:
    """The same from tensors to tensors, recorded when recording is on."""
    seeds = {edge_of(x): t for x, t in zip(inputs, tangents, strict=True) if t is not None}
    return pushed(outputs, seeds, mode.now.enabled)


def transposed(node: Node, tangents: Sequence[Any]) -> list[Any]:
    """By the backward formula alone: it is linear in the cotangents, and its transpose is this.

    The transpose is the gradient of the formula by the cotangents, wherever these are.
    """
    create = mode.now.enabled
    with enable_grad():
        ones = [_one(*meta) for meta in node.outputs]
        back = node.pull_recorded(list(ones))
        pairs = [
            (b, t) for b, t in zip(back, tangents, strict=True)
            if t is not None and b is not None and b.requires_grad
        ]  # fmt: skip
    wanted = [one for one in ones if one is not None]
    answers = iter(_gradients(pairs, wanted, create))
    return [None if one is None else next(answers) for one in ones]


def _one(shape: tuple[int, ...], dtype: Any) -> Tensor | None:
    """A cotangent to differentiate by; whole numbers have none."""
    return Tensor._make(np.ones(shape, dtype)).requires_grad_() if dtype.kind in "fc" else None


def _gradients(pairs: Sequence[Any], wanted: list[Tensor], create: bool) -> Sequence[Any]:
    if not pairs:
        return [None] * len(wanted)
    values, seeds = [b for b, _ in pairs], [t for _, t in pairs]
    found: Sequence[Any] = grad(values, wanted, seeds, create_graph=create, allow_unused=True)
    return found


def structural(node: StructuralNode, tangents: Sequence[Any]) -> list[Any]:
    """Through a structural op, as its declaration says; see `jvp` of `structural`."""
    from derivc.tensor.namespace import RECORDED

    rule = node.op.jvp
    if rule is None:
        return transposed(node, tangents)
    known = _WORDS[rule] if isinstance(rule, str) else _formulas
    found = known(node, tangents)
    every = list(found) if isinstance(found, tuple) else [found]
    return [
        None if t is None else RECORDED.fit(RECORDED.lift(t), *meta)
        for t, meta in zip(every, node.outputs, strict=True)
    ]


def _total(terms: Sequence[Any]) -> Any:
    """The sum of what the arguments give."""
    if isinstance(terms[0], tuple):
        return tuple(_total(parts) for parts in zip(*terms, strict=True))
    first, *rest = terms
    return None if first is None else sum(rest, first)


def _formulas(node: StructuralNode, tangents: Sequence[Any]) -> Any:
    """One formula, or one for every tensor."""
    rule: Any = node.op.jvp
    if not isinstance(rule, tuple):
        return _asked(node, rule, tangents[0])
    places = dict(zip(node.op.tensors, rule, strict=True))
    pairs = zip(node.places, tangents, strict=True)
    return _total([_asked(node, places[n], t) for (n, _), t in pairs if t is not None])


def _asked(node: StructuralNode, formula: Any, tangent: Any) -> Any:
    from derivc.tensor.namespace import RECORDED

    return formula(RECORDED, tangent, **node.arguments(True, asked_by(formula)))


def _linear(node: StructuralNode, tangents: Sequence[Any]) -> Any:
    """The op of the tangents."""
    op = node.op
    others = {name: node.given[name] for name in op.others}
    if op.sequence is None:
        return apply(op, tuple(tangents), others)
    shapes, dtype = node.given[f"{op.sequence}_shape"], node.outputs[0][1]
    many: list[Any] = [np.zeros(shape, dtype) for shape in shapes]
    for (_, position), tangent in zip(node.places, tangents, strict=True):
        many[position] = many[position] if tangent is None else tangent
    return apply(op, (), others | {op.sequence: many})


def _each(node: StructuralNode, tangents: Sequence[Any]) -> Any:
    """The op with one tensor at a time replaced by its tangent."""
    op = node.op
    many = () if op.sequence is None else (op.sequence,)
    given = node.arguments(True, (*op.others, *op.tensors, *many))
    pairs = zip(node.places, tangents, strict=True)
    return _total([apply(op, (), _with(given, *p, t)) for p, t in pairs if t is not None])


def _with(given: dict[str, Any], name: str, position: int, tangent: Any) -> dict[str, Any]:
    """The arguments with one tensor replaced."""
    if position < 0:
        return given | {name: tangent}
    many = list(given[name])
    many[position] = tangent
    return given | {name: many}


def _symmetric(node: StructuralNode, tangents: Sequence[Any]) -> Any:
    """The backward formula."""
    return _asked(node, node.op.vjp, tangents[0])


def _summed(node: StructuralNode, tangents: Sequence[Any]) -> Any:
    """The products of partials and tangents, summed over the dimensions that were reduced."""
    from derivc.tensor.namespace import RECORDED

    partials = RECORDED.lift(_asked(node, node.op.vjp, np.ones(*node.outputs[0])))
    dim, keepdim = node.given["dim"], node.given["keepdim"]
    if node.op.numbers != "holomorphic":
        partials = RECORDED.conjugated(partials)
    products = partials * tangents[0]
    return RECORDED.sum(products, None if dim == () else dim, keepdim)


_WORDS: dict[str, Any] = {
    "linear": _linear, "each": _each, "symmetric": _symmetric, "summed": _summed,
}  # fmt: skip

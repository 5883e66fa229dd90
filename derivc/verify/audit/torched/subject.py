"""A `torch.autograd.Function` as a subject."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from derivc.verify.audit.places import calling, place_of
from derivc.verify.audit.subject import Array, CallError, Case, Finding, Gradients, Subject, Trace
from derivc.verify.audit.torched.memory import Memory, lost
from derivc.verify.audit.torched.mode import Log, recording
from derivc.verify.audit.trees import element_names, trees_of


@final
class TorchSubject(Subject):
    """A class derived from `torch.autograd.Function`, applied as its users apply it."""

    def __init__(self, function: Any):
        self.function = function
        self.name, self.library = function.__name__, "torch"
        self.place = place_of(function)
        given = tuple(inspect.signature(function.forward).parameters.values())
        self.parameters = given if has_setup(function) else given[1:]
        self.cotangent_names = _cotangent_names(function)

    def forward(self, case: Case, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs."""
        return tuple(_array(t) for t in self._applied(case, tensors(case, arrays, True))[1])

    def _applied(self, case: Case, args: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The tensors that vary, and the outputs that can be differentiated."""
        with calling("forward", self.place):
            result = self.function.apply(*prepared(self, args))
        return [args[i] for i in case.moving], floats(result)

    def backward(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Gradients:
        """The gradients."""
        import torch

        moving, outputs = self._applied(case, tensors(case, arrays, True))
        seeds = [torch.tensor(c, dtype=y.dtype) for c, y in zip(cotangents, outputs, strict=True)]
        found = self._pulled(moving, outputs, seeds)
        return tuple(None if t is None else _array(t) for t in found)

    def _pulled(self, moving: Any, outputs: Any, seeds: Any, graph: bool = False) -> Any:
        import torch

        pairs = [(y, s) for y, s in zip(outputs, seeds, strict=True) if y.requires_grad]
        if not pairs:
            return [None for _ in moving]
        ys, gs = zip(*pairs, strict=True)
        with calling("backward", self.place):
            return torch.autograd.grad(ys, moving, gs, create_graph=graph, allow_unused=True)

    def second(
        self,
        case: Case,
        arrays: Sequence[Array],
        cotangents: Sequence[Array],
        directions: Sequence[Array],
    ) -> tuple[Gradients, Gradients]:
        """By PyTorch's own double backward."""
        import torch

        moving, outputs = self._applied(case, tensors(case, arrays, True))
        seeds = [torch.tensor(c, dtype=torch.double, requires_grad=True) for c in cotangents]
        found = self._pulled(moving, outputs, seeds, graph=True)
        along = [torch.tensor(v, dtype=torch.double) for v in directions]
        total = sum((t * v).sum() for t, v in zip(found, along, strict=True) if t is not None)
        if not isinstance(total, torch.Tensor) or not total.requires_grad:
            return tuple(None for _ in moving), tuple(None for _ in seeds)
        with calling("backward", self.place):
            total.backward()  # unlike autograd.grad it visits what refuses to be differentiated
        made = tuple(None if t.grad is None else _array(t.grad) for t in (*moving, *seeds))
        return made[: len(moving)], made[len(moving) :]

    def trace(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Trace | None:
        """By running it while every operation is recorded."""
        import torch

        memory, log = Memory(), Log()
        args = tensors(case, arrays, True)
        inputs = element_names(case.moving_names, arrays)
        for place, names in zip(case.moving, inputs, strict=True):
            memory.name(args[place], list(names))
        with recording(memory, log):
            moving, outputs = self._applied(case, args)
        trees: Any = tuple(trees_of(memory.read(y)) for y in outputs)
        marks = element_names(self.cotangents(len(outputs)), cotangents)
        seeds = [torch.tensor(c, dtype=y.dtype) for c, y in zip(cotangents, outputs, strict=True)]
        for seed, names in zip(seeds, marks, strict=True):
            memory.name(seed, list(names))
        with recording(memory, log):
            found = self._pulled(moving, outputs, seeds)
        why = next((w for y in outputs if (w := lost(memory.read(y)))), "")
        written = tuple(None if t is None else trees_of(memory.read(t)) for t in found)
        good = all(tree is not None for tree in trees)
        return Trace(
            inputs, trees if good else (), marks, written, bool(log.reads), why,
            frozenset(log.dtypes),
        )  # fmt: skip

    def cotangents(self, count: int) -> tuple[str, ...]:
        """The names of so many cotangents: the user's where they are that many."""
        if len(self.cotangent_names) == count:
            return self.cotangent_names
        return ("g",) if count == 1 else tuple(f"g{i}" for i in range(count))

    def fits(self, case: Case, cotangents: Sequence[Array]) -> bool:
        """Whether PyTorch need not sum a gradient over what was broadcast."""
        from derivc.verify.audit.torched.probes import fits

        return fits(self, case, cotangents)

    def explain(self, error: CallError, case: Case | None, cotangents: Sequence[Array]) -> Finding:
        """The cause; gradients of wrong shapes may stand in each other's place."""
        from derivc.verify.audit.torched.probes import exchanged

        found = super().explain(error, case, cotangents)
        swap = exchanged(self, case, cotangents) if case and found.code == "shape" else None
        return swap or found

    def probes(self, case: Case, cotangents: Sequence[Array]) -> list[Finding]:
        """Broken conventions of PyTorch."""
        from derivc.verify.audit.torched.probes import probe

        return probe(self, case, cotangents)


def has_setup(function: Any) -> bool:
    """Whether forward does without a context, and `setup_context` fills it."""
    import torch

    return function.setup_context is not torch.autograd.function._SingleLevelFunction.setup_context


def _cotangent_names(function: Any) -> tuple[str, ...]:
    """What backward calls its arguments after the context; () when it takes `*grads`."""
    try:
        given = list(inspect.signature(inspect.unwrap(function.backward)).parameters.values())[1:]
    except (TypeError, ValueError):
        return ()
    plain = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return tuple(p.name for p in plain) if len(plain) == len(given) else ()


def tensors(case: Case, arrays: Sequence[Array], grad: bool = False) -> list[Any]:
    """The arguments as PyTorch takes them: arrays as tensors, those that vary as leaves."""
    import torch

    args = list(case.with_arrays(arrays))
    for index, value in enumerate(args):
        if isinstance(value, np.ndarray | np.generic):
            args[index] = torch.tensor(value)
            if case.single and args[index].is_floating_point():
                args[index] = args[index].float()
    for place in case.moving:
        args[place].requires_grad_(grad)
    return args


def prepared(subject: TorchSubject, args: Sequence[Any]) -> list[Any]:
    """The arguments as apply may take them: a function that changes its input gets no leaf."""
    if "mark_dirty" not in subject.place.text:
        return list(args)
    return [a.clone() if getattr(a, "requires_grad", False) else a for a in args]


def floats(result: Any) -> list[Any]:
    """The results that are tensors of floats and can be differentiated."""
    import torch

    results = result if isinstance(result, tuple | list) else (result,)
    found = [t for t in results if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return [t for t in found if t.requires_grad] or found


def _array(tensor: Any) -> Array:
    return tensor.detach().to("cpu").double().numpy().copy()

"""Calls in the other ways that PyTorch may call: what a comparison of numbers does not show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import numpy as np

from derivc.verify.audit.failures import explained
from derivc.verify.audit.places import calling
from derivc.verify.audit.subject import Array, CallError, Case, Finding
from derivc.verify.audit.torched.watched import Watch, watched

Tensors = list[Any]


def probe(subject: Any, case: Case, cotangents: Sequence[Array]) -> list[Finding]:
    """All that breaks a convention, each once."""
    call = _Call(subject, case, cotangents)
    found: dict[str, Finding] = {}
    for check in _CHECKS:
        for finding in check(call):
            found.setdefault(finding.code, finding)
    return list(found.values())


@final
class _Call:
    """The function with arguments to call it by."""

    def __init__(
        self, subject: Any, case: Case, cotangents: Sequence[Array], watch: Watch | None = None
    ):
        self.subject, self.case, self.cotangents = subject, case, cotangents
        self.plain = self.pull(watch=watch)[0]

    def pull(
        self,
        change: Callable[[Any], Any] = lambda t: t,
        change_seed: Callable[[Any], Any] = lambda t: t,
        needed: Sequence[int] | None = None,
        only: int | None = None,
        watching: bool = True,
        watch: Watch | None = None,
    ) -> tuple[Tensors, Watch, Tensors, Tensors]:
        """Gradients, what was noticed, and the inputs before and after.

        Args:
            change, change_seed: what is done to inputs and cotangents first. needed: which inputs
                require a gradient. only: the one output that is used. watching: whether tensors
                have numbers to look at.
        """
        import torch

        from derivc.verify.audit.torched.subject import floats, prepared, tensors

        watch = watch or Watch()
        function = self.subject.function
        function = watched(function, watch) if watching else function
        args = [
            change(a) if isinstance(a, torch.Tensor) else a
            for a in tensors(self.case, self.case.arrays)
        ]
        wanted = list(self.case.moving if needed is None else needed)
        for place in wanted:
            args[place].requires_grad_()
        leaves = [args[place] for place in wanted]
        args, before = prepared(self.subject, args), [t.detach().clone() for t in leaves]
        with calling("forward", self.subject.place):
            outputs = floats(function.apply(*args))
        seeds = [
            change_seed(torch.tensor(c).to(y))
            for c, y in zip(self.cotangents, outputs, strict=False)
        ]
        pairs = [(y, s) for i, (y, s) in enumerate(zip(outputs, seeds, strict=True))
                 if y.requires_grad and only in (None, i)]  # fmt: skip
        if not pairs:
            return [None] * len(leaves), watch, before, leaves
        with calling("backward", self.subject.place):
            found = torch.autograd.grad(
                [y for y, _ in pairs], leaves, [s for _, s in pairs], allow_unused=True
            )
        return list(found), watch, before, leaves


def exchanged(subject: Any, case: Case, cotangents: Sequence[Array]) -> Finding | None:
    """Gradients whose shapes are those of the inputs in another order; None when they are not."""
    watch = Watch()
    with contextlib.suppress(CallError):
        _Call(subject, case, cotangents, watch)
    shapes = [np.shape(a) for a in case.arrays]
    for row in watch.returned:
        given = [tuple(row[i].shape) for i in case.moving if i < len(row) and row[i] is not None]
        if given != shapes and sorted(given) == sorted(shapes):
            return Finding(
                "order",
                f"wrong order of the gradients: their shapes are {_listed(given)}, those of the"
                f" inputs {_listed(shapes)}",
                "fails",
            )
    return None


def _listed(shapes: Sequence[Any]) -> str:
    return ", ".join(map(str, map(list, shapes)))


def _in_place(call: _Call) -> Iterator[Finding]:
    _, watch, before, after = call.pull()
    for what in dict.fromkeys(watch.changed):
        code = "in-place-grad" if what == "grad_output" else "in-place-saved"
        yield Finding(
            code,
            f"in-place modification of {what} in backward: others may still need it"
            + ("; a second backward pass gives other numbers" if code == "in-place-saved" else ""),
        )
    declared = "mark_dirty" in call.subject.place.text
    for name, old, new in zip(call.case.moving_names, before, after, strict=True):
        if not (declared or watch.changed) and not np.array_equal(
            old.numpy(), new.detach().numpy(), equal_nan=True
        ):
            yield Finding(
                "in-place-input",
                f"in-place modification of the input {name} in forward, without ctx.mark_dirty",
                input=name,
            )
    yield from _kept(call, watch, after)
    yield from _summed(call, watch)


def _kept(call: _Call, watch: Watch, leaves: Tensors) -> Iterator[Finding]:
    """Inputs kept as attributes: they are never freed, and changes to them go unnoticed."""
    own = {t.data_ptr() for t in leaves}
    names = [n for n, t in watch.attributes.items() if t.data_ptr() in own and t.numel()]
    if names:
        yield Finding(
            "attribute-tensor",
            f"ctx.{names[0]} keeps an input: use ctx.save_for_backward, which frees it and notices"
            " when it is changed in place",
            "note",
        )


def _summed(call: _Call, watch: Watch) -> Iterator[Finding]:
    """Gradients of a broadcast shape, which PyTorch sums to that of the input."""
    for name, given, wanted in _misfits(call.case, watch):
        message = (
            f"the gradient of {name} has the shape {given} and not that of {name}, {wanted}:"
            " PyTorch sums it over what was broadcast"
        )
        yield Finding("shape", message, "note", name)


def _misfits(case: Case, watch: Watch) -> Iterator[tuple[str, list[int], list[int]]]:
    """The inputs whose gradients have another shape: given, and wanted."""
    for row in watch.returned:
        for place in case.moving:
            given = getattr(row[place], "shape", None) if place < len(row) else None
            wanted = np.shape(case.args[place])
            if given is not None and tuple(given) != wanted:
                yield case.names[place], list(given), list(wanted)


def fits(subject: Any, case: Case, cotangents: Sequence[Array]) -> bool:
    """Whether every gradient has the shape of its input, before PyTorch sums it."""
    watch = Watch()
    _Call(subject, case, cotangents, watch)
    return next(_misfits(case, watch), None) is None


def _unneeded(call: _Call) -> Iterator[Finding]:
    """Gradients that are computed though nobody asked."""
    moving = call.case.moving
    if len(moving) < 2:
        return
    for place in moving:
        try:
            _, watch, *_ = call.pull(needed=[place])
        except CallError:
            continue
        others = [m for m in moving if m != place]
        rows = [r for r in watch.returned if len(r) > max(others)]
        if any(row[other] is not None for row in rows for other in others):
            yield Finding(
                "needs-input-grad",
                "needs_input_grad is ignored: gradients are computed that nobody asked for",
                "note",
            )
            return


def _partly_needed(call: _Call) -> Iterator[Finding]:
    """Only some inputs require a gradient: it must be the same one."""
    moving = call.case.moving
    if len(moving) < 2:
        return
    for place in moving:
        name = call.case.names[place]
        what = f"when only {name} needs a gradient"
        try:
            (found,), *_ = call.pull(needed=[place])
        except CallError as problem:
            yield explained(
                problem, "needs-input-grad", f"needs_input_grad: {what}, backward fails"
            )
            return
        if not _alike(found, call.plain[moving.index(place)]):
            yield Finding(
                "needs-input-grad",
                f"needs_input_grad is handled wrongly: {what}, its gradient comes out different",
                input=name,
            )
            return


def _alike(a: Any, b: Any, relative: float = 1e-6) -> bool:
    if a is None or b is None:
        return a is None and b is None
    x, y = a.detach().double().numpy(), b.detach().double().numpy()
    scale = max(1e-12, float(np.max(np.abs(y[np.isfinite(y)]), initial=0.0)))
    return x.shape == y.shape and np.allclose(
        x, y, rtol=relative, atol=relative * scale, equal_nan=True
    )


def _layouts(call: _Call) -> Iterator[Finding]:
    """Inputs and cotangents that do not lie densely in memory, as views and sums make them."""
    import torch

    def spaced(t: Any) -> Any:
        if t.ndim > 1:
            return t.transpose(-1, -2).contiguous().transpose(-1, -2)
        return torch.stack([t, t], -1)[..., 0] if t.ndim else t

    def one(t: Any) -> Any:
        return torch.ones((), dtype=t.dtype).expand(t.shape)

    tries = [
        ("inputs that are not contiguous", spaced, lambda t: t, lambda t: t),
        ("a grad_output that is not contiguous", lambda t: t, spaced, lambda t: t),
        (
            "the grad_output that .sum().backward() gives (expanded)",
            lambda t: t,
            one,
            torch.ones_like,
        ),
    ]
    for what, change, change_seed, plain in tries:
        try:
            found, *_ = call.pull(change, change_seed)
            dense, *_ = call.pull(change_seed=plain)
        except CallError as problem:
            if problem.stage == "backward" or change is spaced:
                yield explained(problem, "non-contiguous", f"{problem.stage} fails for {what}")
                return
            continue
        if not all(_alike(a, b) for a, b in zip(found, dense, strict=True)):
            yield Finding("non-contiguous", f"the gradient comes out different for {what}")
            return


def _empty(call: _Call) -> Iterator[Finding]:
    """A batch of no elements, if the first dimension of all arrays is one."""
    firsts = {np.shape(a)[:1] for a in call.case.arrays}
    seeds = {np.shape(c)[:1] for c in call.cotangents}
    if len(firsts | seeds) != 1 or not firsts or () in firsts or not _is_batch(call):
        return
    try:
        call.pull(lambda t: t[:0].clone() if t.ndim else t, lambda t: t[:0])
    except CallError as problem:
        if problem.stage == "backward":
            yield explained(problem, "zero-size", "backward fails for an input without elements")


def _is_batch(call: _Call) -> bool:
    """Whether the first dimension counts independent rows: those that are cut off change no other.

    The rows of a weight are no batch, even where there are as many as samples; nor are the features
    that a norm is taken over.
    """
    try:
        none, whole, cut = (
            call.subject.forward(call.case, [a[:n] for a in call.case.arrays])
            for n in (0, None, -1)
        )
    except CallError:
        return False
    empty = [np.shape(y) for y in none] == [(0, *np.shape(c)[1:]) for c in call.cotangents]
    return empty and all(
        np.allclose(y[:-1], z, equal_nan=True) if len(y) == len(z) + 1 else False
        for y, z in zip(whole, cut, strict=True)
    )


def _one_output(call: _Call) -> Iterator[Finding]:
    """Several outputs, of which one is used: the cotangents of the others are zeros or None."""
    for only in range(len(call.cotangents) if len(call.cotangents) > 1 else 0):
        try:
            call.pull(only=only)
        except CallError as problem:
            yield explained(
                problem, "none-cotangent",
                f"backward fails when only output {only} is used: the others' cotangents are None"
                " after set_materialize_grads(False)",
            )  # fmt: skip
            return


def _dtype(call: _Call) -> Iterator[Finding]:
    """The same in float32."""
    import torch

    def single(t: Any) -> Any:
        return t.float() if t.dtype == torch.double else t

    try:
        found, watch, *_ = call.pull(single, single)
    except CallError as problem:
        if problem.stage == "backward":
            yield explained(problem, "dtype", "backward fails for float32")
        return
    wide = [g for row in watch.returned for g in row if getattr(g, "dtype", None) == torch.double]
    if wide:
        yield Finding(
            "dtype",
            "a constant of dtype float64 in backward: float32 gradients are computed in float64",
            "note",
        )
    elif not all(_alike(a, b, 5e-3) for a, b in zip(found, call.plain, strict=True)):
        yield Finding("dtype", "the gradient comes out different in float32", "note")


_OTHER_DEVICE = ("expected device", "same device", "different devices", "two devices")


def _device(call: _Call) -> Iterator[Finding]:
    """On another device: constants that were made on the CPU give themselves away."""

    def away(t: Any) -> Any:
        return t.to("meta")

    try:
        call.pull(away, away, watching=False)
    except CallError as problem:
        words = str(problem.problem)
        if any(text in words for text in _OTHER_DEVICE):
            yield explained(
                problem, "device",
                f"{problem.stage} makes a tensor on the CPU, whatever the device of its inputs:"
                " it fails on a GPU",
            )  # fmt: skip
    except Exception:  # noqa: BLE001  meta tensors have no numbers to look at: that is no fault
        return


_CHECKS = (
    _in_place, _partly_needed, _unneeded, _layouts, _empty, _one_output, _dtype, _device,
)  # fmt: skip

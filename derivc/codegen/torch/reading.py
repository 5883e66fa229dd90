"""Whether a pullback reads the output, which the composition of PyTorch's functions keeps too."""

from __future__ import annotations

from derivc.codegen.family import Family
from derivc.codegen.torch.cheaper import cheaper, reading_output
from derivc.codegen.torch.memory import kept_by_autograd
from derivc.codegen.torch.orders import lowered
from derivc.ir.program import Program
from derivc.passes.weight import weight

ALONE, BESIDE = "alone", "beside"
_CHEAPER = 0.85
"""By how much the pullback has to be cheaper for the output to be kept beside the inputs."""


def reading(family: Family) -> tuple[str, Program]:
    """Whether the pullback reads the output, instead of the input or beside inputs; and how.

    The composition of PyTorch's functions keeps the output too, so that no more memory is kept.
    """
    plain, count = _pulling(family, family.pullback), len(family.elements)
    if family.by_output is None:
        return "", plain
    value = cheaper(family.value)
    given = reading_output(_pulling(family, family.by_output), value)
    inputs = [i for i in given.reads if i < count]
    if count not in given.reads:
        return "", plain
    if count == 1 and not inputs:
        return ALONE, given
    cheap = family.order and weight(given) <= _CHEAPER * weight(plain)
    if not cheap or len(_read(family, given)) + 1 > kept_by_autograd(value):
        return "", plain
    return BESIDE, given


def _pulling(family: Family, pullback: Program) -> Program:
    """A pullback over what PyTorch spells.

    It is only evaluated where there are partials to be differentiated again.
    """
    return lowered(cheaper(pullback)) if family.order else cheaper(pullback)


def _read(family: Family, pullback: Program) -> set[int]:
    """The inputs that the pullback reads, or a partial, which differentiates it again."""
    partials = [cheaper(p) for index, p in family.partials.items() if len(index) > 1]
    reads = {i for program in (pullback, *partials) for i in program.reads}
    return {i for i in reads if i < len(family.elements)}

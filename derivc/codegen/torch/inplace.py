"""Memory used again: an operand that nothing reads later is overwritten by the result.

Large tensors cost what their memory costs, so this halves the time of long formulas. An operand is
overwritten only if it depends on the same inputs as the result: then it has its shape, and is as
batched as the result is where `vmap` has added dimensions to some of the inputs. A pullback is not
asked under `vmap`; in it cotangents and outputs have the shape that all inputs together have.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from derivc.codegen.masks import dependencies
from derivc.codegen.names import Names
from derivc.codegen.straight import is_truth
from derivc.codegen.torch import spelling
from derivc.codegen.torch.helpers import QUICKER
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.liveness import last_uses


@final
class Reuse:
    """Chooses the text of instructions that overwrite an operand.

    Args:
        program: over what PyTorch spells. names: guards our own global names.
        full: the inputs of a pullback that have the shape of all others together. widest: what one
            of them is called.
    """

    def __init__(
        self, program: Program, names: Names, full: Iterable[Value] = (), widest: str = ""
    ):
        self.program, self.names, self.full = program, names, tuple(full)
        self.last = last_uses(program)
        self.masks = dependencies(program, self.full)
        self.widest = widest

    def __call__(self, index: Value, step: Instruction, called: list[str]) -> str | None:
        """The text in place, or None."""
        operands = [called[a] for a in step.args]
        template = self._template(index, step, operands)
        return self.names.text(template).format(*operands) if template else None

    def _template(self, index: Value, step: Instruction, operands: list[str]) -> str | None:
        """The text with places for the operands."""
        if step.op in QUICKER:
            return QUICKER[step.op]
        if step.op == "fma" and self.program.constant(step.args[0]) is not None:
            return spelling.MULTIPLE_IN_PLACE if self._dies(index, step, 2) else spelling.MULTIPLE
        sums = spelling.FUSED_IN_PLACE.get(step.op)
        if sums and self.full and self._dies(index, step, sums[0]):
            return sums[1]
        table = self._table(index, step)
        text = table.get(step.op) if table else None
        return text or self._clamped(step, operands) or self._fitting(index, step)

    def _table(self, index: Value, step: Instruction) -> dict[str, str] | None:
        constant = [self.program.constant(a) is not None for a in step.args]
        if not step.args or step.op in ("where", *spelling.FUSED_IN_PLACE):
            return None
        if self._dies(index, step, 0):
            number = len(constant) == 2 and constant[1] and step.op in spelling.OF_NUMBER
            if not number and any(constant) and step.op in spelling.DIALECT.lifted:
                return None
            return spelling.OF_NUMBER if number else spelling.IN_PLACE
        if len(constant) == 2 and self._dies(index, step, 1):
            number = constant[0] and step.op in spelling.BY_NUMBER
            if self.full and not number:
                return spelling.INTO_SECOND
            return spelling.BY_NUMBER if number else spelling.FROM_SECOND
        return None

    def _dies(self, index: Value, step: Instruction, position: int) -> bool:
        """Whether an operand is ours, of the result's kind and shape, and not read again."""
        value = step.args[position]
        return self.masks[value] == self.masks[index] and self._is_free(index, value)

    def _is_free(self, index: Value, value: Value) -> bool:
        """Whether a value is ours, of the result's kind, and not read again."""
        made = self.program.instruction(value)
        return (
            made is not None and made.op != "const" and self.last[value] == index
            and is_truth(self.program, value) == is_truth(self.program, index)
        )  # fmt: skip

    def _fitting(self, index: Value, step: Instruction) -> str | None:
        """Over the memory of an operand that turns out to have the widest shape, as the result has.

        Where `vmap` asks, `out` has no rule.
        """
        if not self.full or step.op not in spelling.FITTING:
            return None
        for one in range(len(step.args)):
            if self._is_free(index, step.args[one]):
                fits = f"{{{one}}} if {{{one}}}.shape == {self.widest}.shape else None"
                return f"torch.{step.op}({{0}}, {{1}}, out={fits})"
        return None

    def _clamped(self, step: Instruction, operands: list[str]) -> str | None:
        """The larger or smaller of a tensor and a number."""
        if step.op not in spelling.CLAMPED:
            return None
        numbers = [self.program.constant(a) is not None for a in step.args]
        if numbers == [True, False]:
            operands.reverse()
        return spelling.CLAMPED[step.op] if any(numbers) else None

"""A kernel as the checks see it: numbers in, value and partials out, whatever its layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from derivc.ir.program import Program


@final
class Target:
    """A kernel over its flat elements.

    Args:
        kernel: a compiled kernel: scalar or array arguments, scalar- or vector-valued.
    """

    def __init__(self, kernel: Any):
        self.kernel = kernel
        self.program: Program = kernel.op_program
        self._scalar = kernel.definition.shape is None
        self._moving = [
            self.program.inputs.index(name)
            for argument in kernel.specs.moving
            for name in argument.elements
        ]

    def computed(self, point: Sequence[float]) -> tuple[list[float], dict[tuple[int, int], float]]:
        """Values by output, and partials by (output, input), at a point of flat elements."""
        arguments = self._arguments(point)
        if self._scalar:
            value, grad = self.kernel.value_and_grad(*arguments)
        else:
            value, grad = self.kernel.value_and_jacobian(*arguments)
        values = _flat(value)
        rows = np.reshape(_flat(grad), (len(values), -1))
        partials = {
            (i, j): float(row[k]) for i, row in enumerate(rows) for k, j in enumerate(self._moving)
        }
        return values, partials

    def _arguments(self, point: Sequence[float]) -> list[Any]:
        """The flat elements cut up into the kernel's arguments."""
        rest, found = list(point), []
        for argument in self.kernel.definition.arguments:
            size = len(argument.elements)
            part, rest = rest[:size], rest[size:]
            found.append(part[0] if argument.shape is None else np.reshape(part, argument.shape))
        return found

    def label(self, output: int, index: int | None = None) -> str:
        """What a result is called in the report."""
        value = "value" if self._scalar else f"value[{output}]"
        if index is None:
            return value
        name = self.program.inputs[index]
        return f"d/d{name}" if self._scalar else f"d[{output}]/d{name}"


def _flat(results: Any) -> list[float]:
    """All numbers in nested tuples of numbers and arrays, in order."""
    if isinstance(results, tuple):
        return [number for part in results for number in _flat(part)]
    return [float(number) for number in np.ravel(results)]

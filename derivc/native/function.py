"""A native function: its library, its ufunc, and the built-in function that Python calls."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, final

import numpy as np

from derivc.native import runtime
from derivc.native.caches import last_cache
from derivc.native.library import load
from derivc.native.plan import Nested, Plan, own_shapes
from derivc.native.special import connect
from derivc.native.wrapper import General, flattened, looped
from derivc.options import processors

_OPERANDS = 64
"""The most operands that NumPy's ufuncs take."""

_alive: list[Any] = []
"""What ufuncs point to: NumPy never frees them, so neither do we."""


@final
class NativeFunction:
    """One function of a kernel, compiled.

    Args:
        plan: what is known of it. source: C.
        threads: how many may share a large array; None for as many as the process may use.
        numpy: the same function by the NumPy backend, made when it is first needed.

    Attributes:
        source: its C text.
        call: the built-in function: numbers take the shortest path there is, arrays the ufunc's.

    Raises:
        NativeError: it cannot be compiled here.
    """

    def __init__(
        self, plan: Plan, source: str, threads: int | None, numpy: Callable[[], Callable[..., Any]]
    ):
        self.plan, self.source = plan, source
        self._keep: list[Any] = []
        self.library = load(source, plan.level)
        connect(self.library, plan.special)
        self.record = self._record(threads)
        self.general = General(plan, self.record, numpy)
        self.record.fallback = self.general
        self.call = runtime.builtin(self.record, plan.name, self._doc(), self._keep)
        self.general.builtin = self.call
        if plan.plain and plan.blocks and plan.inputs + plan.outputs <= _OPERANDS:
            self.general.use(self.ufunc)
        _alive.append(self)

    @cached_property
    def ufunc(self) -> Any:
        """The `numpy.ufunc`: arguments in order in, all results in order out."""
        return runtime.ufunc(self.record, self.plan.name, self._doc(), self._keep)

    def total(self, arguments: list[Any], places: list[Any], size: int) -> list[float]:
        """The sums of results over flat arrays, in one pass.

        Args:
            arguments: per argument a flat array of `size`, a single number, or an array of fixed
                shape, all of one dtype.
            places: per result a flat array to put it into, or None to add it up.
            size: how many elements.

        Returns:
            The sum of every result that has no place; 0 for the others.
        """
        operands, steps, keep = flattened(arguments, self.plan.shapes)
        width = keep[0].itemsize if keep else 8
        operands += [None if place is None else place.ctypes.data for place in places]
        steps += [0 if place is None else width for place in places]
        room = np.zeros(2 * runtime.LANES * runtime.MOST_THREADS * max(1, len(places)))
        sums = np.zeros(max(1, len(places)))
        letter = keep[0].dtype.char if keep else "d"
        runtime.total(letter)(*looped(operands, steps, size, self.record), room.ctypes.data,
                              sums.ctypes.data)  # fmt: skip
        return [float(s) for s in sums[: len(places)]]

    def _doc(self) -> str:
        given = ", ".join([*self.plan.arguments, "*", "out=None"])
        return f"{self.plan.name}({given})\n--\n\nCompiled by derivc."

    def _record(self, threads: int | None) -> runtime.Record:
        plan, kept = self.plan, self._kept
        arrays = [shape for shape in own_shapes(plan.layout) if shape != ()]
        record = runtime.Record(
            inputs=plan.inputs, outputs=plan.outputs, chunk=plan.chunk,
            threads=threads or processors(), worth=worth(plan),
            ahead=plan.calls, cache=last_cache() if plan.moves or plan.calls else 0,
            computed=bytes(plan.computed), copied=kept(runtime.INT, plan.copied),
            arguments=len(plan.arguments),
            taken=kept(runtime.ADDRESS, [self._shape(s) for s in plan.shapes]),
            layout=kept(runtime.INT, _code(plan.layout, iter(range(1, 1 << 30)))),
            shapes=kept(runtime.ADDRESS, [self._object(shape) for shape in arrays]),
            sizes=kept(runtime.INT, [math.prod(shape) for shape in arrays]),
            empty=np.empty, number=np.float64,
        )  # fmt: skip
        names = {"wider_f": "point", "wider_d": "wide" if plan.wide else ""}
        names |= {"block_d": "block_d", "block_f": "block_f"} if plan.blocks else {}
        for field, name in names.items():
            if name:
                setattr(record, field, runtime.address(self.library, f"{plan.name}_{name}"))
        return record

    def _kept(self, kind: Any, items: Sequence[Any]) -> int:
        """The address of a C array that lives as long as the function."""
        array = (kind * max(1, len(items)))(*items)
        self._keep.append(array)
        return ctypes.addressof(array)

    def _shape(self, shape: tuple[int, ...] | None) -> int | None:
        return None if shape is None else self._kept(runtime.INT, [len(shape), *shape])

    def _object(self, item: Any) -> int:
        self._keep.append(item)
        return id(item)


def _code(layout: Nested, arrays: Any) -> list[int]:
    """A layout as numbers: 0 for a number, n for a tuple of n, -n for the n-th array."""
    if not isinstance(layout, list):
        return [0] if layout == () else [-next(arrays)]
    return [len(layout), *(code for item in layout for code in _code(item, arrays))]


def worth(plan: Plan) -> int:
    """From how many elements on another thread pays: starting it costs about 20 microseconds."""
    return max(4096, int(400_000 / (plan.weight + plan.inputs + plan.outputs)))

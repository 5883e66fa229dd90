"""What is known of a native function besides its C text; both are cached together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any, final

from derivc.codegen import scalar
from derivc.codegen.c import spelling as in_c
from derivc.codegen.c.blocks import SLOT_LENGTH
from derivc.codegen.c.writer import Writer
from derivc.codegen.function import Group, Layout, Stack
from derivc.codegen.names_of import targets
from derivc.native import effort
from derivc.passes.weight import weight

Nested = Any
"""A layout as lists: `[...]` for a tuple of results, `()` or an array's own shape for each."""

_STACK_BYTES = 1 << 17
_LONGEST_CHUNK, _SHORTEST_CHUNK = 1024, 16


@final
@dataclass(frozen=True)
class Plan:
    """One native function.

    Args:
        name: `value`, `grad`, ... arguments: their names, in order.
        shapes: per argument the shape of an array, or None for a number.
        layout: of the result. inputs, outputs: how many numbers the C functions take and give.
        computed: per output, whether it is computed.
        copied: per output, the position of the input that it is, or -1.
        blocks, wide: whether there are functions over arrays and over wider numbers.
        slots: whether functions over arrays take few elements at a time.
        special: functions of scipy.special, as `psi` or `sici[0]`.
        size: how many operations and results; weight: what they cost.
        moves: whether moving a number from and to memory takes longer than computing.
        calls: whether computing is calls for so large a part that it does not hide memory.
    """

    name: str
    arguments: tuple[str, ...]
    shapes: tuple[tuple[int, ...] | None, ...]
    layout: Nested
    inputs: int
    outputs: int
    computed: tuple[bool, ...]
    copied: tuple[int, ...]
    blocks: bool
    wide: bool
    slots: bool
    special: tuple[str, ...]
    size: int
    weight: float
    moves: bool
    calls: bool

    @property
    def plain(self) -> bool:
        """Whether all arguments are numbers, or arrays that broadcast."""
        return all(shape is None for shape in self.shapes)

    @property
    def chunk(self) -> int:
        """The elements that are computed at a time: they fit on the stack."""
        fitting = _STACK_BYTES // (8 * max(1, self.inputs + self.outputs))
        most = SLOT_LENGTH if self.slots else _LONGEST_CHUNK
        return max(_SHORTEST_CHUNK, min(most, fitting // 16 * 16))

    @property
    def level(self) -> int:
        """The level of optimization: compile time stays bounded for long programs."""
        return 3 if self.size <= 1000 else 1

    def to_text(self) -> str:
        """As one line of JSON."""
        return json.dumps({**asdict(self), "layout": _written(self.layout)})


def plan_of(writer: Writer) -> Plan:
    """The plan of what a writer writes."""
    spec, program = writer.spec, writer.program
    sure = set(scalar.computed(program))
    ops = {s.op for s in program.instructions} - {"const"}
    names = {in_c.special(op) for op in ops if op not in in_c.OWN}
    return Plan(
        name=spec.name,
        arguments=tuple(a.name for a in spec.arguments),
        shapes=tuple(a.shape for a in spec.arguments),
        layout=_thawed(_frozen(spec.layout)),
        inputs=len(program.inputs),
        outputs=len(program.outputs),
        computed=tuple(k in sure for k in range(len(program.outputs))),
        copied=tuple(out if out < len(program.inputs) else -1 for out in program.outputs),
        blocks=writer.has_blocks,
        wide=writer.has_wide,
        slots=writer.has_slots,
        special=tuple(sorted(names - {""})),
        size=writer.size,
        weight=weight(program),
        moves=effort.moves(program),
        calls=effort.calls(program),
    )


def from_text(text: str) -> Plan:
    """The plan that a line of JSON holds."""
    fields = json.loads(text)
    fields["shapes"] = tuple(None if s is None else tuple(s) for s in fields["shapes"])
    fields["layout"] = _thawed(fields["layout"])
    for name in ("arguments", "computed", "copied", "special"):
        fields[name] = tuple(fields[name])
    return Plan(**fields)


def _frozen(layout: Layout) -> Nested:
    """A layout as JSON has it: objects for tuples of results, lists for the shapes of arrays."""
    if isinstance(layout, Group):
        return {"of": [_frozen(item) for item in layout.items]}
    return list(layout.shape) if isinstance(layout, Stack) else []


def _written(layout: Nested) -> Nested:
    if isinstance(layout, list):
        return {"of": [_written(item) for item in layout]}
    return list(layout)


def _thawed(layout: Nested) -> Nested:
    if isinstance(layout, dict):
        return [_thawed(item) for item in layout["of"]]
    return tuple(layout)


def own_shapes(layout: Nested) -> Iterator[tuple[int, ...]]:
    """The own shape of every result, in order: () for a number."""
    if isinstance(layout, list):
        for item in layout:
            yield from own_shapes(item)
    else:
        yield layout


def packer(layout: Nested) -> Callable[[list[Any]], Any]:
    """A function that nests a list of results in a layout.

    Example:
        >>> packer([(), [(), (2,)]])([1, 2, 3])
        (1, (2, 3))
    """
    text = _packed(layout, count())
    found: Callable[[list[Any]], Any] = eval(f"lambda r: {text}")  # noqa: S307  our own text
    return found


def _packed(layout: Nested, position: Iterator[int]) -> str:
    if not isinstance(layout, list):
        return f"r[{next(position)}]"
    return targets([_packed(item, position) for item in layout])

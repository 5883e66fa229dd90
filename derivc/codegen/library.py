"""What the modules for all libraries have in common: names of the partials, texts, formulas."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

from derivc.codegen.family import Family, Index
from derivc.codegen.function import Argument
from derivc.codegen.names import Names
from derivc.codegen.names_of import element_names
from derivc.ir import exact
from derivc.ir.program import Program
from derivc.lowering.fragment import expand
from derivc.passes.schedule import schedule
from derivc.passes.strength import strength


def ready(program: Program, kept: frozenset[str]) -> Program:
    """An op-level program over what a library spells."""
    return schedule(strength(expand(program, kept)))


def callable_arguments(arguments: Iterable[Argument]) -> tuple[Argument, ...]:
    """The arguments, names that Python reserves (`lambda`) with an underscore behind."""
    given = tuple(arguments)
    names = Names(a.name for a in given)
    return tuple(
        replace(a, name=names.pick(a.name)) if keyword.iskeyword(a.name) else a for a in given
    )


_OWN = (
    "value",
    "formula",
    "traced",
    "reads",
    "slopes",
    "pullback",
    "differentiable_pullback",
    "pushforward",
    "kept",
    "beside",
)
"""What stands behind a function's name in names of ours."""


@final
@dataclass(frozen=True)
class Texts:
    """The names in a family's module.

    Args:
        family: what is written.
    """

    family: Family

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments as they are called in code."""
        return callable_arguments(self.family.arguments)

    @cached_property
    def names(self) -> Names:
        """Guards global names from the user's."""
        return Names(a.name for a in self.arguments)

    @cached_property
    def inputs(self) -> list[str]:
        """What the programs' inputs are called: short names, so that formulas can be read."""
        found: list[str] = []
        for a in self.arguments:
            found += [a.name] if a.is_scalar else element_names(a, self.names)
        return found

    @cached_property
    def suffixes(self) -> dict[Index, str]:
        """Per partial what stands behind the function's name: `_x`, `_x_y`, `_1_x`."""
        taken = {f"_{word}" for word in _OWN}
        found: dict[Index, str] = {}
        for index in self.family.partials:
            parts = [self.inputs[i] for i in index[1:]]
            if self.family.count > 1:
                parts.insert(0, str(index[0]))
            text = "".join(f"_{part}" for part in parts)
            while {text, *(f"{text}_{word}" for word in _OWN)} & taken:
                text += "_"
            taken |= {text, *(f"{text}_{word}" for word in _OWN)}
            found[index] = text
        return found

    def label(self, index: Index) -> str:
        """What a partial is, for its docstring."""
        by = ", ".join(self.inputs[i] for i in index[1:])
        of = f" of output {index[0]}" if self.family.count > 1 else ""
        return f"The partial{of} by {by}." if by else f"The value{of}."


def constant_of(program: Program) -> float | None:
    """The number that a program of one output always gives, or None."""
    found = program.constant(program.outputs[0])
    return None if found is None else exact.to_float(found)


def title_of(name: str) -> str:
    """The name of a class for a function's name.

    Example:
        >>> title_of("my_activation"), title_of("Swish"), title_of("gelu")
        ('MyActivation', 'Swish', 'Gelu')
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part) or "F"


def function_of(title: str) -> str:
    """The name of a function for a class's name, in snake case.

    Example:
        >>> function_of("MyActivation"), function_of("GELU"), function_of("gelu")
        ('my_activation', 'gelu', 'gelu')
    """
    found = ""
    for i, letter in enumerate(title):
        starts = letter.isupper() and i and (
            not title[i - 1].isupper() or title[i + 1 : i + 2].islower()
        )  # fmt: skip
        found += f"_{letter.lower()}" if starts and title[i - 1] != "_" else letter.lower()
    return found

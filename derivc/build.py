"""From specs to source text, through the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from derivc import cache
from derivc.codegen.function import Header
from derivc.codegen.numpy import NumpyBackend
from derivc.ir import exact
from derivc.passes.weight import tree_weight
from derivc.specs import Specs
from derivc.version import __version__

_SHOWN = 400
_HEAVIEST = 2000
"""Formulas longer than this are cut in the header of generated source."""


def generate(specs: Specs, name: str) -> str:
    """The source of one function: from the cache, else built and put there."""
    return cached(
        f"{name}|{signature(specs)}",
        lambda: NumpyBackend().source([specs.build(name)], header(specs)),
    )


def cached(text: str, write: Callable[[], str]) -> str:
    """Source from the cache, or written now and put there.

    Args:
        text: all that decides what is written. write: writes it.
    """
    key = hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
    source = cache.load(key)
    if source is None:
        source = write()
        cache.store(key, source)
    return source


def signature(specs: Specs) -> str:
    """What decides the generated source: program, arguments, layout, options, versions."""
    program = specs.value_program
    steps = ";".join(
        f"{s.op}{s.args}{exact.key(s.value) if s.op == 'const' else ''}"
        for s in program.instructions
    )
    shape, arguments = specs.definition.shape, specs.definition.arguments
    return f"{arguments}|{shape}|{steps}|{program.outputs}|{specs.wrt}|{specs.convention}"


def header(specs: Specs) -> Header:
    """What the generated module says of itself."""
    return Header(formula_text(specs), __version__)


def formula_text(specs: Specs) -> str:
    """The function as one line of text, cut when it is long."""
    definition = specs.definition
    if definition.text:
        return _cut(definition.text)
    if tree_weight(specs.value_program) > _HEAVIEST:
        return _cut(f"{definition.name or 'a function'} of {', '.join(definition.inputs)}")
    return _cut(", ".join(_text(tree) for tree in definition.trees))


def _text(tree: Any) -> str:
    return str(tree)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 3] + "..."

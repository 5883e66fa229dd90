"""The generated code of a function, the part a reader wants: the computation, not its wrapping."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import Any

from derivc import compiler
from derivc.build import header
from derivc.codegen.c.backend import CBackend
from derivc.codegen.numpy import NumpyBackend
from derivc.errors import DerivcError
from derivc.ops.declaration import Op
from derivc.reference.pages.page import Code
from derivc.reference.records.places import view

_LONGEST = 120


def code_of(op: Op) -> tuple[Code, ...]:
    """NumPy and C code of an op's value and gradient.

    Example:
        >>> from derivc.ops import registry
        >>> [code.language for code in code_of(registry.get("tanh"))]
        ['python', 'c']
    """
    seen = view(op)
    if not seen.names:
        return ()
    return code_of_tree(seen.tree, list(seen.names))


def code_of_tree(tree: Any, names: list[str]) -> tuple[Code, ...]:
    """The same of a tree of these variables."""
    return code_of_kernel(compiler.compile(tree, inputs=names))


def code_of_kernel(kernel: Any) -> tuple[Code, ...]:
    """The same of a kernel; what a backend cannot spell is left out."""
    name = "value_and_grad" if kernel.definition.shape is None else "value_and_jacobian"
    try:
        spec = kernel.specs.build(name)
    except DerivcError:
        return ()
    found = []
    for backend, cut in ((NumpyBackend(), _numpy), (CBackend(frozenset()), _c)):
        try:
            found.append(cut(backend.source([spec], header(kernel.specs))))
        except DerivcError:
            continue
    return tuple(code for code in found if code.text)


def _numpy(source: str) -> Code:
    """The function over blocks of arrays: one ufunc a line, into buffers that are used again."""
    names = ("_value_and_grad_block", "_value_and_jacobian_block", "_value_and_grad_numbers",
             "_value_and_jacobian_numbers", "value_and_grad", "value_and_jacobian")  # fmt: skip
    text = next((t for t in (_function(source, n) for n in names) if t), "")
    return Code("NumPy: value and gradient of a block of an array", "python", _cut(text))


def _function(source: str, name: str) -> str:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return textwrap.dedent(ast.get_source_segment(source, node) or "")
    return ""


def _c(source: str) -> Code:
    """The loop over arrays of doubles."""
    found = re.search(r"^void value_and_\w+_block_d\(.*?^}", source, re.DOTALL | re.MULTILINE)
    point = re.search(r"^void value_and_\w+_point\(.*?^}", source, re.DOTALL | re.MULTILINE)
    text = (found or point).group(0) if found or point else ""  # type: ignore[union-attr]
    return Code("C: value and gradient of arrays", "c", _cut(text))


def _cut(text: str) -> str:
    """At most so many lines."""
    lines = text.splitlines()
    if len(lines) <= _LONGEST:
        return text
    return "\n".join([*lines[:_LONGEST], f"... {len(lines) - _LONGEST} more lines"])

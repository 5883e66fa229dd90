"""A generated module cut down to what a person would write: one class, forward and backward."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from derivc.codegen.library import function_of
from derivc.codegen.special import PREFIX


def compact(module: str, name: str, inputs: tuple[str, ...]) -> str:
    """The class, without what forward mode, vmap and compilers need.

    Args:
        module: what `Kernel.source_for("torch")` gave. name: of the class.
        inputs: of the function.

    Raises:
        ValueError: the module is not laid out as expected.
    """
    tree = ast.parse(module)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    stem = "_" + function_of(name)
    slopes = _row(tree, f"{stem}_slopes")
    if len(slopes) != len(inputs) or f"{stem}_traced" not in functions:
        raise ValueError(f"no formulas of {name} were found")
    given = ", ".join(inputs)
    forward = _body(functions[f"{stem}_traced"], "return {0}")
    lines = [
        "@staticmethod",
        f"def forward(ctx, {given}):",
        *_indented([f"ctx.save_for_backward({given})", *forward]),
        "",
        "@staticmethod",
        "def backward(ctx, g):",
        *_indented(
            [f"{_targets(inputs)} = ctx.saved_tensors", *_gradients(slopes, functions, inputs)]
        ),
    ]
    doc = (ast.get_docstring(tree) or "").split("\n\nGenerated")[0]
    text = "\n".join([f"class {name}(torch.autograd.Function):", *_indented(_doc(doc) + lines)])
    whole = "\n\n\n".join([text, *_carried(tree, module, text)])
    return f"{_imports(whole)}\n\n\n{whole}\n"


def _carried(tree: ast.Module, module: str, text: str) -> list[str]:
    """The special functions and tables that the class calls, and those that these call."""
    pieces = {
        name: ast.get_source_segment(module, node) or ""
        for node in tree.body
        if (name := _defined(node)).startswith(f"{PREFIX}_")
    }
    needed: set[str] = set()
    waiting = [text]
    while waiting:
        words = set(re.findall(r"\w+", waiting.pop()))
        fresh = (words & set(pieces)) - needed
        needed |= fresh
        waiting += [pieces[name] for name in fresh]
    return [piece for name, piece in pieces.items() if name in needed]


def _defined(node: ast.stmt) -> str:
    """The name of a function or a table."""
    if isinstance(node, ast.FunctionDef):
        return node.name
    return ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""


def _targets(inputs: tuple[str, ...]) -> str:
    return f"({inputs[0]},)" if len(inputs) == 1 else ", ".join(inputs)


def _times(name: str, slope: str, fit: str) -> str:
    return f"grad_{name} = (g * {slope}){fit}" if fit else f"grad_{name} = g * {slope}"


def _imports(text: str) -> str:
    return "import math\n\nimport torch" if "math." in text else "import torch"


def _doc(doc: str) -> list[str]:
    return ['"""' + doc.replace("\n\n", "\n") + '"""', ""] if doc else []


def _indented(lines: list[str]) -> list[str]:
    return textwrap.indent("\n".join(lines), "    ").split("\n")


def _row(tree: ast.Module, name: str) -> list[Any]:
    """The partials of the one output: the names of functions, numbers, or None."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            assert isinstance(node.value, ast.Tuple)
            (row,) = node.value.elts
            assert isinstance(row, ast.Tuple)
            return [e.id if isinstance(e, ast.Name) else ast.literal_eval(e) for e in row.elts]
    return []


def _body(function: ast.FunctionDef, ending: str) -> list[str]:
    """The statements, the results of the last in the place of `{0}`."""
    *statements, last = function.body[ast.get_docstring(function) is not None :]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple):
        raise ValueError(f"{function.name} ends in an unexpected way")  # noqa: TRY004
    (result,) = last.value.elts
    return [*map(ast.unparse, statements), ending.format(ast.unparse(result))]


def _gradients(
    slopes: list[Any], functions: Mapping[str, ast.FunctionDef], inputs: tuple[str, ...]
) -> list[str]:
    """The statements of backward: each partial, times g, summed to its input's shape."""
    lines, names = [], []
    for slope, name in zip(slopes, inputs, strict=True):
        fit = f".sum_to_size({name}.shape)" if len(inputs) > 1 else ""
        if slope is None or slope == 0:
            names.append("None" if slope is None else f"torch.zeros_like({name})")
        elif isinstance(slope, str):
            lines += _body(functions[f"{slope}_formula"], _times(name, "{0}", fit))
            names.append(f"grad_{name}")
        else:
            lines.append(_times(name, repr(slope), fit))
            names.append(f"grad_{name}")
    return [*lines, f"return {', '.join(names)}"]

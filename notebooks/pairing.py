"""Pairs of notebooks: a source `NN_name.py` (jupytext's percent format) and its `.ipynb`, executed.

The source is what people edit. The notebook is made from it, executed in a fresh kernel, and
committed with its outputs. A pair is sound when the cells are equal and the printed outputs come
out again.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
TOOLS = ("jupytext", "nbclient", "nbformat", "ipykernel")
LARGEST = 600_000
"""Bytes that a committed notebook may have."""

EXEMPT = {"timing", "machine"}
"""Tags of cells whose text may differ: seconds; last digits that depend on the processor."""

_TIMEOUT = 120
_CLOSE = 1e-6
_NOTHING = 1e-12
_METADATA = {
    "jupytext": {"formats": "ipynb,py:percent", "main_language": "python"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ADDRESS = re.compile(r"0x[0-9a-f]+")


def sources() -> list[Path]:
    """The sources, in order."""
    return sorted(FOLDER.glob("[0-9][0-9]_*.py"))


def missing(source: Path | None = None) -> list[str]:
    """The packages that are not installed: of the tools, and of what a source imports."""
    wanted = [*TOOLS, *(imported(source) if source else ())]
    return [name for name in dict.fromkeys(wanted) if importlib.util.find_spec(name) is None]


def imported(source: Path) -> Iterator[str]:
    """The packages that a source imports."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def made_from(source: Path) -> Any:
    """The notebook that a source stands for, without outputs."""
    import jupytext

    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = _metadata(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"  # the same at every run
    return notebook


def _metadata(notebook: Any) -> Any:
    from nbformat import from_dict

    return from_dict(_METADATA)


def committed(source: Path) -> Any:
    """The notebook beside a source.

    Raises:
        FileNotFoundError: there is none yet.
    """
    import nbformat

    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def execute(source: Path) -> Any:
    """The notebook of a source with its outputs, from a fresh kernel.

    Raises:
        CellExecutionError: a cell failed.
    """
    from nbclient import NotebookClient

    notebook = made_from(source)
    client = NotebookClient(
        notebook, timeout=_TIMEOUT, kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}}, record_timing=False, coalesce_streams=True,
    )  # fmt: skip
    client.execute(env=os.environ | _ENVIRONMENT)
    notebook.metadata = _metadata(notebook)  # the kernel adds its version
    return notebook


def write(source: Path) -> Path:
    """Execute a source and write the notebook beside it; where it is."""
    import nbformat

    target = source.with_suffix(".ipynb")
    nbformat.write(execute(source), target)
    return target


def cells(notebook: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, text and tags of every cell: what a source and its notebook have in common."""
    return [(c.cell_type, c.source, tuple(c.metadata.get("tags", ()))) for c in notebook.cells]


def faults(old: Any, new: Any) -> list[str]:
    """How the outputs of a notebook differ from those of another run, in sentences.

    Text must be equal, and numbers in it must agree to six digits; cells tagged `timing` or
    `machine` are exempt. Pictures must be of the same kinds and number.
    """
    found = []
    for number, (before, after) in enumerate(zip(old.cells, new.cells, strict=True)):
        if before.cell_type != "code":
            continue
        if kinds(before) != kinds(after):
            found.append(f"cell {number}: outputs {kinds(before)}, now {kinds(after)}")
        elif not EXEMPT & set(before.metadata.get("tags", ())):
            was, now = printed(before), printed(after)
            if not agree(was, now):
                found.append(f"cell {number}: printed\n{was}\nnow\n{now}")
    return found


def kinds(cell: Any) -> list[str]:
    """The kinds of a cell's outputs: streams by name, others by their richest type."""
    names: list[str] = []
    for output in cell.get("outputs", ()):
        name = output.get("name") or next(iter(sorted(output.get("data", ()))), "error")
        if name != (names[-1] if names else None) or name not in ("stdout", "stderr"):
            names.append(name)
    return names


def printed(cell: Any) -> str:
    """What a cell printed and returned, as text."""
    parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
    # A stream may arrive in one piece or in several.
    return _ADDRESS.sub("0x", re.sub(r"\n+", "\n", "\n".join(parts)))


def agree(one: str, other: str) -> bool:
    """Whether two texts are equal but for the last digits of their numbers."""
    if _NUMBER.split(one) != _NUMBER.split(other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=_CLOSE, abs_tol=_NOTHING) for a, b in pairs)

"""The rules of the house, measured over the source."""

from __future__ import annotations

import ast
import importlib.util
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "derivc").rglob("*.py"))
KNOW_JINJA = ("derivc/codegen/", "derivc/reference/site/")
OPTIONAL = {"scipy", "torch", "yaml", "jax", "matplotlib", "dask", "distributed", "ziglang"}
OPTIONAL |= {"latex2mathml", "markdown_it"}
OWN_BASES = {"Enum", "IntEnum", "StrEnum", "Flag", "NamedTuple", "TypedDict", "Protocol"}
OPEN_BASES = {"Function", "Exception", "Warning"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Named = FunctionNode | ast.ClassDef

TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def every(kind: type | tuple[type, ...]) -> Iterator[tuple[Path, ast.AST]]:
    return ((p, n) for p, tree in TREES.items() for n in ast.walk(tree) if isinstance(n, kind))


def length(node: FunctionNode) -> int:
    """The lines from the `def` to the last statement, less docstring, blank lines and comments."""
    body = node.body[ast.get_docstring(node) is not None :]
    return 1 + (body[-1].end_lineno - body[0].lineno + 1 if body else 0)


def lengths() -> dict[str, int]:
    found = every((ast.FunctionDef, ast.AsyncFunctionDef))
    return {f"{name(p)}:{n.lineno} {n.name}": length(n) for p, n in found}


def word(node: ast.expr) -> str:
    """The last name of a decorator or base: `final` of `typing.final`, `dataclass` of a call."""
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return word(inner)
        case ast.Attribute(attr=last) | ast.Name(id=last):
            return last
    return ""


def public(node: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """The functions and classes that users can reach, methods included."""
    for child in node.body:
        if isinstance(child, Named) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)


def is_overload(node: Named) -> bool:
    return any(word(d) in {"overload", "setter", "override"} for d in node.decorator_list)


def test_functions_are_short():
    found = lengths()
    counts = sorted(found.values())
    ninth = counts[int(0.9 * (len(counts) - 1))]
    longest = max(found, key=lambda key: found[key])
    assert statistics.median(counts) <= 5
    assert ninth <= 15
    assert found[longest] <= 50, longest


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_is_short_and_documented(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(TREES[path]), "the module has no docstring"
    bare = [n.name for n in public(TREES[path]) if not ast.get_docstring(n) and not is_overload(n)]
    assert not bare, f"public names without a docstring: {bare}"


def imported(node: ast.AST) -> set[str]:
    match node:
        case ast.Import(names=names):
            return {alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(module=str(module), level=0):
            return {module.partition(".")[0]}
    return set()


def test_only_codegen_and_the_site_know_jinja():
    knowing = {
        name(p) for p, node in every((ast.Import, ast.ImportFrom)) if "jinja2" in imported(node)
    }
    assert not [path for path in knowing if not path.startswith(KNOW_JINJA)]


def test_optional_packages_are_imported_late():
    early = [
        f"{name(path)}:{node.lineno} {imported(node) & OPTIONAL}"
        for path, tree in TREES.items()
        for node in tree.body
        if imported(node) & OPTIONAL
    ]
    assert not early


def bases_by_class() -> dict[str, set[str]]:
    return {n.name: {word(b) for b in n.bases} for _, n in every(ast.ClassDef)}


def ancestors(cls: str, bases: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = {cls}
    while ahead:
        ahead = set().union(*(bases.get(name, set()) for name in ahead)) - found
        found |= ahead
    return found


def is_abstract(node: ast.ClassDef) -> bool:
    methods = [n for n in node.body if isinstance(n, FunctionNode)]
    return (
        "ABC" in {word(b) for b in node.bases}
        or any(k.arg == "metaclass" for k in node.keywords)
        or any("abstractmethod" in {word(d) for d in m.decorator_list} for m in methods)
    )


def is_settled(node: ast.ClassDef, bases: dict[str, set[str]]) -> bool:
    """Whether a class is final, abstract, data, an exception or a SymPy function."""
    above = ancestors(node.name, bases)
    return (
        bool({word(d) for d in node.decorator_list} & {"final", "dataclass"})
        or is_abstract(node)
        or bool(above & (OWN_BASES | OPEN_BASES))
        or any(base.endswith(("Error", "Warning")) for base in above)
    )


def test_classes_are_final_or_abstract():
    bases = bases_by_class()
    loose = [f"{name(p)} {n.name}" for p, n in every(ast.ClassDef) if not is_settled(n, bases)]
    assert not loose


def is_frozen(decorator: ast.expr) -> bool:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return any(k.arg == "frozen" and ast.literal_eval(k.value) for k in keywords)


def test_dataclasses_are_frozen():
    melted = [
        f"{name(path)} {node.name}"
        for path, node in every(ast.ClassDef)
        for decorator in node.decorator_list
        if word(decorator) == "dataclass" and not is_frozen(decorator)
    ]
    assert not melted


@pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None,
    reason="the layers are checked by import-linter: python -m pip install import-linter",
)
def test_layers():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr

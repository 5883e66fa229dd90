"""Why a second derivative is wrong: what backward reads that autograd does not know."""

from __future__ import annotations

import ast
import textwrap

from derivc.verify.audit.second import Second
from derivc.verify.audit.subject import Case, Finding, Subject


def second_finding(subject: Subject, case: Case, found: Second) -> list[Finding]:
    """The finding on the second derivative."""
    if found.outcome != "wrong":
        return list(found.findings)
    names = intermediates(subject, case)
    if names:
        what = ", ".join(names)
        is_ = "is an intermediate result" if len(names) == 1 else "are intermediate results"
        message = (
            f"a saved intermediate breaks double backward: {what} {is_} that forward computed, and"
            " autograd takes it for a constant; save the inputs and compute it again in backward"
        )
        return [Finding("saved-intermediate", message, "second order")]
    if found.detached:
        message = (
            "backward leaves autograd (.data, .detach(), .item() or NumPy), so that a second"
            " derivative is silently zero: mark it @once_differentiable, or write it in"
            " differentiable operations"
        )
        return [Finding("detached", message, "second order")]
    message = (
        f"the derivative of backward by {found.by} is wrong: it reads something that depends on the"
        " inputs and that autograd takes for a constant"
    )
    return [Finding("second-order", message, "second order")]


def intermediates(subject: Subject, case: Case) -> list[str]:
    """The names of what forward saves that is neither an input nor returned."""
    try:
        tree = ast.parse(textwrap.dedent(subject.place.text))
    except SyntaxError:
        return []
    saved: list[str] = []
    own = {p.name for p in subject.parameters}
    returned: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in ("backward", "vjp", "jvp"):
            continue
        for node in ast.walk(function):
            saved += _saved(node)
            if isinstance(node, ast.Return) and node.value is not None:
                returned |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    direct = returned & set(saved) if _returns_plainly(tree) else set()
    return [n for n in dict.fromkeys(saved) if n not in own and n not in direct]


def _returns_plainly(tree: ast.AST) -> bool:
    """Whether forward returns names only, so that what is returned is what is saved."""
    rows = [
        node.value
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "forward"
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    return all(isinstance(row, ast.Name | ast.Tuple) for row in rows)


def _saved(node: ast.AST) -> list[str]:
    """Names of tensors in `ctx.save_for_backward(a, b)` and `ctx.a = ...`."""
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if call and node.func.attr == "save_for_backward":  # type: ignore[attr-defined]
        return [ast.unparse(a) for a in node.args]  # type: ignore[attr-defined]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
        target = node.targets[0]
        if isinstance(target.value, ast.Name) and target.value.id == "ctx":
            return [ast.unparse(node.value)]
    return []

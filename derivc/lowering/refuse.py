"""What derivc does not compile, refused with a plain message that names it."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.errors import DomainError, UnsupportedError
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.symbolic.matrices import is_matrix, why_not


def check_constant(node: Any) -> Any:
    """The constant itself, when it is a real number or a truth value.

    Raises:
        DomainError: it is undefined (0/0) or complex infinity (1/0).
        UnsupportedError: it is complex, or no number at all.
    """
    if node in (sp.nan, sp.zoo):
        raise DomainError(f"the expression contains {node}: a division by zero or 0/0")
    if node is sp.I:
        raise UnsupportedError("the expression is complex (it contains I); derivc compiles reals")
    if not (node.is_number or node in (sp.true, sp.false)):
        raise UnsupportedError(f"{node} ({type(node).__name__}) is not an expression over reals")
    return node


def op_of(node: Any) -> Op:
    """The op whose trees are made of a node's class.

    Raises:
        UnsupportedError: there is none; says what the node is and what to do.
    """
    op = registry.of_symbol(type(node))
    if op is None:
        raise UnsupportedError(_why_not(node))
    if len(node.args) != op.arity:
        raise UnsupportedError(f"{node} has {len(node.args)} arguments; {op.name} takes {op.arity}")
    return op


def _why_not(node: Any) -> str:
    kind = type(node).__name__
    if isinstance(node, sp.Derivative | sp.Subs):
        return f"{kind} in the expression could not be carried out: {_short(node)}"
    if isinstance(node, sp.core.function.AppliedUndef):
        return f"{_short(node)} is an undefined function; declare it as an op with dc.declare"
    if is_matrix(node):
        return why_not(node, node)
    return f"{kind} is not compiled: {_short(node)}; declare it as an op with dc.declare"


def _short(node: Any) -> str:
    text = str(node)
    return text if len(text) <= 80 else text[:77] + "..."

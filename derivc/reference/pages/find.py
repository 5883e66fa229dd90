"""Pages by name: of a declared op, elementwise or structural."""

from __future__ import annotations

from derivc.ops.declaration import Op
from derivc.reference.names import find
from derivc.reference.pages import elementwise, structural
from derivc.reference.pages.page import Page
from derivc.reference.table import AnyOp


def page(name: str) -> Page:
    """The page of an op: formulas, conventions at kinks, code, and the record of its errors.

    Args:
        name: any of its names: "sigmoid", "torch.special.entr", "F.gelu".

    Returns:
        A record; print it, show it in a notebook, or take its `as_json()`.

    Raises:
        UnknownOpError: nothing is called that; names the nearest.

    Example:
        >>> import derivc as dc
        >>> dc.page("torch.special.expit")
        <page of sigmoid: The logistic function, the inverse of `logit`.>
    """
    return made_of(find(name))


def made_of(op: AnyOp) -> Page:
    """The page of an op of either kind."""
    return elementwise.page_of(op) if isinstance(op, Op) else structural.page_of(op)

"""The shape of a result as a literal, and the outputs in the order in which it holds them."""

from __future__ import annotations

from derivc.codegen.function import Group, Layout, Leaf


def leaves(layout: Layout) -> list[int]:
    """The program's outputs in the order in which the result holds them."""
    if isinstance(layout, Leaf):
        return [layout.index]
    return [index for item in layout.items for index in leaves(item)]


def literal(layout: Layout) -> str:
    """A list for a tuple of results, an array's own shape for the rest (`()` for one output).

    Example:
        >>> from derivc.codegen.function import Stack
        >>> literal(Group((Leaf(0), Stack((2,), (Leaf(1), Leaf(2))))))
        '[(), (2,)]'
    """
    if isinstance(layout, Group):
        return f"[{', '.join(literal(item) for item in layout.items)}]"
    return "()" if isinstance(layout, Leaf) else repr(tuple(layout.shape))


def expression(layout: Layout, outputs: list[str], stack: str) -> str:
    """The result as a Python expression over the outputs' names, which are used up in order.

    Args:
        layout: the shape of the result.
        outputs: one name per leaf.
        stack: the name of the function that makes an array of a shape from numbers.
    """
    names = iter(outputs)

    def write(part: Layout) -> str:
        if isinstance(part, Leaf):
            return next(names)
        inside = [write(item) for item in part.items]
        tail = "," if len(inside) == 1 else ""
        whole = f"({', '.join(inside)}{tail})"
        return whole if isinstance(part, Group) else f"{stack}({whole}, {tuple(part.shape)!r})"

    return write(layout)

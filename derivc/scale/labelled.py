"""Generated functions over pandas' and xarray's labelled arrays: the labels are kept.

Both libraries answer NumPy's ufuncs: they align their operands by label, call the ufunc with plain
arrays, and put the labels back. A generated function of numbers is shown to them as such a ufunc.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from derivc.scale.layout import flat

_LIBRARIES = ("pandas", "xarray")


def has_labels(kinds: Any) -> bool:
    """Whether there is a labelled array's type among types.

    Example:
        >>> has_labels({float, list})
        False
    """
    return any(_is_labelled(kind) for kind in kinds)


def _is_labelled(kind: Any) -> bool:
    library = getattr(kind, "__module__", "").partition(".")[0]
    return library in _LIBRARIES and hasattr(kind, "__array_ufunc__")


@final
class Elementwise:
    """A generated function in the likeness of a `numpy.ufunc`.

    Args:
        evaluate: the function of a plan and its arguments. plan: of the generated function.
    """

    signature = None

    def __init__(self, evaluate: Callable[..., Any], plan: Any):
        self._evaluate, self._plan = evaluate, plan
        self.__name__ = f"derivc_{plan.name}"
        self.nin, self.nout = len(plan.arguments), len(plan.own)

    def __call__(self, *given: Any) -> Any:
        """The results over plain arrays."""
        found = tuple(flat(self._evaluate(self._plan, given)))
        return found if self.nout > 1 else found[0]


def over_labels(evaluate: Callable[..., Any], plan: Any, given: tuple[Any, ...]) -> Any:
    """A generated function over arguments with labelled arrays among them.

    Returns:
        Labelled arrays in the layout of the function; None when its arguments or results are
        arrays of their own, or when the library declines the combination.
    """
    if any(shape is not None for shape in plan.shapes) or any(own != () for own in plan.own):
        return None
    like = Elementwise(evaluate, plan)
    for value in given:
        if _is_labelled(type(value)):
            found = type(value).__array_ufunc__(value, like, "__call__", *given)
            if found is not NotImplemented:
                return plan.pack(list(found) if like.nout > 1 else [found])
    return None

"""Where a generated function meets dask's and labelled arrays: known by look, not by import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from derivc.scale.labelled import has_labels, over_labels

if TYPE_CHECKING:
    from derivc.kernel import Kernel

_USUAL = frozenset({float, int, bool, np.float64, np.float32, np.ndarray, list})


def has_lazy(kinds: Any) -> bool:
    """Whether there is a dask array's type among types.

    Other collections (delayed objects, frames, data arrays) have a graph but no blocks.

    Example:
        >>> has_lazy({float, list})
        False
    """
    return not _USUAL.issuperset(kinds) and any(
        hasattr(kind, "__dask_graph__") and hasattr(kind, "numblocks") for kind in kinds
    )


def hooked(module: dict[str, Any], kernel: Kernel, name: str) -> Callable[..., Any]:
    """A generated function that hands dask arrays on to `derivc.scale.blocks`.

    Only what takes arrays in is replaced, in the loaded module: calls with numbers are as they
    were, and so is the text that users save.

    Args:
        module: the names of a loaded module. kernel: whose function it is. name: of the function.
    """
    evaluate = module.get("_evaluate")

    def evaluated(plan: Any, given: tuple[Any, ...], out: Any = None) -> Any:
        if _USUAL.issuperset(map(type, given)):
            return evaluate(plan, given, out)  # type: ignore[misc]  # the module has it, or no call
        kinds = set(map(type, given))
        if not has_lazy(kinds):
            found = _labelled(plan, given) if out is None and has_labels(kinds) else None
            return evaluate(plan, given, out) if found is None else found  # type: ignore[misc]
        from derivc.scale.blocks import over_blocks

        return over_blocks(kernel, plan, given, out)

    def _labelled(plan: Any, given: tuple[Any, ...]) -> Any:
        return over_labels(evaluated, plan, given)

    module["_evaluate"] = evaluated
    found: Callable[..., Any] = module[name]
    return found

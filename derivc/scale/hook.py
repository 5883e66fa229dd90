"""Where a generated function meets dask arrays: they are known by their look, not by import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

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
        if _USUAL.issuperset(map(type, given)) or not has_lazy(set(map(type, given))):
            return evaluate(plan, given, out)  # type: ignore[misc]  # the module has it, or no call
        from derivc.scale.blocks import over_blocks

        return over_blocks(kernel, plan, given, out)

    module["_evaluate"] = evaluated
    found: Callable[..., Any] = module[name]
    return found

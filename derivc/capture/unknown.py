"""Places of extremes among traced values: they are known only at a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Never, final

import numpy as np

from derivc.symbolic.tracing.refusal import refuse


@final
class Unknown:
    """One such place; whatever is done with it is refused."""

    __hash__ = None  # type: ignore[assignment]

    def _refused(self, *others: Any) -> Never:
        del others
        raise refuse(
            "uses the place of the largest or smallest of traced values, which differs from point"
            " to point",
            "use the value itself (amax, amin, sort), or where",
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refused
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _refused
    __rtruediv__ = __floordiv__ = __mod__ = __pow__ = __neg__ = __abs__ = __bool__ = _refused
    __int__ = __float__ = __index__ = __and__ = __or__ = __invert__ = _refused


def places(shape: Sequence[int]) -> Any:
    """An array of unknown places."""
    made = np.empty(tuple(shape), object)
    for index in np.ndindex(made.shape):
        made[index] = Unknown()
    return made

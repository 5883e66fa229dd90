"""Anomaly mode: the first NaN of a backward pass is an error that says where it came from."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from derivc.errors import AnomalyError
from derivc.tensor.modes import mode
from derivc.tensor.node import Node

_OURS = str(Path(__file__).resolve().parent)
_SHOWN = 200


@final
class Watch:
    """What anomaly mode does at every node.

    Args:
        check_nan: look for NaN; without it only the forward lines are kept.
    """

    def __init__(self, check_nan: bool):
        self.check_nan = check_nan

    @staticmethod
    def here() -> str:
        """The line of the user's that made a node."""
        frames = [f for f in traceback.extract_stack() if not f.filename.startswith(_OURS)]
        return "".join(traceback.format_list(frames[-3:]))

    def inspect(self, node: Node, cotangents: Sequence[Any], found: Sequence[Any]) -> None:
        """Complain about the first NaN.

        Raises:
            AnomalyError: names the op, its formula, the numbers, and the line.
        """
        if not self.check_nan or _has_nan(cotangents):
            return
        for i, gradient in enumerate(found):
            if _has_nan([gradient]):
                if node.trail:
                    warnings.warn(
                        f"Error detected in {node.name()}. Traceback of forward call that caused"
                        f" the error:\n{node.trail}",
                        UserWarning,
                        stacklevel=4,
                    )
                raise AnomalyError(_told(node, i, cotangents))


def _has_nan(values: Sequence[Any]) -> bool:
    arrays = [getattr(v, "_array", v) for v in values if v is not None]
    return any(bool(np.isnan(a).any()) for a in arrays if np.asarray(a).dtype.kind in "fc")


def _told(node: Node, output: int, cotangents: Sequence[Any]) -> str:
    lines = [f"Function '{node.name()}' returned nan values in its {output}th output."]
    if node.formula:
        lines.append(f"  its formula: {node.formula}")
    for i, value in enumerate(node.saved or ()):
        lines.append(f"  saved value {i}: {_short(value)}")
    for i, value in enumerate(cotangents):
        lines.append(f"  cotangent {i}: {_short(value)}")
    if node.trail:
        lines.append(f"  made by:\n{node.trail.rstrip()}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = " ".join(str(getattr(value, "_array", value)).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


@final
class set_detect_anomaly:  # noqa: N801  PyTorch's name
    """Switch anomaly mode on or off: at once, and back where a `with` block ends.

    Args:
        mode: whether the first NaN of a backward pass is an error.
        check_nan: False: only remember where every node was made.

    Example:
        >>> import derivc as dc
        >>> with dc.set_detect_anomaly(True):
        ...     y = dc.tensor(2.0, requires_grad=True) ** 2
    """

    def __init__(self, mode: bool, check_nan: bool = True):
        self.before = _switch(Watch(check_nan) if mode else None)

    def __enter__(self) -> None:
        """Nothing is left to do."""

    def __exit__(self, *problem: object) -> None:
        _switch(self.before)


def _switch(watch: Any) -> Any:
    before, mode.now.anomaly = mode.now.anomaly, watch
    return before


@final
class detect_anomaly:  # noqa: N801  PyTorch's name
    """Inside, the first NaN of a backward pass is an error that says where it came from.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(-1.0, requires_grad=True)
        >>> with dc.detect_anomaly():
        ...     (x.sqrt() * 0 + x).is_leaf
        False
    """

    def __init__(self, check_nan: bool = True):
        self.watch = Watch(check_nan)

    def __enter__(self) -> None:
        self.before = _switch(self.watch)

    def __exit__(self, *problem: object) -> None:
        _switch(self.before)

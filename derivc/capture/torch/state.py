"""What a session knows while it runs: whether gradients are recorded, and its modes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, final

from derivc.capture.notes import REDUCED_ONE


@final
class State(threading.local):
    """One capture under way, of this thread.

    Attributes:
        recording: whether the user's code is outside torch.no_grad().
        notes: sentences on what was captured.
    """

    def __init__(self) -> None:
        self.recording = True
        self.notes: list[str] = []
        self.functions: Any = None
        self.operations: Any = None

    @property
    def stops_gradients(self) -> bool:
        """Whether results count as constants."""
        import torch

        return not self.recording or bool(torch.is_inference_mode_enabled())

    @contextlib.contextmanager
    def modes(self) -> Iterator[None]:
        """The modes that send operations here, on again inside an operation."""
        if self.operations is None:
            yield
            return
        with self.operations:
            yield

    def note(self, sentence: str) -> None:
        """Remember a sentence for the user, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def reducing(self, array: Any) -> None:
        """A sum, mean, norm or softmax of an array; of a number it is hardly what was meant."""
        if not array.ndim:
            self.note(REDUCED_ONE)


state = State()

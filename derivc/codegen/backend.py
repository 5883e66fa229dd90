"""What a backend is: a name, and text for functions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from derivc.codegen.function import FunctionSpec, Header
from derivc.codegen.load import load


class AbstractBackend(ABC):
    """Writes the source of functions, and turns source into callables."""

    name: ClassVar[str]

    @abstractmethod
    def source(self, specs: Sequence[FunctionSpec], header: Header) -> str:
        """A complete module that defines one function per spec."""

    def functions(
        self, specs: Sequence[FunctionSpec], header: Header
    ) -> dict[str, Callable[..., Any]]:
        """The functions themselves, by name."""
        namespace = load(self.source(specs, header))
        return {spec.name: namespace[spec.name] for spec in specs}

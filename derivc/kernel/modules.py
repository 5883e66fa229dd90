"""The generated code of a kernel: to read, to keep, and as functions of other libraries."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from functools import cached_property
from typing import Any

from derivc.files import save_text
from derivc.options import Options
from derivc.specs import Specs


class Modules(ABC):
    """The part of a kernel that writes modules."""

    specs: Specs
    options: Options

    @cached_property
    def source(self) -> str:
        """A complete module: `value`, `grad` and `value_and_grad`, needing only NumPy.

        With backend="c": a translation unit of the same functions.
        """
        from derivc import modules

        return modules.source(self.specs, self.options)

    def source_for(self, backend: str, name: str | None = None, **options: Any) -> str:
        """A complete module for another library, which needs that library and not derivc.

        Args:
            backend: "torch".
            name: of the class, or of the function in snake case; the other follows from it.
            options: `order`, how many derivatives are formulas of their own (default 2);
                for "torch" `custom_op=True`, which adds a `torch.library.custom_op`.

        Raises:
            UnsupportedError: the library has no function for an op.

        Example:
            >>> import derivc as dc
            >>> source = dc.compile("x*sigmoid(1.702*x)").source_for("torch", name="QuickGelu")
            >>> "class QuickGelu(" in source, "def quick_gelu(x):" in source
            (True, True)
        """
        from derivc.standalone import source_for

        return source_for(self.specs, backend, name, **options)

    def to_torch(self, name: str | None = None, **options: Any) -> Callable[..., Any]:
        """The function of tensors that `source_for("torch")` defines, loaded.

        It is differentiable to any order, forward and in reverse; its `.source` is the module.

        Raises:
            MissingDependencyError: PyTorch is not installed.
        """
        from derivc.standalone import loaded

        return loaded(self.specs, "torch", name, **options)

    def to_jax(self, name: str | None = None, **options: Any) -> Callable[..., Any]:
        """The function of JAX arrays that `source_for("jax")` defines, loaded.

        Raises:
            MissingDependencyError: JAX is not installed.
        """
        from derivc.standalone import loaded

        return loaded(self.specs, "jax", name, **options)

    def save(self, path: Any, backend: str | None = None, name: str | None = None) -> None:
        """Write a module that needs only NumPy, or C for a name in `.c`; never left half-written.

        Args:
            path: of the file.
            backend: write a module for another library instead, as `source_for` does.
            name: of the function in it; default: that of the file.

        Raises:
            SaveError: the file cannot be written; what stood there before is untouched.
        """
        from derivc import modules

        save_text(path, modules.source_of_file(self.specs, self.options, path, backend, name))

"""Custom functions that are generated from an expression: value, gradients, documentation."""

from __future__ import annotations

from typing import Any

from derivc.compiler import compile as compile_kernel
from derivc.kernel import Kernel
from derivc.tensor import kernels
from derivc.tensor.function import Function
from derivc.tensor.tensor import Tensor


def class_of(source: Any, name: str, options: dict[str, Any]) -> type[Function]:
    """A `Function` class for an expression, an expression's kernel, or a Python function."""
    kernel = source if isinstance(source, Kernel) else compile_kernel(source, **options)

    def forward(ctx: Any, *args: Any) -> Any:
        ctx.save_for_backward(*[Tensor._lift(a) for a in args])
        return kernels.apply(kernel, args, {})

    def backward(ctx: Any, cotangent: Any) -> Any:
        wanted = tuple(i for i, needed in enumerate(ctx.needs_input_grad) if needed)
        found = kernels.gradients(kernel, wanted, ctx.saved_tensors, cotangent)
        by_position = dict(zip(wanted, found, strict=True))
        return tuple(by_position.get(i) for i in range(len(ctx.needs_input_grad)))

    namespace = {
        "__doc__": _documentation(kernel, name), "forward": staticmethod(forward),
        "backward": staticmethod(backward), "kernel": kernel,
    }  # fmt: skip
    return type(name, (Function,), namespace)


def _documentation(kernel: Kernel, name: str) -> str:
    """The expression, and its derivatives where they are short."""
    text = kernel.definition.text or str(kernel.formula)
    if kernel.definition.shape is not None or len(kernel.definition.elements) > _SHOWN:
        return f"{name}: {text[:_LONGEST]}"
    moving = [name for argument in kernel.specs.moving for name in argument.elements]
    lines = [f"by {n}: {d}" for n, d in zip(moving, kernel.derivatives, strict=True)]
    return "\n".join([text, "", *lines])


_SHOWN, _LONGEST = 12, 400

"""Compiled kernels on tensors: a whole expression is one node, whose backward is compiled too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import update_wrapper
from math import prod
from typing import Any, final

import numpy as np

from derivc.codegen.function import Argument
from derivc.compiler import compile as compile_kernel
from derivc.definition import Definition
from derivc.errors import InputTypeError, TraceError
from derivc.ir.program import Program
from derivc.kernel import Kernel
from derivc.passes.jvp import jvp
from derivc.passes.vjp import pullback
from derivc.specs import cotangent_of, untaken
from derivc.tensor import elementwise
from derivc.tensor.compiled import Compiled, of_specs
from derivc.tensor.formulas import of_kernel
from derivc.tensor.modes import State, mode
from derivc.tensor.node import Node, camel, edge_of, fit
from derivc.tensor.saved import keep, restored, values
from derivc.tensor.structural import raw
from derivc.tensor.tensor import Tensor


def apply(kernel: Kernel, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A kernel of tensors, arrays and numbers: a tensor, recorded as one node.

    Only the arguments in the kernel's `wrt` get a gradient.

    Raises:
        InputTypeError: arguments are missing or unknown.
    """
    given = _bound(kernel.inputs, args, named)
    operands = [a if n in kernel.wrt else raw(a) for n, a in zip(kernel.inputs, given, strict=True)]
    if _takes_arrays(kernel):
        return _apply_to_arrays(kernel, operands)
    found = elementwise.apply(compiled(kernel), operands)
    return found if kernel.definition.shape is None else _stacked(found, kernel.definition.shape)


def _takes_arrays(kernel: Kernel) -> bool:
    """Whether an argument is an array of fixed shape."""
    return any(not argument.is_scalar for argument in kernel.definition.arguments)


def _bound(names: Sequence[str], args: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
    given = dict(zip(names, args, strict=False)) | dict(named)
    if len(args) > len(names) or set(given) != set(names):
        raise InputTypeError(f"the kernel takes {tuple(names)}, got {tuple(given)}")
    return [given[name] for name in names]


def compiled(kernel: Kernel) -> Compiled:
    """What nodes need of a kernel of scalars, made when it is first called."""
    found: Compiled | None = kernel.memo.get("compiled")
    if found is None:
        found = kernel.memo["compiled"] = of_specs(kernel.specs, _name(kernel), kernel.options)
    return found


def _name(kernel: Kernel) -> str:
    """The function's own name; a lambda and a formula have none."""
    name = kernel.definition.name
    return name if name.isidentifier() else "kernel"


def _stacked(found: Any, shape: tuple[int, ...]) -> Any:
    """Several results as one tensor: the kernel's shape first, then what broadcasting gives."""
    from derivc.tensor.namespace import RECORDED

    many = found if isinstance(found, tuple) else (found,)
    common = np.broadcast_shapes(*(t.shape for t in many))
    whole = RECORDED.stack([RECORDED.expand(t, common) for t in many])
    return RECORDED.reshape(whole, (*shape, *common))


@final
class ArrayKernelNode(Node):
    """A kernel of arrays of fixed shape that was applied."""

    def __init__(self, kernel: Kernel, operands: Sequence[Any], wanted: list[int]):
        super().__init__([edge_of(operands[i]) for i in wanted])
        self.kernel, self.wanted = kernel, wanted
        self.inputs = [(operands[i]._array.shape, operands[i]._array.dtype) for i in wanted]

    def name(self) -> str:
        """The function's name with "Backward" behind it."""
        return camel(_name(self.kernel))

    @property
    def formula(self) -> str:
        """Empty for long gradients."""
        short = len(self.kernel.definition.elements) <= _FEW and not self.kernel.definition.shape
        return of_kernel(compiled(self.kernel)) if short else ""

    def pull(self, cotangents: list[Any], now: State) -> Sequence[Any]:
        """By the compiled vector-Jacobian product."""
        found = self.kernel.function("value_and_vjp")(*values(self), cotangents[0])[1]
        many = found if isinstance(found, tuple) else (found,)
        by_name = dict(zip(self.kernel.wrt, many, strict=True))
        names = [self.kernel.inputs[i] for i in self.wanted]
        return [fit(by_name[n], *meta) for n, meta in zip(names, self.inputs, strict=True)]

    def pull_recorded(self, cotangents: list[Tensor | None]) -> Sequence[Tensor | None]:
        """By a kernel of the arguments and the cotangent: a node again."""
        from derivc.tensor.namespace import RECORDED

        edges = dict(zip(self.wanted, self.edges, strict=True))
        kept = [restored(v, edges.get(i)) for i, v in enumerate(values(self))]
        found = _of_arrays(self.kernel, tuple(self.wanted), kept, cotangents[0])
        return [RECORDED.fit(g, *meta) for g, meta in zip(found, self.inputs, strict=True)]

    def push(self, tangents: list[Any]) -> Sequence[Any]:
        """By the compiled value and tangent; to be differentiated again, by a node of its own."""
        moving = [
            Tensor._make(np.zeros(*meta)) if t is None else t
            for t, meta in zip(tangents, self.inputs, strict=True)
        ]
        if mode.now.enabled:
            edges = dict(zip(self.wanted, self.edges, strict=True))
            kept = [restored(v, edges.get(i)) for i, v in enumerate(values(self))]
            return [apply(_pushforward(self.kernel, tuple(self.wanted)), [*kept, *moving], {})]
        given = {self.kernel.inputs[i]: raw(t) for i, t in zip(self.wanted, moving, strict=True)}
        every = [given.get(a.name, np.zeros(a.shape or ())) for a in self.kernel.specs.moving]
        found = self.kernel.function("value_and_jvp")(*values(self), *every)[1]
        return [Tensor._make(fit(found, *self.outputs[0]))]


def gradients(
    kernel: Kernel, wanted: tuple[int, ...], args: Sequence[Any], cotangent: Any
) -> tuple[Any, ...]:
    """The cotangents of some arguments of a kernel, as tensors."""
    from derivc.tensor.namespace import RECORDED

    if _takes_arrays(kernel):
        return _of_arrays(kernel, wanted, args, cotangent)
    shape = kernel.definition.shape
    if shape is None:
        return elementwise.cotangents(compiled(kernel), wanted, args, [cotangent])
    flat = RECORDED.reshape(cotangent, (prod(shape), *cotangent.shape[len(shape) :]))
    return elementwise.cotangents(compiled(kernel), wanted, args, list(flat))


def _of_arrays(
    kernel: Kernel, wanted: tuple[int, ...], args: Sequence[Any], cotangent: Any
) -> tuple[Any, ...]:
    """The same for a kernel of arrays of fixed shape: one flat result, taken apart."""
    from derivc.tensor.namespace import RECORDED

    flat = apply(_pullback(kernel, wanted), [*args, cotangent], {})
    found, start = [], 0
    for i in wanted:
        shape = kernel.definition.arguments[i].shape or ()
        part = RECORDED.narrow(flat, 0, start, prod(shape))
        found.append(RECORDED.reshape(part, (*shape, *flat.shape[1:])))
        start += prod(shape)
    return tuple(found)


_FEW = 12


def _pullback(kernel: Kernel, wanted: tuple[int, ...]) -> Kernel:
    """The cotangents of some arguments as a kernel, made when it is first asked for."""
    found: Kernel | None = kernel.memo.get(wanted)
    if found is None:
        found = kernel.memo[wanted] = _differentiated(kernel, wanted)
    return found


def _differentiated(kernel: Kernel, wanted: tuple[int, ...]) -> Kernel:
    """The cotangents of some arguments, flat and one behind the other."""
    d = kernel.definition
    cotangent = cotangent_of(kernel.specs)
    program, count = _pulled(kernel, cotangent.elements, wanted)
    arguments = (*d.arguments, cotangent)
    text = f"the cotangents of {d.text or d.name}"
    return Kernel(
        Definition(arguments, (None,) * count, (count,), d.name, text, program),
        None,
        kernel.convention,
        kernel.options,
    )


def _pushforward(kernel: Kernel, wanted: tuple[int, ...]) -> Kernel:
    """The tangent of the result as a kernel of the arguments and their tangents."""
    found: Kernel | None = kernel.memo.get(("pushforward", wanted))
    if found is None:
        found = kernel.memo["pushforward", wanted] = _moved(kernel, wanted)
    return found


def _moved(kernel: Kernel, wanted: tuple[int, ...]) -> Kernel:
    d, tangent = kernel.definition, untaken("tangent", kernel.specs)
    moving = [d.arguments[i] for i in wanted]
    extra = [
        Argument(f"{tangent}_{a.name}", tuple(f"{tangent}_{e}" for e in a.elements), a.shape)
        for a in moving
    ]
    index = {name: i for i, name in enumerate(d.elements)}
    wrt, names = ([e for a in many for e in a.elements] for many in (moving, extra))
    program = kernel.specs.value_program
    both = jvp(program, [index[e] for e in wrt], names, kernel.convention)
    count, text = len(program.outputs), f"the tangent of {d.text or d.name}"
    moved = replace(both, outputs=both.outputs[count:])
    trees, arguments = (None,) * count, (*d.arguments, *extra)
    definition = Definition(arguments, trees, d.shape, d.name, text, moved)
    return Kernel(definition, None, kernel.convention)


def _pulled(kernel: Kernel, names: tuple[str, ...], wanted: tuple[int, ...]) -> tuple[Program, int]:
    d = kernel.definition
    index = {name: i for i, name in enumerate(d.elements)}
    wrt = [index[e] for i in wanted for e in d.arguments[i].elements]
    program = kernel.specs.value_program
    return pullback(program, wrt, names, convention=kernel.convention), len(wrt)


def _apply_to_arrays(kernel: Kernel, operands: list[Any]) -> Tensor:
    """A kernel that takes arrays of fixed shape."""
    arrays = [raw(o) for o in operands]
    value = Tensor._make(np.asarray(kernel.value(*arrays)))
    wanted = [i for i, o in enumerate(operands) if getattr(o, "_requires", False)]
    if wanted and mode.now.enabled:
        node = ArrayKernelNode(kernel, operands, wanted)
        node.outputs = [(value._array.shape, value._array.dtype)]
        keep(node, arrays, [o for o in operands if isinstance(o, Tensor)])
        value._node, value._requires = node, True
    return value


@final
class CompiledFunction:
    """A Python function that is compiled when it is called, once for all shapes or once for each.

    Made by `derivc.function`.
    """

    def __init__(self, function: Callable[..., Any], shapes: Any, options: dict[str, Any]):
        self.function, self.shapes, self.options = function, shapes, options
        self.kernels: dict[Any, Kernel] = {}
        self.elementwise: Kernel | None = None
        update_wrapper(self, function)

    def kernel(self, *args: Any, **named: Any) -> Kernel:
        """The kernel for arguments like these."""
        if self.elementwise is None and (self.shapes is not None or not self.kernels):
            self.elementwise = self._once()
        if self.elementwise is not None:
            return self.elementwise
        shapes = {n: np.shape(raw(a)) for n, a in self._given(args, named) if np.ndim(raw(a))}
        key = tuple(sorted(shapes.items()))
        if key not in self.kernels:
            self.kernels[key] = self._compile(shapes)
        return self.kernels[key]

    def _once(self) -> Kernel | None:
        """One kernel for all calls; None for a function whose arguments are arrays."""
        try:
            return self._compile(self.shapes)
        except TraceError:
            if self.shapes is not None:
                raise
            return None

    def _given(self, args: Any, named: Any) -> Any:
        import inspect

        return inspect.signature(self.function).bind(*args, **named).arguments.items()

    def _compile(self, shapes: Any) -> Kernel:
        return compile_kernel(self.function, shapes=shapes, **self.options)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value at these arguments."""
        return self.kernel(*args, **named)(*args, **named)


def function(source: Any = None, *, shapes: Any = None, **options: Any) -> Any:
    """Turn a Python function into a compiled one: on tensors it records a single node.

    A function of numbers is applied elementwise. One that indexes its arguments is compiled for the
    shapes that it is called with, or for those in `shapes`.

    Args:
        source: the function; as a decorator with options, left out.
        shapes: the shape of every array argument, by name.
        options: as for `derivc.compile`.

    Example:
        >>> import derivc as dc
        >>> @dc.function
        ... def bell(x, width):
        ...     return dc.exp(-(x / width)**2)
        >>> x = dc.tensor(0.0, requires_grad=True)
        >>> bell(x, 2.0)
        tensor(1., grad_fn=<BellBackward>)
    """
    if source is None:
        return lambda given: function(given, shapes=shapes, **options)
    return CompiledFunction(source, shapes, options)

"""The kernel under test: its program as written, its arguments, and what it computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, final

import numpy as np

from derivc.errors import InputTypeError, UnsupportedError
from derivc.ir.program import Program
from derivc.kernel import Kernel
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.reduced import Reduced
from derivc.verify.crosscheck.quantity import Columns, Quantity, quantities
from derivc.verify.target import Target


@final
class Subject:
    """A kernel over columns: one array of numbers per flat element of its arguments.

    Args:
        kernel: scalar or array arguments, one output or several.
        order: up to which order it is compared.
    """

    def __init__(self, kernel: Any, order: int):
        self.kernel, self.target = kernel, Target(kernel)
        self.program: Program = kernel.definition.program
        self.names = self.program.inputs
        self.moving = tuple(kernel.specs.positions)
        self.outputs = len(self.program.outputs)
        self.arguments = kernel.definition.arguments
        self.wanted = quantities(self.outputs, self.moving, order)
        self.several = kernel.definition.shape is not None

    @property
    def title(self) -> str:
        """The function in one line."""
        definition = self.kernel.definition
        formula = self.kernel.formula
        written = list(formula) if self.several else formula
        shown = definition.text or definition.name or str(written)
        return shown if len(shown) <= 120 else shown[:117] + "..."

    @property
    def is_columnar(self) -> bool:
        """Whether all arguments are scalars, so that the kernel takes whole columns."""
        return all(argument.shape is None for argument in self.arguments)

    def label(self, quantity: Quantity) -> str:
        """What a quantity is called."""
        return quantity.label(self.names, self.several)

    def vector(self, seed: int) -> dict[int, float]:
        """By input, the vector of Hessian-vector products: short binary fractions near 1."""
        draw = np.random.default_rng(seed).integers(-64, 64, len(self.moving))
        return {i: float(1 + d / 128) for i, d in zip(self.moving, draw, strict=True)}

    def columns(self, points: Sequence[Sequence[float]], dtype: Any) -> list[Any]:
        """The points as one column per element."""
        table = np.array(points, dtype).reshape(len(points), len(self.names))
        return list(table.T.copy())

    def computed(self, columns: Sequence[Any], vector: dict[int, float]) -> Columns:
        """What the kernel gives for every quantity; those that it refuses are left out."""
        by_argument = self._computed_at_once if self.is_columnar else self._computed_one_by_one
        return by_argument(columns, vector)

    def _computed_at_once(self, columns: Sequence[Any], vector: dict[int, float]) -> Columns:
        found: Columns = {}
        size = len(columns[0]) if len(columns) else 1
        for make in (_first_order, _second_order):
            with np.errstate(all="ignore"):
                for quantity, column in make(self, columns, vector):
                    found[quantity] = np.broadcast_to(column, (size,))
        return found

    def _computed_one_by_one(self, columns: Sequence[Any], vector: dict[int, float]) -> Columns:
        rows: dict[Quantity, list[Any]] = {}
        for point in zip(*columns, strict=True):
            arguments = self.target._arguments(point)
            for make in (_first_order, _second_order):
                with np.errstate(all="ignore"):
                    for quantity, number in make(self, arguments, vector):
                        rows.setdefault(quantity, []).append(number)
        return {quantity: np.array(column) for quantity, column in rows.items()}


Found = list[tuple[Quantity, Any]]


def _first_order(subject: Subject, arguments: Sequence[Any], vector: dict[int, float]) -> Found:
    """Values and partials."""
    wanted = [q for q in subject.wanted if q.order <= 1]
    kernel, several = subject.kernel, subject.several
    values, partials = subject.outputs, subject.outputs * len(subject.moving)
    if len(wanted) == values:
        return _paired(wanted, [kernel(*arguments)], [values])
    both = kernel.value_and_jacobian if several else kernel.value_and_grad
    return _paired(wanted, list(both(*arguments)), [values, partials])


def _second_order(subject: Subject, arguments: Sequence[Any], vector: dict[int, float]) -> Found:
    """The upper half of the Hessian, or its product with the vector."""
    wanted = [q for q in subject.wanted if q.order == 2]
    if not wanted:
        return []
    if wanted[0].along:
        directions = _directions(subject, vector, arguments)
        found = subject.kernel.hvp(tuple(arguments), directions)
        return _paired(wanted, [found], [len(wanted)])
    count = len(subject.moving)
    hessian = np.asarray(subject.kernel.hessian(*arguments))
    table = hessian.reshape(count, count, *hessian.shape[hessian.ndim - _rest(hessian, count) :])
    place = {index: k for k, index in enumerate(subject.moving)}
    return [(q, table[place[q.by[0]], place[q.by[1]]]) for q in wanted]


def _rest(hessian: Any, count: int) -> int:
    """How many axes belong to the points: one where there are more numbers than second partials."""
    return int(hessian.size != count * count or hessian.shape[-1:] == (1,))


def _directions(subject: Subject, vector: dict[int, float], arguments: Sequence[Any]) -> Any:
    rest = [vector[i] for i in subject.moving]
    found = []
    for argument in subject.kernel.specs.moving:
        part, rest = rest[: len(argument.elements)], rest[len(argument.elements) :]
        dtype = np.asarray(arguments[0]).dtype
        found.append(
            dtype.type(part[0])
            if argument.shape is None
            else np.reshape(part, argument.shape).astype(dtype)
        )
    return tuple(found)


def _paired(wanted: Sequence[Quantity], results: Sequence[Any], sizes: Sequence[int]) -> Found:
    """The quantities with their numbers (or columns), out of nested results."""
    flat: list[Any] = []
    for result, size in zip(results, sizes, strict=True):
        flat += _leaves(result, size)
    return list(zip(wanted, flat, strict=True))


def _leaves(result: Any, size: int) -> list[Any]:
    """So many numbers or columns out of tuples and stacked arrays."""
    if isinstance(result, tuple):
        parts = [np.asarray(part) for part in result]
        if len(parts) == size:
            return list(parts)
        return [number for part in parts for number in part.reshape(-1)]
    array = np.asarray(result)
    if size == 1:
        return [array.reshape(array.shape[-1:]) if array.ndim else array]
    rest = array.size // size
    return list(array.reshape(size, rest) if rest > 1 else array.reshape(size))


def kernel_from(source: Any, options: dict[str, Any]) -> Kernel:
    """The kernel of whatever is to be checked: a kernel, an op, a text, SymPy, a function.

    Of a reduction over arrays, that of its elements.
    """
    from derivc.compiler import compile as compile_source

    if isinstance(source, Reduced):
        return source.kernel
    if isinstance(source, Kernel) or hasattr(source, "op_program"):
        return cast("Kernel", source)
    if (op := _op_of(source)) is not None:
        return _kernel_of(op)
    found: Any = compile_source(source, **options)
    kernel: Kernel = found.kernel if isinstance(found, Reduced) else found
    return kernel


def _kernel_of(op: Op) -> Kernel:
    """The kernel of an op, by the arguments that it can be differentiated by."""
    from derivc.functions import kernel_of
    from derivc.lowering.fragment import partials

    kernel, known = kernel_of(op), partials(op)
    if known is None:
        return kernel
    moving = [p for p, slot in zip(op.params, known.slots, strict=True) if slot is not None]
    return Kernel(kernel.definition, moving)


def _op_of(source: Any) -> Any:
    """The op that an object is or that it is the public function of."""
    from derivc.functions import function_of

    if isinstance(source, Op):
        return source
    name = getattr(source, "__name__", "")
    op = registry.resolve(name) if isinstance(name, str) and callable(source) else None
    return op if op is not None and source is function_of(op.name) else None


def check_wanted(subject: Subject) -> None:
    """Complain where there is nothing to check.

    Raises:
        UnsupportedError: the function has no arguments. InputTypeError: it has far too many.
    """
    if not subject.names:
        raise UnsupportedError("a constant has no derivatives to check: it has no variables")
    if len(subject.wanted) > _MOST:
        raise InputTypeError(
            f"{len(subject.wanted)} results are too many to compare (at most {_MOST}); choose fewer"
            " variables with wrt=..., or order=0"
        )


_MOST = 400

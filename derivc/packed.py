"""One flat vector in: the signatures that scipy.optimize takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.errors import InputTypeError, ShapeError

if TYPE_CHECKING:
    from derivc.kernel import Kernel
    from derivc.reduced import Reduced


@final
class Packed:
    """A kernel as a function of one flat vector: the arguments in `wrt`, concatenated.

    The remaining arguments (data) follow by position, as SciPy passes `args`. Called on a
    scalar-valued kernel it returns `(value, gradient)`, what `minimize(fun, x0, jac=True)` takes;
    on a vector-valued one it returns the value, what `least_squares` and `root` take beside
    `jac=packed.jacobian`.

    Example:
        >>> import derivc as dc
        >>> value, gradient = dc.compile("x**2 + 3*y").packed([2.0, 1.0])
        >>> float(value), gradient.tolist()
        (7.0, [4.0, 3.0])
    """

    def __init__(self, kernel: Kernel | Reduced):
        self._kernel: Any = kernel
        self._moving = [a for a in kernel.definition.arguments if a.name in kernel.wrt]
        self._moving.sort(key=lambda a: kernel.wrt.index(a.name))
        self._rest = [a.name for a in kernel.definition.arguments if a.name not in kernel.wrt]
        self.size = sum(len(a.elements) for a in self._moving)

    def __call__(self, vector: Any, *data: Any) -> Any:
        """(value, gradient) for a scalar-valued kernel, the value for a vector-valued one."""
        scalar = self._kernel.definition.shape is None
        return self.value_and_grad(vector, *data) if scalar else self.value(vector, *data)

    def value(self, vector: Any, *data: Any) -> Any:
        """The value alone."""
        return self._kernel.value(**self._arguments(vector, data))

    def value_and_grad(self, vector: Any, *data: Any) -> tuple[Any, Any]:
        """The value and the gradient, of shape (n,) (after the data's shape, if any)."""
        value, grad = self._kernel.value_and_grad(**self._arguments(vector, data))
        return value, self._flat(grad)

    def grad(self, vector: Any, *data: Any) -> Any:
        """The gradient, of shape (n,)."""
        return self._flat(self._kernel.grad(**self._arguments(vector, data)))

    def jacobian(self, vector: Any, *data: Any) -> Any:
        """The Jacobian (m, n); for a scalar-valued kernel over data of shape (m,) too."""
        if self._kernel.definition.shape is None:
            return self.grad(vector, *data)
        found = self._kernel.jacobian(**self._arguments(vector, data))
        return found.reshape(*self._kernel.definition.shape, self.size)

    def value_and_jacobian(self, vector: Any, *data: Any) -> tuple[Any, Any]:
        """The value and the Jacobian, what `root(fun, x0, jac=True)` takes."""
        return self.value(vector, *data), self.jacobian(vector, *data)

    def hessian(self, vector: Any, *data: Any) -> Any:
        """The Hessian (n, n), what `minimize(..., hess=)` takes."""
        found = self._kernel.hessian(**self._arguments(vector, data))
        return found.reshape(self.size, self.size, *found.shape[2:]) if not data else found

    def hvp(self, vector: Any, direction: Any, *data: Any) -> Any:
        """The Hessian times a vector, what `minimize(..., hessp=)` takes."""
        arguments = self._arguments(vector, data)
        primals = tuple(arguments[name] for name in self._kernel.inputs)
        pieces = tuple(self._arguments(direction, data)[a.name] for a in self._moving)
        return self._flat(self._kernel.hvp(primals, pieces))

    def _arguments(self, vector: Any, data: Sequence[Any]) -> dict[str, Any]:
        """The kernel's arguments by name."""
        flat = np.asarray(vector, dtype=float).ravel()
        if flat.size != self.size or len(data) != len(self._rest):
            raise ShapeError(
                f"expected a vector of {self.size} numbers for {self._kernel.wrt} and the data"
                f" {tuple(self._rest)}, got {flat.size} numbers and {len(data)} data arguments"
            )
        return {**self._split(flat), **dict(zip(self._rest, data, strict=True))}

    def _split(self, flat: Any) -> dict[str, Any]:
        pieces, start = {}, 0
        for argument in self._moving:
            stop = start + len(argument.elements)
            piece = flat[start:stop]
            pieces[argument.name] = (
                float(piece[0]) if argument.shape is None else piece.reshape(argument.shape)
            )
            start = stop
        return pieces

    def _flat(self, parts: Any) -> Any:
        """Partials as one array: the vector's axis last."""
        if isinstance(parts, np.ndarray):
            return parts.ravel()
        if all(a.shape is None for a in self._moving):
            return np.stack([np.asarray(part) for part in parts], axis=-1)
        return np.concatenate([np.ravel(part) for part in parts])


@final
class CurveFit:
    """A model f(xdata, *params) with its Jacobian, for scipy.optimize.curve_fit(f, ..., jac=f.jac).

    Args:
        kernel: the model.
        data: the names of the independent variables; several are passed as rows of xdata.

    Raises:
        InputTypeError: a name in `data` is no argument of the kernel.
    """

    def __init__(self, kernel: Kernel, data: tuple[str, ...]):
        unknown = [name for name in data if name not in kernel.inputs]
        if unknown:
            raise InputTypeError(f"data={data} must name arguments among {kernel.inputs}")
        self.data = data
        self.params = tuple(name for name in kernel.inputs if name not in data)
        self._kernel = type(kernel)(
            kernel.definition, self.params, kernel.convention, kernel.options
        )

    def __call__(self, xdata: Any, *params: Any) -> Any:
        """The model's values, of the shape of the data."""
        return self._kernel.value(**self._arguments(xdata, params))

    def jac(self, xdata: Any, *params: Any) -> Any:
        """The partials with respect to the parameters, of shape (data, parameters)."""
        return np.stack(self._kernel.grad(**self._arguments(xdata, params)), axis=-1)

    def _arguments(self, xdata: Any, params: Sequence[Any]) -> dict[str, Any]:
        rows = [xdata] if len(self.data) == 1 else list(xdata)
        columns = [np.asarray(row, dtype=float) for row in rows]
        return dict(zip(self.data, columns, strict=True)) | dict(
            zip(self.params, map(float, params), strict=True)
        )

"""Peers whose gradient is a function of a function: JAX and HIPS autograd."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, final

from derivc.ops.declaration import Op
from derivc.verify.crosscheck.peers.base import Function, Job
from derivc.verify.crosscheck.peers.reverse import ReversePeer
from derivc.verify.crosscheck.peers.spelling import Speller, resolve


class TransformingPeer(ReversePeer):
    """A system that turns a function of arrays into the function of its gradient."""

    @abstractmethod
    def gradient(self, function: Callable[..., Any], argnums: tuple[int, ...]) -> Any:
        """The gradient of a function of columns that gives one number."""

    @abstractmethod
    def total(self, column: Any) -> Any:
        """The sum over the points."""

    def first(
        self, function: Function, columns: Sequence[Any], output: int, moving: Sequence[int]
    ) -> list[Any]:
        """The gradient of the sum."""
        return list(self._slopes(function, output, tuple(moving))(*columns))

    def second(
        self, function: Function, columns: Sequence[Any], pairs: Sequence[tuple[int, int]]
    ) -> list[Any]:
        """The gradient of the sum of every partial."""
        every = tuple(range(len(columns)))
        rows = {}
        for i in sorted({i for i, _ in pairs}):
            slope = partial(_spread, self._slopes(function, 0, (i,)))
            rows[i] = self._slopes(slope, 0, every)(*columns)
        return [rows[i][j] for i, j in pairs]

    def along(
        self, function: Function, columns: Sequence[Any], vector: dict[int, float]
    ) -> list[Any]:
        """The gradient of the slope along the vector."""
        moving = tuple(vector)
        slopes = self._slopes(function, 0, moving)

        def slope(c: Sequence[Any]) -> list[Any]:
            return [sum(v * g for v, g in zip(vector.values(), slopes(*c), strict=True))]

        return list(self._slopes(slope, 0, moving)(*columns))

    def _slopes(self, function: Function, output: int, moving: tuple[int, ...]) -> Any:
        def total(*columns: Any) -> Any:
            column = function(columns)[output]
            return self.total(column + 0 * columns[0] if _is_plain(column) else column)

        return self.gradient(total, moving)


def _spread(gradient: Any, columns: Sequence[Any]) -> list[Any]:
    return list(gradient(*columns))


@final
class _JaxSpeller(Speller):
    def own(self, op: Op) -> Callable[..., Any] | None:
        """The function; gelu is the exact one."""
        function = resolve(op.also.jax)
        return partial(function, approximate=False) if op.name == "gelu" and function else function

    def array(self, value: Any) -> Any:
        """A number as an array of the dtype of the columns."""
        import jax.numpy as jnp

        if isinstance(value, bool):
            return jnp.full(self.like.shape, value)
        return jnp.full(self.like.shape, value, self.like.dtype) if _is_plain(value) else value


@final
class JaxPeer(TransformingPeer):
    """JAX, eagerly: jax.grad, not compiled."""

    name, module, extra = "jax", "jax", "jax"

    def setting(self, job: Job) -> AbstractContextManager[Any]:
        """64-bit numbers where the columns have them."""
        import jax

        wide = job.columns[0].dtype.itemsize == 8
        if hasattr(jax, "enable_x64"):
            return jax.enable_x64(wide)  # type: ignore[no-any-return]
        from jax.experimental import enable_x64

        return enable_x64(wide)  # type: ignore[no-any-return]

    def speller(self, like: Any) -> Speller:
        """JAX's ops."""
        return _JaxSpeller(like)

    def array(self, column: Any) -> Any:
        """An array."""
        import jax.numpy as jnp

        return jnp.asarray(column)

    def stack(self, parts: Sequence[Any]) -> Any:
        """Arrays along a new first axis."""
        import jax.numpy as jnp

        return jnp.stack(list(parts))

    def gradient(self, function: Callable[..., Any], argnums: tuple[int, ...]) -> Any:
        """jax.grad."""
        import jax

        return jax.grad(function, argnums)

    def total(self, column: Any) -> Any:
        """The sum."""
        return column.sum()


@final
class _AutogradSpeller(Speller):
    def own(self, op: Op) -> Callable[..., Any] | None:
        """The wrapped function of NumPy or SciPy."""
        for name, folder in ((op.also.numpy, "numpy"), (op.also.scipy, "scipy")):
            if name is not None:
                found = resolve(f"autograd.{folder}{name[5:]}")
                if found is not None:
                    return found
        return None

    def array(self, value: Any) -> Any:
        """A number stays one: NumPy broadcasts it."""
        return value


@final
class AutogradPeer(TransformingPeer):
    """HIPS autograd: NumPy itself, traced."""

    name, module, extra = "autograd", "autograd", "autograd"

    def setting(self, _job: Job) -> AbstractContextManager[Any]:
        """Its warnings about functions that do not depend on their argument are not ours."""
        import warnings

        return _silent(warnings)

    def speller(self, like: Any) -> Speller:
        """NumPy's ops, wrapped."""
        return _AutogradSpeller(like)

    def array(self, column: Any) -> Any:
        """An array."""
        return column

    def stack(self, parts: Sequence[Any]) -> Any:
        """Arrays along a new first axis."""
        import autograd.numpy as anp

        return anp.stack(list(parts))

    def gradient(self, function: Callable[..., Any], argnums: tuple[int, ...]) -> Any:
        """autograd.grad."""
        import autograd

        return autograd.grad(function, argnums)

    def total(self, column: Any) -> Any:
        """The sum."""
        import autograd.numpy as anp

        return anp.sum(column)


def _silent(warnings: Any) -> AbstractContextManager[Any]:
    """A block without warnings."""
    found: AbstractContextManager[Any] = warnings.catch_warnings(action="ignore")
    return found


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float)

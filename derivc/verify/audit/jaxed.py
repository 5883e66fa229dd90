"""A function with a rule of its own for JAX (`custom_vjp`, `custom_jvp`) as a subject."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, final

import numpy as np

from derivc.verify.audit.places import calling, place_of
from derivc.verify.audit.subject import Array, Case, Finding, Gradients, Subject, Trace
from derivc.verify.audit.trees import element_names, trees_of


@final
class JaxSubject(Subject):
    """A function of arrays; its written gradient is what `jax.vjp` makes of its rule."""

    def __init__(self, function: Any):
        self.function, self.library = function, "jax"
        inner = getattr(function, "fun", None) or function.__wrapped__
        self.name = getattr(inner, "__name__", "function")
        self.place = place_of(inner)
        self.parameters = tuple(inspect.signature(inner).parameters.values())
        self.cotangent_names = ()
        held = set(getattr(function, "nondiff_argnums", ()))
        self.held = frozenset(p.name for i, p in enumerate(self.parameters) if i in held)
        self._traces: dict[Any, Trace] = {}
        self._compiled: dict[Any, Any] = {}

    def forward(self, case: Case, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs."""
        with _double(), calling("forward", self.place):
            function = self._fast("forward", case, lambda moving: self._outputs(case, moving))
            return tuple(map(_numbers, function(list(map(_array, arrays)))))

    def _fast(self, what: str, case: Case, function: Any) -> Any:
        """The function compiled by JAX, as long as that works; else as it is."""
        import jax

        key = what, id(case)
        if key not in self._compiled:
            self._compiled[key] = jax.jit(function)

        def call(*args: Any) -> Any:
            if self._compiled[key] is None:
                return function(*args)
            try:
                return self._compiled[key](*args)
            except Exception:  # noqa: BLE001  it may be the fault of jit: the plain call tells
                self._compiled[key] = None
                return function(*args)

        return call

    def _outputs(self, case: Case, arrays: Sequence[Any]) -> list[Any]:
        import jax

        leaves = jax.tree_util.tree_leaves(self.function(*case.with_arrays(arrays)))
        return [leaf for leaf in leaves if np.issubdtype(leaf.dtype, np.floating)]

    def backward(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Gradients:
        """The gradients."""
        with _double(), calling("backward", self.place):
            pull = self._fast("backward", case, lambda a, g: self._pulled(case, a, g))
            found = pull(list(map(_array, arrays)), list(map(_array, cotangents)))
            return tuple(map(_numbers, found))

    def _pulled(self, case: Case, arrays: Sequence[Any], cotangents: Sequence[Any]) -> Any:
        import jax
        import jax.numpy as jnp

        given = [jnp.asarray(a) for a in arrays]
        outputs, pull = jax.vjp(lambda *moving: self._outputs(case, moving), *given)
        pairs = zip(cotangents, outputs, strict=True)
        return pull([jnp.asarray(c, y.dtype) for c, y in pairs])

    def second(
        self,
        case: Case,
        arrays: Sequence[Array],
        cotangents: Sequence[Array],
        directions: Sequence[Array],
    ) -> tuple[Gradients, Gradients]:
        """By differentiating the written rule in reverse mode again."""
        import jax

        def along(moving: Any, marks: Any) -> Any:
            found = self._pulled(case, moving, marks)
            return sum((g * v).sum() for g, v in zip(found, directions, strict=True))

        with _double(), calling("backward", self.place):
            both = jax.grad(along, argnums=(0, 1))(list(map(_array, arrays)),
                                                  list(map(_array, cotangents)))  # fmt: skip
        return tuple(map(_numbers, both[0])), tuple(map(_numbers, both[1]))

    def trace(
        self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]
    ) -> Trace | None:
        """By the jaxpr of forward and backward together, which is the same at all points."""
        key = id(case), tuple(np.shape(a) for a in arrays)
        if key not in self._traces:
            self._traces[key] = self._traced(case, arrays, cotangents)
        return self._traces[key]

    def _traced(self, case: Case, arrays: Sequence[Array], cotangents: Sequence[Array]) -> Trace:
        import jax

        from derivc.capture.jax.interpret import closed

        inputs = element_names(case.moving_names, arrays)
        marks = element_names(_marks(len(cotangents)), cotangents)

        def both(moving: Any, seeds: Any) -> Any:
            return self._outputs(case, moving), self._pulled(case, moving, seeds)

        with _double(), calling("backward", self.place):
            found = jax.make_jaxpr(both)(list(map(_array, arrays)), list(map(_array, cotangents)))
            given = [_symbols(n, a) for n, a in zip((*inputs, *marks), (*arrays, *cotangents),
                                                    strict=True)]  # fmt: skip
            results = closed(found, given)
        count = len(cotangents)
        outputs = tuple(trees_of(_objects(r)) for r in results[:count])
        written = tuple(trees_of(_objects(r)) for r in results[count:])
        return Trace(inputs, outputs, marks, written, dtypes=_dtypes(found))  # type: ignore[arg-type]

    def probes(self, case: Case, cotangents: Sequence[Array]) -> list[Finding]:
        """Whether the rule gives the function's own value, and works under jit and vmap."""
        return [*self._primal(case), *self._transformed(case, cotangents)]

    def _primal(self, case: Case) -> Iterator[Finding]:
        """The value that comes out when it is differentiated is the rule's own."""
        import jax

        with _double(), calling("backward", self.place):
            given = list(map(_array, case.arrays))
            plain = self._outputs(case, given)
            ruled, _ = jax.vjp(lambda *moving: self._outputs(case, moving), *given)
        for place, (value, other) in enumerate(zip(plain, ruled, strict=True)):
            a, b = _numbers(value), _numbers(other)
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-6, equal_nan=True):
                which = f"output {place}" if len(plain) > 1 else "the value"
                yield Finding(
                    "primal",
                    f"the rule returns another value than the function: {which} is"
                    f" {_first(a, b):.6g} when called, {_first(b, a):.6g} when differentiated",
                )

    def _transformed(self, case: Case, cotangents: Sequence[Array]) -> list[Finding]:
        import jax

        def pulled(*arrays: Any) -> Any:
            return self._pulled(case, arrays, cotangents)

        found = []
        batch = [np.stack([a, a]) for a in case.arrays]
        tries = (("jit", jax.jit(pulled), case.arrays), ("vmap", jax.vmap(pulled), batch))
        for name, function, arrays in tries:
            try:
                with _double():
                    function(*map(_array, arrays))
            except Exception as problem:  # noqa: BLE001  whatever the user's code raises
                text = f"{type(problem).__name__}: {str(problem).partition(chr(10))[0]}"
                message = f"the rule does not work under jax.{name}: {text}"
                found.append(Finding(name, message, "note"))
        return found


def _first(values: Array, others: Array) -> float:
    """The first number of an array that another array does not have there."""
    if values.shape != others.shape:
        return float(values.flat[0]) if values.size else np.nan
    return float(values[~np.isclose(values, others, rtol=1e-6)].flat[0])


def _marks(count: int) -> tuple[str, ...]:
    return ("g",) if count == 1 else tuple(f"g{i}" for i in range(count))


def _array(value: Any) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(value)


def _numbers(value: Any) -> Array:
    return np.array(value, dtype=float)


def _symbols(names: Sequence[str], like: Array) -> Any:
    import sympy as sp

    from derivc.symbolic.tracing.scalar import Scalar

    made = np.empty(len(names), object)
    made[:] = [Scalar(sp.Symbol(name, real=True)) for name in names]
    return made.reshape(np.shape(like))


def _objects(value: Any) -> Any:
    return np.asarray(value, dtype=object)


def _dtypes(jaxpr: Any) -> frozenset[str]:
    """The floating dtypes of all results."""
    found = {
        str(variable.aval.dtype)
        for equation in jaxpr.jaxpr.eqns
        for variable in equation.outvars
        if hasattr(variable.aval, "dtype")
    }
    return frozenset(d for d in found if "float" in d)


@contextmanager
def _double() -> Iterator[None]:
    from derivc.capture.from_jax import _double as double

    with double():
        yield

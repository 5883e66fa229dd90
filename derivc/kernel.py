"""Kernel: a compiled function with its derivatives, each generated when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, final

from derivc.build import generate, header, signature
from derivc.codegen.function import Argument, FunctionSpec
from derivc.codegen.load import load
from derivc.codegen.numpy import NumpyBackend
from derivc.definition import Definition
from derivc.errors import InputTypeError
from derivc.files import save_text
from derivc.ir.program import Program
from derivc.lowering.lift import lift
from derivc.packed import CurveFit, Packed
from derivc.specs import Specs


@final
class Kernel:
    """A compiled function: call it for the value, ask it for derivatives.

    Made by `derivc.compile`. Arguments broadcast over arrays; results have the broadcast shape;
    float32 in gives float32 out. Array arguments of traced functions have their fixed shape.

    Args:
        definition: what the user wrote.
        wrt: the arguments to differentiate by, in order (default: all).
        convention: what is returned at kinks: "torch", "jax", "left" or "right".

    Attributes:
        services: what layers above have made of the kernel, kept as long as it lives.

    Example:
        >>> import derivc as dc
        >>> k = dc.compile("100*(y-x**2)**2 + (1-x)**2")
        >>> k(1.0, 2.0)
        100.0
        >>> k.grad(1.0, 2.0)
        (-400.0, 200.0)
    """

    def __init__(
        self, definition: Definition, wrt: Sequence[str] | None = None, convention: str = "torch"
    ):
        self.definition = definition
        self.wrt = _checked(definition, wrt)
        self.convention = convention
        self.specs = Specs(definition, self.wrt, convention)
        self._functions: dict[str, Callable[..., Any]] = {}
        self._sources: dict[str, str] = {}
        self._lock = threading.RLock()
        self.services: dict[Any, Any] = {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return self.definition.inputs

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value, by position or keyword; of tensors, a node of their graph."""
        for arg in (*args, *named.values()) if named else args:
            if type(arg) not in _PLAIN and hasattr(arg, "__derivc_kernel__"):
                return arg.__derivc_kernel__(self, args, named)
        return self.value(*args, **named)

    def function(self, name: str) -> Callable[..., Any]:
        """One generated function by name: "value", "grad", "value_and_grad", "hessian", ...

        Two threads that ask at once get the same function, generated once.
        """
        with self._lock:
            if name not in self._functions:
                source = self._source_of(name)
                self._functions[name] = load(source)[name]
            return self._functions[name]

    def _source_of(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = generate(self.specs, name)
        return self._sources[name]

    @cached_property
    def value(self) -> Callable[..., Any]:
        """The function itself: value(x, y)."""
        return self.function("value")

    @cached_property
    def grad(self) -> Callable[..., Any]:
        """Tuple of partials in the order of `wrt`; one array for a single array argument."""
        return self.function("grad")

    @cached_property
    def value_and_grad(self) -> Callable[..., Any]:
        """(value, grad) from one program that shares what they have in common."""
        return self.function("value_and_grad")

    @cached_property
    def jacobian(self) -> Callable[..., Any]:
        """Array of partials: shape of the result, then shape of the argument (or (n,) scalars)."""
        return self.function("jacobian")

    @cached_property
    def value_and_jacobian(self) -> Callable[..., Any]:
        """(value, jacobian) from one program."""
        return self.function("value_and_jacobian")

    @cached_property
    def hessian(self) -> Callable[..., Any]:
        """Array of second partials, (n, n) and then the broadcast shape of the arguments."""
        return self.function("hessian")

    def value_and_jvp(self, primals: Any, tangents: Any) -> Any:
        """The value and the directional derivative along `tangents`, one per argument in `wrt`."""
        return self.function("value_and_jvp")(*self._pack(primals), *self._moving(tangents))

    def jvp(self, primals: Any, tangents: Any) -> Any:
        """The directional derivative J v, of the shape of the value (forward mode)."""
        return self.value_and_jvp(primals, tangents)[1]

    def value_and_vjp(self, primals: Any, cotangent: Any) -> Any:
        """The value and the cotangents of the arguments in `wrt`, for a cotangent of the value."""
        return self.function("value_and_vjp")(*self._pack(primals), cotangent)

    def vjp(self, primals: Any, cotangent: Any) -> Any:
        """The cotangents J^T v in the layout of `grad` (reverse mode)."""
        return self.value_and_vjp(primals, cotangent)[1]

    def hvp(self, primals: Any, vector: Any) -> Any:
        """The Hessian times a vector, in the layout of `grad`."""
        return self.function("hvp")(*self._pack(primals), *self._moving(vector))

    def _pack(self, values: Any) -> tuple[Any, ...]:
        return _tuple(values, len(self.inputs), "primals", self.inputs)

    def _moving(self, values: Any) -> tuple[Any, ...]:
        return _tuple(values, len(self.wrt), "tangents", self.wrt)

    @cached_property
    def packed(self) -> Packed:
        """The same function of one flat vector, as scipy.optimize takes it."""
        return Packed(self)

    def for_curve_fit(self, data: str | Sequence[str] = "x") -> CurveFit:
        """The model f(xdata, *params), with `.jac`, as scipy.optimize.curve_fit takes it."""
        return CurveFit(self, (data,) if isinstance(data, str) else tuple(data))

    @cached_property
    def formula(self) -> Any:
        """The function as a SymPy expression (a matrix column for several outputs)."""
        from derivc.report import formula

        return formula(self.definition)

    @cached_property
    def derivatives(self) -> tuple[Any, ...]:
        """The closed-form partials, simplified, in the order of `wrt`'s elements."""
        from derivc.report import derivatives

        return derivatives(self.specs)

    @property
    def program(self) -> Program:
        """The program of `value_and_grad` (of `value` for several outputs), over primitives."""
        name = "value_and_grad" if self.definition.shape is None else "value_and_jacobian"
        return self.specs.build(name).program

    @property
    def op_program(self) -> Program:
        """The op-level program of the value: what the oracle evaluates."""
        return self.specs.value_program

    @cached_property
    def source(self) -> str:
        """A complete module: `value`, `grad` and `value_and_grad`, needing only NumPy."""
        scalar = self.definition.shape is None
        names = ("value", "grad", "value_and_grad") if scalar else ("value", "jacobian")
        return NumpyBackend().source([self._spec(n) for n in names], header(self.specs))

    def _spec(self, name: str) -> FunctionSpec:
        return self.specs.build(name)

    def save(self, path: Any) -> None:
        """Write `source` to a file that runs without derivc; never left half-written.

        Raises:
            SaveError: the file cannot be written; what stood there before is untouched.
        """
        save_text(path, self.source)

    def check(self, points: int = 64, domain: Any = None, seed: int = 0) -> Any:
        """Compare value and partials with 50-digit arithmetic; a report with the worst points."""
        from derivc.verify.check import check

        return check(self, points=points, domain=domain, seed=seed)

    def swell(self) -> Any:
        """Weighted operations of the function, its tree gradient and the compiled gradient."""
        from derivc.report import swell

        return swell(self.specs)

    def __repr__(self) -> str:
        shown = str(self.formula)
        shown = shown if len(shown) <= 100 else shown[:97] + "..."
        return f"<derivc kernel ({', '.join(self.inputs)}) -> {shown}>"

    def _repr_latex_(self) -> str:
        import sympy as sp

        return rf"$\displaystyle {sp.latex(self.formula)}$"

    def __reduce__(self) -> Any:
        """By the program: SymPy's own pickles evaluate trees, which changes their rounding."""
        d = self.definition
        parts = (d.arguments, d.program, d.shape, d.name, d.text)
        return _rebuild, (*parts, self.wrt, self.convention)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kernel) and signature(self.specs) == signature(other.specs)

    def __hash__(self) -> int:
        return hash(signature(self.specs))


_PLAIN = frozenset({float, int})
"""The most common arguments, which are no tensors."""


def _rebuild(
    arguments: tuple[Argument, ...],
    program: Program,
    shape: tuple[int, ...] | None,
    name: str,
    text: str,
    wrt: tuple[str, ...],
    convention: str,
) -> Kernel:
    definition = Definition(arguments, lift(program), shape, name, text, program)
    return Kernel(definition, wrt, convention)


def _checked(definition: Definition, wrt: Sequence[str] | str | None) -> tuple[str, ...]:
    """The arguments to differentiate by.

    Raises:
        InputTypeError: a name is no argument of the function.
    """
    if wrt is None:
        return definition.inputs
    names = (wrt,) if isinstance(wrt, str) else tuple(str(name) for name in wrt)
    unknown = [name for name in names if name not in definition.inputs]
    if unknown or len(set(names)) != len(names):
        raise InputTypeError(
            f"wrt={names} must name arguments of the function, each once: {definition.inputs}"
        )
    return names


def _tuple(values: Any, count: int, what: str, names: tuple[str, ...]) -> tuple[Any, ...]:
    """One value per name: a tuple or list of them, or the bare value of a single one."""
    if isinstance(values, tuple | list) and len(values) == count:
        return tuple(values)
    if count == 1:
        return (values,)
    raise InputTypeError(f"{what} must be a tuple of {count} values, for {names}; got {values!r}")

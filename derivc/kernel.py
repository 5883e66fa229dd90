"""Kernel: a compiled function with its derivatives, each generated when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, final

from derivc.arguments import as_tuple, chosen
from derivc.build import generate, header, signature
from derivc.codegen.function import Argument, FunctionSpec
from derivc.codegen.load import load
from derivc.codegen.numpy import NumpyBackend
from derivc.definition import Definition
from derivc.files import save_text
from derivc.ir.program import Program
from derivc.lowering.lift import lift
from derivc.options import DEFAULT, Options
from derivc.packed import CurveFit, Packed
from derivc.scale.hook import hooked
from derivc.specs import Specs

if TYPE_CHECKING:
    from derivc.native.function import NativeFunction


@final
class Kernel:
    """A compiled function: call it for the value, ask it for derivatives.

    Made by `derivc.compile`. Arguments broadcast over arrays; results have the broadcast shape;
    float32 in gives float32 out. Array arguments of traced functions have their fixed shape. Dask
    arrays give dask arrays, in the layout of arrays in memory.

    Args:
        definition: what the user wrote.
        wrt: the arguments to differentiate by, in order (default: all).
        convention: what is returned at kinks: "torch", "jax", "left" or "right".
        options: which backend compiles it, and how; default: NumPy.

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
        self,
        definition: Definition,
        wrt: Sequence[str] | None = None,
        convention: str = "torch",
        options: Options = DEFAULT,
    ):
        self.definition = definition
        self.wrt = chosen(definition, wrt)
        self.convention = convention
        self.options = options
        self.specs = Specs(definition, self.wrt, convention)
        self._functions: dict[str, Callable[..., Any]] = {}
        self._plain: dict[str, Callable[..., Any]] = {}
        self._compiled: dict[str, NativeFunction] = {}
        self._lock, self._compiling = threading.RLock(), threading.Lock()
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
                choice = self.options.backend
                make = {"c": self._native, "auto": self._automatic}.get(choice, self.plain)
                self._functions[name] = make(name)
            return self._functions[name]

    def plain(self, name: str) -> Callable[..., Any]:
        """One generated function by name, by the NumPy backend whichever was chosen."""
        with self._lock:
            if name not in self._plain:
                self._plain[name] = hooked(load(generate(self.specs, name)), self, name)
            return self._plain[name]

    def _native(self, name: str) -> Callable[..., Any]:
        return self.native(name).call

    def _automatic(self, name: str) -> Callable[..., Any]:
        from derivc.native.automatic import Automatic

        return Automatic(self, name)

    def native(self, name: str = "value") -> NativeFunction:
        """One function compiled from C, whichever backend was chosen.

        Raises:
            NativeError: there is no C compiler, or it failed.
        """
        from derivc.native.build import build

        with self._compiling:  # a lock of its own: calls by NumPy do not wait for a compiler
            if name not in self._compiled:
                fallback = partial(self.plain, name)
                self._compiled[name] = build(self.specs, name, self.options, fallback)
            return self._compiled[name]

    @property
    def ufunc(self) -> Any:
        """The value as a `numpy.ufunc`, compiled from C: arguments in order.

        Raises:
            NativeError: there is no C compiler, or it failed.
            UnsupportedError: arguments are arrays of fixed shape, or too many.

        Example:
            >>> import derivc as dc
            >>> f = dc.compile("x*exp(y)", backend="c").ufunc
            >>> f.outer([1.0, 2.0], [0.0, 0.0]).tolist()
            [[1.0, 1.0], [2.0, 2.0]]
        """
        return self.native("value").ufunc

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
        return as_tuple(values, len(self.inputs), "primals", self.inputs)

    def _moving(self, values: Any) -> tuple[Any, ...]:
        return as_tuple(values, len(self.wrt), "tangents", self.wrt)

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
        """A complete module: `value`, `grad` and `value_and_grad`, needing only NumPy.

        With backend="c": a translation unit of the same functions.
        """
        return self._translation_unit() if self.options.backend == "c" else self._module()

    def _translation_unit(self) -> str:
        from derivc.native.build import backend

        specs = [self._spec(n) for n in self._offered()]
        return backend(self.options).source(specs, header(self.specs))

    def _module(self) -> str:
        return NumpyBackend().source([self._spec(n) for n in self._offered()], header(self.specs))

    def _offered(self) -> tuple[str, ...]:
        scalar = self.definition.shape is None
        return ("value", "grad", "value_and_grad") if scalar else ("value", "jacobian")

    def _spec(self, name: str) -> FunctionSpec:
        return self.specs.build(name)

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
        if backend is not None and backend not in ("numpy", "c"):
            from derivc.standalone import name_of_file

            return save_text(path, self.source_for(backend, name or name_of_file(path)))
        if backend == "c" or (backend is None and str(path).endswith(".c")):
            return save_text(path, self._translation_unit())
        return save_text(path, self._module())

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
        return _rebuild, (*parts, self.wrt, self.convention, self.options)

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
    options: Options,
) -> Kernel:
    definition = Definition(arguments, lift(program), shape, name, text, program)
    return Kernel(definition, wrt, convention, options)

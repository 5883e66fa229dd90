"""Kernel: a compiled function with its derivatives, each generated when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, final

from derivc.arguments import chosen
from derivc.build import generate, signature
from derivc.codegen.function import Argument
from derivc.codegen.load import load
from derivc.definition import Definition
from derivc.ir.program import Program
from derivc.kernel.derivatives import Derivatives
from derivc.kernel.modules import Modules
from derivc.kernel.reports import Reports
from derivc.lowering.lift import lift
from derivc.options import DEFAULT, Options
from derivc.packed import CurveFit, Packed
from derivc.scale.hook import hooked
from derivc.specs import Specs

if TYPE_CHECKING:
    from derivc.native.function import NativeFunction


@final
class Kernel(Derivatives, Modules, Reports):
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
        memo: what layers above have made of the kernel, kept as long as it lives.

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
        self.memo: dict[Any, Any] = {}

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
    def packed(self) -> Packed:
        """The same function of one flat vector, as scipy.optimize takes it."""
        return Packed(self)

    def for_curve_fit(self, data: str | Sequence[str] = "x") -> CurveFit:
        """The model f(xdata, *params), with `.jac`, as scipy.optimize.curve_fit takes it."""
        return CurveFit(self, (data,) if isinstance(data, str) else tuple(data))

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

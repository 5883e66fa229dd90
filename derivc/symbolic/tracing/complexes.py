"""Stand-in for one complex number: two real ones, its parts.

Functions that go through the complex plane and come back (moduli, real parts, filters, waves) are
traced in these. The result of the whole function must be real.

Source of the formulas: the definitions by real and imaginary part (Abramowitz and Stegun, 3.7, 4.3
and 4.5); the square root keeps to the principal branch without cancellation.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any, final

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.refusal import refuse

_NATIVE = (complex, np.complexfloating)


@final
class Complex:
    """A complex number that depends on the arguments.

    Args:
        real, imag: its parts: stand-ins or numbers.
    """

    __slots__ = ("imag", "real")
    __array_priority__ = 3000.0
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1
    dtype = np.dtype(complex)

    def __init__(self, real: Any, imag: Any):
        self.real, self.imag = real, imag

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from derivc.symbolic.tracing.ufuncs import dispatch

        return dispatch(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from derivc.symbolic.tracing.numpy_functions import call

        return call(func, args, kwargs)

    def __add__(self, other: Any) -> Any:
        return _with(other, lambda o: Complex(self.real + o.real, self.imag + o.imag))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return _with(other, lambda o: Complex(self.real - o.real, self.imag - o.imag))

    def __rsub__(self, other: Any) -> Any:
        return _with(other, lambda o: Complex(o.real - self.real, o.imag - self.imag))

    def __mul__(self, other: Any) -> Any:
        return _with(other, lambda o: _product(self, o))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _with(other, lambda o: _quotient(self, o))

    def __rtruediv__(self, other: Any) -> Any:
        return _with(other, lambda o: _quotient(o, self))

    def __pow__(self, other: Any) -> Any:
        return _with(other, lambda o: _power(self, o))

    def __rpow__(self, other: Any) -> Any:
        return _with(other, lambda o: _power(o, self))

    def __neg__(self) -> Complex:
        return Complex(-self.real, -self.imag)

    def __pos__(self) -> Complex:
        return self

    def __abs__(self) -> Any:
        return _of("hypot", self.real, self.imag)

    def __eq__(self, other: object) -> Any:
        return _with(other, lambda o: (self.real == o.real) & (self.imag == o.imag))

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        raise refuse("needs to know whether a complex value is zero", "choose with np.where")

    def __float__(self) -> float:
        raise TypeError("a complex value is no float; take its real part or its modulus")

    def conjugate(self) -> Complex:
        """The number mirrored at the real axis."""
        return Complex(self.real, -self.imag)

    conj = conjugate

    def item(self, *args: Any) -> Complex:
        """The number itself."""
        return self

    copy = item

    def __repr__(self) -> str:
        return f"Complex({self.real!r}, {self.imag!r})"


def is_complex(value: Any) -> bool:
    """True for complex numbers, traced or constant."""
    return isinstance(value, (Complex, *_NATIVE))


def made(real: Any = 0.0, imag: Any = 0.0) -> Any:
    """`complex(real, imag)`, where either may be complex itself."""
    if is_complex(imag):
        return real + 1j * imag
    return real + Complex(0.0, imag) if is_complex(real) else Complex(real, imag)


def real_of(value: Any) -> Any:
    """The real part of any number."""
    return value.real if is_complex(value) else value


def imag_of(value: Any) -> Any:
    """The imaginary part of any number."""
    return value.imag if is_complex(value) else 0.0


def conjugate_of(value: Any) -> Any:
    """The conjugate of any number."""
    return value.conjugate() if is_complex(value) else value


def _with(other: Any, result: Callable[[Any], Any]) -> Any:
    """The result with the other number taken for complex; arrays take the operation over."""
    if is_complex(other):
        return result(other)
    if isinstance(other, np.ndarray) and other.ndim == 0:
        return _with(other.item(), result)
    if hasattr(other, "__len__") and not hasattr(other, "tree"):
        return NotImplemented
    return result(Complex(other, 0.0))


def _product(a: Any, b: Any) -> Complex:
    real = a.real * b.real - a.imag * b.imag
    return Complex(real, a.real * b.imag + a.imag * b.real)


def _quotient(a: Any, b: Any) -> Complex:
    if _is_zero(b.imag):
        return Complex(a.real / b.real, a.imag / b.real)
    above = _product(a, b.conjugate())
    below = b.real * b.real + b.imag * b.imag
    return Complex(above.real / below, above.imag / below)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value == 0


def _power(base: Any, exponent: Any) -> Any:
    """Whole powers by squaring, z^(1/2) as a root, all else as exp(w log z)."""
    constant = _is_zero(exponent.imag) and isinstance(exponent.real, int | float)
    if constant and exponent.real == int(exponent.real) and abs(exponent.real) <= 64:
        whole = _whole_power(base, abs(int(exponent.real)))
        return whole if exponent.real >= 0 else 1.0 / whole
    if constant and exponent.real == 0.5:
        return function_of("sqrt")(base)
    return function_of("exp")(function_of("log")(base) * exponent)


def _whole_power(base: Any, count: int) -> Any:
    result: Any = Complex(1.0, 0.0)
    while count:
        result = result * base if count % 2 else result
        base, count = base * base, count // 2
    return result


def _of(name: str, *args: Any) -> Any:
    """A function of real numbers, traced or not."""
    from derivc.symbolic.tracing.elementwise import function_of as real_function

    return real_function(name)(*args)


def _exp(z: Any) -> Any:
    return Complex(_of("exp", z.real) * _of("cos", z.imag), _of("exp", z.real) * _of("sin", z.imag))


def _log(z: Any) -> Any:
    return Complex(_of("log", z.real * z.real + z.imag * z.imag) / 2, _angle(z))


def _angle(z: Any) -> Any:
    return _of("arctan2", z.imag, z.real)


def _sqrt(z: Any) -> Any:
    """With t^2 = (|z| + |a|)/2: the root of a + ib is t + ib/(2t), or |b|/(2t) +- it for a < 0."""
    t = _of("sqrt", (abs(z) + abs(z.real)) / 2)
    right = z.real >= 0
    real = _of("where", right, t, abs(z.imag) / (2 * t))
    return Complex(real, _of("where", right, z.imag / (2 * t), _of("copysign", t, z.imag)))


def _sin(z: Any) -> Any:
    return Complex(
        _of("sin", z.real) * _of("cosh", z.imag), _of("cos", z.real) * _of("sinh", z.imag)
    )


def _cos(z: Any) -> Any:
    return Complex(
        _of("cos", z.real) * _of("cosh", z.imag), -_of("sin", z.real) * _of("sinh", z.imag)
    )


def _sinh(z: Any) -> Any:
    return Complex(
        _of("sinh", z.real) * _of("cos", z.imag), _of("cosh", z.real) * _of("sin", z.imag)
    )


def _cosh(z: Any) -> Any:
    return Complex(
        _of("cosh", z.real) * _of("cos", z.imag), _of("sinh", z.real) * _of("sin", z.imag)
    )


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": _exp, "log": _log, "sqrt": _sqrt, "sin": _sin, "cos": _cos, "sinh": _sinh,
    "cosh": _cosh, "angle": _angle, "tan": lambda z: _sin(z) / _cos(z),
    "tanh": lambda z: _sinh(z) / _cosh(z), "square": lambda z: z * z,
    "reciprocal": lambda z: 1.0 / z, "sign": lambda z: z / abs(z),
    "log10": lambda z: _log(z) / cmath.log(10).real,
}  # fmt: skip


def function_of(name: str) -> Callable[..., Any]:
    """The function of a complex number that NumPy and `cmath` know by that name.

    Raises:
        TraceError: it is not traced.
    """
    if name not in _FUNCTIONS:
        raise refuse(f"calls {name} of a complex value", "write it out in real and imaginary parts")
    return _FUNCTIONS[name]


def no_real(value: Complex) -> TraceError:
    """The error for a complex number where a real one is needed."""
    return refuse(
        "has a complex value where a real number is needed",
        "take its real part or its modulus: np.real(z), np.abs(z)",
    )

"""Numbers with an exponent of their own, for programs whose exponentials leave every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np

# --- carried ---


# Numbers m * 2**(e + f) with whole numbers e and f beside m: exp(20000) / exp(19990) is found
# although no format holds either. In f are the exponents that are only known to some digits, as of
# exp(1e30); f - f is 0. Only results that came out as NaN or infinite are computed so; it is slow.


_LN2 = np.longdouble("0.693147180559945309417232121458176568")
_LN2_HEAD = np.longdouble("0.693147182464599609375")  # 24 bits: whole multiples are exact
_SCALED_FAR = 2.0**50  # exponents that are known to a fraction
_LN2_TAIL = np.longdouble("-1.904654299957767878541823432e-9")


@final
class _Scaled(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of such numbers; ufuncs take and fill it as they do arrays."""

    dtype = np.dtype(np.longdouble)

    def __init__(self, m: Any, e: Any = 0, f: Any = 0):
        head, own = np.frexp(np.asarray(m, np.longdouble))
        far = np.abs(e) > _SCALED_FAR
        near = np.where(far, 0, e) + own.astype(np.longdouble)
        self.m, self.e = np.asarray(head), np.asarray(near)
        self.f = np.asarray(f + np.where(far, e, 0) + 0 * near)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """As numbers of a format; what lies beyond it is infinite or zero."""
        found = np.asarray(_scaled_by(self.m, self.e + self.f))
        return found if dtype is None else found.astype(dtype)

    def __float__(self) -> float:
        return float(np.asarray(self))

    def __round__(self) -> Any:
        return np.rint(self)

    def __getitem__(self, key: Any) -> _Scaled:
        return _Scaled(self.m[key], self.e[key], self.f[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        found = value if isinstance(value, _Scaled) else _Scaled(value)
        self.m[key], self.e[key], self.f[key] = found.m, found.e, found.f

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, out: Any = None) -> Any:
        found = _scaled_call(ufunc, [x if isinstance(x, _Scaled) else _Scaled(x) for x in given])
        if out is None:
            return found
        out[0][...] = found
        return out[0]

    def __array_function__(self, function: Any, _: Any, given: Any, rest: Any) -> Any:
        if function is np.where:
            return _scaled_choice(*given)
        if function is np.copyto:
            given[0][...] = given[1]
        elif function is np.putmask:
            given[0][...] = _scaled_choice(given[1], given[2], given[0])
        else:
            return NotImplemented
        return None


def _scaled_call(ufunc: Any, given: list[_Scaled]) -> Any:
    """A ufunc by its rule, else over the widest numbers there are; truths stay truths."""
    rule = _SCALED_RULES.get(ufunc.__name__)
    found = rule(*given) if rule else ufunc(*map(np.asarray, given))
    return found if isinstance(found, _Scaled) or found.dtype == bool else _Scaled(found)


def _scaled_choice(condition: Any, one: Any, other: Any) -> _Scaled:
    a, b = (x if isinstance(x, _Scaled) else _Scaled(x) for x in (one, other))
    pairs = ((a.m, b.m), (a.e, b.e), (a.f, b.f))
    return _Scaled(*(np.where(condition, left, right) for left, right in pairs))


def _scaled_by(m: Any, e: Any) -> Any:
    return np.ldexp(m, np.asarray(np.clip(e, -40000, 40000)).astype(np.int64))


def _scaled_sum(a: _Scaled, b: _Scaled, sign: int = 1) -> _Scaled:
    first = (b.m == 0) | ((a.m != 0) & ((a.e - b.e) + (a.f - b.f) >= 0))
    e, f = np.where(first, a.e, b.e), np.where(first, a.f, b.f)
    left, right = (_scaled_by(x.m, (x.e - e) + (x.f - f)) for x in (a, b))
    return _Scaled(left + sign * right, e, f)


def _scaled_product(m: Any, a: _Scaled, b: _Scaled, sign: int = 1) -> _Scaled:
    """NaN where only the rounding of far exponents would be left of them."""
    most, f = np.maximum(np.abs(a.f), np.abs(b.f)), a.f + sign * b.f
    noise = (f != 0) & (np.abs(f) < most * 2.0**-20)
    return _Scaled(np.where(noise, np.nan, m), a.e + sign * b.e, f)


def _scaled_root(a: _Scaled, n: int, root: Any) -> _Scaled:
    rest = a.e % n
    return _Scaled(root(_scaled_by(a.m, rest)), (a.e - rest) / n, a.f / n)


def _scaled_exp(a: _Scaled) -> _Scaled:
    x = np.asarray(a)
    n = np.rint(np.where(np.isfinite(x), x / _LN2, 0))
    most = np.rint(n * 2.0**-30) * 2.0**30  # in two steps: each multiple of the head is exact
    rest = (x - most * _LN2_HEAD) - (n - most) * _LN2_HEAD - n * _LN2_TAIL
    rest = np.where(np.abs(n) > _SCALED_FAR, 0, rest)
    return _Scaled(np.where(np.isfinite(x), np.exp(rest), np.exp(x)), n)


def _scaled_log(a: _Scaled) -> _Scaled:
    return _Scaled(
        np.where(np.abs(a.e + a.f) < 16000, np.log(np.asarray(a)), np.log(a.m) + (a.e + a.f) * _LN2)
    )


def _scaled_power(a: _Scaled, b: _Scaled) -> _Scaled:
    """2**(b log2 |a|), b split in two so that its multiples of a's exponent are exact."""
    p, plain = np.asarray(b), np.power(np.asarray(a), np.asarray(b))
    head = _scaled_by(np.rint(_scaled_by(b.m, 24)), b.e - 24)
    whole = np.rint(head * a.e)
    known = np.abs(p * a.f) < _SCALED_FAR
    rest = (head * a.e - whole) + (p - head) * a.e + p * np.log2(np.abs(a.m))
    rest = rest + np.where(known, p * a.f, 0)
    n = np.rint(rest)
    odd = (a.m < 0) & (p % 2 == 1)
    m = np.where((a.m < 0) & (p % 1 != 0), np.nan, np.exp2(rest - n) * np.where(odd, -1, 1))
    most = np.abs(whole + n) + np.abs(a.e + a.f) + np.abs(p * a.f)
    far = np.isfinite(most) & (most > 16000)
    parts = (np.where(far, part, 0) for part in (m, whole + n, np.where(known, 0, p * a.f)))
    return _scaled_choice(far, _Scaled(*parts), plain)


def _scaled_far(a: _Scaled, near: Any, far: Callable[[], _Scaled]) -> _Scaled:
    """A function that is its argument at 0, in its own format near 0, and in another form far."""
    found = _scaled_choice(np.abs(np.asarray(a)) < 1, near(np.asarray(a)), far())
    return _scaled_choice(a.e + a.f < -100, a, found)


def _scaled_equal(a: _Scaled, b: _Scaled) -> Any:
    whole = (a.m == 0) | np.isinf(a.m)
    return (a.m == b.m) & (whole | ((a.e - b.e) + (a.f - b.f) == 0))


def _scaled_max(a: _Scaled, b: _Scaled) -> _Scaled:
    return _scaled_choice(_scaled_sum(a, b, -1).m < 0, b, a)


_SCALED_RULES: dict[str, Callable[..., Any]] = {
    "add": _scaled_sum,
    "subtract": lambda a, b: _scaled_sum(a, b, -1),
    "multiply": lambda a, b: _scaled_product(a.m * b.m, a, b),
    "divide": lambda a, b: _scaled_product(a.m / b.m, a, b, -1),
    "square": lambda a: a * a,
    "negative": lambda a: _Scaled(-a.m, a.e, a.f),
    "absolute": lambda a: _Scaled(np.abs(a.m), a.e, a.f),
    "sign": lambda a: np.sign(a.m),
    "copysign": lambda a, b: _Scaled(np.copysign(a.m, b.m), a.e, a.f),
    "hypot": lambda a, b: np.sqrt(a * a + b * b),
    "maximum": _scaled_max,
    "minimum": lambda a, b: -_scaled_max(-a, -b),
    "sqrt": lambda a: _scaled_root(a, 2, np.sqrt),
    "cbrt": lambda a: _scaled_root(a, 3, np.cbrt),
    "exp": _scaled_exp,
    "exp2": lambda a: _scaled_power(_Scaled(2), a),
    "expm1": lambda a: _scaled_far(a, np.expm1, lambda: _scaled_exp(a) - 1),
    "sinh": lambda a: _scaled_far(a, np.sinh, lambda: (_scaled_exp(a) - _scaled_exp(-a)) / 2),
    "cosh": lambda a: (_scaled_exp(a) + _scaled_exp(-a)) / 2,
    "log": _scaled_log,
    "log2": lambda a: _scaled_log(a) / _LN2,
    "log10": lambda a: _scaled_log(a) / np.log(np.longdouble(10)),
    "log1p": lambda a: _scaled_far(a, np.log1p, lambda: _scaled_log(a + 1)),
    "power": _scaled_power,
    "equal": _scaled_equal,
    "not_equal": lambda a, b: ~_scaled_equal(a, b),
    "less": lambda a, b: _scaled_sum(a, b, -1).m < 0,
    "less_equal": lambda a, b: _scaled_sum(a, b, -1).m <= 0,
    "greater": lambda a, b: _scaled_sum(a, b, -1).m > 0,
    "greater_equal": lambda a, b: _scaled_sum(a, b, -1).m >= 0,
}

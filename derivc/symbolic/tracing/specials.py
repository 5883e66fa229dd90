"""Functions of `scipy.special` that are no ops of their own, written with those that are.

Source of the formulas: the documentation of `scipy.special`; Abramowitz and Stegun, 22.7, for the
recurrences of the orthogonal polynomials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import is_tracer

Function = Callable[..., Any]


def _of(name: str, *args: Any) -> Any:
    from derivc.symbolic.tracing.elementwise import function_of

    return function_of(name)(*args)


def _rel_entr(x: Any, y: Any) -> Any:
    """x log(x/y), 0 at x = 0 and infinite below."""
    both = _of("logical_and", x > 0, y > 0)
    edge = _of("logical_and", x == 0, y >= 0)
    return _of("where", both, x * _of("log", x / y), _of("where", edge, 0.0, math.inf))


def _pseudo_huber(delta: Any, r: Any) -> Any:
    """d^2 (sqrt(1 + (r/d)^2) - 1), without the cancellation: r^2 / (1 + sqrt(...))."""
    return r * r / (1 + _of("sqrt", 1 + (r / delta) ** 2))


def _kl_div(x: Any, y: Any) -> Any:
    """x log(x/y) - x + y, which is y at x = 0."""
    return _rel_entr(x, y) - x + y


def _huber(delta: Any, r: Any) -> Any:
    """r^2/2 up to delta, and on along its tangent."""
    size = abs(r)
    return _of("where", size <= delta, r * r / 2, delta * (size - delta / 2))


def _boxcox(x: Any, power: Any) -> Any:
    if not is_tracer(power) and power == 0:
        return _of("log", x)
    return _of("expm1", power * _of("log", x)) / power


def _recurrence(first: Function, step: Function) -> Function:
    """An orthogonal polynomial by its recurrence: P_0 = 1, P_1 = first(x), P_{k+1} = step(...)."""

    def evaluate(n: Any, x: Any) -> Any:
        if is_tracer(n) or n != int(n):
            raise refuse("takes an orthogonal polynomial of a degree that is not whole", "fix it")
        before, now = 1.0, first(x)
        for k in range(1, int(n)):
            before, now = now, step(k, x, now, before)
        return now if n else 1.0 + 0 * x

    return evaluate


SPECIALS: dict[str, Function] = {
    "rel_entr": _rel_entr, "kl_div": _kl_div, "huber": _huber,
    "pseudo_huber": _pseudo_huber, "boxcox": _boxcox,
    "boxcox1p": lambda x, power: _boxcox(1 + x, power),
    "inv_boxcox": lambda y, power: _of("exp", _of("log1p", power * y) / power),
    "eval_hermite": _recurrence(lambda x: 2 * x, lambda k, x, p, q: 2 * x * p - 2 * k * q),
    "eval_hermitenorm": _recurrence(lambda x: x, lambda k, x, p, q: x * p - k * q),
    "eval_sh_legendre": lambda n, x: _of("eval_legendre", n, 2 * x - 1),
    "eval_sh_chebyt": lambda n, x: _of("eval_chebyt", n, 2 * x - 1),
    "eval_sh_chebyu": lambda n, x: _of("eval_chebyu", n, 2 * x - 1),
    "rgamma": lambda x: 1 / _of("gamma", x),
    "poch": lambda z, m: _of("exp", _of("gammaln", z + m) - _of("gammaln", z)),
    "cosm1": lambda x: -2 * _of("sin", x / 2) ** 2,
    "powm1": lambda x, y: _of("expm1", y * _of("log", x)),
    "sindg": lambda x: _of("sin", _of("deg2rad", x)),
    "cosdg": lambda x: _of("cos", _of("deg2rad", x)),
    "tandg": lambda x: _of("tan", _of("deg2rad", x)),
    "radian": lambda d, m, s: _of("deg2rad", d + m / 60 + s / 3600),
    "chdtr": lambda v, x: _of("gammainc", v / 2, x / 2),
    "chdtrc": lambda v, x: _of("gammaincc", v / 2, x / 2),
    "gdtr": lambda a, b, x: _of("gammainc", b, a * x),
    "betaincc": lambda a, b, x: _of("betainc", b, a, 1 - x),
}  # fmt: skip

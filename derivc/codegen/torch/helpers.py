"""Functions that PyTorch does not have, as text that a module carries along where it calls them.

Bessel functions of whole orders and orthogonal polynomials go by their recurrences in the order,
https://dlmf.nist.gov/10.6.E1, /10.29.E1 and /18.9.E1; where those would cancel, by power series.
"""

from __future__ import annotations

_CBRT = '''\
def _cbrt(x):
    """The real cube root: a power, whose exponent is no third, and one step of Newton's method."""
    root = torch.sign(x) * torch.abs(x) ** (1 / 3)
    better = root - (root - x / (root * root)) / 3
    return torch.where((x == 0) | torch.isinf(x), root, better)
'''
_GAMMA = '''\
def _gamma(x):
    """The gamma function: by its logarithm, with the sign that alternates left of zero."""
    odd = (x < 0) & (torch.remainder(torch.floor(x), 2) == 1)
    size = torch.exp(torch.lgamma(x))
    return torch.where(odd, -size, size)
'''
_TRIGAMMA = '''\
def _trigamma(x):
    """The derivative of digamma: PyTorch's own has 9 digits. Left of zero by reflection."""
    left = x < 0
    start = torch.abs(x) + left
    far = start + 10.0
    part = 1 / (far * far)
    total = torch.zeros_like(x)
    for factor in _BERNOULLI:
        total = factor + part * total
    total = (1 + part * total) / far + part / 2
    for k in range(9, -1, -1):
        near = start + k
        total = total + 1 / (near * near)
    turned = torch.sin(math.pi * torch.where(left, x - torch.round(x), 0.5))
    return torch.where(left, (math.pi / turned) ** 2 - total, total)


# B_18 to B_2, https://dlmf.nist.gov/24.2.T3; the series is https://dlmf.nist.gov/5.15.E8
_BERNOULLI = (43867 / 798, -3617 / 510, 7 / 6, -691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6)
'''
_LOG_NDTR = '''\
def _log_ndtr(x):
    """The logarithm of the normal distribution function: vmap has no rule for PyTorch's own."""
    scaled = torch.special.erfcx(-0.7071067811865476 * torch.clamp_max(x, -1.0))
    left = torch.log(scaled / 2) - x * x / 2
    right = torch.log1p(torch.erfc(0.7071067811865476 * torch.clamp_min(x, -1.0)) / -2)
    return torch.where(x < -1.0, left, right)
'''
_UPWARD = '''\
def _upward(n, x, zeroth, first, kept, grown):
    """f(k+1) = kept f(k-1) + grown (2k/x) f(k), from orders 0 and 1 up to n."""
    below, value = zeroth, first
    for k in range(1, n):
        below, value = value, kept * below + grown * (2 * k / x) * value
    return value if n else zeroth
'''
_SERIES = '''\
def _series(n, x, sign):
    """The power series of J (sign -1) and I (sign 1) of order n: right for small x."""
    half, total = x / 2, 0.0
    square = sign * half * half
    for k in range(24 if sign > 0 else 16 + n, -1, -1):  # J is asked up to n + 2, I up to 8
        total = 1 / (math.factorial(k) * math.factorial(k + n)) + square * total
    return half**n * total
'''
_JV = '''\
def _jv(n, x):
    """The Bessel function J of a whole order."""
    if n < 0:
        return (-1) ** n * _jv(-n, x)
    far = _upward(n, x, torch.special.bessel_j0(x), torch.special.bessel_j1(x), -1, 1)
    return far if n < 2 else torch.where(torch.abs(x) < n + 2, _series(n, x, -1), far)
'''
_YV = '''\
def _yv(n, x):
    """The Bessel function Y of a whole order."""
    if n < 0:
        return (-1) ** n * _yv(-n, x)
    return _upward(n, x, torch.special.bessel_y0(x), torch.special.bessel_y1(x), -1, 1)
'''
_IV = '''\
def _iv(n, x):
    """The modified Bessel function I of a whole order."""
    n = abs(n)
    far = _upward(n, x, torch.special.i0(x), torch.special.i1(x), 1, -1)
    return far if n < 2 else torch.where(torch.abs(x) < 8, _series(n, x, 1), far)
'''
_IVE = '''\
def _ive(n, x):
    """The modified Bessel function I of a whole order, times exp(-|x|)."""
    n = abs(n)
    far = _upward(n, x, torch.special.i0e(x), torch.special.i1e(x), 1, -1)
    near = _series(n, x, 1) * torch.exp(-torch.abs(x))
    return far if n < 2 else torch.where(torch.abs(x) < 8, near, far)
'''
_KV = '''\
def _kv(n, x):
    """The modified Bessel function K of a whole order."""
    zeroth, first = torch.special.modified_bessel_k0(x), torch.special.modified_bessel_k1(x)
    return _upward(abs(n), x, zeroth, first, 1, 1)
'''
_POLYNOMIAL = '''\
def _polynomial(n, zeroth, first, step):
    """An orthogonal polynomial of degree n, by what step(k, p(k), p(k-1)) gives for k+1."""
    below, value = zeroth, first
    for k in range(1, n):
        below, value = value, step(k, value, below)
    return value if n > 0 else (zeroth if n == 0 else zeroth * 0.0)
'''
_LEGENDRE = '''\
def _legendre(n, x):
    """The polynomial of Legendre."""
    def step(k, p, below):
        return ((2 * k + 1) * x * p - k * below) / (k + 1)

    return _polynomial(n, torch.ones_like(x), x, step)
'''
_CHEBYSHEV = '''\
def _chebyshev(n, x, first):
    """The polynomial of Chebyshev that begins with 1 and `first`."""
    return _polynomial(n, torch.ones_like(x), first, lambda k, p, below: 2 * x * p - below)
'''
_LAGUERRE = '''\
def _laguerre(n, a, x):
    """The polynomial of Laguerre, with the parameter a."""
    def step(k, p, below):
        return ((2 * k + 1 + a - x) * p - (k + a) * below) / (k + 1)

    return _polynomial(n, torch.ones_like(x), 1 + a - x, step)
'''
_GEGENBAUER = '''\
def _gegenbauer(n, a, x):
    """The polynomial of Gegenbauer, with the parameter a."""
    def step(k, p, below):
        return (2 * x * (k + a) * p - (k + 2 * a - 1) * below) / (k + 1)

    return _polynomial(n, torch.ones_like(x), 2 * a * x, step)
'''

HELPERS = {
    "cbrt": [_CBRT], "gamma": [_GAMMA], "log_ndtr": [_LOG_NDTR],
    "trigamma": [_TRIGAMMA],
    "jv": [_UPWARD, _SERIES, _JV], "yv": [_UPWARD, _YV],
    "iv": [_UPWARD, _SERIES, _IV], "ive": [_UPWARD, _SERIES, _IVE], "kv": [_UPWARD, _KV],
    "legendre": [_POLYNOMIAL, _LEGENDRE], "chebyshevt": [_POLYNOMIAL, _CHEBYSHEV],
    "chebyshevu": [_POLYNOMIAL, _CHEBYSHEV], "laguerre": [_POLYNOMIAL, _LAGUERRE],
    "assoc_laguerre": [_POLYNOMIAL, _LAGUERRE], "gegenbauer": [_POLYNOMIAL, _GEGENBAUER],
}  # fmt: skip
"""By op, what a module has to carry along."""

CALLS = {
    "cbrt": "_cbrt({0})", "gamma": "_gamma({0})", "log_ndtr": "_log_ndtr({0})",
    "trigamma": "_trigamma({0})",
    "jv": "_jv({0}, {1})", "yv": "_yv({0}, {1})",
    "iv": "_iv({0}, {1})", "ive": "_ive({0}, {1})", "kv": "_kv({0}, {1})",
    "legendre": "_legendre({0}, {1})", "chebyshevt": "_chebyshev({0}, {1}, {1})",
    "chebyshevu": "_chebyshev({0}, {1}, 2 * {1})", "laguerre": "_laguerre({0}, 0, {1})",
    "assoc_laguerre": "_laguerre({0}, {1}, {2})", "gegenbauer": "_gegenbauer({0}, {1}, {2})",
}  # fmt: skip

WHOLE = frozenset(CALLS) - {"cbrt", "gamma", "log_ndtr", "trigamma"}
"""Ops whose first operand has to be a whole number that is known when the code is written."""


def carried(ops: set[str]) -> list[str]:
    """The functions that a module of these ops needs, each once.

    Example:
        >>> [text.split("(")[0] for text in carried({"jv", "iv", "exp"})]
        ['def _upward', 'def _series', 'def _iv', 'def _jv']
    """
    return list(dict.fromkeys(text for op in sorted(ops & set(HELPERS)) for text in HELPERS[op]))

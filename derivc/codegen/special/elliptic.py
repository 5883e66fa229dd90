"""Elliptic integrals. Formulas: https://dlmf.nist.gov/19.

The complete ones after R. Bulirsch, "Numerical calculation of elliptic integrals and elliptic
functions III", Numerische Mathematik 13 (1969).
"""

from __future__ import annotations

from typing import Any

# --- carried ---


def _cel(xp: Any, q: Any, a: Any, b: Any) -> Any:
    """Bulirsch's complete integral of modulus sqrt(1 - q) and p = 1: sums of positive terms."""
    k = xp.sqrt(q)
    e, m, p = k, 1.0, 1.0
    for _ in range(14):
        f, g = a, e / p
        a, b = a + b / p, 2.0 * (b + f * g)
        p, g = g + p, m
        m = k + m
        k = 2.0 * xp.sqrt(e)
        e = k * m
    return 1.5707963267948966 * (b + a * m) / (m * (m + p))


def _elliptic_k(xp: Any, m: Any) -> Any:
    """K of the parameter m < 1, https://dlmf.nist.gov/19.2.E11."""
    safe = xp.where(m == 1.0, 0.5, m)
    return xp.where(m == 1.0, xp.inf, _cel(xp, 1.0 - safe, 1.0, 1.0))


def _elliptic_e(xp: Any, m: Any) -> Any:
    """E of the parameter m <= 1."""
    safe = xp.where(m == 1.0, 0.5, m)
    return xp.where(m == 1.0, 1.0, _cel(xp, 1.0 - safe, 1.0, 1.0 - safe))


def _doubled(xp: Any, x: Any, y: Any, z: Any) -> Any:
    """A step of Carlson's duplication, https://dlmf.nist.gov/19.36.i: x, y, z, their mean root."""
    root = xp.sqrt(x) * xp.sqrt(y) + (xp.sqrt(x) + xp.sqrt(y)) * xp.sqrt(z)
    return 0.25 * (x + root), 0.25 * (y + root), 0.25 * (z + root), root


def _rf(xp: Any, x: Any, y: Any, z: Any) -> Any:
    """Carlson's R_F: the series https://dlmf.nist.gov/19.36.E1 after 16 duplications."""
    for _ in range(16):
        x, y, z, _root = _doubled(xp, x, y, z)
    mean = (x + y + z) / 3.0
    u, v = 1.0 - x / mean, 1.0 - y / mean
    w = -u - v
    e2, e3 = u * v - w * w, u * v * w
    return (1.0 - e2 / 10.0 + e3 / 14.0 + e2 * e2 / 24.0 - 3.0 * e2 * e3 / 44.0) / xp.sqrt(mean)


def _rd(xp: Any, x: Any, y: Any, z: Any) -> Any:
    """Carlson's R_D: the series https://dlmf.nist.gov/19.36.E2 after 16 duplications."""
    total, power = 0.0, 1.0
    for _ in range(16):
        before = z
        x, y, z, root = _doubled(xp, x, y, z)
        total = total + power / (xp.sqrt(before) * (before + root))
        power = 0.25 * power
    mean = (x + y + 3.0 * z) / 5.0
    u, v = 1.0 - x / mean, 1.0 - y / mean
    w = -(u + v) / 3.0
    e2, e3 = u * v - 6.0 * w * w, (3.0 * u * v - 8.0 * w * w) * w
    series = 1.0 - 3.0 * e2 / 14.0 + e3 / 6.0 + 9.0 * e2 * e2 / 88.0
    return 3.0 * total + power * series / (mean * xp.sqrt(mean))


def _turns(xp: Any, z: Any) -> Any:
    """Half turns in an angle, and the rest, which is at most a quarter turn."""
    n = xp.round(z / 3.141592653589793)
    return n, (z - 3.141592653589793 * n) - 1.2246467991473532e-16 * n


def _elliptic_f(xp: Any, z: Any, m: Any) -> Any:
    """F of angle and parameter: https://dlmf.nist.gov/19.25.E5, and 19.2.E10 beyond pi/2."""
    n, rest = _turns(xp, z)
    s, c = xp.sin(rest), xp.cos(rest)
    inner = s * _rf(xp, c * c, c * c + (1.0 - m) * s * s, xp.ones_like(s))
    whole = 2.0 * n * _elliptic_k(xp, xp.where(n == 0.0, 0.0, m))
    return inner + whole


def _elliptic_einc(xp: Any, z: Any, m: Any) -> Any:
    """E of angle and parameter: https://dlmf.nist.gov/19.25.E9; 19.25.E10 for 0 < m <= 1."""
    n, rest = _turns(xp, z)
    s, c = xp.sin(rest), xp.cos(rest)
    ss, cc, other = s * s, c * c, 1.0 - m
    q, one = cc + other * ss, xp.ones_like(s)
    inner = (m > 0.0) & (m <= 1.0)
    cubic = s * ss * _rd(xp, cc, xp.where(inner, one, q), xp.where(inner, q, one)) * m / 3.0
    first = s * _rf(xp, cc, q, one)
    middle = other * (first + cubic) + m * s * c / xp.sqrt(q)
    whole = 2.0 * n * _elliptic_e(xp, xp.where(n == 0.0, 0.0, m))
    return xp.where(inner, middle, first - cubic) + whole

"""Test functions with plain lists as tables, sorting, masks and interpolation."""

import itertools
import math

import numpy as np


def langermann_lists(x):
    a, b, c = [3, 5, 2, 1, 7], [5, 2, 1, 4, 9], [1, 2, 5, 2, 3]
    r = (x[0] - a) ** 2 + (x[1] - b) ** 2
    return -np.sum(c * np.exp(-r / np.pi) * np.cos(np.pi * r))


def closed_ring(x):
    t = np.concatenate((x[:-1] ** 2 + x[1:] ** 2, [x[-1] ** 2 + x[0] ** 2]))
    return np.sum(0.5 + (np.sin(np.sqrt(t)) ** 2 - 0.5) / (1 + 0.001 * t) ** 2)


def order_statistics(x):
    weights = np.arange(1, len(x) + 1)
    return np.sum(np.sort(x) * weights) + sorted(x)[1] ** 2 + np.median(x)


def interpolated(x):
    return np.sum(np.interp(x, [-2.0, 0.0, 1.0, 3.0], [1.0, 0.0, 2.0, -1.0]) * x)


def counted(x):
    inside = (x > -1) & (x < 1)
    return np.sum(inside * x**2) + inside.sum() * x[0] + (np.sum(~inside) - 1) * x[1]


def masked_sum(x):
    return np.sum(x**2, where=np.array([True, False, True, True])) + np.max(x, initial=0.5)


def masked_reductions(x):
    fixed = np.array([True, False, True, True])
    total = x.sum(where=x > 0) + np.add.reduce(x**2, where=fixed) + np.mean(x, where=fixed)
    return total + x.mean(where=x > -9) + np.prod(x, where=fixed) + np.mean(x**2, where=x < 9)


def negative_part(x):
    y = x.copy()
    y[y > 0] = 0
    return np.sum(y**4)


def polynomials(x):
    p = np.poly1d([1.0, 0.0, -1.0, 0.5])
    return p(x[0]) * np.polyval([2.0, 1.0, 0.0], x[1]) + p.deriv()(x[2])


def chebyquad(x):
    def shifted(n, v):
        return 1.0 if n == 0 else v if n == 1 else 2 * v * shifted(n - 1, v) - shifted(n - 2, v)

    total = 0.0
    for i in range(1, len(x) + 1):
        mean = sum(shifted(i, 2 * v - 1) for v in x) / len(x)
        total += (mean + (1 / (i**2 - 1) if i % 2 == 0 else 0)) ** 2
    return total


def pairs_of(x):
    return sum(math.cos(a * b) for a, b in itertools.combinations(x, 2))


def packed_rows(x):
    pad = np.append(x, np.zeros(-len(x) % 4)).reshape(4, -1)
    f = np.empty_like(pad)
    f[0], f[1] = pad[0] + 10 * pad[1], np.sqrt(5) * (pad[2] - pad[3])
    f[2], f[3] = (pad[1] - 2 * pad[2]) ** 2, np.sqrt(10) * (pad[0] - pad[3]) ** 2
    return (f**2).sum()


def along_axis(x):
    return np.apply_along_axis(lambda row: np.prod(np.cos(row)), 0, x) + np.ptp(x)


CASES = {
    langermann_lists: (2, 0, 9), closed_ring: (4, -3, 3), order_statistics: (5, -3, 3),
    interpolated: (4, -3, 4), counted: (4, -2, 2), masked_sum: (4, -2, 2),
    masked_reductions: (4, -2, 2),
    negative_part: (4, -2, 2), polynomials: (3, -2, 2), chebyquad: (4, 0, 1),
    pairs_of: (4, -2, 2), packed_rows: (6, -2, 2), along_axis: (3, -1, 1),
}  # fmt: skip
MINIMA: dict = {}

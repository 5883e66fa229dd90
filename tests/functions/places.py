"""Test functions with places that depend on the point, grids, buffers and order statistics."""

import numpy as np


def written_to(x):
    y, z, a = np.empty_like(x), np.zeros(4), np.zeros(2)
    np.clip(x, -1, 1, out=y)
    x.clip(-0.5, 0.5, out=z)
    np.sum(x.reshape(2, 2), axis=0, out=a)
    c, d = np.empty(4), np.empty(2)
    np.cumsum(x, out=c)
    np.dot(x.reshape(2, 2), a, out=d)
    x.reshape(2, 2).mean(axis=1, out=a)
    return y.sum() + z.prod() + a @ d + c.sum()


def at_the_extremes(x):
    table = np.outer(x, x)
    i, order = np.argmax(x), np.argsort(x)[::-1]
    y = x.copy()
    y[i] = 0.0
    y[np.argmin(y)] *= 2
    nearest = table[np.argmin(table.sum(axis=1))].sum()
    total = x[i] + table[i, 1] + table[:, i].sum() + x[order][:2].sum() + x[order[0]] * i
    return total + nearest + (y**2).sum() + np.argmax(table, axis=0) @ x


def ordered_by_key(x):
    falling = sorted(x, key=lambda v: -v)
    pairs = sorted([x[:2], x[2:4]], key=lambda p: p[0])
    longest = max([x[:2], x[3:]], key=np.linalg.norm)
    y = x.copy()
    y.sort()
    place, lowest = min(enumerate(x), key=lambda item: item[1])
    return falling[0] + y[1] ** 2 + pairs[0][1] + longest[0] + lowest * (1 + place)


def percentiles(x):
    levels = np.quantile(x.reshape(1, 5), [0.1, 0.9], axis=1)
    smallest = np.partition(x, 2)[:2].sum() + x[np.argpartition(x, 2)[:2]].sum()
    return np.percentile(x, 30) + levels.sum() + smallest + np.percentile(x, [5, 95]).prod()


def traced_grids(x):
    inner, widths = np.linspace(x[0], x[1], 5), np.linspace(0, x, 3)
    open_end, step = np.linspace(x[0], 1, 4, endpoint=False, retstep=True)
    joined = np.r_[1, x, 2:4].prod() + np.c_[x, x**2, np.ones(3)].sum(axis=0).prod()
    return inner.sum() + widths.sum() + open_end.prod() + step + joined + np.logspace(0, x[2], 3)[1]


def slopes_on_grids(u):
    down, across = np.gradient(u)
    uneven = np.gradient(u[0], np.array([0.0, 0.1, 0.3, 0.6]), edge_order=2)
    columns = np.gradient(u, 0.1, 0.2)[1]
    return np.sum(across**2 + down**2) + np.sum(uneven**2) + np.sum(columns**3)


def polynomial_coefficients(x):
    product, fitted = np.polymul(x[:2], x[2:]), np.polyfit(np.arange(4.0), x, 1)
    return np.sum(product**2) + np.poly1d(x)(2.0) + fitted[0] ** 2 + np.polyval(fitted, 2.0)


def matrices(x):
    a = x.reshape(3, 3)
    s = a @ a.T + np.eye(3)
    principal = np.linalg.eigvalsh(s)
    return principal @ np.arange(3) + np.linalg.norm(a, 2) + np.linalg.norm(a[:2, :2], "nuc")


def eliminated(x):
    n = len(x)
    a = np.diag(2 + x**2) - np.eye(n, k=1) + np.diag(x[1:], -1)
    return np.linalg.solve(a, np.arange(n)).sum() + np.linalg.inv(a)[0, 1]


def fitted(x):
    design = np.column_stack([np.ones(5), x, np.arange(5.0) ** 2])
    solution, *_ = np.linalg.lstsq(design, np.sin(np.arange(5.0)), rcond=None)
    return solution @ solution + np.sum(np.linalg.pinv(design)[0] ** 2)


def covariances(x):
    rows = np.vstack([x, x**2, np.arange(4.0)])
    return np.cov(rows).sum() + np.corrcoef(rows)[0, 1] + np.cov(x, np.arange(4))[0, 1]


def iterated(x):
    total = 0.0
    for v in np.nditer(x):
        total += v**2
    return total + len(f"{x[0]:.3f}") * 0


def binned(x):
    edges = np.digitize(x, [0.25, 0.5, 0.75])
    weights = np.array([1.0, 0.5, 2.0, 3.0])
    return np.sum(edges * x) + weights[edges] @ x**2 + np.searchsorted([0.3, 0.6], x).sum() * x[0]


def put(x):
    y = x**2
    np.putmask(y, x > 0.9, 0.0)
    np.place(y, x < 0.2, [1.0])
    np.copyto(y, 2.0, where=x > 0.95)
    return y @ x


CASES = {
    binned: (4, 0.1, 1), put: (6, 0, 1), written_to: (4, -2, 2), at_the_extremes: (4, -2, 2),
    ordered_by_key: (5, -2, 2),
    percentiles: (5, -2, 2), traced_grids: (3, -2, 2), slopes_on_grids: ((3, 4), -2, 2),
    polynomial_coefficients: (4, -2, 2), matrices: (9, -1, 1), eliminated: (5, -2, 2),
    fitted: (5, -2, 2), covariances: (4, -1, 1), iterated: (3, -1, 1),
}  # fmt: skip
MINIMA: dict = {}

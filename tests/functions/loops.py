"""Test functions written with loops, indices and Python's own sums."""

import math

import numpy as np


def sphere(x):
    return sum(v**2 for v in x)


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def zakharov(x):
    squares, weighted = 0, 0
    for i, xi in enumerate(x, start=1):
        squares += xi**2
        weighted += 0.5 * i * xi
    return squares + weighted**2 + weighted**4


def dixon_price(x):
    n = len(x)
    value = (x[0] - 1) ** 2
    for i in range(1, n):
        value += (i + 1) * (2 * x[i] ** 2 - x[i - 1]) ** 2
    return value


def trid(x):
    first = sum([(xi - 1) ** 2 for xi in x])
    second = sum([x[i] * x[i - 1] for i in range(1, len(x))])
    return first - second


def perm_0(x, beta=10):
    d = len(x)
    outer = 0.0
    for i in range(1, d + 1):
        inner = 0.0
        for j in range(1, d + 1):
            inner += (j + beta) * (x[j - 1] ** i - (1.0 / j) ** i)
        outer += inner**2
    return outer


def perm(x, beta=0.5):
    d = len(x)
    return sum(
        sum((j**i + beta) * ((x[j - 1] / j) ** i - 1) for j in range(1, d + 1)) ** 2
        for i in range(1, d + 1)
    )


def powell(x):
    value = 0.0
    for k in range(0, len(x), 4):
        a, b, c, d = x[k], x[k + 1], x[k + 2], x[k + 3]
        value += (a + 10 * b) ** 2 + 5 * (c - d) ** 2
        value += (b - 2 * c) ** 4 + 10 * (a - d) ** 4
    return value


def rotated_hyper_ellipsoid(x):
    total = 0
    for i in range(len(x)):
        for j in range(i + 1):
            total = total + x[j] ** 2
    return total


def schwefel_1_2(x):
    out, partial = 0.0, 0.0
    for xi in x:
        partial += xi
        out += partial * partial
    return out


def sum_of_powers(x):
    return sum(abs(x[i]) ** (i + 2) for i in range(len(x)))


def sum_squares(x):
    return sum((i + 1) * v * v for i, v in enumerate(x))


def griewank(x):
    total, product = 0.0, 1.0
    for i in range(len(x)):
        total += x[i] ** 2 / 4000.0
        product *= math.cos(x[i] / math.sqrt(i + 1))
    return total - product + 1


def levy(x):
    w = [1 + (xi - 1) / 4 for xi in x]
    first = math.sin(math.pi * w[0]) ** 2
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    middle = 0
    for wi in w[:-1]:
        middle += (wi - 1) ** 2 * (1 + 10 * math.sin(math.pi * wi + 1) ** 2)
    return first + middle + last


def michalewicz(x, m=10):
    s = 0
    for i, xi in enumerate(x):
        s += math.sin(xi) * math.sin((i + 1) * xi**2 / math.pi) ** (2 * m)
    return -s


def stybinski_tang(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2.0


def qing(x):
    res = 0.0
    i = 0
    while i < len(x):
        res += (x[i] ** 2 - (i + 1)) ** 2
        i += 1
    return res


def salomon(x):
    r = math.sqrt(math.fsum(v * v for v in x))
    return 1 - math.cos(2 * math.pi * r) + 0.1 * r


def brown(x):
    value = 0.0
    for a, b in zip(x[:-1], x[1:], strict=True):
        value += (a**2) ** (b**2 + 1) + (b**2) ** (a**2 + 1)
    return value


def pathological(x):
    y = 0.0
    for i in range(len(x) - 1):
        top = np.sin(np.sqrt(100 * x[i] ** 2 + x[i + 1] ** 2)) ** 2 - 0.5
        y += 0.5 + top / (1 + 0.001 * (x[i] ** 2 - 2 * x[i] * x[i + 1] + x[i + 1] ** 2) ** 2)
    return y


def whitley(x):
    total = 0.0
    for xi in x:
        for xj in x:
            t = 100 * (xi**2 - xj) ** 2 + (1 - xj) ** 2
            total += t**2 / 4000 - math.cos(t) + 1
    return total


def cosine_mixture(x):
    return -0.1 * sum(math.cos(5 * math.pi * v) for v in x) + sum(v**2 for v in x)


def egg_holder_n(x):
    total = 0.0
    for i in range(len(x) - 1):
        a, b = x[i], x[i + 1] + 47
        total -= b * np.sin(np.sqrt(abs(b + a / 2)))
        total -= a * np.sin(np.sqrt(abs(a - b)))
    return total


def chung_reynolds(x):
    acc = 0.0
    for v in x:
        acc += v**2
    return acc**2


def chained_wood(x):
    n = len(x)
    f = 1.0
    for j in range(n // 2 - 1):
        i = 2 * j
        f += 100 * (x[i] ** 2 - x[i + 1]) ** 2 + (x[i] - 1) ** 2
        f += 90 * (x[i + 2] ** 2 - x[i + 3]) ** 2 + (x[i + 2] - 1) ** 2
        f += 10 * (x[i + 1] + x[i + 3] - 2) ** 2 + 0.1 * (x[i + 1] - x[i + 3]) ** 2
    return f


CASES = {
    sphere: (5, -5, 5), rosenbrock: (6, -2, 2), zakharov: (4, -5, 10), dixon_price: (5, -3, 3),
    trid: (6, -5, 5), perm_0: (3, -2, 2), perm: (3, -3, 3), powell: (8, -4, 5),
    rotated_hyper_ellipsoid: (4, -9, 9), schwefel_1_2: (5, -9, 9), sum_of_powers: (4, -1, 1),
    sum_squares: (5, -5, 5), griewank: (4, -60, 60), levy: (4, -6, 6), michalewicz: (3, 0.3, 3),
    stybinski_tang: (4, -5, 5), qing: (4, -4, 4), salomon: (4, -3, 3), brown: (4, -1, 1),
    pathological: (4, -3, 3), whitley: (3, -2, 2), cosine_mixture: (4, -1, 1),
    egg_holder_n: (3, -90, 90), chung_reynolds: (4, -5, 5), chained_wood: (6, -2, 2),
}  # fmt: skip
MINIMA = {
    sphere: [0] * 5, rosenbrock: [1] * 6, zakharov: [0] * 4, perm_0: [1, 1 / 2, 1 / 3],
    perm: [1, 2, 3], powell: [0] * 8, sum_squares: [0] * 5, griewank: [0] * 4, levy: [1] * 4,
    qing: [1, 2**0.5, 3**0.5, 2], whitley: [1] * 3,
}  # fmt: skip

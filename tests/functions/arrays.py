"""Test functions written with array expressions: slices, reductions, tables, outer products."""

import numpy as np
from numpy import cos, exp, pi, prod, sin, sqrt
from numpy import sum as total

HARTMANN_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_A = np.array([[3.0, 10, 30], [0.1, 10, 35], [3.0, 10, 30], [0.1, 10, 35]])
HARTMANN_P = 1e-4 * np.array(
    [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
)
SHEKEL_BETA = 0.1 * np.array([1, 2, 2, 4, 4, 6, 3, 7, 5, 5])
SHEKEL_C = np.array([
    [4.0, 1.0, 8.0, 6.0, 3.0, 2.0, 5.0, 8.0, 6.0, 7.0],
    [4.0, 1.0, 8.0, 6.0, 7.0, 9.0, 3.0, 1.0, 2.0, 3.6],
    [4.0, 1.0, 8.0, 6.0, 3.0, 2.0, 5.0, 8.0, 6.0, 7.0],
    [4.0, 1.0, 8.0, 6.0, 7.0, 9.0, 3.0, 1.0, 2.0, 3.6],
])  # fmt: skip
FOXHOLES = np.vstack([np.tile([-32, -16, 0, 16, 32], 5), np.repeat([-32, -16, 0, 16, 32], 5)])
KOWALIK_A = np.array([4.0, 2, 1, 1 / 2, 1 / 4, 1 / 6, 1 / 8, 1 / 10, 1 / 12, 1 / 14, 1 / 16])
KOWALIK_B = np.array(
    [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)


def rosenbrock(x):
    x = np.asarray(x)
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


def ackley(x, a=20, b=0.2, c=2 * np.pi):
    d = x.size
    return (
        -a * np.exp(-b * np.sqrt(np.sum(x**2) / d)) - np.exp(np.sum(np.cos(c * x)) / d) + a + np.e
    )


def rastrigin(x):
    x = np.array(x, dtype=float)
    return 10 * len(x) + np.sum(x**2 - 10 * np.cos(2 * np.pi * x))


def griewank(x):
    index = np.arange(1, x.shape[0] + 1)
    return total(x**2) / 4000 - prod(cos(x / sqrt(index))) + 1


def schwefel(x):
    return 418.9828872724339 * x.size - np.dot(x, np.sin(np.sqrt(np.abs(x))))


def schwefel_2_20(x):
    return np.sum(np.absolute(x))


def schwefel_2_21(x):
    return np.max(np.abs(x))


def schwefel_2_22(x):
    return np.sum(np.abs(x)) + np.prod(np.abs(x))


def schwefel_1_2(x):
    return np.sum(np.cumsum(x) ** 2)


def alpine_1(x):
    return np.abs(x * np.sin(x) + 0.1 * x).sum()


def alpine_2(x):
    return np.prod(np.sqrt(x) * np.sin(x))


def exponential(x):
    return -np.exp(-0.5 * x.dot(x))


def ellipsoid(x):
    n = len(x)
    weights = 1e6 ** (np.arange(n) / (n - 1))
    return weights @ x**2


def bent_cigar(x):
    return x[0] ** 2 + 1e6 * np.sum(np.square(x[1:]))


def discus(x):
    head, *tail = x
    return 1e6 * head**2 + sum(t**2 for t in tail)


def different_powers(x):
    return np.sqrt(np.sum(np.abs(x) ** np.linspace(2, 6, len(x))))


def happy_cat(x, alpha=1.0 / 8):
    r2 = (x**2).sum()
    n = x.shape[0]
    return ((r2 - n) ** 2) ** alpha + (0.5 * r2 + x.sum()) / n + 0.5


def hgbat(x):
    r2, s = np.sum(x**2), np.sum(x)
    return np.abs(r2**2 - s**2) ** 0.5 + (0.5 * r2 + s) / x.size + 0.5


def katsuura(x):
    d = x.size
    j = 2.0 ** np.arange(1, 33)
    inner = np.abs(np.outer(x, j) - np.round(np.outer(x, j))) / j
    factors = (1 + np.arange(1, d + 1) * inner.sum(axis=1)) ** (10 / d**1.2)
    return 10 / d**2 * np.prod(factors) - 10 / d**2


def weierstrass(x, a=0.5, b=3.0, k_max=8):
    k = np.arange(k_max + 1)
    amplitude, frequency = a**k, b**k
    offset = np.sum(amplitude * np.cos(pi * frequency))
    waves = amplitude[None, :] * np.cos(2 * pi * frequency[None, :] * (x[:, None] + 0.5))
    return waves.sum() - len(x) * offset


def hartmann_3(x):
    inner = np.sum(HARTMANN_A * (x - HARTMANN_P) ** 2, axis=1)
    return -np.sum(HARTMANN_ALPHA * np.exp(-inner))


def shekel(x):
    distance = ((x[:, np.newaxis] - SHEKEL_C) ** 2).sum(axis=0)
    return -np.sum(1.0 / (distance + SHEKEL_BETA))


def de_jong_5(x):
    j = np.arange(1, 26)
    return 1 / (0.002 + np.sum(1 / (j + np.sum((x.reshape(2, 1) - FOXHOLES) ** 6, axis=0))))


def kowalik(x):
    b = 1 / KOWALIK_A
    model = x[0] * (b**2 + b * x[1]) / (b**2 + b * x[2] + x[3])
    return np.linalg.norm(KOWALIK_B - model) ** 2


def trigonometric(x):
    n = len(x)
    i = np.arange(1, n + 1)
    residual = n - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)
    return residual @ residual


def broyden_tridiagonal(x):
    padded = np.concatenate(([0.0], x, [0.0]))
    r = (3 - 2 * x) * x - padded[:-2] - 2 * padded[2:] + 1
    return np.sum(r**2)


def quadratic_form(x):
    n = len(x)
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    return 0.5 * x.T @ matrix @ x - np.ones(n) @ x


def quintic(x):
    return np.sum(np.abs(np.polyval([1, -3, 4, 2, -10, -4], x)))


def xin_she_yang_2(x):
    return np.sum(np.abs(x)) * np.exp(-np.sum(np.sin(x**2)))


def xin_she_yang_4(x):
    roots = np.sqrt(np.abs(x))
    return (np.sum(sin(x) ** 2) - exp(-np.sum(x**2))) * exp(-np.sum(sin(roots) ** 2))


def vincent(x):
    return -np.mean(np.sin(10 * np.log(x)))


def csendes(x):
    return np.sum(x**6 * (2 + np.sin(1 / x)))


def ripple_25(x):
    return np.sum(-np.exp(-2 * np.log(2) * ((x - 0.1) / 0.8) ** 2) * np.sin(5 * np.pi * x) ** 6)


def schaffer_f7(x):
    s = np.hypot(x[:-1], x[1:])
    return np.mean(np.sqrt(s) * (1 + np.sin(50 * s**0.2) ** 2)) ** 2


def variably_dimensioned(x):
    j = np.arange(len(x)) + 1
    weighted = np.inner(j, x - 1)
    return np.vdot(x - 1, x - 1) + weighted**2 + weighted**4


CASES = {
    rosenbrock: (6, -2, 2), ackley: (5, -9, 9), rastrigin: (5, -5, 5), griewank: (4, -60, 60),
    schwefel: (3, -400, 400), schwefel_2_20: (4, -9, 9), schwefel_2_21: (4, -9, 9),
    schwefel_2_22: (4, -9, 9), schwefel_1_2: (5, -9, 9), alpine_1: (4, -9, 9), alpine_2: (3, 1, 9),
    exponential: (4, -1, 1), ellipsoid: (5, -5, 5), bent_cigar: (5, -5, 5), discus: (5, -5, 5),
    different_powers: (5, -1, 1), happy_cat: (4, -2, 2), hgbat: (4, -2, 2), katsuura: (3, -2, 2),
    weierstrass: (3, -0.4, 0.4), hartmann_3: (3, 0, 1), shekel: (4, 2, 6), de_jong_5: (2, -30, 30),
    kowalik: (4, 0.1, 1), trigonometric: (4, -1, 1), broyden_tridiagonal: (5, -2, 2),
    quadratic_form: (5, -2, 2), quintic: (3, -5, 5), xin_she_yang_2: (3, -4, 4),
    xin_she_yang_4: (3, -4, 4), vincent: (3, 0.3, 9), csendes: (3, 0.2, 1), ripple_25: (2, 0, 1),
    schaffer_f7: (4, -9, 9), variably_dimensioned: (4, -1, 2),
}  # fmt: skip
MINIMA = {
    rosenbrock: [1] * 6, rastrigin: [0] * 5, griewank: [0] * 4, ellipsoid: [0] * 5,
    schwefel_2_20: [0] * 4, variably_dimensioned: [1] * 4,
}  # fmt: skip

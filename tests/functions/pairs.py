"""Test functions of two or a few variables: scalar arguments, or a vector that is unpacked."""

import math
from math import cos, exp, pi, sin, sqrt

import numpy as np


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def booth(x, y):
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def matyas(x, y):
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def himmelblau(p):
    x, y = p
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def goldstein_price(p):
    x, y = p[0], p[1]
    first = (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return (1 + first) * (30 + second)


def branin(x1, x2, a=1, b=5.1 / (4 * np.pi**2), c=5 / np.pi, r=6, s=10, t=1 / (8 * np.pi)):
    return a * (x2 - b * x1**2 + c * x1 - r) ** 2 + s * (1 - t) * np.cos(x1) + s


def six_hump_camel(x, y):
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2


def three_hump_camel(x, y):
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def easom(x, y):
    return -cos(x) * cos(y) * exp(-((x - pi) ** 2) - (y - pi) ** 2)


def bukin_6(x, y):
    return 100 * sqrt(abs(y - 0.01 * x**2)) + 0.01 * abs(x + 10)


def cross_in_tray(x, y):
    inner = abs(sin(x) * sin(y) * exp(abs(100 - sqrt(x**2 + y**2) / pi)))
    return -0.0001 * (inner + 1) ** 0.1


def drop_wave(x, y):
    r2 = x**2 + y**2
    return -(1 + math.cos(12 * math.sqrt(r2))) / (0.5 * r2 + 2)


def eggholder(x, y):
    return -(y + 47) * np.sin(np.sqrt(np.abs(x / 2 + (y + 47)))) - x * np.sin(
        np.sqrt(np.abs(x - (y + 47)))
    )


def gramacy_lee(x):
    return math.sin(10 * math.pi * x) / (2 * x) + (x - 1) ** 4


def holder_table(x, y):
    return -np.abs(np.sin(x) * np.cos(y) * np.exp(np.abs(1 - np.hypot(x, y) / np.pi)))


def langermann(x, m=5):
    centers = [(3, 5), (5, 2), (2, 1), (1, 4), (7, 9)]
    weights = (1, 2, 5, 2, 3)
    value = 0
    for (a, b), w in zip(centers[:m], weights, strict=True):
        d = (x[0] - a) ** 2 + (x[1] - b) ** 2
        value += w * np.exp(-d / np.pi) * np.cos(np.pi * d)
    return value


def levy_13(x, y):
    return (
        sin(3 * pi * x) ** 2
        + (x - 1) ** 2 * (1 + sin(3 * pi * y) ** 2)
        + (y - 1) ** 2 * (1 + sin(2 * pi * y) ** 2)
    )


def schaffer_2(x, y):
    top = np.sin(x**2 - y**2) ** 2 - 0.5
    return 0.5 + top / (1 + 0.001 * (x**2 + y**2)) ** 2


def schaffer_4(x, y):
    top = np.cos(np.sin(np.abs(x**2 - y**2))) ** 2 - 0.5
    return 0.5 + top / np.power(1 + 0.001 * (x**2 + y**2), 2)


def shubert(p):
    def wave(v):
        return sum(i * np.cos((i + 1) * v + i) for i in range(1, 6))

    return wave(p[0]) * wave(p[1])


def mccormick(x, y):
    return np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def bohachevsky_1(x, y):
    return x**2 + 2 * y**2 - 0.3 * math.cos(3 * math.pi * x) - 0.4 * math.cos(4 * math.pi * y) + 0.7


def bohachevsky_3(x, y):
    return x**2 + 2 * y**2 - 0.3 * math.cos(3 * math.pi * x + 4 * math.pi * y) + 0.3


def adjiman(x, y):
    return cos(x) * sin(y) - x / (y**2 + 1)


def bird(x, y):
    return sin(x) * exp((1 - cos(y)) ** 2) + cos(y) * exp((1 - sin(x)) ** 2) + (x - y) ** 2


def colville(x):
    a, b, c, d = x
    return (
        100 * (a**2 - b) ** 2 + (a - 1) ** 2 + (c - 1) ** 2 + 90 * (c**2 - d) ** 2
        + 10.1 * ((b - 1) ** 2 + (d - 1) ** 2) + 19.8 * (b - 1) * (d - 1)
    )  # fmt: skip


def freudenstein_roth(x, y):
    return (x - 13 + ((5 - y) * y - 2) * y) ** 2 + (x - 29 + ((y + 1) * y - 14) * y) ** 2


def forrester(x):
    return (6.0 * x - 2.0) ** 2 * np.sin(12.0 * x - 4.0)


def helical_valley(x):
    theta = np.arctan2(x[1], x[0]) / (2 * np.pi)
    return 100 * ((x[2] - 10 * theta) ** 2 + (np.hypot(x[0], x[1]) - 1) ** 2) + x[2] ** 2


def box_3d(x):
    t = np.arange(1, 11) / 10.0
    return np.sum(
        (np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))) ** 2
    )


def wolfe(x):
    return 4 / 3 * (x[0] ** 2 + x[1] ** 2 - x[0] * x[1]) ** 0.75 + x[2]


def keane(x, y):
    return -(np.sin(x - y) ** 2 * np.sin(x + y) ** 2) / np.sqrt(x**2 + y**2)


def wing_weight(x):
    s, w, a, angle, q, taper, tc, nz, weight, paint = x
    sweep = np.cos(np.radians(angle))
    return (
        0.036 * s**0.758 * w**0.0035 * (a / sweep**2) ** 0.6 * q**0.006 * taper**0.04
        * (100 * tc / sweep) ** -0.3 * (nz * weight) ** 0.49 + s * paint
    )  # fmt: skip


CASES = {
    beale: (0, -4, 4), booth: (0, -9, 9), matyas: (0, -9, 9), himmelblau: (2, -5, 5),
    goldstein_price: (2, -2, 2), branin: (0, 0, 10), six_hump_camel: (0, -2, 2),
    three_hump_camel: (0, -4, 4), easom: (0, 1, 5), bukin_6: (0, -9, 3), cross_in_tray: (0, 1, 9),
    drop_wave: (0, -4, 4), eggholder: (0, -90, 90), gramacy_lee: (0, 0.5, 2.5),
    holder_table: (0, 1, 9), langermann: (2, 0, 10), levy_13: (0, -5, 5), schaffer_2: (0, -9, 9),
    schaffer_4: (0, -9, 9), shubert: (2, -9, 9), mccormick: (0, -1, 3), bohachevsky_1: (0, -9, 9),
    bohachevsky_3: (0, -9, 9), adjiman: (0, -1, 1), bird: (0, -3, 3), colville: (4, -3, 3),
    freudenstein_roth: (0, -5, 5), forrester: (0, 0, 1), helical_valley: (3, 0.5, 3),
    box_3d: (3, 0, 5), wolfe: (3, 1, 2), keane: (0, 1, 9), wing_weight: (10, 1, 9),
}  # fmt: skip
MINIMA = {
    booth: [1, 3], himmelblau: [3, 2], levy_13: [1, 1], colville: [1] * 4, matyas: [0, 0],
    freudenstein_roth: [5, 4],
}  # fmt: skip

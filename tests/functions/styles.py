"""Test functions in the styles of collections: classes, helpers, partials, decorators, buffers."""

import abc
import functools
import itertools
import math
import operator
from dataclasses import dataclass

import numpy as np


class Problem(abc.ABC):
    """A problem with a number of evaluations, as collections of benchmarks have."""

    def __init__(self, ndim=3):
        self.ndim = ndim
        self.evaluations = 0

    @abc.abstractmethod
    def evaluate(self, x):
        """The value at a point."""

    def __call__(self, x):
        self.evaluations += 1
        return self.evaluate(np.asarray(x))


class Rastrigin(Problem):
    def __init__(self, ndim=3, amplitude=10.0):
        super().__init__(ndim)
        self.amplitude = amplitude

    def evaluate(self, x):
        return self.amplitude * self.ndim + self._waves(x).sum()

    def _waves(self, x):
        return x**2 - self.amplitude * np.cos(2 * np.pi * x)


class Shifted(Problem):
    def __init__(self, inner, shift):
        super().__init__(inner.ndim)
        self.inner, self.shift = inner, np.array(shift)

    def evaluate(self, x, *args):
        return self.inner(x - self.shift) + 3.5


@dataclass(frozen=True)
class Gaussian:
    center: tuple
    width: float = 0.7

    def __call__(self, x):
        return math.exp(
            -sum((a - c) ** 2 for a, c in zip(x, self.center, strict=True)) / self.width
        )


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@counted
def step_free_ellipsoid(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = 10 ** (i / 2) * x[i] ** 2
    return out.sum()


def _u(x, a, k, m):
    return k * (x - a) ** m * (x > a) + k * (-x - a) ** m * (x < -a)


def penalized_1(x):
    n = len(x)
    y = 1 + (x + 1) / 4
    core = 10 * np.sin(np.pi * y[0]) ** 2
    core += np.sum((y[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * y[1:]) ** 2))
    core += (y[-1] - 1) ** 2
    return np.pi / n * core + np.sum(_u(x, 10, 100, 4))


def penalized_2(x):
    core = np.sin(3 * np.pi * x[0]) ** 2
    core += sum((x[:-1] - 1) ** 2 * (1 + np.sin(3 * np.pi * x[1:]) ** 2))
    core += (x[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * x[-1]) ** 2)
    return 0.1 * core + np.sum(np.where(np.abs(x) > 5, 100 * (np.abs(x) - 5) ** 4, 0))


def deap_rosenbrock(individual):
    return (
        sum(
            100 * (x * x - y) ** 2 + (1.0 - x) ** 2
            for x, y in zip(individual[:-1], individual[1:], strict=True)
        ),
    )


def reduced_product(x):
    return functools.reduce(operator.mul, (1 + v**2 for v in x), 1)


def pairwise_energy(x):
    return sum(1 / (abs(a - b) + 0.1) for a, b in itertools.combinations(x, 2))


def lennard_jones(x):
    atoms = x.reshape(-1, 3)
    energy = 0.0
    for i in range(len(atoms)):
        for j in range(i):
            r2 = np.sum((atoms[i] - atoms[j]) ** 2)
            energy += 4 * (r2**-6 - r2**-3)
    return energy


def in_place(x):
    y = x.copy()
    y *= 2
    y[1:] += x[:-1] ** 2
    y[0] -= 1.0
    return (y**2).sum()


def list_buffer(x):
    terms = [0.0] * len(x)
    for i, v in enumerate(x):
        terms[i] = float(v) ** 2 - 0.5
    return math.prod(terms)


def vectorized(x):
    bump = np.vectorize(lambda v: math.exp(-v * v))
    return bump(x).sum()


def with_import(x):
    from math import tanh

    import numpy as xp

    return xp.sum(x**2) + tanh(x[0])


def guarded(x):
    x = np.atleast_1d(np.array(x, dtype=np.float64)).flatten()
    if x.ndim != 1 or not np.all(np.isfinite(x)):
        raise ValueError("a vector is needed")
    if len(x) % 2 == 0 and isinstance(x, np.ndarray):
        return float(np.sum(x**2))
    return np.sum(x**4)


def clipped(x):
    z = np.clip(x, -1.0, 1.0)
    return np.sum(np.maximum(z, 0.25) * np.minimum(x, 2.0)) + max(x[0], x[1], 0) + min(x)


def population(x):
    return np.sum((x[:, 0] ** 2 + x[:, 1]) ** 2 / np.exp(x.mean(axis=1)))


def softmax_entropy(x):
    weights = np.exp(x - np.max(x))
    p = weights / np.sum(weights)
    return -np.sum(p * np.log(p))


def standardised(x):
    z = (x - np.mean(x)) / np.std(x)
    return np.sum(z**3) + np.var(x, ddof=1)


def stacked(x):
    a = np.stack([x, x**2], axis=1)
    b = np.array([np.sin(x[0]), x[1], 1.0])
    return (a.T @ b).prod() + np.linalg.norm(b, 1) + np.linalg.norm(x - 1, np.inf)


def multi_select(x):
    r = np.select([x < -1, x < 1], [x**2, 2 * x], default=np.log(np.abs(x) + 1))
    return r.sum() + np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v**3]).sum()


rastrigin_object = Rastrigin(ndim=3)
shifted_object = Shifted(Rastrigin(3, 5.0), [0.1, -0.2, 0.3])
gaussian_object = Gaussian((0.1, 0.2, 0.3))
evaluate_method = Rastrigin(4).evaluate
fixed_exponent = functools.partial(lambda p, x: np.sum(np.abs(x) ** p), 1.5)

CASES = {
    step_free_ellipsoid: (4, -3, 3), penalized_1: (4, -20, 20), penalized_2: (4, -9, 9),
    deap_rosenbrock: (4, -2, 2), reduced_product: (4, -1, 1), pairwise_energy: (4, -3, 3),
    lennard_jones: (9, -2, 2), in_place: (4, -2, 2), list_buffer: (4, -2, 2),
    vectorized: (3, -1, 1), with_import: (3, -1, 1), guarded: (4, -2, 2), clipped: (4, -3, 3),
    population: ((4, 2), -1, 1), softmax_entropy: (4, -2, 2), standardised: (4, -3, 3),
    stacked: (3, -2, 2), multi_select: (4, -3, 3), rastrigin_object: (3, -4, 4),
    shifted_object: (3, -4, 4), gaussian_object: (3, -1, 1), evaluate_method: (4, -3, 3),
    fixed_exponent: (3, -2, 2),
}  # fmt: skip
MINIMA = {rastrigin_object: [0] * 3, penalized_1: [-1] * 4, penalized_2: [1] * 4}

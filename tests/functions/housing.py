"""Test functions in unusual houses: registries, metaclasses, decorators, named tuples, eval."""

import contextlib
import functools
import math
import statistics
import types
from typing import NamedTuple

import numpy as np

REGISTRY: dict = {}


class Registered:
    def __init_subclass__(cls, **named):
        super().__init_subclass__(**named)
        REGISTRY[cls.__name__] = cls

    def __call__(self, x):
        return self.evaluate(x)


class Exponentials(Registered):
    def evaluate(self, x):
        return math.fsum(math.exp(v) for v in x)


class Recording(type):
    made = []  # noqa: RUF012  as registries keep them

    def __new__(mcs, name, bases, members):
        cls = super().__new__(mcs, name, bases, members)
        mcs.made.append(name)
        return cls


class Distance(metaclass=Recording):
    def __call__(self, x):
        return math.sqrt(1 + sum(v * v for v in x))


class Pair(NamedTuple):
    a: float
    b: float

    def wave(self, x):
        return math.exp(self.a * x[0]) + math.sin(self.b * x[1])


FIXED = Pair(1.0, 2.0)
SPACE = types.SimpleNamespace(scale=1.5, shape=lambda v: math.exp(v))


class Options(dict):
    __getattr__ = dict.__getitem__

    def grown(self, x):
        return self["rate"] * math.exp(x)


OPTIONS = Options(rate=2.0)


def named_tuple(x):
    return FIXED.wave(x) + Pair(x[0], 1.0).wave(x)


def namespace(x):
    return SPACE.scale * SPACE.shape(x[0]) + OPTIONS.rate * x[1] + OPTIONS.grown(x[1])


@np.errstate(all="ignore")
def under_errstate(x):
    return math.exp(x[0]) + np.sum(x**2)


@contextlib.contextmanager
def _section():
    yield


@_section()
def under_context(x):
    return math.cosh(x[0]) * np.sum(x)


def evaluated(x):
    return eval("np.sum(x**2) + math.sin(x[0])")  # noqa: S307  as some collections do


def python_statistics(x):
    spread = statistics.variance(x) + statistics.pstdev(x) + statistics.stdev(x)
    return statistics.mean(x) ** 2 + statistics.fmean(x) + statistics.median(x) + spread


def math_parts(x):
    near = math.isclose(x[0], 0.5, rel_tol=0.1) * x[1]
    return math.remainder(x[0], 0.7) * x[1] + math.modf(x[0])[0] + near + math.ldexp(x[1], 2)


exponentials, distance = Exponentials(), Distance()
bound = functools.partial(Exponentials.evaluate, exponentials)

CASES = {
    exponentials: (3, -1, 1), distance: (3, -1, 1), bound: (3, -1, 1), named_tuple: (2, -1, 1),
    namespace: (2, -1, 1), under_errstate: (3, -1, 1), under_context: (3, -1, 1),
    evaluated: (3, -1, 1), python_statistics: (5, -1, 1), math_parts: (2, -1, 1),
}  # fmt: skip
MINIMA: dict = {}

"""The functions that are measured, with a point or an array inside each domain."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import derivc as dc
from benchmarks.named import each_of

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
"""The collection of real expressions, beside the checkout; what needs it is skipped without it."""

Scope = dict[str, Any]
"""What a library calls the functions of an expression: `{"exp": numpy.exp, ...}`."""


@dataclass(frozen=True)
class Case:
    """One expression with the interval of each variable; it is measured on arrays of points."""

    name: str
    expression: str
    domain: dict[str, tuple[float, float]]

    @property
    def names(self) -> list[str]:
        """The variables, sorted: the order of the arguments."""
        return sorted(self.domain)

    def arrays(self, size: int, dtype: Any = np.float64) -> list[Any]:
        """One array per variable, sorted by name, uniform over its interval."""
        source = np.random.default_rng(7)
        return [source.uniform(*self.domain[v], size).astype(dtype) for v in self.names]

    def point(self) -> list[float]:
        """One point inside the domain, no two variables alike."""
        return [float(values[0]) for values in self.arrays(1)]

    def inputs(self, size: int, dtype: Any = np.float64) -> list[Any]:
        """Arrays, or Python floats where the size is 1."""
        return self.arrays(size, dtype) if size > 1 else self.point()

    def kernel(self, **options: Any) -> Any:
        """The case compiled by derivc."""
        return dc.compile(self.expression, inputs=self.names, **options)

    def function(self, scope: Scope) -> Callable[..., Any]:
        """The expression as a Python function over what the scope's functions take."""
        text = f"lambda {', '.join(self.names)}: {self.expression}"
        found: Callable[..., Any] = eval(text, {"pi": math.pi, **scope})
        return found


@dataclass(frozen=True)
class Vector:
    """A function of arrays of fixed shape to one number; it is measured at one point."""

    name: str
    expression: Callable[..., Any]
    shapes: dict[str, tuple[int, ...]]

    @property
    def names(self) -> list[str]:
        """The arguments, in order."""
        return list(self.shapes)

    def inputs(self, size: int = 1, dtype: Any = np.float64) -> list[Any]:
        """One array per argument."""
        source = np.random.default_rng(7 + size)
        return [source.uniform(-1, 1, shape).astype(dtype) for shape in self.shapes.values()]

    def kernel(self, **options: Any) -> Any:
        """The case compiled by derivc."""
        return dc.compile(self.function(vars(np)), shapes=self.shapes, **options)

    def function(self, scope: Scope) -> Callable[..., Any]:
        """The function over the arrays of a library."""
        return self.expression(SimpleNamespace(exp=scope["exp"], log=scope["log"]))  # type: ignore[no-any-return]


AnyCase = Case | Vector

SEEDS = [
    Case("uv", "u**3 + v**2 + 4*u*v", {"u": (-3, 3), "v": (-3, 3)}),
    Case("sigmoid", "sigmoid(x)**2 + 3*x", {"x": (-5, 5)}),
    Case("banana", "100*(y - x**2)**2 + (1 - x)**2", {"x": (-2, 2), "y": (-2, 2)}),
    Case("bell", "sin(x)*exp(-x**2/2) + log(1 + x**2)", {"x": (-3, 3)}),
]

EXAMPLES = [
    Case("3x2", "3*x**2", {"x": (-3, 3)}),
    Case("6x2+2x+4", "6*x**2 + 2*x + 4", {"x": (-3, 3)}),
    Case("2x+1", "2*x + 1", {"x": (-3, 3)}),
    Case("sigmoid-root", "sigmoid(x)*(1 + exp(x))**(-1/2)", {"x": (-5, 5)}),
    Case("x-exp-y", "x*exp(-y)", {"x": (-3, 3), "y": (-3, 3)}),
    Case("sin2", "sin(x)**2", {"x": (-3, 3)}),
]

_CUMULATIVE = "(1 + erf((log(S/K) + (r {} sigma**2/2)*T)/(sigma*sqrt(2*T))))/2"
BLACK_SCHOLES = Case(
    "black-scholes",
    f"S*{_CUMULATIVE.format('+')} - K*exp(-r*T)*{_CUMULATIVE.format('-')}",
    {"S": (80, 120), "K": (80, 120), "T": (0.2, 2), "r": (0.01, 0.08), "sigma": (0.1, 0.5)},
)

ACTIVATIONS = [
    Case(name, f"{name}(x)", {"x": (-6, 6)}) for name in ("sigmoid", "gelu", "mish", "softplus")
]
ACTIVATIONS[0] = Case("logistic", "sigmoid(x)", {"x": (-6, 6)})

FUNCTIONS = [*SEEDS, *EXAMPLES, BLACK_SCHOLES, *ACTIVATIONS]


def feynman() -> list[Case]:
    """The physics formulas of the collection; empty when it is not there."""
    path = DATA / "feynman.json"
    items = json.loads(path.read_text()) if path.exists() else []
    return [
        Case(i["name"], i["expr"], {v: tuple(i["domain"][v]) for v in i["vars"]}) for i in items
    ]


def _rosenbrock(_: Any) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    return function


def _mixture(xp: Any) -> Callable[..., Any]:
    """The log-likelihood of a Gaussian mixture in the parameters of the benchmark ADBench.

    Weights are softmax(alpha); the inverse of each covariance's factor is a lower triangle with the
    exponential of q on its diagonal. Constants are left out, as is the prior.
    """

    def function(alpha: Any, means: Any, q: Any, lower: Any, x: Any) -> Any:
        total = -len(x) * xp.log(xp.exp(alpha).sum())
        scale, base = xp.exp(q), alpha + q[:, 0] + q[:, 1]
        for point in x:
            apart = point - means
            first = scale[:, 0] * apart[:, 0]
            second = scale[:, 1] * apart[:, 1] + lower * apart[:, 0]
            total = total + xp.log(xp.exp(base - (first**2 + second**2) / 2).sum())
        return total

    return function


def rosenbrock(count: int) -> Vector:
    """The chained Rosenbrock function of so many variables."""
    return Vector(f"rosenbrock-{count}", _rosenbrock, {"x": (count,)})


def mixture(points: int, kinds: int = 3) -> Vector:
    """The mixture of Gaussians in the plane, for so many points; x counts as a parameter, too."""
    shapes = {"alpha": (kinds,), "means": (kinds, 2), "q": (kinds, 2), "lower": (kinds,)}
    return Vector(f"gmm-{points}", _mixture, {**shapes, "x": (points, 2)})


VECTORS = [rosenbrock(10), rosenbrock(100), mixture(10)]


def find(pattern: str) -> list[AnyCase]:
    """The cases that a comma-separated list names: cases, or `functions`, `feynman`, `vectors`.

    Raises:
        BadParameter: a name is that of no case.
    """
    groups: dict[str, list[AnyCase]] = {
        "seeds": [*SEEDS],
        "functions": [*FUNCTIONS],
        "feynman": [*feynman()],
        "vectors": [*VECTORS],
    }
    known = {c.name: [c] for g in groups.values() for c in g}
    every = {**groups, **known}
    return [case for name in each_of(pattern, every, "case") for case in every[name]]

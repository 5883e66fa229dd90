"""The densities of scipy.stats in traced functions: SciPy's values, and their slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import TraceError
from derivc.symbolic.tracing.densities import CUMULATIVE, DISCRETE, LOG_DENSITIES

stats = pytest.importorskip("scipy.stats")

X = np.array([0.3, 0.7, 0.45, 0.9])
COUNTS = np.array([0.0, 1.0, 4.0, 2.0])


def normal(p: Any) -> Any:
    return -np.sum(stats.norm.logpdf(X, loc=p[0], scale=p[1])) + stats.norm.pdf(p[0])


def tails(p: Any) -> Any:
    rest = stats.norm.sf(p[0], 0.1, p[1]) + stats.norm.logcdf(p[0]) + stats.norm.ppf(p[1])
    return stats.norm.cdf(p[0]) + rest


def student(p: Any) -> Any:
    return stats.t.logpdf(X, 1 + p[0], loc=p[1], scale=p[1]).sum()


def positive(p: Any) -> Any:
    lifetime = stats.gamma.logpdf(X, p[0], scale=p[1]) + stats.expon.logpdf(X, scale=p[0])
    return np.sum(lifetime + stats.lognorm.logpdf(X, p[1], scale=p[0])) + stats.expon.pdf(p[0])


def bounded(p: Any) -> Any:
    return np.sum(stats.beta.logpdf(X, p[0], b=p[1])) + stats.gamma.cdf(p[0], 2.0)


def wide(p: Any) -> Any:
    tail = stats.cauchy.logpdf(X, p[0], p[1]) + stats.laplace.logpdf(X, p[0], p[1])
    return np.sum(tail + stats.logistic.logpdf(X, p[0])) + stats.cauchy.cdf(p[0])


def counted(p: Any) -> Any:
    chances = stats.poisson.logpmf(COUNTS, p[0]) + stats.binom.logpmf(COUNTS, 5, p[1])
    return np.sum(chances) + stats.logistic.sf(p[0]) + stats.poisson.pmf(2, p[0])


def constant(p: Any) -> Any:
    return p[0] * stats.norm.ppf(0.975) + stats.norm.rvs(size=1, random_state=1)[0] * p[1]


FUNCTIONS = [normal, tails, student, positive, bounded, wide, counted, constant]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_value_and_slope(function: Any) -> None:
    kernel, point = dc.compile(function, shapes={"p": (2,)}), np.array([0.4, 0.6])
    assert kernel(point) == pytest.approx(float(function(point)), rel=1e-12)
    steps = np.eye(2) * 1e-6
    slopes = [(function(point + s) - function(point - s)) / 2e-6 for s in steps]
    assert kernel.grad(point) == pytest.approx(slopes, rel=1e-6, abs=1e-7)


def test_nothing_lies_below_zero() -> None:
    assert dc.compile(lambda x: stats.expon.logpdf(x))(-1.0) == -np.inf
    assert dc.compile(lambda x: stats.lognorm.logpdf(x, 0.5))(-1.0) == -np.inf
    beta = dc.compile(lambda x: stats.beta.logpdf(x, 2.0, 3.0))
    assert [beta(-0.5), beta(1.5)] == [-np.inf, -np.inf]


def test_what_is_not_written_out_is_refused() -> None:
    with pytest.raises(TraceError, match=r"scipy\.stats\.gamma\.ppf"):
        dc.compile(lambda x: stats.gamma.ppf(x, 2.0))


def test_a_factored_covariance() -> None:
    grid = np.linspace(0, 1, 4)

    def likelihood(p: Any) -> Any:
        gaps = (grid[:, None] - grid) ** 2
        matrix = p[0] ** 2 * np.exp(-gaps / p[1] ** 2) + p[2] ** 2 * np.eye(4)
        factor = np.linalg.cholesky(matrix)
        return np.sum(np.linalg.solve(factor, grid) ** 2) / 2 + np.log(np.diag(factor)).sum()

    kernel, point = dc.compile(likelihood, shapes={"p": (3,)}), np.array([1.1, 0.4, 0.3])
    assert kernel(point) == pytest.approx(float(likelihood(point)), rel=1e-12)
    slopes = [(likelihood(point + s) - likelihood(point - s)) / 2e-6 for s in np.eye(3) * 1e-6]
    assert kernel.grad(point) == pytest.approx(slopes, rel=1e-6)


def test_compiled_code_that_takes_numbers_only_is_told() -> None:
    with pytest.raises(TraceError, match="takes numbers only"):
        dc.compile(lambda x: np.linalg.eigvalsh(np.outer(x, x)).max(), shapes={"x": (4,)})


SHAPES = {
    "t": (3.5,), "gamma": (1.7,), "chi2": (3.2,), "chi": (2.5,), "beta": (1.4, 2.3),
    "lognorm": (0.7,), "weibull_min": (1.6,), "invgamma": (2.2,), "invgauss": (0.8,),
    "pareto": (2.5,), "f": (3.0, 5.0), "genextreme": (0.2,), "genpareto": (0.3,), "triang": (0.4,),
    "truncnorm": (-1.0, 2.0), "vonmises": (1.3,), "skewnorm": (1.5,), "poisson": (1.4,),
    "binom": (5, 0.3), "nbinom": (3, 0.4), "bernoulli": (0.3,), "geom": (0.4,),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LOG_DENSITIES))
def test_densities_are_scipys(name: str) -> None:
    distribution, own = getattr(stats, name), SHAPES.get(name, ())
    density = distribution.logpmf if name in DISCRETE else distribution.logpdf
    at = {"pareto": 1.8}.get(name, 1.0 if name in DISCRETE else 0.7)
    kernel = dc.compile(lambda p: density(at, *own, loc=p[0]), shapes={"p": (1,)})
    shift = np.zeros(1) if name in DISCRETE else np.array([0.1])
    assert kernel(shift) == pytest.approx(density(at, *own, loc=shift[0]), rel=1e-12)


@pytest.mark.parametrize("name", sorted(CUMULATIVE))
def test_cumulatives_and_survivals_are_scipys(name: str) -> None:
    own = SHAPES.get(name, ())
    for method in ("cdf", "sf", "logcdf", "logsf"):
        function = getattr(getattr(stats, name), method)
        kernel = dc.compile(lambda p, f=function: f(p[0], *own, scale=p[1]), shapes={"p": (2,)})
        assert kernel(np.array([0.6, 1.3])) == pytest.approx(
            function(0.6, *own, scale=1.3), rel=1e-11
        )


FROZEN = stats.norm(0.5, 2.0)
COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])


def several(p: Any) -> Any:
    local = stats.norm(loc=p[0], scale=p[1])
    joint = stats.multivariate_normal.logpdf(p, mean=[0.1, 0.2], cov=COVARIANCE)
    traced = stats.multivariate_normal([0.0, 0.0], cov=np.diag(p)).pdf(X.reshape(2, 2)).sum()
    return local.logpdf([0.1, 0.2]).sum() + FROZEN.pdf(p[0]) + joint + traced


def test_frozen_and_joint_distributions() -> None:
    kernel, point = dc.compile(several, shapes={"p": (2,)}), np.array([0.4, 0.6])
    assert kernel(point) == pytest.approx(several(point), rel=1e-12)
    steps = np.eye(2) * 1e-6
    slopes = [(several(point + s) - several(point - s)) / 2e-6 for s in steps]
    assert kernel.grad(point) == pytest.approx(slopes, rel=1e-6)


def test_what_is_not_written_out_is_told() -> None:
    with pytest.raises(TraceError, match=r"calls scipy\.stats\.kappa3\.logpdf; write the formula"):
        dc.compile(lambda p: stats.kappa3.logpdf(p[0], 1.0), shapes={"p": (2,)})

"""SciPy's compiled functions in traced functions: distances, factors, splines, functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import TraceError
from derivc.symbolic.tracing.elementwise import find

special = pytest.importorskip("scipy.special")
distance = pytest.importorskip("scipy.spatial.distance")
linalg = pytest.importorskip("scipy.linalg")
sparse = pytest.importorskip("scipy.sparse")
linear = pytest.importorskip("scipy.sparse.linalg")
interpolate = pytest.importorskip("scipy.interpolate")

UFUNCS = sorted(
    name for name in dir(special)
    if isinstance(getattr(special, name), np.ufunc) and getattr(special, name).nout == 1
    and find(name) is not None
)  # fmt: skip
KNOTS = np.array([0.0, 1.0, 2.0, 3.0])
HEIGHTS = np.array([1.0, 2.0, 0.5, 1.5])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", UFUNCS)
def test_special_functions_are_scipys(name: str) -> None:
    ufunc = getattr(special, name)
    for rest in ((0.3, 0.8, 0.6), (1.7, 1.2, 2.1)):
        first, *others = (2, *rest)[: ufunc.nin] if ufunc.nin > 1 else rest[:1]
        try:
            truth = ufunc(first, *others)
        except TypeError:  # it takes whole numbers only, in other places than the first
            pytest.skip("takes whole numbers")
        moving = others[0] if others else first
        if others:
            found = dc.compile(lambda x, f=first, o=tuple(others[1:]): ufunc(f, x, *o))(moving)
        else:
            found = dc.compile(lambda x: ufunc(x))(moving)
        assert found == pytest.approx(float(truth), rel=1e-10, abs=1e-14, nan_ok=True)


def clusters(x: Any) -> Any:
    points = x.reshape(3, 2)
    pairs = distance.pdist(points)
    table = distance.cdist(points, np.ones((2, 2)), "sqeuclidean")
    square = distance.squareform(pairs)
    others = distance.pdist(points, "cityblock").sum() + distance.pdist(points, "chebyshev").prod()
    apart = distance.euclidean(x[:3], x[3:]) + distance.pdist(points, lambda a, b: a @ b).sum()
    return np.sum(pairs**-6) + np.exp(-table).sum() + square[0] @ square[1] + others + apart


def factors(x: Any) -> Any:
    a = np.outer(x, x) + 6 * np.eye(6)
    lower = linalg.cholesky(a, lower=True)
    z = linalg.solve_triangular(lower, np.ones(6), lower=True)
    back = linalg.solve_triangular(lower, z, lower=True, trans="T")
    both = linalg.cho_solve(linalg.cho_factor(a), np.ones(6))
    return z @ z + back.sum() + both @ x + linalg.solve(a, x).sum() + linalg.det(a[:3, :3])


def splines(x: Any) -> Any:
    y = np.abs(x) + 0.1
    cubic, line = interpolate.CubicSpline(KNOTS, HEIGHTS), interpolate.interp1d(KNOTS, HEIGHTS)
    b = interpolate.make_interp_spline(KNOTS, HEIGHTS, k=2)
    smooth = interpolate.PchipInterpolator(KNOTS, HEIGHTS)
    outside = interpolate.interp1d(KNOTS, HEIGHTS, bounds_error=False, fill_value=(0.0, 9.0))
    slopes = cubic(y, 1) + cubic.derivative()(y)
    return np.sum(cubic(y) * line(y) + b(y) + smooth(y) + slopes) + outside(x * 9).sum()


LAPLACE = sparse.diags([[-1.0] * 5, [2.0] * 6, [-1.0] * 5], [-1, 0, 1])


def sparse_matrices(x: Any) -> Any:
    local = sparse.csr_matrix(np.diag(np.arange(1.0, 7))) + sparse.eye(6)
    ones = sparse.spdiags(np.ones((1, 6)), 0, 6, 6)
    energy = x @ (LAPLACE @ x) / 2 + LAPLACE.dot(x).sum() + (LAPLACE.T @ x)[0] + x @ LAPLACE @ x
    solved = linear.spsolve(sparse.csc_matrix(LAPLACE), x)
    return energy + (local @ x) @ x + (ones * x).sum() + solved @ x + (2 * LAPLACE @ x)[1]


def sums_of_exponentials(x: Any) -> Any:
    weighted = special.logsumexp(x, b=np.arange(1.0, 7)) + special.softmax(x)[1]
    rows = special.logsumexp(x.reshape(2, 3), axis=1, keepdims=True)
    return weighted + rows.sum() + special.log_softmax(x.reshape(2, 3), axis=1).prod()


@pytest.mark.parametrize(
    "function",
    [clusters, factors, splines, sparse_matrices, sums_of_exponentials],
    ids=lambda f: f.__name__,
)
def test_value_and_slope(function: Any) -> None:
    kernel, point = (
        dc.compile(function, shapes={"x": (6,)}),
        np.array([0.4, -1.3, 0.95, 1.6, 2.1, -0.2]),
    )
    assert kernel(point) == pytest.approx(float(function(point)), rel=1e-11)
    steps = np.eye(6) * 1e-6
    slopes = [(function(point + s) - function(point - s)) / 2e-6 for s in steps]
    assert kernel.grad(point) == pytest.approx(np.array(slopes, float), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x: KNOTS[np.argmax(x)], "np.where"),
        (lambda x: [1.0, 2.0, 3.0][np.argmin(x)], "np.array"),
        (lambda x: np.exp(1j * x[0]), "np.abs"),
        (lambda x: np.linalg.eigh(np.outer(x, x))[0][0], "numbers only"),
        (lambda x: distance.pdist(x[:, None], "hamming")[0], "write the distance out"),
        (lambda x: special.lambertw(x[0], k=-1).real, "k=0"),
        (lambda x: np.cov(x, aweights=[1, 2, 3]), "np.average"),
    ],
    ids=["table", "list", "complex", "eigenvectors", "metric", "branch", "weights"],
)
def test_what_is_not_traced_is_told(function: Any, told: str) -> None:
    with pytest.raises(TraceError, match=told):
        dc.compile(function, shapes={"x": (3,)})

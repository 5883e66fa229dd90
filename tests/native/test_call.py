"""Calls of native functions: numbers, arrays of fixed shape, layouts, precision, repair."""

from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError

pytestmark = pytest.mark.usefixtures("needs_compiler")


def both(source, **options):
    return dc.compile(source, backend="c", **options), dc.compile(source, **options)


def test_plain_numbers_give_plain_numbers() -> None:
    k, n = both("u**3 + v**2 + 4*u*v")
    value, (du, dv) = found = k.value_and_grad(3.0, 4)
    assert found == n.value_and_grad(3.0, 4.0) == (91.0, (43.0, 20.0))
    assert {type(value), type(du), type(dv)} == {float}
    assert type(k(np.float64(3), 4.0)) is np.float64
    assert k(True, False) == 1.0


def test_keywords_and_mixed() -> None:
    k, _ = both("x - y")
    assert k(y=1.0, x=3.0) == k(3.0, y=1.0) == k.value(y=1.0, x=3.0) == 2.0
    assert str(inspect.signature(k.value)) == "(x, y, *, out=None)"


def test_huge_integers_are_handed_on() -> None:
    k, n = both("x/2")
    with pytest.raises(OverflowError):
        n(10**400)
    with pytest.raises(OverflowError):
        k(10**400)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("exp(x)/exp(x - 1)", 800.0),
        ("sqrt(x**2 + 1)", 1e200),
        ("x**2/(x**2 + 1)", -1e-170),
        ("log(x)", -1.0),
        ("1/x", 0.0),
        ("exp(x)", 1000.0),
        ("where(x > 0, log(x), x**2)", -3.0),
        ("expm1(a*x)/(exp(x) - 1)*0 + x", 1.0),
    ],
)
def test_extremes_are_as_with_numpy(text: str, point: float) -> None:
    k, n = both(text, inputs=["x", "a"] if "a*" in text else ["x"])
    given = (point, 1.0) if "a*" in text else (point,)
    expected = flat(n.value_and_grad(*given))
    for size in (0, 1, 3, 3000):
        arguments = given if size == 0 else tuple(np.full(size, v) for v in given)
        for result, truth in zip(flat(k.value_and_grad(*arguments)), expected, strict=True):
            np.testing.assert_allclose(result, np.full_like(result, truth), rtol=1e-14)


def flat(result) -> list:
    return [part for item in result for part in (flat(item) if type(item) is tuple else [item])]


def test_quotients_that_leave_every_format() -> None:
    k, n = both("exp(x)/exp(x - 1)")
    x = np.array([1.0, 20000.0, -30000.0, np.inf, np.nan])
    np.testing.assert_allclose(k(x), n(x), rtol=1e-12)
    assert k(20000.0) == n(20000.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int64, bool])
def test_dtypes_are_as_with_numpy(dtype) -> None:
    k, n = both("x*exp(-y)")
    x, y = np.arange(6).astype(dtype), np.arange(6).astype(dtype) / 1
    found, expected = k.value_and_grad(x, y), n.value_and_grad(x, y)
    for a, b in zip(flat(found), flat(expected), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=4 * np.finfo(b.dtype).eps)


def test_wide_numbers_are_left_to_numpy() -> None:
    k, n = both("x*exp(-x)")
    x = np.linspace(0, 1, 5).astype(np.longdouble)
    assert k(x).dtype == np.longdouble
    assert np.array_equal(k(x), n(x))


def test_out() -> None:
    k, n = both("x*exp(-y)")
    x, y = np.linspace(0, 1, 3000), np.linspace(1, 2, 3000)
    out = (np.empty(3000), (np.empty(6000)[::2], np.empty(3000)))
    assert k.value_and_grad(x, y, out=out) is out
    for a, b in zip(flat(out), flat(n.value_and_grad(x, y)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
    for wrong in (np.empty(3), np.empty(3000, np.float32), [1.0]):
        with pytest.raises(ValueError, match="out must"):
            k(x, y, out=wrong)


def test_in_place_results() -> None:
    k, _ = both("x*exp(-y)")
    x, y = np.linspace(0, 1, 3000), np.linspace(1, 2, 3000)
    expected = k(x, y)
    assert np.array_equal(k(x, y, out=x), expected)


def test_layouts_of_vectors_and_matrices() -> None:
    k, n = both(["x*y", "x + y", "sin(x)"])
    x = np.linspace(0, 1, 4)
    for name in ("value", "jacobian", "value_and_jacobian"):
        for given in ((1.0, 2.0), (x, 2.0), (x[:, None], x)):
            found = flat([getattr(k, name)(*given)])
            for a, b in zip(found, flat([getattr(n, name)(*given)]), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-14)
                assert a.shape == b.shape


@pytest.mark.parametrize("name", ["hessian", "grad", "value"])
def test_scalar_valued_layouts(name: str) -> None:
    k, n = both("x**2*sin(y) + z")
    for given in ((1.0, 2.0, 3.0), (np.linspace(0, 1, 7), 2.0, 1.0)):
        for a, b in zip(
            flat([getattr(k, name)(*given)]), flat([getattr(n, name)(*given)]), strict=True
        ):
            np.testing.assert_allclose(a, b, rtol=1e-14)


def test_products() -> None:
    k, n = both("x**2*sin(y)")
    given, along = (1.0, 2.0), (0.5, -1.0)
    assert k.jvp(given, along) == pytest.approx(n.jvp(given, along), rel=1e-14)
    assert k.vjp(given, 2.0) == pytest.approx(n.vjp(given, 2.0), rel=1e-14)
    assert k.hvp(given, along) == pytest.approx(n.hvp(given, along), rel=1e-14)


def model(p, t):
    return p[0] * np.exp(-p[1] * t) + np.sum(p**2)


@pytest.mark.parametrize(
    "t", [0.5, np.float64(0.5), np.linspace(0, 1, 5), np.ones((2, 3))], ids=list("abcd")
)
@pytest.mark.parametrize(
    "p", [np.array([1.0, 2.0]), [1.0, 2.0], np.array([1, 2]), np.ones(4)[::2]], ids=list("abcd")
)
def test_arrays_of_fixed_shape(p, t) -> None:
    k, n = both(model, shapes={"p": (2,)})
    for a, b in zip(flat(k.value_and_grad(p, t)), flat(n.value_and_grad(p, t)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
        assert np.shape(a) == np.shape(b)


def test_wrong_shapes_are_refused_by_name() -> None:
    k, _ = both(model, shapes={"p": (2,)})
    with pytest.raises(ShapeError, match="p must have shape"):
        k(np.ones(3), 1.0)


def test_single_precision_with_arrays_of_fixed_shape() -> None:
    k, n = both(model, shapes={"p": (2,)})
    p, t = np.ones(2, np.float32), np.ones(3, np.float32)
    for a, b in zip(flat(k.value_and_grad(p, t)), flat(n.value_and_grad(p, t)), strict=True):
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_more_operands_than_a_ufunc_takes() -> None:
    names = [f"x{i}" for i in range(40)]
    k, n = both(" + ".join(f"sin({name})**2" for name in names))
    given = [np.linspace(0, i, 5) for i in range(39)] + [1.0]
    for a, b in zip(flat(k.value_and_grad(*given)), flat(n.value_and_grad(*given)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_long_programs_are_cut_into_pieces() -> None:
    k, n = both(rosenbrock, shapes={"x": (400,)})
    x = np.linspace(-1, 1, 400)
    assert "value_and_grad_point_3" in k.native("value_and_grad").source
    for a, b in zip(flat(k.value_and_grad(x)), flat(n.value_and_grad(x)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_pickles_and_copies() -> None:
    k, _ = both("x*exp(-y)", threads=1)
    k(1.0, 2.0)
    for other in (pickle.loads(pickle.dumps(k)), copy.deepcopy(k)):
        assert other.options == k.options
        assert other == k
        assert other.value_and_grad(1.0, 2.0) == k.value_and_grad(1.0, 2.0)


def test_packed_for_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    k, _ = both("100*(y-x**2)**2 + (1-x)**2")
    found = optimize.minimize(k.packed, [-1.0, 2.0], jac=True, method="BFGS")
    np.testing.assert_allclose(found.x, [1, 1], atol=1e-5)


def test_source_and_save(tmp_path) -> None:
    k, _ = both("x*exp(-y)")
    assert "void value_and_grad_block_d(intp n" in k.source
    k.save(tmp_path / "kernel.c")
    assert (tmp_path / "kernel.c").read_text() == k.source
    k.save(tmp_path / "kernel.py")
    assert "import numpy" in (tmp_path / "kernel.py").read_text()


def test_options_are_checked() -> None:
    for wrong in ({"backend": "fortran"}, {"accuracy": "best"}, {"threads": 0}, {"threads": True}):
        with pytest.raises(InputTypeError):
            dc.compile("x", **wrong)


@pytest.mark.parametrize("name", ["int", "exp", "n", "w1", "v_exp", "λ", "out", "o1", "bits_d"])
def test_any_name_of_a_variable(name: str) -> None:
    import sympy as sp

    x = sp.Symbol(name)
    k, n = both(sp.exp(x) * sp.sin(x) + sp.Abs(x) * x)
    assert flat(k.value_and_grad(0.5)) == pytest.approx(flat(n.value_and_grad(0.5)), rel=1e-14)
    np.testing.assert_allclose(k(np.full(3, 0.5)), n(0.5), rtol=1e-14)


def test_truths_as_numbers_and_numbers_as_truths() -> None:
    import sympy as sp

    x, y = sp.symbols("x y")
    for text in (sp.Piecewise((1, (x > 0) & ~(y > 1) | (x < -2)), (0, True)) * x,):
        k, n = both(text)
        a, b = np.meshgrid(np.linspace(-3, 3, 13), np.linspace(-3, 3, 13))
        assert np.array_equal(k(a, b), n(a, b))

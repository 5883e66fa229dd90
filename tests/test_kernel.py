"""The kernel's surface: values, derivatives, shapes, keywords, copies, threads, files."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import derivc as dc
from derivc.errors import InputTypeError, SaveError, ShapeError, UnknownNameError

BANANA = "100*(y-x**2)**2 + (1-x)**2"


def test_value_gradient_and_hessian_of_the_banana() -> None:
    k = dc.compile(BANANA)
    assert k.inputs == ("x", "y")
    assert k(1.0, 2.0) == 100.0
    assert k.grad(1.0, 2.0) == (-400.0, 200.0)
    assert k.value_and_grad(1.0, 2.0) == (100.0, (-400.0, 200.0))
    assert k.hessian(1.0, 2.0).tolist() == [[402.0, -400.0], [-400.0, 200.0]]


def test_directional_derivatives_agree_with_the_matrices() -> None:
    k = dc.compile(BANANA)
    v = (0.5, -2.0)
    assert k.jvp((1.0, 2.0), v) == pytest.approx(np.dot(k.grad(1.0, 2.0), v))
    assert k.vjp((1.0, 2.0), 3.0) == pytest.approx([3 * g for g in k.grad(1.0, 2.0)])
    assert k.hvp((1.0, 2.0), v) == pytest.approx(k.hessian(1.0, 2.0) @ v)
    assert k.value_and_jvp((1.0, 2.0), v)[0] == k(1.0, 2.0)


def test_vector_valued_functions() -> None:
    k = dc.compile(["x*y", "sin(x)", "x + 2*y"])
    assert k(2.0, 3.0) == pytest.approx([6.0, np.sin(2.0), 8.0])
    assert k.jacobian(2.0, 3.0) == pytest.approx(np.array([[3, 2], [np.cos(2.0), 0], [1, 2]]))
    assert k.vjp((2.0, 3.0), [1.0, 0.0, 2.0]) == pytest.approx((5.0, 6.0))
    assert k.jvp((2.0, 3.0), (1.0, 0.0)) == pytest.approx([3.0, np.cos(2.0), 1.0])
    with pytest.raises(ShapeError, match="jacobian"):
        k.grad(2.0, 3.0)


def test_inputs_wrt_and_keywords() -> None:
    k = dc.compile("a*x + b", inputs=["x", "b", "a"], wrt=["b", "x"])
    assert k.inputs == ("x", "b", "a")
    assert k(2.0, 3.0, 4.0) == 11.0
    assert k.grad(x=2.0, b=3.0, a=4.0) == (1.0, 4.0)
    with pytest.raises(UnknownNameError, match="'b' is not a variable"):
        dc.compile("a*x + b", inputs=["x", "a"])
    with pytest.raises(InputTypeError, match="missing: \\['b'\\]"):
        dc.compile(sp.Symbol("a") + sp.Symbol("b"), inputs=["a"])
    with pytest.raises(InputTypeError, match="wrt"):
        dc.compile("x", wrt=["z"])


def test_broadcasting_reaches_every_output() -> None:
    k = dc.compile("x**2 + y**3 + 7*x")
    x, y = np.ones((3, 1)), np.arange(4.0)
    value, grad = k.value_and_grad(x, y)
    assert value.shape == grad[0].shape == grad[1].shape == (3, 4)
    assert k.hessian(x, y).shape == (2, 2, 3, 4)
    constant = dc.compile("3*x + 1")
    assert constant.grad(np.arange(4.0))[0].tolist() == [3.0] * 4
    assert constant.grad(np.zeros((2, 0)))[0].shape == (2, 0)


def test_dtypes() -> None:
    k = dc.compile("x**25")
    assert k.grad(np.array([10]))[0].dtype == np.float64
    assert k.grad(np.array([10]))[0] == pytest.approx([25e24])
    value, (partial,) = k.value_and_grad(np.ones(3, np.float32))
    assert value.dtype == partial.dtype == np.float32
    assert isinstance(k(1.0), float)
    assert isinstance(k(2), float)


def test_python_functions_of_arrays() -> None:
    def rosen(x):  # type: ignore[no-untyped-def]
        return sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    k = dc.compile(rosen, shapes={"x": (4,)})
    x = np.array([1.0, 2.0, -1.0, 0.5])
    assert k(x) == pytest.approx(rosen(x))
    assert k.grad(x).shape == (4,)
    assert k.hessian(x).shape == (4, 4)
    step = 1e-6 * np.eye(4)
    slopes = [(k(x + h) - k(x - h)) / 2e-6 for h in step]
    assert k.grad(x) == pytest.approx(slopes, rel=1e-6)
    assert k.hvp(x, step[0]) == pytest.approx(k.hessian(x) @ step[0])


def test_copies_pickles_and_equality() -> None:
    k = dc.compile(BANANA, wrt=["y"])
    for twin in (copy.copy(k), copy.deepcopy(k), pickle.loads(pickle.dumps(k))):
        assert twin == k and hash(twin) == hash(k)
        assert twin.grad(1.0, 2.0) == k.grad(1.0, 2.0)
    assert k != dc.compile(BANANA)


def test_threads_share_one_kernel() -> None:
    k = dc.compile("sin(x)*exp(-y)")
    x = np.linspace(0, 1, 50_000)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: k.value_and_grad(x + i, x), range(16)))
    for i, (value, _) in enumerate(results):
        assert np.array_equal(value, k(x + i, x))


def test_saved_module_runs_alone(tmp_path: Path) -> None:
    path = tmp_path / "kernel.py"
    dc.compile("sigmoid(x)*y").save(path)
    code = (
        "import sys; sys.modules['derivc'] = None\n"
        "import kernel; print(kernel.value_and_grad(0.0, 2.0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(1.0, (0.5, 0.5))"


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="choose another path"):
        dc.compile("x").save(tmp_path / "missing" / "kernel.py")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SaveError):
        dc.compile("x").save(tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder"]


def test_formula_and_derivatives_are_sympy() -> None:
    k = dc.compile(BANANA)
    x, y = sp.symbols("x y")
    assert sp.expand(k.formula - (100 * (y - x**2) ** 2 + (1 - x) ** 2)) == 0
    assert sp.expand(k.derivatives[1] - 200 * (y - x**2)) == 0
    assert k._repr_latex_().startswith("$")
    assert "kernel (x, y)" in repr(k)


def test_conventions_at_kinks() -> None:
    slopes = {c: dc.compile("relu(x)", convention=c).grad(0.0) for c in ("torch", "left", "right")}
    assert slopes == {"torch": (0.0,), "left": (0.0,), "right": (1.0,)}
    assert dc.compile("abs(x)", convention="jax").grad(0.0) == (1.0,)
    with pytest.raises(InputTypeError, match="convention"):
        dc.compile("x", convention="mine")


def test_swell_report_counts_trees_and_programs() -> None:
    nest = "x"
    for _ in range(6):
        nest = f"sin({nest})*exp({nest})"
    report = dc.compile(nest).swell()
    assert report.tree_gradient > 10 * report.gradient
    assert report.ratio <= 4
    assert "compiled" in str(report)


def test_functions_of_ops_have_several_meanings() -> None:
    x = sp.Symbol("x", real=True)
    assert dc.sigmoid(0.0) == 0.5
    assert dc.sigmoid(np.zeros(2)).tolist() == [0.5, 0.5]
    assert dc.sigmoid(x).free_symbols == {x}
    assert dc.leaky_relu(-2.0) == pytest.approx(-0.02)
    with pytest.raises(AttributeError):
        dc.no_such_op  # noqa: B018


def test_a_function_that_no_kernel_has():
    with pytest.raises(InputTypeError, match="function='slope' is not known; choose one of value"):
        dc.compile("x").function("slope")


def test_a_name_that_the_package_has_not():
    with pytest.raises(AttributeError, match="'derivc' has no attribute 'sigmod'; did you mean"):
        _ = dc.sigmod
    assert not hasattr(dc, "sigmod")


@pytest.mark.parametrize("order", [-1, 1.5, "2", None])
def test_an_order_that_is_none(order):
    with pytest.raises(InputTypeError, match="order must be a whole number, 0 or more"):
        dc.diff("x**3", order=order)


def test_the_names_of_the_package_are_those_that_users_need():
    names = set(dir(dc))
    assert {"compile", "sigmoid", "softmax", "tensor", "errors", "scale", "audit"} <= names
    assert not names & {"Any", "annotations", "ir", "build", "specs"}
    assert all(hasattr(dc, name) for name in names)


@pytest.mark.parametrize(("name", "inputs"), [("sigmoid", ("x",)), ("atan2", ("a", "b"))])
def test_a_function_of_an_op_is_described_and_compiled(name, inputs):
    function = getattr(dc, name)
    assert tuple(inspect.signature(function).parameters) == inputs
    assert f"derivc op {name}" in function.__doc__ and "Returns:" in function.__doc__
    assert dc.compile(function).inputs == inputs

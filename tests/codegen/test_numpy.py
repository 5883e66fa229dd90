"""Generated NumPy functions against the reference evaluator, over numbers, shapes and dtypes."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import derivc as dc
from derivc.codegen.function import Argument, FunctionSpec, Group, Header, Leaf, Stack
from derivc.codegen.load import load
from derivc.codegen.numpy import NumpyBackend
from derivc.errors import InputTypeError, ShapeError
from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering.fragment import expand
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.passes.dce import dce
from derivc.passes.vjp import gradient

pytestmark = pytest.mark.filterwarnings("error")
TEXTS = [
    "u**3 + v**2 + 4*u*v",
    "Piecewise((log(x), x > 0), (y*x, True))*y",
    "x",
    "3*x + 2",
    "exp(-x**2)*sin(y)/z",
    "x**(3/2) + y**-2",
    "sqrt(x)*a + b",
    "Piecewise((1, x > y), (0, True)) + x",
    "Max(x, y)*a",
    "x*y*z*a*b",
    "(x + y)**7 + (x + y)**6",
]


def spec_of(text: str) -> FunctionSpec:
    tree = sp.sympify(text)
    names = sorted(s.name for s in tree.free_symbols)
    tree = tree.xreplace({s: sp.Symbol(s.name, real=True) for s in tree.free_symbols})
    program = gradient(lower([tree], names), list(range(len(names))))
    layout = Group((Leaf(0), Group(tuple(Leaf(i + 1) for i in range(len(names))))))
    arguments = tuple(Argument(n, (n,)) for n in names)
    return FunctionSpec("value_and_grad", arguments, dce(expand(dce(program))), layout, "Both.")


def function(spec: FunctionSpec) -> Any:
    return load(NumpyBackend().source([spec], Header("f", "0")))[spec.name]


def compiled(text: str) -> Any:
    return function(spec_of(text))


def reference(program: Program, values: list[Any]) -> list[Any]:
    def table(op: str) -> Any:
        return getattr(np, registry.get(op).spelling.numpy.removeprefix("np."))

    def constant(value: Any) -> Any:
        return value if isinstance(value, bool) else exact.to_float(value)

    with np.errstate(all="ignore"):
        return interpret(program, [np.asarray(v, float) for v in values], table, constant)


def flat(result: Any) -> list[Any]:
    return [result[0], *result[1]]


SHAPES = st.sampled_from([(), (1,), (5,), (3, 4), (0,), (0, 2), (40000,), (300, 150), (2, 20000)])
VIEWS = st.sampled_from(
    ["plain", "fortran", "strided", "swapped", "reversed", "float", "row", "column"]
)


def view_of(values: Any, kind: str) -> Any:
    makers = {
        "fortran": np.asfortranarray,
        "strided": lambda a: np.repeat(a, 2, -1)[..., ::2] if a.ndim else a,
        "swapped": lambda a: a.astype(">f8"),
        "reversed": lambda a: a[::-1] if a.ndim else a,
        "float": lambda a: float(a.reshape(-1)[0]) if a.size else 1.5,
        "row": lambda a: a[-1] if a.ndim == 2 and len(a) else a,
        "column": lambda a: a[:, :1] if a.ndim == 2 else a,
    }
    return makers.get(kind, lambda a: a)(values)


@pytest.mark.parametrize("text", TEXTS)
@settings(max_examples=25, deadline=None)
@given(shape=SHAPES, kinds=st.lists(VIEWS, min_size=5, max_size=5), seed=st.integers(0, 99))
def test_shapes_and_strides(text: str, shape: tuple[int, ...], kinds: list[str], seed: int) -> None:
    spec, rng = spec_of(text), np.random.default_rng(seed)
    values = [view_of(rng.normal(size=shape) * 3, k) for k in kinds[: len(spec.arguments)]]
    wanted = np.broadcast_shapes(*[np.shape(v) for v in values])
    got = flat(function(spec)(*values))
    for one, other in zip(got, reference(spec.program, values), strict=True):
        assert np.shape(one) == wanted
        np.testing.assert_allclose(one, np.broadcast_to(other, wanted), rtol=1e-9, atol=1e-9)
        assert not any(isinstance(v, np.ndarray) and np.shares_memory(one, v) for v in values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2))
def test_numbers_agree_with_arrays(values: list[float]) -> None:
    for text in TEXTS[:2]:
        f = compiled(text)
        numbers = flat(f(*values))
        assert all(type(n) is float for n in numbers)
        for one, other in zip(numbers, flat(f(*[np.array([v]) for v in values])), strict=True):
            np.testing.assert_allclose(one, other[0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ((np.ones(3, "f"), 2.0), "f"),
        ((np.ones(3, "f"), np.ones(3)), "d"),
        ((np.ones(3, "i4"), 2), "d"),
        ((np.ones(3, bool), 2), "d"),
        ((np.ones(3, "e"), 2.0), "e"),
        ((np.ones(3, "g"), np.ones(3, "f")), "g"),
        (([1, 2], (3.0, 4.0)), "d"),
        ((np.float32(1), np.float32(2)), "f"),
        ((np.array(1.0), 2), "d"),
    ],
)
def test_dtype_of_all_outputs(given: tuple[Any, ...], dtype: str) -> None:
    for text in ("u*v + 1", "u + v", "0*u + v"):
        results = flat(compiled(text + " + u*v")(*given))
        assert {np.asarray(r).dtype.char for r in results} == {dtype}


@pytest.mark.parametrize("bad", [[1 + 2j], ["a"], [None], np.array([1], "M8[s]"), "s", None, {}])
def test_what_is_no_real_number_is_refused(bad: Any) -> None:
    with pytest.raises(InputTypeError, match="x must hold real numbers"):
        compiled("x*y")(bad, 1.0)


def test_shapes_that_do_not_broadcast_are_named() -> None:
    with pytest.raises(ShapeError, match=r"do not broadcast: x \(3,\), y \(4,\); give arrays of"):
        compiled("x*y")(np.ones(3), np.ones(4))


def test_errors_are_pythons_where_derivc_is_not_there() -> None:
    namespace: dict[str, Any] = {}
    exec(dc.compile("x*y").source, namespace)
    with pytest.raises(ValueError, match="do not broadcast") as shapes:
        namespace["value"](np.ones(3), np.ones(4))
    with pytest.raises(TypeError, match="must hold real numbers") as kinds:
        namespace["value"]("a", 1.0)
    assert (shapes.type, kinds.type) == (ValueError, TypeError)


class TestRepair:
    """What only overflows or underflows on the way."""

    def test_quotient_of_large_cubes(self) -> None:
        f = compiled("x**3*y/(x**3 + 1)")
        for x in (1e150, np.full(3, 1e150), np.full(50000, 1e150), np.float32(1e20)):
            value, (by_x, by_y) = f(x, 2.0)
            assert np.all(np.asarray(value) == 2.0)
            assert np.all(np.asarray(by_x) == 0.0)
            assert np.all(np.asarray(by_y) == 1.0)

    def test_length_of_a_vector(self) -> None:
        x = np.array([1e200, 1.0, 1e-200])
        value, (by_x, _) = compiled("sqrt(x**2 + y**2)")(x, x)
        np.testing.assert_allclose(value, x * 2**0.5, rtol=1e-15)
        np.testing.assert_allclose(by_x, 0.5**0.5, rtol=1e-15)

    def test_true_infinities_stay(self) -> None:
        value, (by_x,) = compiled("log(x)")(np.array([-1.0, 0.0, 1.0, np.nan, np.inf]))
        np.testing.assert_array_equal(value, [np.nan, -np.inf, 0, np.nan, np.inf])
        np.testing.assert_array_equal(by_x, [-1.0, np.inf, 1.0, np.nan, 0.0])
        assert compiled("exp(x)")(1000.0) == (np.inf, (np.inf,))
        assert compiled("exp(x)")(-1000.0) == (0.0, (0.0,))

    def test_one_bad_element_among_many(self) -> None:
        x = np.full(100_000, 2.0)
        x[77_777] = 1e150
        assert compiled("x**3/(x**3 + 1)")(x)[0][77_777] == 1.0


class TestOut:
    """Results in arrays of the caller's."""

    def test_written_in_place(self) -> None:
        x = np.arange(3.0)
        out = (np.empty(3), (np.empty(3), np.empty(3)))
        assert compiled("x*y")(x, x + 1, out=out) is out
        np.testing.assert_array_equal(out[0], x * (x + 1))
        np.testing.assert_array_equal(out[1][0], x + 1)

    @pytest.mark.parametrize("size", [10, 100_000])
    def test_overlapping_an_argument(self, size: int) -> None:
        x = np.arange(float(size))
        wanted = x[:-1] * x[1:]
        out = (x[1:], (np.empty(size - 1), np.empty(size - 1)))
        compiled("x*y")(x[:-1], x[1:], out=out)
        np.testing.assert_array_equal(out[0], wanted)

    def test_wrong_ones_are_refused(self) -> None:
        f, x, read_only = compiled("x*y"), np.ones(3), np.ones(3)
        read_only.flags.writeable = False
        for out, problem in [
            (np.empty(3), "tuple of 2"),
            ((np.empty(3), (np.empty(2), np.empty(3))), r"shape \(3,\)"),
            ((np.empty(3), (np.empty(3, "f"), np.empty(3))), "dtype float64"),
            ((read_only, (np.empty(3), np.empty(3))), "read-only"),
            ((0.0, (np.empty(3), np.empty(3))), "arrays"),
        ]:
            with pytest.raises(ValueError, match=problem):
                f(x, x, out=out)


def test_names_that_would_hide_ours() -> None:
    names = (
        "np math out type float _evaluate _3 m given w0 o1 _stack work ArithmeticError"
        " value_and_grad every total uniform λ"
    ).split()
    tree = sp.exp(sum(sp.Symbol(n, real=True) ** (i + 2) for i, n in enumerate(names)) / 100)
    program = gradient(lower([tree], names), list(range(len(names))))
    layout = Group((Leaf(0), Group(tuple(Leaf(i + 1) for i in range(len(names))))))
    arguments = tuple(Argument(n, (n,)) for n in names)
    spec = FunctionSpec("value_and_grad", arguments, dce(program), layout)
    values = [0.5 + 0.01 * i for i in range(len(names))]
    wanted = reference(spec.program, values)
    f = function(spec)
    np.testing.assert_allclose(flat(f(*values)), wanted, rtol=1e-13)
    np.testing.assert_allclose(flat(f(**dict(zip(names, values, strict=True)))), wanted, rtol=1e-13)
    arrays_in = [np.full(4, v) if i % 2 else v for i, v in enumerate(values)]
    np.testing.assert_allclose([r[2] for r in flat(f(*arrays_in))], wanted, rtol=1e-13)


def test_reserved_words_get_an_underscore() -> None:
    spec = spec_of("x**2")
    spec = FunctionSpec(spec.name, (Argument("lambda", ("x",)),), spec.program, spec.layout)
    assert function(spec)(3.0) == function(spec)(lambda_=3.0) == (9.0, (6.0,))


class TestArraysOfFixedShape:
    """Arguments whose elements are the program's inputs."""

    def spec(self, extra: tuple[Argument, ...] = ()) -> FunctionSpec:
        """exp(x0*x1/x2 [* t]) and its partials by x."""
        x = sp.symbols("x_0:3", real=True)
        tree = sp.exp(x[0] * x[1] / x[2] * sp.prod(sp.Symbol(a.name, real=True) for a in extra))
        names = [s.name for s in x] + [a.name for a in extra]
        program = dce(gradient(lower([tree], names), [0, 1, 2]))
        layout = Group((Leaf(0), Stack((3,), (Leaf(1), Leaf(2), Leaf(3)))))
        x_argument = Argument("x", tuple(s.name for s in x), (3,))
        return FunctionSpec("value_and_grad", (x_argument, *extra), program, layout)

    def test_value_and_gradient(self) -> None:
        value, grad = function(self.spec())([1, 2, 4])
        assert value == pytest.approx(np.exp(0.5), rel=1e-15)
        np.testing.assert_allclose(grad, np.exp(0.5) * np.array([0.5, 0.25, -0.125]), rtol=1e-15)

    def test_float32(self) -> None:
        value, grad = function(self.spec())(np.array([1, 2, 4], "f"))
        assert value.dtype == grad.dtype == np.float32

    def test_wrong_shape(self) -> None:
        with pytest.raises(ValueError, match=r"x must have shape \(3,\), got \(2,\)"):
            function(self.spec())(np.ones(2))

    def test_overflow_on_the_way(self) -> None:
        value, _ = function(self.spec())([1e200, 1e200, -1e300])
        assert value == 0.0
        assert function(self.spec())([1e200, 1e200, 1e300])[0] == np.inf

    def test_beside_a_scalar_that_broadcasts(self) -> None:
        f = function(self.spec((Argument("t", ("t",)),)))
        t = np.linspace(-1, 1, 7)
        value, grad = f([1, 2, 4], t)
        np.testing.assert_allclose(value, np.exp(t / 2), rtol=1e-15)
        assert grad.shape == (3, 7)
        np.testing.assert_allclose(grad[2], -np.exp(t / 2) * t / 8, rtol=1e-14)
        np.testing.assert_allclose(f([1, 2, 4], 0.5)[1], f([1, 2, 4], np.array([0.5]))[1][:, 0])


def test_no_warning_from_an_untaken_branch() -> None:
    f = compiled("Piecewise((log(x), x > 0), (x, True))")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(np.linspace(-1, 1, 101))
        f(-1.0)
        f(0.0)


def test_the_same_text_in_every_process() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import importlib.util as u; s = u.spec_from_file_location('t', sys.argv[2]);"
        "m = u.module_from_spec(s); s.loader.exec_module(m);"
        "specs = [m.spec_of(m.TEXTS[0])];"
        "print(hash(''), m.NumpyBackend().source(specs, m.Header('f', '0')))"
    )
    import derivc

    root = str(derivc.__path__[0]).rsplit("/", 1)[0]
    texts = [
        subprocess.run(
            [sys.executable, "-c", script, root, __file__],
            capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        ).stdout.split(" ", 1)[1]
        for seed in ("1", "2")
    ]  # fmt: skip
    assert texts[0] == texts[1]


@settings(max_examples=20, deadline=None)
@given(arrays.arrays(np.float64, st.integers(1, 50), elements=st.floats(allow_nan=True)))
def test_any_float_at_all_gives_no_warning(x: Any) -> None:
    compiled("x**3/(x**2 + 1) + exp(-x)*log(x)")(x)


def test_a_tiny_result_of_a_branch_is_looked_into() -> None:
    kernel = dc.compile("where(abs(x) < 1, x, c*x/x**5)", inputs=["c", "x"])
    assert kernel(1e62, -1e92) == pytest.approx(1e-306, rel=1e-14)

"""What is captured means what was written: kinks, stops, extremes, precision, frameworks mixed."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import derivc as dc
from derivc.capture.detect import framework_of
from derivc.errors import InputTypeError, ShapeError, TraceError

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")
F = torch.nn.functional


def numbered(count):
    return [str(i) for i in range(count)]


@pytest.mark.filterwarnings("ignore:a sum, mean, norm or softmax is over one element")
@pytest.mark.parametrize(
    ("function", "at"),
    [
        (torch.relu, 0.0), (torch.abs, 0.0), (torch.sign, 0.0), (F.relu6, 6.0), (F.hardtanh, 1.0),
        (lambda x: torch.maximum(x, torch.tensor(1.0)), 1.0), (F.leaky_relu, 0.0), (F.elu, 0.0),
        (lambda x: F.smooth_l1_loss(x, torch.tensor(0.0)), 1.0), (F.hardswish, 3.0),
        (lambda x: torch.linalg.norm(torch.stack([x, 2 * x])), 0.0), (torch.sqrt, 0.0),
        (lambda x: torch.where(x > 0, x, 2 * x), 0.0), (F.softshrink, 0.5), (F.hardshrink, 0.5),
        (lambda x: torch.stack([x, x, 0 * x]).std(), 0.0), (torch.sinc, 0.0), (torch.floor, 1.0),
    ],
    ids=numbered(18),
)  # fmt: skip
def test_kinks_are_those_of_pytorch(function, at):
    leaf = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(function(leaf), leaf)
    kernel = dc.from_torch(lambda x: function(x))
    assert kernel.grad(at) == (slope.item(),)


@pytest.mark.parametrize(
    ("function", "at"),
    [(jax.nn.relu, 0.0), (jnp.abs, 0.0), (lambda x: jnp.maximum(x, 1.0), 1.0),
     (lambda x: jnp.clip(x, 0.0, 2.0), 0.0), (jax.nn.elu, 0.0), (jax.nn.relu6, 6.0),
     (lambda x: jnp.where(x > 0, x, 2 * x), 0.0), (jnp.sinc, 0.0)],
    ids=numbered(8),
)  # fmt: skip
def test_kinks_are_those_of_jax(function, at):
    with jax.enable_x64(True):
        slope = float(jax.grad(function)(at))
    assert dc.from_jax(function).grad(at) == (slope,)


@pytest.mark.parametrize(
    ("function", "at", "truth"),
    [
        (lambda x: torch.log(1 + torch.exp(x)), 1000.0, 1.0),
        (lambda x: torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x)), -1.0, 0.0),
        (lambda x: torch.log(torch.sigmoid(x)), -800.0, 1.0),
        (lambda x: (torch.exp(x) - 1) / x, 1e-9, 0.5000000003333333),
        (lambda x: x * torch.sigmoid(x), -800.0, 0.0),
    ],
    ids=numbered(5),
)
def test_derivatives_are_right_where_those_of_pytorch_are_not(function, at, truth):
    assert dc.from_torch(function).grad(at)[0] == pytest.approx(truth, rel=1e-12, abs=1e-300)


@pytest.mark.filterwarnings("ignore:a sum, mean, norm or softmax is over one element")
def test_captured_functions_agree_with_fifty_digits():
    loss = dc.from_torch(lambda x, t: F.binary_cross_entropy_with_logits(x, t))
    assert loss.check(points=12, domain={"x": (-50, 50), "t": (0, 1)}).ok
    for kernel in (
        dc.from_torch(lambda x: F.gelu(x, approximate="tanh")),
        dc.from_torch(lambda x: torch.logsumexp(x, 0), shapes={"x": 3}),
        dc.from_jax(lambda x: jax.nn.softplus(x) * jnp.tanh(x)),
        dc.from_jax(lambda x: jax.nn.softmax(x)[0], shapes={"x": 2}),
    ):
        assert kernel.check(points=12).ok


def test_what_jax_stops_is_constant():
    kernel = dc.from_jax(lambda x: x * jax.lax.stop_gradient(x))
    assert kernel.value_and_grad(3.0) == (9.0, (3.0,))
    assert kernel.check(points=8).ok


def test_second_derivatives_pass_what_is_stopped():
    assert dc.from_torch(lambda x: x**3 * x.detach()).hessian(2.0).tolist() == [[24.0]]


def test_pytorchs_own_derivatives_inside_a_function_are_captured():
    def residual(x):
        x = x.reshape(1).requires_grad_(True)
        u = torch.tanh(x)
        (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
        return (slope + u).sum()

    value, (slope,) = dc.from_torch(residual).value_and_grad(0.5)
    t = math.tanh(0.5)
    assert value == pytest.approx(1 - t**2 + t, rel=1e-14)
    assert slope == pytest.approx((1 - 2 * t) * (1 - t**2), rel=1e-13)


def test_parameters_may_be_variables():
    module = torch.nn.Sequential(torch.nn.Linear(2, 1)).double()
    kernel = dc.from_torch(module, shapes={"input": 2}, parameters="variables")
    assert kernel.inputs == ("input", "p0_weight", "p0_bias")
    x = np.array([1.0, 2.0])
    gradient = kernel.grad(x, np.array([[3.0, 4.0]]), np.array([5.0]))
    assert [g.tolist() for g in gradient] == [[3.0, 4.0], [[1.0, 2.0]], [1.0]]
    with pytest.raises(InputTypeError, match=r"nn\.Module"):
        dc.from_torch(torch.sin, parameters="variables")


def test_examples_give_shapes_and_constants():
    def power(x, target, n):
        return (x - target) ** n

    kernel = dc.from_torch(power, inputs=(torch.zeros(2), torch.tensor([1, 0]), 3))
    assert kernel.inputs == ("x",)
    assert kernel(np.array([3.0, 2.0])).tolist() == [8.0, 8.0]
    by_name = dc.from_jax(power, inputs={"x": 1.0}, constants={"target": 2.0, "n": 2})
    assert str(by_name.formula) == "(x - 2)**2"


def test_one_of_several_results_is_chosen():
    def several(x):
        return {"loss": x**2, "aux": torch.stack([x, x])}

    assert str(dc.from_torch(several, output="loss").formula) == "x**2"
    for output in (None, "lost"):
        with pytest.raises(TraceError, match="dictionary"):
            dc.from_torch(several, output=output)


def test_compile_and_diff_find_the_framework_by_themselves():
    assert str(dc.compile(torch.nn.SiLU()).formula) == "silu(input)"
    assert str(dc.diff(lambda x: torch.tanh(x))) == "1 - tanh(x)**2"
    assert str(dc.compile(lambda x: jax.lax.erf(x)).formula) == "erf(x)"
    assert framework_of(lambda x: x + 1) is None
    assert framework_of(jax.nn.relu) == "jax"
    assert framework_of(torch.nn.Tanh()) == "torch"


def test_random_numbers_from_a_constant_key_are_constants():
    kernel = dc.from_jax(lambda x: x * jax.random.normal(jax.random.PRNGKey(0)))
    assert kernel.grad(2.0)[0] == pytest.approx(-0.2058, abs=1e-3)


def branch(x):
    return x if x > 0 else -x


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (branch, ["x if x > 0", "jnp.where"]),
        (lambda x: np.sin(x), ["jax.numpy"]),
        (lambda x: jnp.abs(jnp.fft.fft(x.reshape(1))).sum(), ["fft"]),
        (lambda x: jax.lax.while_loop(lambda c: c < 9, lambda c: 2 * c, x), ["loops as often"]),
        (lambda x: jnp.stack([x, -x])[jnp.argmax(jnp.stack([x, -x]))], ["point to point"]),
        (lambda x: x[0], ["shapes="]),
    ],
)
def test_refusals_of_jax_name_the_line(function, words):
    with pytest.raises(TraceError) as caught:
        dc.from_jax(function)
    for word in ("test_meaning.py:", *words):
        assert word in str(caught.value)


def test_unknown_shapes_are_refused():
    with pytest.raises(ShapeError, match="'z'"):
        dc.from_torch(torch.nn.Tanh(), shapes={"z": 3})


def test_a_missing_framework_names_the_extra(monkeypatch):
    import sys

    from derivc.errors import MissingDependencyError

    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingDependencyError, match=r"derivc\[jax\]"):
        dc.from_jax(lambda x: x)


def test_arguments_are_given_by_place_as_transformations_of_jax_want_them():
    jax = pytest.importorskip("jax")
    k = dc.from_jax(jax.grad(lambda x, y: x**3 * y))
    assert k(2.0, 5.0) == 60.0
    assert tuple(map(float, k.grad(2.0, 5.0))) == (60.0, 12.0)
    held = dc.from_jax(jax.grad(lambda x, y: x**3 * y), constants={"y": 5.0})
    assert held(2.0) == 60.0


def test_a_reduction_of_a_number_is_warned_of():
    torch = pytest.importorskip("torch")
    with pytest.warns(UserWarning, match="over one element here.*shapes="):
        dc.from_torch(torch.nn.MSELoss())
    dc.from_torch(torch.nn.MSELoss(), shapes={"input": (3,), "target": (3,)})


def test_a_reduction_of_a_number_is_warned_of_for_jax_too():
    with pytest.warns(UserWarning, match="over one element here.*shapes="):
        dc.from_jax(lambda x: jnp.mean(jnp.where(x > 0, x, 0.0) ** 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dc.from_jax(lambda x: jnp.mean(x**2), shapes={"x": (3,)})
        dc.from_jax(jnp.tanh)


def test_functions_of_c_get_what_their_documentation_names():
    """`asin(input: Tensor, *, out)`, `logdet(input)`, which wants no such name."""
    assert str(dc.from_torch(torch.asin).formula) == "asin(input)"
    weight = torch.tensor([[1.0, 2.0]])
    linear = dc.from_torch(F.linear, inputs=(torch.ones(2), weight, torch.ones(1)))
    assert linear.inputs == ("input", "weight", "bias")
    assert float(linear([1.0, 1.0], [[1.0, 2.0]], [1.0])) == 4.0
    square = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    found = float(dc.from_torch(torch.logdet, inputs=(square,))(square.numpy()))
    assert found == pytest.approx(float(torch.logdet(square.double())))


def test_bilinear_is_captured():
    given = [torch.randn(s, dtype=torch.double) for s in ((2, 3), (2, 2), (1, 3, 2))]
    found = dc.from_torch(F.bilinear, inputs=given)(*(t.numpy() for t in given))
    assert found == pytest.approx(F.bilinear(*given).numpy(), rel=1e-12)

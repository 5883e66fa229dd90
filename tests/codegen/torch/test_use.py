"""Generated PyTorch functions as people call them: shapes, types, names, kinks, orders."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from derivc.errors import BadNameError, InputTypeError, UnsupportedError

torch = pytest.importorskip("torch", reason="torch is not installed")


def leaf(values: Any, dtype: Any = None) -> Any:
    return torch.tensor(values, dtype=dtype or torch.float64, requires_grad=True)


def derivatives(function: Any, at: float, order: int) -> list[float]:
    """The value and the derivatives up to an order, by repeated reverse mode."""
    x = leaf(at)
    found = [function(x)]
    for _ in range(order):
        if not found[-1].requires_grad:
            found.append(torch.zeros(()))
            continue
        (slope,) = torch.autograd.grad(found[-1], x, create_graph=True, allow_unused=True)
        found.append(torch.zeros(()) if slope is None else slope)
    return [y.item() for y in found]


SEEDS = [
    ("3*x**2", {"x": 3.0}, [18.0]),
    ("6*x**2 + 2*x + 4", {"x": 3.0}, [38.0]),
    ("u**3 + v**2 + 4*u*v", {"u": 3.0, "v": 4.0}, [43.0, 20.0]),
    ("2*x + 1", {"x": 2.0}, [2.0]),
    ("sigmoid(x)", {"x": 1.0}, [0.19661193324148185]),
    ("sigmoid(x)**2 + 3*x", {"x": 1.0}, [3.2874696809144304]),
    ("sigmoid(x)*(1 + exp(x))**(-1/2)", {"x": 0.0}, [0.08838834764831845]),
    ("x*exp(-y)", {"x": 2.0, "y": 1.0}, [0.36787944117144233, -0.7357588823428847]),
    ("sin(x)**2", {"x": 1.0}, [0.9092974268256817]),
]


@pytest.mark.parametrize(("text", "at", "slopes"), SEEDS, ids=[s[0] for s in SEEDS])
def test_seeds(text: str, at: dict[str, float], slopes: list[float]) -> None:
    inputs = [leaf(v) for v in at.values()]
    dc.compile(text).to_torch()(*inputs).backward()
    assert [x.grad.item() for x in inputs] == pytest.approx(slopes, rel=1e-15)


KINKS = [
    ("relu(x)", 0.0, [0, 0, 0, 0]),
    ("abs(x)", 0.0, [0, 0, 0, 0]),
    ("max(x, 0)", 0.0, [0, 0.5, 0, 0]),
    ("x*abs(x)", 0.0, [0, 0, 0, 0]),
    ("where(x > 0, x*log(x), 0)", 0.0, [0, 0, 0, 0, 0, 0]),
    ("where(x > 0, x*log(x), 0)", 2.0, [2 * mp.log(2), mp.log(2) + 1, 0.5, -0.25, 0.25, -0.375]),
    ("where(x > 0, exp(-1/x), 0)", 0.0, [0, 0, 0, 0, 0]),
    ("where(x > 0, sqrt(x), -sqrt(-x))", -4.0, [-2, 0.25, 1 / 32, 3 / 256, 15 / 2048]),
    ("where(x < 700, exp(x), x)", 1000.0, [1000, 1, 0, 0, 0]),
    ("sinc(x)", 0.0, [1, 0, -(mp.pi**2) / 3, 0]),
    ("xlogy(x, x)", 1.0, [0, 1, 1, -1, 2]),
]


@pytest.mark.parametrize(("text", "at", "expected"), KINKS, ids=[f"{k[0]} {k[1]}" for k in KINKS])
def test_kinks_and_untaken_branches_at_every_order(text: str, at: float, expected: Any) -> None:
    found = derivatives(dc.compile(text).to_torch(), at, len(expected) - 1)
    assert found == pytest.approx([float(e) for e in expected], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_any_order_whatever_is_written_out(order: int) -> None:
    function = dc.compile("sin(2*x)*exp(x)").to_torch("wave", order=order)
    for k, got in enumerate(derivatives(function, 0.3, 6)):
        wanted = mp.diff(lambda x: mp.sin(2 * x) * mp.exp(x), mp.mpf(0.3), k)
        assert got == pytest.approx(float(wanted), rel=1e-12)


def test_gradients_have_the_shapes_of_the_inputs() -> None:
    function = dc.compile("x*exp(y) + z").to_torch()
    for shapes in (
        ((3, 1), (4,), ()),
        ((2, 0), (1, 1), (1,)),
        ((), (), ()),
        ((5,), (1, 5), (3, 1)),
    ):
        inputs = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
        value = function(*inputs)
        assert value.shape == torch.broadcast_shapes(*shapes)
        value.sum().backward()
        assert [tuple(x.grad.shape) for x in inputs] == [tuple(s) for s in shapes]


def test_tensors_that_are_not_contiguous_are_left_as_they_are() -> None:
    function = dc.compile("x*sigmoid(y)").to_torch()
    base = torch.randn(6, 4, dtype=torch.float64)
    x, y = base.t()[::2].requires_grad_(), base[1:5:2, :2].expand(2, 2)
    before = base.clone()
    value = function(x[:, :2], y)
    value.sum().backward()
    assert torch.equal(base, before)
    assert torch.allclose(value, x[:, :2] * torch.sigmoid(y))


def test_only_what_is_asked_for_is_computed() -> None:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Calls(TorchDispatchMode):
        def __init__(self) -> None:
            super().__init__()
            self.names: list[str] = []

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.names.append(func.__name__.split(".")[0])
            return func(*args, **(kwargs or {}))

    function = dc.compile("x*lgamma(y)").to_torch()
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    for inputs, computed in (((x, y.detach()), False), ((x.detach(), y), True)):
        with Calls() as calls:
            function(*inputs).sum().backward()
        assert ("digamma" in calls.names) == computed
    assert y.grad is not None


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32"])
def test_low_precision_is_the_truth_rounded(name: str) -> None:
    dtype = getattr(torch, name)
    function = dc.compile("x*sigmoid(1.702*x)").to_torch()
    x = torch.linspace(-6, 6, 97, dtype=torch.float64).to(dtype).requires_grad_()
    value = function(x)
    value.sum().backward()
    assert value.dtype == x.grad.dtype == dtype
    step = torch.finfo(dtype).eps * (16 if name == "float32" else 0.51)
    for place, got, slope in zip(x.tolist(), value.tolist(), x.grad.tolist(), strict=True):
        f = lambda t: t / (1 + mp.exp(mp.mpf("-1.702") * t))  # noqa: E731
        tiny = 0.1 if name == "float32" else 1e-7
        for number, truth in ((got, f(mp.mpf(place))), (slope, mp.diff(f, mp.mpf(place)))):
            assert abs(number - truth) <= step * abs(truth) + tiny * step + 6e-8 * (step > 1e-3)


def test_types_are_promoted_or_refused() -> None:
    function = dc.compile("x/y").to_torch("ratio")
    assert function(torch.tensor([1, 2]), torch.tensor([2, 2])).dtype == torch.float32
    assert function(1, 2.0).item() == 0.5
    assert function(leaf([1.0]), 2).dtype == torch.float64
    mixed = leaf([1.0], torch.float32), leaf([2.0])
    value = function(*mixed)
    value.sum().backward()
    assert value.dtype == torch.float64
    assert [x.grad.dtype for x in mixed] == [torch.float32, torch.float64]
    with pytest.raises(TypeError, match="ratio is a function of real numbers"):
        function(torch.tensor([1j]), torch.tensor([1.0]))


def test_several_outputs_are_stacked_as_a_kernel_stacks_them() -> None:
    kernel = dc.compile(["x*y", "x + y", "x"])
    function = kernel.to_torch("pair")
    x, y = leaf([[1.0], [2.0]]), leaf([3.0, 4.0, 5.0])
    value = function(x, y)
    assert value.shape == (3, 2, 3)
    assert torch.allclose(value, torch.tensor(kernel(x.detach().numpy(), y.detach().numpy())))


def test_arguments_of_fixed_shape() -> None:
    def rosenbrock(x):
        return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(11))

    kernel = dc.compile(rosenbrock, shapes={"x": (12,)})
    function = kernel.to_torch()
    x = torch.linspace(-1, 1, 12, dtype=torch.float64)
    assert torch.allclose(torch.func.grad(function)(x), torch.tensor(kernel.grad(x.numpy())))
    hessian = torch.func.hessian(function)(x)
    assert torch.allclose(hessian, torch.tensor(kernel.hessian(x.numpy())))
    assert torch.allclose(torch.func.jacfwd(torch.func.jacfwd(function))(x), hessian)
    assert torch.allclose(torch.func.jacrev(torch.func.jacfwd(function))(x), hessian)
    with pytest.raises(ValueError, match=r"x must have the shape \(12,\)"):
        function(torch.ones(3))


def test_variables_that_are_held_constant_have_no_gradient() -> None:
    function = dc.compile("x**n", inputs=["x", "n"], wrt="x").to_torch()
    x, n = leaf([2.0]), leaf([3.0])
    function(x, n).backward()
    assert (x.grad.item(), n.grad) == (12.0, None)


@pytest.mark.parametrize("names", [
    ("torch", "math"), ("g", "needed"), ("_a", "_0b"), ("inputs", "ctx"), ("lambda_", "f"),
    ("given", "x_x"), ("formula", "slopes"), ("x", "x_x"), ("functools", "_tensors"), ("α", "β"),
])  # fmt: skip
def test_no_name_hides_another(names: tuple[str, str]) -> None:
    a, b = names
    kernel = dc.compile(f"{a}**2*exp({b}) + cbrt({a})", inputs=names)
    x, y = leaf([1.5]), leaf([-0.5])
    function = kernel.to_torch()
    function(x, y).backward()
    expected = kernel.grad(1.5, -0.5)
    assert (x.grad.item(), y.grad.item()) == pytest.approx(expected, rel=1e-14)
    assert torch.autograd.gradcheck(function, (x, y))
    assert torch.autograd.gradgradcheck(function, (x, y))


@pytest.mark.parametrize("name", ["cbrt", "pull", "apply", "torch", "F", "Function", "x", "given"])
def test_no_name_of_a_function_hides_another(name: str) -> None:
    function = dc.compile("x*cbrt(x)").to_torch(name)
    assert derivatives(function, 8.0, 2) == pytest.approx([16, 8 / 3, 1 / 9], rel=1e-15)


def test_what_cannot_be_generated_is_said() -> None:
    with pytest.raises(UnsupportedError, match="legendre.*whole number.*not n"):
        dc.compile("legendre(n, x)", wrt="x").to_torch()
    with pytest.raises(InputTypeError, match="no variables"):
        dc.compile("1 + 2").to_torch()
    with pytest.raises(BadNameError, match="cannot name a function"):
        dc.compile("x").source_for("torch", name="my op")
    with pytest.raises(InputTypeError, match="choose one of torch"):
        dc.compile("x").source_for("tensorflow")


def test_less_is_kept_than_by_the_composition() -> None:
    def kept(function: Any, *inputs: Any) -> int:
        sizes: dict[int, int] = {}
        pack = lambda x: sizes.update({x.data_ptr(): x.nbytes}) or x  # noqa: E731
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
            held = function(*inputs)
        assert held.requires_grad
        return sum(sizes.values())

    x = torch.randn(1000, dtype=torch.float64, requires_grad=True)
    generated = dc.compile("x*sigmoid(1.702*x)").to_torch()
    assert kept(generated, x) == 8000 < kept(lambda x: x * torch.sigmoid(1.702 * x), x)
    assert kept(dc.compile("2*x + 1").to_torch(), x) < 100


ALONE = """
import sys
sys.modules["derivc"] = None
import torch
from quick_gelu import QuickGelu, quick_gelu
x = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(quick_gelu, x) and torch.autograd.gradgradcheck(QuickGelu.apply, x)
assert torch.equal(quick_gelu(x), QuickGelu.apply(x))
"""


def test_a_module_needs_no_derivc(tmp_path: Any) -> None:
    dc.compile("x*sigmoid(1.702*x)").save(tmp_path / "quick_gelu.py", backend="torch")
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


OPERATORS = {
    "quick_gelu_for_tests": ("x*sigmoid(1.702*x)", [(4,)]),
    "decay_for_tests": ("x*exp(-y)", [(3, 1), (4,)]),
    "pair_for_tests": (["x*y", "x + y", "x"], [(3, 1), (4,)]),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_custom_operators_pass_opcheck(name: str) -> None:
    from derivc.codegen.load import load

    text, shapes = OPERATORS[name]
    namespace = load(dc.compile(text).source_for("torch", name, custom_op=True))
    operator = namespace[f"{name}_op"]
    inputs = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    torch.library.opcheck(operator, tuple(inputs))
    assert torch.autograd.gradcheck(operator, inputs)
    assert torch.autograd.gradgradcheck(operator, inputs)
    batch = [torch.randn(2, *s, dtype=torch.float64) for s in shapes]
    found = torch.func.vmap(operator)(*batch)
    found = found if isinstance(found, tuple) else (found,)
    for k in range(2):
        single = operator(*[x[k] for x in batch])
        single = single if isinstance(single, tuple) else (single,)
        assert all(torch.allclose(a[k], b) for a, b in zip(found, single, strict=True))


@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_compiled_by_pytorch_without_a_break() -> None:
    from torch.func import grad, hessian, jacrev, vmap

    function = dc.compile("where(x > 0, x*log(x), sinh(x))").to_torch("mixed")
    x = torch.tensor([0.5, -1.0, 0.0], dtype=torch.float64, requires_grad=True)

    def compiled(f: Any) -> Any:
        return torch.compile(f, fullgraph=True, backend="aot_eager")

    (wanted,) = torch.autograd.grad(function(x).sum(), x)
    (got,) = torch.autograd.grad(compiled(function)(x).sum(), x)
    assert torch.allclose(got, wanted)
    plain = x.detach()
    for f in (vmap(grad(function)), jacrev(function), hessian(lambda x: function(x).sum())):
        assert torch.allclose(compiled(f)(plain), f(plain), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("text", ["x*sigmoid(1.702*x)", "x*exp(-y)", "where(x > 0, x*log(x), y)"])
@pytest.mark.parametrize("name", ["float32", "float64", "bfloat16"])
def test_compiled_by_inductor(text: str, name: str) -> None:
    kernel = dc.compile(text)
    function = kernel.to_torch()
    inputs = [torch.rand(64).to(getattr(torch, name)).requires_grad_() for _ in kernel.inputs]
    wanted = torch.autograd.grad(function(*inputs).sum(), inputs)
    got = torch.autograd.grad(torch.compile(function, fullgraph=True)(*inputs).sum(), inputs)
    for a, b in zip(got, wanted, strict=True):
        assert torch.allclose(a, b, rtol=2e-2 if name == "bfloat16" else 1e-5)

"""Complex numbers, against PyTorch: its convention of gradients."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import DerivcError

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

Z = np.array([1 + 2j, -0.5 + 0.3j, 0.7 - 1.1j])
W = np.array([0.3 - 0.2j, 1.1 + 0.4j, -0.6 + 0.9j])
X = np.array([0.5, -1.5, 2.0])

CASES = [
    "z + w", "z - 2 * w", "z * w", "z / w", "-z", "z * x", "x / z", "z**2", "z**3", "z**-1",
    "z**0.5",
    "z**w", "F.exp(z)", "F.log(z)", "F.sqrt(z)", "F.sin(z)", "F.cos(z)", "F.tan(z)", "F.sinh(z)",
    "F.cosh(z)", "F.tanh(z)", "F.asin(z)", "F.acos(z)", "F.atan(z)", "F.asinh(z)", "F.acosh(z)",
    "F.atanh(z)", "F.exp2(z)", "F.log10(z)", "F.reciprocal(z)", "F.square(z)", "F.sigmoid(z)",
    "F.abs(z)", "z.real", "z.imag", "F.conj(z) * z", "F.angle(z)", "F.abs(z)**2 + z.real * z.imag",
    "F.complex(x, x * x)", "F.polar(x * x, x)", "(z @ w)", "F.sum(z * w)", "F.mean(z)", "z[1:]",
    "F.stack([z, w])", "F.exp(1j * x)", "F.sgn(z)",
]  # fmt: skip


def run(backend, make, text, second):
    z, w, x = (make(a, requires_grad=True) for a in (Z, W, X))
    y = eval(text, {"F": backend, "z": z, "w": w, "x": x})
    grad = dc.grad if backend is dc else torch.autograd.grad
    seed = make(np.random.default_rng(1).normal(size=(*y.shape, 2)) @ np.array([1, 1j]))
    seed = seed if "complex" in str(y.dtype) else seed.real
    found = grad(y, [z, w, x], seed, allow_unused=True, create_graph=second)
    if second:
        total = sum((abs(g) ** 2).sum() for g in found if g is not None and g.requires_grad)
        if isinstance(total, int):
            return [y]
        found = grad(total, [z, w, x], allow_unused=True)
    return [y, *found]


@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
@pytest.mark.parametrize("text", CASES)
def test_against_pytorch(text, second):
    mine, his = run(dc, dc.tensor, text, second), run(torch, torch.tensor, text, second)
    for a, b in zip(mine, his, strict=True):
        if a is None or b is None:
            found = a if a is not None else b
            assert found is None or not np.any(found.detach().numpy())
        else:
            expected = b.detach().resolve_conj().numpy()
            np.testing.assert_allclose(a.detach().numpy(), expected, rtol=1e-11, atol=1e-13)


def test_the_gradient_of_the_squared_modulus():
    z = dc.tensor(1 + 2j, requires_grad=True)
    (z.abs() ** 2).backward()
    assert z.grad.item() == pytest.approx(2 + 4j)


def test_kinks():
    z = dc.tensor([0j], requires_grad=True)
    z.abs().sum().backward()
    assert z.grad.tolist() == [0j]


def test_real_inputs_have_real_gradients():
    x = dc.tensor([1.0, 2.0], requires_grad=True)
    (x * (1 + 2j)).abs().sum().backward()
    assert x.grad.dtype == np.float64
    np.testing.assert_allclose(x.grad.tolist(), [5**0.5] * 2)


def test_a_complex_result_has_no_implicit_gradient():
    z = dc.tensor(1 + 2j, requires_grad=True)
    with pytest.raises(DerivcError, match="only for real scalar outputs but got complex128"):
        (z * z).backward()
    with pytest.raises(DerivcError, match="Mismatch in dtype"):
        (z * z).backward(dc.tensor(1.0))


def test_functions_that_are_not_holomorphic_say_so():
    z = dc.tensor([1 + 2j], requires_grad=True)
    with pytest.raises(DerivcError, match="not known for complex numbers"):
        dc.relu(z)


def test_gradcheck_of_complex_functions():
    z = dc.tensor(Z, requires_grad=True)
    assert dc.gradcheck(lambda z: (z.sin() * z).exp(), z)
    assert dc.gradcheck(lambda z: z.abs() * z.conj(), z)
    assert dc.gradgradcheck(lambda z: z**3 * z.conj(), z)


def test_a_compiled_kernel_takes_complex_numbers():
    z = dc.tensor(Z, requires_grad=True)
    y = dc.compile("exp(x)*x**2")(z)
    (g,) = dc.grad(y, z, dc.tensor(np.ones(3, complex)))
    np.testing.assert_allclose(g.numpy(), np.conj(np.exp(Z) * (Z**2 + 2 * Z)), rtol=1e-13)

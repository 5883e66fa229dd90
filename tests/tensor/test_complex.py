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
    "F.stack([z, w])", "F.exp(1j * x)", "F.sgn(z)", "F.prod(z)", "F.cumprod(z * w, 0)",
    "F.logsumexp(z, 0)", "F.var(z)", "F.std(z)", "F.linalg.vector_norm(z * x)",
    "F.nn.functional.linear(F.outer(z, w), F.outer(w, x), z)",
    "F.linalg.inv(F.diag(z) + F.outer(w, x))", "F.linalg.det(F.diag(z) + F.outer(w, x))",
    "F.linalg.solve(F.diag(z) + F.outer(w, x), w)",
    "F.linalg.solve_triangular(F.outer(z, w), F.outer(w, x), upper=True)",
    "F.linalg.matrix_exp(F.outer(z, w))", "F.linalg.matrix_power(F.diag(z) + F.outer(w, x), -2)",
    "F.linalg.lu(F.diag(z) + F.outer(w, x))[1]", "F.linalg.lu(F.diag(z) + F.outer(w, x))[2]",
    "F.einsum('i,i,j->j', z, w, x)",
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


def test_factorizations_that_are_differentiated_for_real_numbers_only_say_so():
    z = dc.tensor(np.diag([1 + 1j, 2, 3]), requires_grad=True)
    for name in ("slogdet", "cholesky", "qr", "eigh", "pinv"):
        with pytest.raises(NotImplementedError, match=f"derivative for {name} of complex numbers"):
            getattr(dc, name)(z)
    with pytest.raises(NotImplementedError, match="lstsq of complex numbers"):
        dc.lstsq(z, dc.ones(3, 1))
    with pytest.raises(DerivcError, match="complex singular vectors"):
        dc.svd(z).U.abs().sum().backward()
    with pytest.raises(DerivcError, match="complex singular vectors"):
        dc.jvp(dc.svdvals, z, z)


def test_values_of_complex_factorizations():
    a = np.diag(Z) + np.outer(W, X)
    b = np.outer(Z, W)[:, :2]
    for name in ("det", "inv", "pinv", "slogdet", "logdet"):
        expected = getattr(torch.linalg, name, torch.logdet)(torch.tensor(a))
        found = getattr(dc, name)(a)
        many = zip(found, expected, strict=True) if name == "slogdet" else [(found, expected)]
        for mine, his in many:
            np.testing.assert_allclose(mine, his.numpy(), rtol=1e-12)
    his = torch.linalg.lstsq(torch.tensor(a[:, :2]), torch.tensor(b), driver="gelsd")
    for mine, one in zip(dc.lstsq(a[:, :2], b, driver="gelsd"), his, strict=True):
        np.testing.assert_allclose(mine, one.numpy(), rtol=1e-10)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_gradients_that_pytorch_does_not_have(name):
    z = dc.tensor(Z, requires_grad=True)
    assert dc.gradcheck(lambda z: getattr(dc, name)(z, 0), [z])


def test_complex_singular_values():
    def run(backend, make, grad):
        z = make(np.diag(Z) + np.outer(W, X), requires_grad=True)
        return grad((backend.linalg.svdvals(z) ** 3).sum(), z)[0]

    mine, his = run(dc, dc.tensor, dc.grad), run(torch, torch.tensor, torch.autograd.grad)
    np.testing.assert_allclose(mine.numpy(), his.resolve_conj().numpy(), rtol=1e-12)

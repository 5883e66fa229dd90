"""Gradients, products and Jacobians of functions, against PyTorch's functional API."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError


def close(mine, his):
    if isinstance(his, tuple):
        assert len(mine) == len(his)
        for a, b in zip(mine, his, strict=True):
            close(a, b)
    else:
        np.testing.assert_allclose(mine.detach().numpy(), his.detach().numpy(), rtol=1e-12)


def one(x):
    return (x.sin() * x).exp()


def two(x, y):
    return x * y.exp(), (x**2).sum() * y


def number(x, y):
    return (x**2 * y.exp()).sum() + (x * x * x).sum()


A, B = np.array([0.3, -1.2, 2.0]), np.array([0.5, 0.1, -0.7])


def both(name, function, arrays, *more):
    torch = pytest.importorskip("torch")
    mine = tuple(dc.tensor(a) for a in arrays)
    his = tuple(torch.tensor(a) for a in arrays)
    single = len(arrays) == 1
    found = getattr(dc.functional, name)(
        function, mine[0] if single else mine, *(tuple(map(dc.tensor, m)) for m in more)
    )
    expected = getattr(torch.autograd.functional, name)(
        function, his[0] if single else his, *(tuple(map(torch.tensor, m)) for m in more)
    )
    close(found, expected)


@pytest.mark.parametrize(
    ("name", "function", "arrays", "more"),
    [
        ("jacobian", one, [A], []),
        ("jacobian", two, [A, B], []),
        ("hessian", number, [A, B], []),
        ("vjp", two, [A, B], [(B, A)]),
        ("jvp", two, [A, B], [(B, A)]),
        ("hvp", number, [A, B], [(B, A)]),
        ("vhp", number, [A, B], [(B, A)]),
    ],
    ids=["jacobian", "jacobians", "hessian", "vjp", "jvp", "hvp", "vhp"],
)
def test_against_pytorch(name, function, arrays, more):
    both(name, function, arrays, *more)


def test_the_short_names_take_functions_of_tensors():
    x = dc.tensor(A)
    close(dc.jacobian(one, x), dc.functional.jacobian(one, x))
    close(dc.hessian(lambda x: one(x).sum(), x), dc.functional.hessian(lambda x: one(x).sum(), x))
    close(dc.vjp(one, x, dc.tensor(B))[1], dc.functional.vjp(one, x, dc.tensor(B))[1])
    close(dc.jvp(one, x, dc.tensor(B))[1], dc.functional.jvp(one, x, dc.tensor(B))[1])
    close(dc.hvp(lambda x: one(x).sum(), x, dc.tensor(B))[1],
          dc.hessian(lambda x: one(x).sum(), x) @ dc.tensor(B))  # fmt: skip


def test_grad_of_and_value_and_grad():
    f = dc.grad_of(lambda x, y: (x * y).sum(), argnums=(0, 1))
    close(f(dc.tensor(A), dc.tensor(B)), (dc.tensor(B), dc.tensor(A)))
    value, gradient = dc.value_and_grad(lambda x: (x**2).sum())(dc.tensor(A))
    assert value.item() == pytest.approx((A**2).sum())
    close(gradient, dc.tensor(2 * A))
    third = dc.grad_of(dc.grad_of(dc.grad_of(lambda x: x**5)))
    assert third(2.0).item() == pytest.approx(240.0)


def test_aux_values():
    (_, aux), gradient = dc.value_and_grad(lambda x: (x.sum(), "aux"), has_aux=True)(dc.tensor(A))
    assert aux == "aux"
    assert gradient.tolist() == [1.0, 1.0, 1.0]
    assert dc.grad_of(lambda x: (x.sum(), "aux"), has_aux=True)(dc.tensor(A))[1] == "aux"


def test_outputs_that_do_not_depend_on_an_input():
    x = dc.tensor(A)
    assert not dc.jacobian(lambda x: dc.ones(2), x).numpy().any()
    with pytest.raises(
        AutogradError, match="Output 0 of the user-provided function is independent"
    ):
        dc.jacobian(lambda x: dc.ones(2), x, strict=True)
    assert dc.grad_of(lambda x: dc.tensor(1.0))(x).tolist() == [0.0, 0.0, 0.0]


def test_mistakes():
    x = dc.tensor(A)
    with pytest.raises(AutogradError, match=r"Gradient only defined for scalar-output functions"):
        dc.grad_of(one)(x)
    with pytest.raises(AutogradError, match="should contain a single element"):
        dc.functional.hessian(one, x)
    with pytest.raises(AutogradError, match="v has invalid size"):
        dc.functional.vjp(one, x, dc.ones(2))
    with pytest.raises(AutogradError, match="v can only be None"):
        dc.functional.vjp(one, x)
    with pytest.raises(AutogradError, match="only\\s*implemented for `vectorize=True`"):
        dc.functional.jacobian(one, x, strategy="forward-mode")
    with pytest.raises(TypeError, match="must return a Tensor, got float"):
        dc.grad_of(lambda x: 1.0)(x)


def test_derivatives_can_be_differentiated():
    x = dc.tensor(A, requires_grad=True)
    _, product = dc.functional.jvp(lambda x: x**3, x, dc.tensor(B), create_graph=True)
    (g,) = dc.grad(product.sum(), x)
    np.testing.assert_allclose(g.tolist(), 6 * A * B)
    whole = dc.functional.jacobian(lambda x: x**3, x, create_graph=True)
    (g,) = dc.grad(whole.sum(), x)
    np.testing.assert_allclose(g.tolist(), 6 * A)


FORWARD = {"vectorize": True, "strategy": "forward-mode"}


def test_jacobians_by_forward_mode():
    x, y = dc.tensor(A), dc.tensor(B)
    close(dc.functional.jacobian(one, x, **FORWARD), dc.functional.jacobian(one, x))
    close(dc.functional.jacobian(two, (x, y), **FORWARD), dc.functional.jacobian(two, (x, y)))
    close(dc.functional.jacobian(lambda x: dc.ones(2), x, **FORWARD), dc.zeros(2, 3))
    empty = dc.functional.jacobian(lambda x: x.sum() + dc.ones(2), dc.zeros(0), **FORWARD)
    assert empty.shape == (2, 0)
    forward = {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}
    close(dc.functional.hessian(number, (x, y), **forward), dc.functional.hessian(number, (x, y)))


def test_forward_mode_makes_one_pass_for_every_input(monkeypatch):
    from derivc.tensor import jacobians

    passes, pushed = [], jacobians.pushed
    monkeypatch.setattr(jacobians, "pushed", lambda *given: passes.append(1) or pushed(*given))
    wide = dc.functional.jacobian(lambda x: x * dc.ones(1000), dc.tensor([2.0]), **FORWARD)
    assert wide.shape == (1000, 1)
    assert len(passes) == 1


def test_forward_mode_through_every_other_derivative():
    """The derivatives inside of a function that is differentiated are recorded unasked."""
    x, v = dc.tensor(A), dc.tensor(B)
    third = 6 * dc.tensor(B)
    functional = dc.functional
    for inner in (
        lambda x: functional.jvp(lambda y: y**3, x, dc.ones(3))[1],
        lambda x: functional.vjp(lambda y: y**3, x, dc.ones(3))[1],
        lambda x: functional.jacobian(lambda y: y**3, x).sum(0),
        lambda x: functional.jacobian(lambda y: y**3, x, **FORWARD).sum(0),
        lambda x: functional.hvp(lambda y: (y**4).sum(), x, dc.ones(3))[1] / 4,
        dc.grad_of(lambda y: (y**3).sum()),
    ):
        close(functional.jvp(inner, x, v)[1], third * x)
        close(dc.grad_of(lambda x, f=inner: (f(x) * v).sum())(x), third * x)
    assert not functional.jvp(lambda y: y**3, x.requires_grad_(), v)[1].requires_grad

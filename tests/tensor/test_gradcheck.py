"""gradcheck and gradgradcheck: they find mistakes, and pass every op that is declared."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import DerivcError, GradcheckError
from tests.tensor.cases import EVERY, IDS, inputs, ours


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def wrong(factor=1.1, offset=0.0):
    class Wrong(dc.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x * factor + offset

    return Wrong.apply


@pytest.mark.parametrize("fast", [False, True])
def test_right_and_wrong_gradients(fast):
    assert dc.gradcheck(wrong(1.0), leaf(0.5, 1.5), fast_mode=fast)
    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to in"):
        dc.gradcheck(wrong(1.1), leaf(0.5, 1.5), fast_mode=fast)
    assert not dc.gradcheck(wrong(1.1), leaf(0.5, 1.5), fast_mode=fast, raise_exception=False)


def test_the_report_shows_both():
    with pytest.raises(GradcheckError, match=r"numerical:\[\[1\..*\nanalytical:\[\[1\.1"):
        dc.gradcheck(wrong(1.1), leaf(0.5))


def test_forgetting_the_cotangent():
    class Forgets(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return dc.ones(*g.shape) * 2

    with pytest.raises(GradcheckError, match="not multiplied by grad_output"):
        dc.gradcheck(Forgets.apply, leaf(0.5))


def test_a_second_derivative_that_is_detached():
    class Detached(dc.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x.detach()
            return x**3

        @staticmethod
        def backward(ctx, g):
            return g * 3 * ctx.x**2

    assert dc.gradcheck(Detached.apply, leaf(0.5, 1.5))
    with pytest.raises(GradcheckError):
        dc.gradgradcheck(Detached.apply, leaf(0.5, 1.5))


def test_at_a_kink_it_fails_honestly():
    with pytest.raises(GradcheckError):
        dc.gradcheck(dc.relu, leaf(0.0))


def test_inputs_are_looked_at():
    with pytest.raises(TypeError, match="at least one input tensor to require gradient"):
        dc.gradcheck(dc.sin, dc.tensor(1.0))
    single = dc.tensor(np.ones(2, np.float32), requires_grad=True)
    with pytest.warns(UserWarning, match="is not a double precision"), pytest.raises(DerivcError):
        dc.gradcheck(dc.sin, single)


def test_a_backward_that_changes():
    calls = []

    class Moody(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            calls.append(1)
            return g * (2 + 1e-7 * len(calls))

    with pytest.raises(GradcheckError, match="Backward is not reentrant"):
        dc.gradcheck(Moody.apply, leaf(0.5))


def test_inputs_are_left_as_they_were():
    x = leaf(0.5, 1.5)
    dc.gradcheck(lambda x: x.sin(), x)
    assert x.tolist() == [0.5, 1.5]


def checked(text, specs):
    """The function of a case, and leaves that it is smooth at."""
    leaves, _ = ours(text, inputs(specs, 7))
    scope = {"F": dc, "L": dc, "N": dc, "I": dc.tensor, "W": dc.tensor}

    def function(*args):
        return eval(text, scope | dict(zip("abc", args, strict=False)))

    return function, tuple(leaves)


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_structural_ops(text, specs):
    function, leaves = checked(text, specs)
    if any(k in str(specs) for k in ("ties",)):
        pytest.skip("at a tie the slopes differ from side to side")
    assert dc.gradcheck(function, leaves, fast_mode=True, atol=1e-4)
    assert dc.gradgradcheck(function, leaves, fast_mode=True, atol=1e-4)


BEYOND_ONE = {"acosh", "acoth", "asec", "acsc"}
WHOLE_FIRST = {"expint", "polygamma", "zeta", "mvlgamma"}


def points(op, count):
    """Points between the kinks, in the domain."""
    rng = np.random.default_rng(len(op.name))
    arrays = [rng.uniform(0.2, 0.8, (2, 3)) + (op.name in BEYOND_ONE) for _ in range(count)]
    if op.name in WHOLE_FIRST:
        arrays = [np.full((2, 3), 2.0), *(a + 1.5 for a in arrays[1:])]
    return arrays


def differentiable(op, i):
    from derivc.errors import NotDifferentiableError
    from derivc.tensor.compiled import of_op

    try:
        of_op(op).pullback((i,))
    except NotDifferentiableError:
        return False
    return True


def elementwise():
    from derivc.ops import registry

    others = {"boolean", "decree"}
    return [op for op in registry.all_ops() if not op.tags & others and op.partials]


@pytest.mark.parametrize("op", elementwise(), ids=lambda op: op.name)
def test_elementwise_ops(op):
    """By all arguments that have a derivative."""
    arrays = points(op, op.arity - len(op.defaults))
    leaves = [dc.tensor(a, requires_grad=differentiable(op, i)) for i, a in enumerate(arrays)]
    options = {"reduction": "none"} if "loss" in op.tags else {}

    def function(*args):
        return getattr(dc, op.name)(*args, **options)

    y = function(*leaves)
    assert np.isfinite(y.detach().numpy()).all()
    if y.requires_grad:
        assert dc.gradcheck(function, leaves, fast_mode=True, atol=1e-4)
        assert dc.gradgradcheck(function, leaves, fast_mode=True, atol=1e-4)

"""Forward mode against PyTorch: every op, structural and elementwise, to second order."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InplaceError
from derivc.ops import structure
from derivc.tensor.compiled import of_op
from derivc.tensor.elementwise import apply
from tests.properties.oracle import differentiable_ops, points
from tests.properties.test_values import free_arguments
from tests.tensor.cases import (
    EVERY,
    IDS,
    NOT_FORWARD_IN_TORCH,
    ONCE_IN_TORCH,
    inputs,
    scope_of,
    scope_of_torch,
)

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

from tests.properties.test_torch import NAMED, NOT_IN_TORCH, SIX_DIGITS, called  # noqa: E402
from tests.tensor.test_complex import CASES as COMPLEX  # noqa: E402
from tests.tensor.test_complex import W, Z  # noqa: E402
from tests.tensor.test_complex import X as R  # noqa: E402


def of_case(text, backend, leaves):
    scope = (scope_of if backend is dc else scope_of_torch)(leaves)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(text, scope | dict(zip("abc", leaves, strict=False)))


def his_jvp(function, arrays, tangents, text=""):
    """By torch.func.jvp; what has no forward mode there by two reverse passes, or by many."""
    args = tuple(map(torch.tensor, arrays)), tuple(map(torch.tensor, tangents))

    if text in NOT_FORWARD_IN_TORCH:
        return row_by_row(function, *args)
    try:
        return torch.func.jvp(function, *args)[1]
    except (NotImplementedError, RuntimeError):
        return torch.autograd.functional.jvp(function, *args)[1]


def row_by_row(function, args, tangents):
    """The product with the Jacobian, of which every row is a reverse pass."""
    rows = torch.autograd.functional.jacobian(function, args)
    pairs = zip(rows, tangents, strict=True)
    return sum(torch.tensordot(row, t, t.ndim) for row, t in pairs)


def directions(arrays, seed=5):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=a.shape) for a in arrays]


def tensors(arrays):
    return tuple(map(dc.tensor, arrays))


def agree(mine, his, rtol=1e-9, atol=1e-10):
    np.testing.assert_allclose(
        mine.detach().numpy(), his.detach().numpy(force=True), rtol=rtol, atol=atol
    )
    assert mine.shape == tuple(his.shape)


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_structural_ops(text, specs):
    arrays = inputs(specs)
    v = directions(arrays)
    y, mine = dc.functional.jvp(lambda *x: of_case(text, dc, x), tensors(arrays), tensors(v))
    assert mine.dtype == y.dtype
    agree(mine, his_jvp(lambda *x: of_case(text, torch, x), arrays, v, text))


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_structural_ops_in_single_precision_and_one_argument_at_a_time(text, specs):
    arrays = inputs(specs)
    v = directions(arrays)
    whole = dc.functional.jvp(lambda *x: of_case(text, dc, x), tensors(arrays), tensors(v))[1]
    total = 0
    for i in range(len(arrays)):

        def partly(x, i=i):
            return of_case(text, dc, [x if k == i else a for k, a in enumerate(tensors(arrays))])

        total = total + dc.functional.jvp(partly, dc.tensor(arrays[i]), dc.tensor(v[i]))[1]
    np.testing.assert_allclose(total.numpy(), whole.numpy(), rtol=1e-9, atol=1e-11)
    single = [tensors([a.astype(np.float32) for a in many]) for many in (arrays, v)]
    y, found = dc.functional.jvp(lambda *x: of_case(text, dc, x), *single)
    assert found.dtype == y.dtype == np.float32
    np.testing.assert_allclose(found.numpy(), whole.numpy(), rtol=5e-3, atol=1e-3)


def twice_forward(text, arrays, v, w):
    """The tangent along w of the tangent along v."""
    jvp, (x, v, w) = dc.functional.jvp, map(tensors, (arrays, v, w))
    return jvp(lambda *x: jvp(lambda *x: of_case(text, dc, x), x, v)[1], x, w)[1]


def expected_twice(text, arrays, v, w):
    """By four reverse passes: torch.func.jvp of itself is wrong for det, slogdet and solve."""
    if text in WRONG_THERE:
        return differences(text, arrays, v, w)
    jvp = torch.autograd.functional.jvp
    x, v, w = (tuple(map(torch.tensor, many)) for many in (arrays, v, w))

    def once(*x):
        return jvp(lambda *x: of_case(text, torch, x), x, v, create_graph=True)[1]

    return jvp(once, x, w)[1]


WRONG_THERE = {
    "F.logcumsumexp(a, 1)", "N.layer_norm(a, (3,))", "N.layer_norm(a, (3,), b, c)",
    "N.layer_norm(a, (2, 3))", "N.batch_norm(a, None, None, b, c, training=True)",
    "N.instance_norm(a, None, None, b, c)", *ONCE_IN_TORCH,
    *(text for text, _ in EVERY if "output_padding" in text),
}  # fmt: skip
"""Cases whose third derivative PyTorch has as NaN, or otherwise than finite differences say."""

STEEP = {"L.matrix_exp(a * 5)": 1e-4}
"""Numbers of 1e22, of which the last digits are lost on every road."""


def differences(text, arrays, v, w, h=1e-5):
    """Central differences of the first tangents, which are tested above."""
    x, v = [[a + s * h * b for a, b in zip(arrays, w, strict=True)] for s in (1, -1)], tensors(v)
    high, low = (
        dc.functional.jvp(lambda *x: of_case(text, dc, x), tensors(at), v)[1].numpy() for at in x
    )
    return torch.tensor((high - low) / (2 * h))


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_structural_ops_forward_over_forward(text, specs):
    arrays = inputs(specs, 2)
    v, w = directions(arrays), directions(arrays, 6)
    mine = twice_forward(text, arrays, v, w)
    rtol = 1e-6 if text in WRONG_THERE else 1e-7
    agree(mine, expected_twice(text, arrays, v, w), rtol, 1e-7 if text in WRONG_THERE else 1e-10)


def number(text, backend, x):
    y = of_case(text, backend, x)
    return (y * y).sum()


def his_hvp(text, arrays, v):
    x, v = (tuple(map(torch.tensor, many)) for many in (arrays, v))
    return torch.autograd.functional.hvp(lambda *x: number(text, torch, x), x, v)[1]


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_structural_ops_forward_over_reverse_and_reverse_over_forward(text, specs):
    arrays = inputs(specs, 2)
    x, v, many = tensors(arrays), tensors(directions(arrays)), tuple(range(len(arrays)))
    jvp = dc.functional.jvp
    over_reverse = jvp(dc.grad_of(lambda *x: number(text, dc, x), many), x, v)[1]
    over_forward = dc.grad_of(lambda *x: jvp(lambda *y: number(text, dc, y), x, v)[1], many)(*x)
    if text in WRONG_THERE:
        his = tuple(torch.tensor(t.detach().numpy()) for t in over_reverse)
    else:
        his = his_hvp(text, arrays, directions(arrays))
    for a, b, c in zip(over_reverse, over_forward, his, strict=True):
        agree(a, c, STEEP.get(text, 1e-7))
        agree(b, c, STEEP.get(text, 1e-7))


def elementwise_op(op, place, free):
    """The op of its free arguments, and these as arrays."""

    def function(*moving):
        args = list(place)
        for i, x in zip(free, moving, strict=True):
            args[i] = x
        return apply(of_op(op), args)

    return function, [np.array(place[i]) for i in free]


OPS = [op for op in differentiable_ops() if free_arguments(op)]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_elementwise_ops(op):
    """J v by forward mode is what the gradients say, at every point, kinks and edges too."""
    free = free_arguments(op)
    for place in points(op):
        function, arrays = elementwise_op(op, [float(p) for p in place], free)
        v = directions(arrays)
        y, found = dc.functional.jvp(function, tensors(arrays), tensors(v))
        gradient = dc.grad_of(function, tuple(range(len(free))))(*tensors(arrays))
        terms = [g.numpy() * t for g, t in zip(gradient, v, strict=True)]
        np.testing.assert_allclose(found.numpy(), sum(terms), rtol=1e-12, atol=1e-300)
        assert found.shape == y.shape == ()


@pytest.mark.parametrize("op", [op for op in OPS if op in NAMED], ids=lambda op: op.name)
def test_elementwise_ops_against_pytorch(op):
    free = free_arguments(op)
    for place in points(op):
        place = [float(p) for p in place]
        result, args = called(op, place)
        moving = [i for i in free if isinstance(args[i], torch.Tensor) and args[i].requires_grad]
        if op.name in NOT_IN_TORCH or not result.requires_grad or not moving:
            continue
        function, arrays = elementwise_op(op, place, moving)
        v = directions(arrays)
        mine = dc.functional.jvp(function, tensors(arrays), tensors(v))[1].numpy()
        gradients = torch.autograd.grad(result, [args[i] for i in moving], allow_unused=True)
        his = sum(g.item() * t for g, t in zip(gradients, v, strict=True) if g is not None)
        rtol = 1e-5 if op.name in SIX_DIGITS else 3e-8
        np.testing.assert_allclose(mine, his, rtol=rtol, atol=1e-10, err_msg=str(place))


X, Y = np.array([[0.5], [1.5], [-0.75]]), np.array([0.25, -1.25, 2.0, 0.125])
"""They broadcast: (3, 1) and (4,)."""


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x * y + y,
        lambda x, y: (x + 2.0) / (y * y + 1.0),
        lambda x, y: (x - x[0], y.sum() * x),
        lambda x, y: (x.sin().expand(2, 3, 1) + 1, y, x * 0 + 1),
        lambda x, y: (y * y).cumsum(0)[1:] @ y[1:] * x.T,
    ],
    ids=range(5),
)
def test_broadcasting_and_several_outputs(function):
    v = directions([X, Y])
    mine = dc.functional.jvp(function, tensors([X, Y]), tensors(v))[1]
    x, v = (tuple(map(torch.tensor, many)) for many in ((X, Y), v))
    his = torch.autograd.functional.jvp(function, x, v)[1]
    many = mine if isinstance(mine, tuple) else (mine,)
    for a, b in zip(many, his if isinstance(his, tuple) else (his,), strict=True):
        agree(a, b)


@pytest.mark.parametrize("text", COMPLEX)
def test_complex_numbers(text):
    rng = np.random.default_rng(0)
    arrays = [Z, W, R]
    v = [rng.normal(size=3) + (0 if a is R else 1j) * rng.normal(size=3) for a in arrays]

    def function(backend):
        return lambda z, w, x: eval(text, {"F": backend, "z": z, "w": w, "x": x})

    mine = dc.functional.jvp(function(dc), tensors(arrays), tensors(v))[1]
    agree(mine, his_jvp(function(torch), arrays, v).resolve_conj())


def test_kernels_use_their_own_pushforward():
    kernel = dc.compile(["sin(x)*y + x**2", "exp(x*y)", "y"])
    v = directions([X, Y])
    mine = dc.functional.jvp(kernel, tensors([X, Y]), tensors(v))[1]
    np.testing.assert_allclose(mine.numpy(), kernel.jvp((X, Y), tuple(v)), rtol=1e-14)
    only = dc.functional.jvp(lambda x: kernel(x, Y), dc.tensor(X), dc.tensor(v[0]))[1]
    np.testing.assert_allclose(only.numpy(), kernel.jvp((X, Y), (v[0], 0 * Y)), rtol=1e-14)
    twice = dc.functional.jvp(
        lambda x: dc.functional.jvp(lambda x: kernel(x, Y), x, dc.tensor(v[0]))[1],
        dc.tensor(X), dc.tensor(v[0]),
    )[1]  # fmt: skip
    second = np.stack(
        [(-np.sin(X) * Y + 2) * v[0] ** 2, Y**2 * np.exp(X * Y) * v[0] ** 2, 0 * X * Y]
    )
    np.testing.assert_allclose(twice.numpy(), second, rtol=1e-13)


def test_kernels_of_arrays():
    def rosenbrock(x, scale):
        return sum(scale * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(3))

    kernel = dc.compile(rosenbrock, shapes={"x": (4,)})
    (v,) = directions([Y])
    x, t = dc.tensor(Y), dc.tensor(v)
    mine = dc.functional.jvp(lambda x: kernel(x, 100.0), x, t)[1]
    assert mine.item() == pytest.approx(kernel.grad(Y, 100.0)[0] @ v, rel=1e-13)
    both = dc.functional.jvp(kernel, (x, dc.tensor(100.0)), (t, dc.tensor(0.5)))[1]
    assert both.item() == pytest.approx(kernel.jvp((Y, 100.0), (v, 0.5)), rel=1e-13)

    def slope(x):
        return dc.functional.jvp(lambda x: kernel(x, 100.0), x, t)[1]

    twice = dc.functional.jvp(slope, x, t)[1].item()
    assert twice == pytest.approx(
        v @ dc.hessian(lambda x: kernel(x, 100.0), x).numpy() @ v, rel=1e-12
    )
    back = dc.grad_of(slope)(x).numpy()
    np.testing.assert_allclose(
        back, dc.hvp(lambda x: kernel(x, 100.0), x, t)[1].numpy(), rtol=1e-12
    )


def test_conventions_of_kernels_hold():
    for convention in ("left", "right"):
        kernel = dc.compile("abs(x)*y", convention=convention)
        mine = dc.functional.jvp(kernel, tensors([0.0, 3.0]), tensors([1.0, 0.0]))[1]
        assert mine.item() == kernel.grad(0.0, 3.0)[0] == (-3.0 if convention == "left" else 3.0)


def test_a_zero_tangent_stays_zero_at_infinite_partials():
    x, zero = dc.tensor([0.0, 4.0]), dc.tensor([0.0, 1.0])
    assert dc.functional.jvp(dc.sqrt, x, zero)[1].tolist() == [0.0, 0.25]
    twice = dc.functional.jvp(lambda y: dc.functional.jvp(dc.sqrt, y, zero)[1], x, zero)[1]
    assert twice.tolist() == [0.0, -1 / 32]
    both = dc.functional.jvp(dc.pow, (dc.tensor(0.0), dc.tensor(0.5)), tensors([0.0, 1.0]))[1]
    assert both.item() == 0.0


def test_changes_in_place_and_views():
    def changed(x):
        y = x * 1
        y[1:] = y[:3].clone() ** 2
        y[0] *= x[2]
        return y.exp()

    def written(x):
        y = x * 1
        return torch.cat([(y[0] * x[2])[None], y[:3] ** 2]).exp()

    (v,) = directions([Y])
    agree(dc.functional.jvp(changed, dc.tensor(Y), dc.tensor(v))[1], his_jvp(written, [Y], [v]))


def test_what_reverse_mode_refuses_in_place_is_refused():
    def changed(x):
        y = x * 1
        z = y.sin()
        y.mul_(2.0)
        return z

    with pytest.raises(InplaceError, match="SinBackward saved is at version 1; expected version 0"):
        dc.functional.jvp(changed, dc.tensor(Y), dc.tensor(Y))


def test_ops_without_a_derivative_say_so():
    shapes = dc.tensor([0.5, 2.0])
    with pytest.raises(NotImplementedError, match="'gammainc: a' is not implemented"):
        dc.functional.jvp(lambda a: dc.gammainc(a, 1.0), shapes, shapes)


def test_every_pushforward_reads_only_what_the_backward_formula_keeps():
    for op in structure.all_structural():
        formulas = op.jvp if isinstance(op.jvp, tuple) else (op.jvp,)
        for formula in formulas:
            if callable(formula):
                kept = {*op.tensors, op.sequence, "y"} & set(structure.asked_by(formula))
                assert kept <= op.saves, op.name
        if op.jvp == "each":
            assert {*op.tensors} <= op.saves, op.name
        if op.compose is None and op.vjp is not None:
            assert op.jvp is not None, op.name


def test_the_transpose_of_the_backward_formula_serves_where_nothing_is_declared(monkeypatch):
    """Every case again, as if no pushforward were declared."""
    for op in structure.all_structural():
        if op.jvp is not None:
            monkeypatch.setitem(op.__dict__, "jvp", None)
    for text, specs in EVERY:
        arrays = inputs(specs)
        v = directions(arrays)
        mine = dc.functional.jvp(lambda *x: of_case(text, dc, x), tensors(arrays), tensors(v))[1]  # noqa: B023
        agree(mine, his_jvp(lambda *x: of_case(text, torch, x), arrays, v, text))  # noqa: B023


def test_checkpoints():
    (v,) = directions([Y])
    x, t = dc.tensor(Y), dc.tensor(v)

    def inner(x):
        return (x * x).exp(), x.sin()

    plain = dc.functional.jvp(inner, x, t)[1]
    mine = dc.functional.jvp(lambda x: dc.checkpoint(inner, x), x, t)[1]
    for a, b in zip(mine, plain, strict=True):
        assert a.tolist() == b.tolist()
    second = [
        dc.grad_of(lambda x, f=f: dc.functional.jvp(f, x, t)[1][0].sum())(x).tolist()
        for f in (inner, lambda x: dc.checkpoint(inner, x))
    ]
    assert second[0] == second[1]

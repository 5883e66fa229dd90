"""Custom functions: what `forward` and `backward` may do, and what is said of mistakes."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError, DerivcError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


class Square(dc.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Exp(dc.Function):
    @staticmethod
    def forward(x):
        return dc.tensor(np.exp(x.detach().numpy()))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return y * g


def test_gradient_and_name():
    x = leaf(1.0, 3.0)
    y = Square.apply(x)
    assert y.grad_fn.name() == "SquareBackward"
    assert y.grad_fn.saved_tensors[0] is x
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 6.0]


@pytest.mark.parametrize("function", [Square, Exp])
def test_second_derivative_through_saved_values(function):
    x = leaf(0.5, 1.5)
    (g,) = dc.grad(function.apply(x).sum(), x, create_graph=True)
    (h,) = dc.grad(g.sum(), x)
    expected = [2.0, 2.0] if function is Square else np.exp([0.5, 1.5])
    np.testing.assert_allclose(h.tolist(), expected, rtol=1e-15)


def test_a_second_pass_finds_nothing_saved():
    y = Square.apply(leaf(1.0)).sum()
    y.backward()
    with pytest.raises(AutogradError, match="a second time"):
        y.backward()


def test_forward_is_not_recorded_and_inputs_keep_their_flag():
    seen = []

    class Look(dc.Function):
        @staticmethod
        def forward(ctx, x, k):
            seen.append((x.requires_grad, (x * 2).requires_grad, ctx.needs_input_grad))
            return x * k

        @staticmethod
        def backward(ctx, g):
            seen.append((g * 2).requires_grad)
            return g, None

    Look.apply(leaf(1.0), 2.0).sum().backward()
    assert seen == [(True, False, (True, False)), False]


def test_several_inputs_and_outputs():
    class Both(dc.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x + y, x * y

        @staticmethod
        def backward(ctx, g, h):
            x, y = ctx.saved_tensors
            return g + h * y, g + h * x

    x, y = leaf(2.0), leaf(3.0)
    total, product = Both.apply(x, y)
    (total + 2 * product).sum().backward()
    assert (x.grad.item(), y.grad.item()) == (7.0, 5.0)
    x.grad = None
    Both.apply(x, y)[1].sum().backward()
    assert x.grad.item() == 3.0


def returning(*answer, inputs=1):
    class Bad(dc.Function):
        @staticmethod
        def forward(ctx, *args):
            return args[0] * 2

        @staticmethod
        def backward(ctx, g):
            return answer

    return Bad


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((dc.ones(2), dc.ones(2)), r"incorrect number of gradients \(expected 1, got 2\)"),
        ((dc.ones(3),), r"invalid gradient at index 0 - got \[3\] but expected shape compatible"),
        ((1.5,), r"expected Variable or None \(got float\)"),
    ],
    ids=["count", "shape", "kind"],
)
def test_wrong_answers(answer, message):
    with pytest.raises(DerivcError, match=message):
        returning(*answer).apply(leaf(1.0, 2.0)).sum().backward()


def test_extra_none_is_allowed_and_a_gradient_for_a_number_is_not():
    returning(dc.ones(2), None, None).apply(leaf(1.0, 2.0)).sum().backward()
    with pytest.raises(AutogradError, match="different than None at position 2"):
        returning(dc.ones(2), dc.ones(2)).apply(leaf(1.0, 2.0), 3.0).sum().backward()


def test_gradients_are_summed_where_broadcasting_repeated():
    x = leaf(1.0)
    returning(dc.ones(4)).apply(x).sum().backward()
    assert x.grad.tolist() == [4.0]


def test_only_tensors_can_be_saved():
    class Bad(dc.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(3)
            return x

    with pytest.raises(TypeError, match="can only save variables, but argument 0 is of type int"):
        Bad.apply(leaf(1.0))


def test_materialize_grads():
    seen = []

    class Two(dc.Function):
        @staticmethod
        def forward(ctx, x, materialize):
            ctx.set_materialize_grads(materialize)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, g, h):
            seen.append((g, h if h is None else h.tolist()))
            return g, None

    for materialize in (True, False):
        Two.apply(leaf(1.0), materialize)[0].sum().backward()
    assert [h for _, h in seen] == [[0.0], None]


def test_outputs_without_derivative():
    class Order(dc.Function):
        @staticmethod
        def forward(ctx, x):
            order = x.argsort()
            ctx.mark_non_differentiable(order)
            return x * 2, order

        @staticmethod
        def backward(ctx, g, _):
            return 2 * g

    x = leaf(3.0, 1.0)
    y, order = Order.apply(x)
    assert not order.requires_grad
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_dirty_inputs_are_returned_themselves():
    class Double(dc.Function):
        @staticmethod
        def forward(ctx, x):
            x *= 2
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

    x = leaf(1.0, 2.0)
    y = x * 1
    z = Double.apply(y)
    assert z is y
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(AutogradError, match="leaf Variable that requires grad"):
        Double.apply(leaf(1.0))


def test_an_input_that_is_returned_becomes_a_view():
    class Same(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 5

    x = leaf(1.0)
    y = Same.apply(x)
    assert y is not x
    y.sum().backward()
    assert x.grad.tolist() == [5.0]


def test_once_differentiable():
    class Once(dc.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        @dc.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    x = leaf(2.0)
    (g,) = dc.grad(Once.apply(x).sum(), x)
    assert g.tolist() == [12.0]
    seed = leaf(1.0)
    (g,) = dc.grad(Once.apply(x), x, seed, create_graph=True)
    with pytest.raises(AutogradError, match="marked with @once_differentiable"):
        g.sum().backward()


def test_missing_methods():
    class Empty(dc.Function):
        pass

    class NoBackward(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

    class Twice(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g

        @staticmethod
        def vjp(ctx, g):
            return g

    x = leaf(1.0)
    with pytest.raises(NotImplementedError, match="must implement the forward"):
        Empty.apply(x)
    with pytest.raises(NotImplementedError, match="either the backward or vjp"):
        NoBackward.apply(x).sum().backward()
    with pytest.raises(DerivcError, match="both 'backward' and 'vjp'"):
        Twice.apply(x).sum().backward()
    with pytest.raises(TypeError, match="should not be instantiated"):
        Square()


def test_keywords_and_attributes():
    class Scale(dc.Function):
        @staticmethod
        def forward(ctx, x, factor=1.0):
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    x = leaf(1.0)
    y = Scale.apply(x, factor=4.0)
    assert y.grad_fn.factor == 4.0
    y.sum().backward()
    assert x.grad.tolist() == [4.0]


@pytest.mark.parametrize(
    "source", ["x*exp(-y)", lambda x, y: x * np.exp(-y)], ids=["text", "function"]
)
def test_generated_functions(source):
    decay = dc.Function.from_expression(source, "Decay")
    x, y = leaf(1.0, 2.0), dc.tensor(0.5, requires_grad=True)
    z = decay.apply(x, y)
    assert z.grad_fn.name() == "DecayBackward"
    z.sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), [np.exp(-0.5)] * 2)
    assert y.grad.item() == pytest.approx(-3 * np.exp(-0.5))
    (g,) = dc.grad(decay.apply(x, y).sum(), y, create_graph=True)
    (h,) = dc.grad(g, y)
    assert h.item() == pytest.approx(3 * np.exp(-0.5))
    assert "by y: -x*exp(-y)" in decay.__doc__


def test_generated_functions_of_arrays():
    norm = dc.Function.from_expression(lambda x: (x**2).sum(), shapes={"x": (3,)})
    x = leaf(1.0, 2.0, 3.0)
    (g,) = dc.grad(norm.apply(x), x, create_graph=True)
    assert g.tolist() == [2.0, 4.0, 6.0]
    (h,) = dc.grad((g * g).sum(), x)
    assert h.tolist() == [8.0, 16.0, 24.0]


def test_a_jvp_of_ones_own_is_used_in_forward_mode():
    class Cube(dc.Function):
        asked = 0

        @staticmethod
        def forward(ctx, x, power):
            ctx.save_for_backward(x)
            y = x**power
            ctx.save_for_forward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2, None

        @staticmethod
        def jvp(ctx, t, no_tangent):
            assert no_tangent is None
            Cube.asked += 1
            x, y = ctx.saved_tensors
            return t * 3 * y / x

    x, t = dc.tensor([2.0, 3.0]), dc.tensor([1.0, 0.5])
    assert dc.jvp(lambda x: Cube.apply(x, 3), x, t)[1].tolist() == [12.0, 13.5]
    assert Cube.asked == 1

    def tangent(x):
        return dc.jvp(lambda x: Cube.apply(x, 3), x, t)[1]

    assert dc.jvp(tangent, x, t)[1].tolist() == pytest.approx([12.0, 4.5])
    assert dc.grad_of(lambda x: tangent(x).sum())(x).tolist() == pytest.approx([12.0, 9.0])


def test_without_a_jvp_backward_is_transposed():
    class Product(dc.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, g, h):
            x, y = ctx.saved_tensors
            return g * y + h, g * x + h

    x, y, t = dc.tensor([2.0, 3.0]), dc.tensor([5.0, 7.0]), dc.tensor([1.0, 0.5])
    both = dc.jvp(lambda x, y: Product.apply(x, y), (x, y), (t, t))[1]
    assert [b.tolist() for b in both] == [[7.0, 5.0], [2.0, 1.0]]
    second = dc.jvp(lambda x: dc.jvp(lambda x: Product.apply(x, x)[0], x, t)[1], x, t)[1]
    assert second.tolist() == [2.0, 0.5]


def test_a_jvp_with_the_wrong_number_of_tangents():
    class Wrong(dc.Function):
        @staticmethod
        def forward(ctx, x):
            return x, x * 2

        @staticmethod
        def jvp(ctx, t):
            return t

    with pytest.raises(AutogradError, match=r"Wrong\w*: jvp .* \(expected 2, got 1\)"):
        dc.jvp(lambda x: Wrong.apply(x), dc.tensor([1.0]), dc.tensor([1.0]))

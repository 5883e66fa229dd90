"""Public functions take lists, arrays and tensors alike, and mixtures of them."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import derivc as dc
import derivc.ops.structural  # the declarations
from derivc.ops import structure
from tests.tensor.cases import EVERY, inputs

MORE = [
    ("F.select(a, 1, 2)", [(2, 3)]),
    ("F.masked_fill(a, [[True], [False]], 0.5)", [(2, 3)]),
    ("F.eigvalsh(a)", ["definite"]),
    ("F.exclusive_cumprod(a, 1)", [(2, 3)]),
    ("F.cofactors(a)", ["regular"]),
    ("F.polar(a, b)", [(3,), (3,)]),
    ("F.complex_sgn(a)", [(3,)]),
    ("F.cosine_similarity(a, b, 0)", [(3,), (3,)]),
    ("F.batch_norm(a, [0.1, 0.2, 0.3], [1.0, 2.0, 0.5], b, c)", [(4, 3), (3,), (3,)]),
    ("F.nll_loss(a, [0, 2], weight=b)", [(2, 3), (3,)]),
    ("F.cross_entropy(a, b, weight=c)", [(2, 3), "unit", (3,)]),
    ("F.norm(a, 'fro')", [(2, 3)]),
    *(
        (f"F.fft.{kind}fft{n}(a)", [(3, 4)])
        for kind in ("", "i", "r", "ir")
        for n in ("", "2", "n")
    ),
    ("F.fft.hfft(a)", [(2, 4)]),
    ("F.fft.ihfft(a)", [(2, 4)]),
    ("F.broadcast_tensors(a, b)[1]", [(2, 3), (3,)]),
    ("F.meshgrid([a, b])[1]", [(2,), (3,)]),
    ("F.cholesky_inverse(a)", ["regular"]),
    ("F.cholesky_solve(a, b)", [(3, 2), "regular"]),
    ("F.ctc_loss(a, [[1, 2]], [4], [2])", [(4, 1, 3)]),
    ("F.differences(a)", [(2, 3)]),
    ("F.eigvals(a)", ["definite"]),
    ("F.grid_sample(a, b)", [(1, 1, 3, 3), (1, 2, 2, 2)]),
    ("F.gru_cell(a, b, c, [[0.1], [0.2], [0.3]])", [(2, 3), (2, 1), (3, 3)]),
    ("F.lstm_cell(a, [b, b], c, [[0.1], [0.2], [0.3], [0.4]])[1]", [(2, 3), (2, 1), (4, 3)]),
    ("F.rnn_tanh_cell(a, b, c, [[0.5]])", [(2, 3), (2, 1), (1, 3)]),
    ("F.rnn_relu_cell(a, b, c, [[0.5]])", [(2, 3), (2, 1), (1, 3)]),
    ("F.lu_solve(a, [2, 3, 3], b)", ["regular", (3, 2)]),
    ("F.lu_unpack(a, [2, 3, 3])[0]", ["regular"]),
    ("F.sliding(a, 1, 2, 1)", [(2, 4)]),
    ("F.std_mean(a)[1]", [(2, 4)]),
    ("F.view_as_complex(a)", [(3, 2)]),
    ("F.view_as_real(a)", [(3,)]),
    ("F.weight_norm(a, b)", [(3, 2), (3, 1)]),
]


def op_called(text):
    """The op of a case that is one call of a function of bare arguments; None for others."""
    node = ast.parse(text, mode="eval").body
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    given = [*node.args, *(k.value for k in node.keywords)]
    inside = [n for g in given for n in ast.walk(g)]
    bare = not any(
        isinstance(n, ast.BinOp | ast.Attribute | ast.Compare | ast.Subscript) for n in inside
    )
    name = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    return structure.find(node.func.attr) if bare and name in "FLN" else None


CASES = [(text, specs) for text, specs in EVERY + MORE if op_called(text)]


def called(text, given):
    scope = {"F": dc, "L": dc, "N": dc, "I": np.array, "W": list, "D": dc.differences,
             "U": dc.sliding, "WN": dc.weight_norm, "I32": np.int32}  # fmt: skip
    return eval(text, scope | dict(zip("abc", given, strict=False)))


def says_its_shape(text, arrays):
    """An empty list does not, and a single list is einsum's list of operands."""
    return all(a.size for a in arrays) and ("einsum" not in text or len(arrays) > 1)


def plain(result):
    assert not isinstance(result, dc.Tensor)
    return np.asarray(result)


def test_every_composite_has_a_case_here():
    composites = {op.name for op in structure.all_structural() if op.compose is not None}
    assert not composites - {op_called(text).name for text, _ in CASES}


@pytest.mark.parametrize(("text", "specs"), CASES, ids=[f"{t} {s}" for t, s in CASES])
def test_lists_arrays_and_tensors(text, specs):
    arrays = inputs(specs)
    expected = called(text, [dc.tensor(a) for a in arrays]).numpy()
    lists = [a.tolist() for a in arrays]
    np.testing.assert_allclose(plain(called(text, arrays)), expected, rtol=1e-13)
    if says_its_shape(text, arrays):
        np.testing.assert_allclose(plain(called(text, lists)), expected, rtol=1e-13)
    for k in range(1, len(arrays)):
        mixed = [dc.tensor(a) if i == k else a for i, a in enumerate(arrays)]
        np.testing.assert_allclose(called(text, mixed).numpy(), expected, rtol=1e-13)
        mixed = [dc.tensor(a) if i == k else a for i, a in enumerate(lists)]
        if says_its_shape(text, arrays):
            np.testing.assert_allclose(called(text, mixed).numpy(), expected, rtol=1e-13)


def test_a_tensor_among_lists_gets_its_gradient():
    weight = dc.tensor([1.0, 2.0], requires_grad=True)
    dc.kron([1.0, 3.0], weight).sum().backward()
    assert weight.grad.tolist() == [4.0, 4.0]
    bias = dc.tensor([0.5, 0.5], requires_grad=True)
    dc.layer_norm([[1.0, 2.0]], 2, [1.0, 1.0], bias).sum().backward()
    assert bias.grad.tolist() == [1.0, 1.0]


def test_whole_numbers_have_a_norm():
    assert dc.norm([1, 1]) == pytest.approx(2**0.5)
    assert dc.pairwise_distance([[0, 1]], [[1, 0]], eps=0) == pytest.approx(2**0.5)

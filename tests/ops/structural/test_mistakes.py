"""Arguments that do not fit are refused with what is wrong, and no error of Python's escapes."""

from __future__ import annotations

import pytest

import derivc as dc
from derivc.errors import DerivcError, InputTypeError, OutOfRangeError, ShapeError

MATRIX = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]

MISTAKES = [
    (lambda t: dc.quantile(t, 1.5), OutOfRangeError, "between 0 and 1"),
    (lambda t: dc.quantile(t, 0.5, interpolation="foo"), InputTypeError, "one of linear"),
    (lambda t: dc.interpolate(t[None]), InputTypeError, "either size or scale_factor"),
    (lambda t: dc.interpolate(t[None], size=3, mode="cubic"), InputTypeError, "one of linear"),
    (lambda t: dc.interpolate(t[None], size=0), ShapeError, "interpolate"),
    (lambda t: dc.interpolate(t[None], size=2, antialias=True), InputTypeError, "antialias"),
    (lambda t: dc.pad(t, (1, 1), "mirror"), InputTypeError, "one of constant"),
    (lambda t: dc.pad(t, (5, 1), "reflect"), ShapeError, "at most 2"),
    (lambda t: dc.ctc_loss(t, [1], [2], [5]), ShapeError, "lengths"),
    (lambda t: dc.ctc_loss(t, [1], [3], [1]), ShapeError, "lengths"),
    (lambda t: dc.ctc_loss(t[:, None], [1], [2], [2]), ShapeError, "lengths"),
    (lambda t: dc.embedding([9], t), OutOfRangeError, "out of bounds"),
    (lambda t: dc.embedding([0], t, max_norm=1.0), InputTypeError, "not supported"),
    (lambda t: dc.embedding_bag([[0]], t, mode="min"), InputTypeError, "one of mean"),
    (lambda t: dc.grid_sample(t[None, None], t, mode="bicubic"), InputTypeError, "bilinear or"),
    (lambda t: dc.grid_sample(t, t), ShapeError, "shape"),
    (lambda t: dc.pixel_shuffle(t, 2), ShapeError, "pixel_shuffle"),
    (lambda t: dc.fold(t, 3, 2), ShapeError, "shape"),
    (lambda t: dc.unfold(t, 9), ShapeError, "shape"),
    (lambda t: dc.conv_transpose2d(t, t), ShapeError, "shape"),
    (lambda t: dc.eig(t), DerivcError, "square"),
    (lambda t: dc.matrix_norm(t, "most"), InputTypeError, "one of fro"),
    (lambda t: dc.lu_solve(t, [1], t), DerivcError, "shape"),
    (lambda t: dc.fft.fft(t, norm="half"), InputTypeError, "one of backward"),
    (lambda t: dc.scatter_reduce(t, 0, [[0]], t, "min"), InputTypeError, "one of sum"),
    (lambda t: dc.scaled_dot_product_attention(t, t, t, dropout_p=0.5), InputTypeError, "random"),
    (lambda t: dc.meshgrid([]), ShapeError, "meshgrid"),
    (lambda t: dc.lstm_cell(t, (t, t), t, t), ShapeError, "lstm_cell"),
    (lambda t: dc.multi_margin_loss(t, [0, 7]), OutOfRangeError, "out of bounds"),
    (lambda t: dc.triplet_margin_loss(t, t, t, reduction="most"), InputTypeError, "reduction"),
    (lambda t: dc.group_norm(t[:, :, None], 2), ShapeError, "shape"),
    (lambda t: dc.vander(t[0], N=0), ShapeError, "vander|stack"),
    (lambda t: dc.block_diag(), InputTypeError, "missing"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_mistakes(number):
    call, kind, words = MISTAKES[number]
    with pytest.raises(kind, match=words):
        call(dc.tensor(MATRIX, requires_grad=True))


def test_methods_of_pytorch_that_have_other_names_here():
    t = dc.tensor(MATRIX)
    assert t.diff().tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert t.unfold(1, 2, 1).tolist()[0] == [[1.0, 2.0], [2.0, 3.0]]
    assert dc.fft.fft([1.0, 0.0]).tolist() == [1.0, 1.0]


def test_an_alignment_that_cannot_be_is_infinite_or_zero_and_has_no_slope():
    logs = dc.tensor([[-1.0, -0.5]], requires_grad=True)  # one step for two labels
    lost = dc.ctc_loss(logs, [1, 1], [1], [2], reduction="sum")
    assert lost.item() == float("inf")
    kept = dc.ctc_loss(logs, [1, 1], [1], [2], reduction="sum", zero_infinity=True)
    kept.backward()
    assert kept.item() == 0.0
    assert logs.grad.tolist() == [[0.0, 0.0]]

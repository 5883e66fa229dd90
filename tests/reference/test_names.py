"""Ops are found by any name that a library has for them."""

from __future__ import annotations

import pytest

from derivc.errors import UnknownOpError
from derivc.reference.names import called, every_name, find, pages


@pytest.mark.parametrize(
    ("name", "op"),
    [("sigmoid", "sigmoid"), ("expit", "sigmoid"), ("torch.special.expit", "sigmoid"),
     ("F.gelu", "gelu"), ("torch.nn.functional.gelu", "gelu"), ("torch.special.entr", "entr"),
     ("np.arctan2", "atan2"), ("jnp.logaddexp", "logaddexp"), ("Tensor.softmax", "softmax"),
     ("torch.linalg.solve", "solve"), ("torch.inverse", "inv"), ("nn.ReLU", "relu"),
     (" matmul() ", "matmul"), ("F.cross_entropy", "cross_entropy")],
)  # fmt: skip
def test_find(name, op):
    assert find(name).name == op


def test_every_name_leads_to_an_op_that_has_it():
    for op in pages():
        for name in every_name(op):
            assert name in set(every_name(find(name))), (op.name, name)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("sigmiod", "sigmoid"), ("sofmax", "softmax"), ("torch.sigmod", "torch.sigmoid")],
)
def test_what_may_have_been_meant(wrong, near):
    with pytest.raises(UnknownOpError, match=f"did you mean '{near}'"):
        find(wrong)


@pytest.mark.parametrize("name", ["", ".", "torch.", "x y", "<script>", "zzzz", "π"])
def test_names_of_nothing(name):
    with pytest.raises(UnknownOpError):
        find(name)


def test_libraries_in_words():
    assert called(find("atan2"))["NumPy"] == ("numpy.arctan2", "numpy.atan2")
    assert set(called(find("matmul"))) >= {"PyTorch"}

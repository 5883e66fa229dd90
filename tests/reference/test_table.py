"""Names in all the ways that people write them lead to their ops."""

from __future__ import annotations

import pytest

from derivc.ops import declare, registry
from derivc.ops.declaration import Op
from derivc.ops.structure import StructuralOp
from derivc.reference import table

FOUND = [
    ("torch.special.entr", "entr"), ("F.gelu(approximate='tanh')", "gelu_tanh"),
    ('F.gelu( approximate = "tanh" )', "gelu_tanh"), ("nn.GELU", "gelu gelu_tanh"),
    ("torch.nn.functional.gelu", "gelu gelu_tanh"), ("Tensor.clamp_", "clamp"),
    ("x.clamp_", "clamp"), ("x.clamp_()", "clamp"), ("`torch.clamp_min`", "clamp"),
    ("jax.nn.silu", "silu"), ("jnp.logaddexp", "logaddexp"), ("np.log1p", "log1p"),
    ("scipy.special.expit", "sigmoid"), ("special.expit", "sigmoid"), ("arccos", "acos"),
    ("torch.arccos", "acos"), ("math.sin", "sin"), ("relu", "relu"), ("F.relu_", "relu"),
    ("torch.nn.modules.activation.GELU", "gelu gelu_tanh"),
    ("nn.CrossEntropyLoss", "cross_entropy"),
    ("AddmmBackward0", "addmm"), ("<MulBackward0 object at 0x7f00>", "mul"),
    ("grad_fn.LogSoftmaxBackward0", "log_softmax"), ("MaxPool2DWithIndicesBackward0", "max_pool2d"),
    ("NativeLayerNormBackward0", "layer_norm"), ("LinalgInvExBackward0", "inv"),
    ("aten::mm", "matmul"),
    ("torch.ops.aten.addmm.default", "addmm"), ("aten._softmax", "softmax"),
    ("torch.div(a, b, rounding_mode='floor')", "floor_divide"),
    ("torch.div", "div floor_divide trunc_divide"), ("torch.abs", "abs complex_abs"),
    ("F.softplus(beta=2)", "softplus"), ("torch.logit(x, eps=1e-6)", "logit_eps"),
    ("np.linalg.inv", "inv"), ("linalg.inv", "inv"), ("lax.cumsum", "cumsum"),
    ("igamma", "gammainc"),
    ("torch.fft.rfft", "rfft"), ("nn.LSTM", "lstm_cell"), ("F.interpolate", "interpolate"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ops"), FOUND, ids=[name for name, _ in FOUND])
def test_find(name, ops):
    assert [op.name for op in table.find(name)] == ops.split()


HOSTILE = [
    "", " ", ".", "(", ")", "torch.", "torch", "nn.", "F.()", "no_such_function", "Backward0", "é",
    "torch.nn.functional", "x" * 5000, "a.b.c.d.e", "aten::", "__import__('os')", "\n",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_name_finds_nothing(name):
    assert table.find(name) == ()
    assert isinstance(table.search(name, 3), list)


def test_every_declared_name_is_found():
    for name, ops in table.names().items():
        assert set(table.find(name)) & set(ops), name


def test_every_op_is_found_by_its_own_name():
    for op in table.every_op():
        assert op in table.find(op.name), op.name
        assert isinstance(op, Op | StructuralOp)


@pytest.mark.parametrize(("words", "op"), [
    ("gelu", "gelu"), ("softm", "softmax"), ("sofmax", "softmax"), ("layernorm", "layer_norm"),
    ("torch.special.entr", "entr"), ("cross entropy", "cross_entropy"), ("MSELoss", "mse_loss"),
    ("eigenvalue", "eigvals"), ("conv2", "conv2d"), ("logsoftmax", "log_softmax"),
])  # fmt: skip
def test_one_search_finds_the_page(words, op):
    found = [entry.name for _, entry in table.search(words)]
    assert op in found[:3]
    assert len(found) == len(set(found))


def test_all_of_pytorchs_names_are_found_in_one_search():
    """By the name, whole, and by its last part."""
    every = [(n, o) for n, ops in table.names().items() if n.startswith("torch.") for o in ops]
    for name, op in every[::7]:
        assert op in [found for _, found in table.search(name, 8)], name


def test_an_op_of_the_users_own_is_found_at_once(monkeypatch):
    for kept in ("_ops", "_by_alias", "_by_symbol"):
        monkeypatch.setattr(registry, kept, dict(getattr(registry, kept)))
    assert table.find("bell_in_the_table") == ()
    own = declare("bell_in_the_table", "A bell.", meaning=lambda x: -(x**2))
    assert table.find("bell_in_the_table") == (own,)

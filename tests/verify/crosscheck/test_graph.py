"""Functions of tensors beside PyTorch's: written once or twice, right, wrong, and at kinks."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError

torch = pytest.importorskip("torch", reason="torch is not installed")

X = np.random.default_rng(0).normal(size=(3, 4))


def small(F, x, w, b):
    return F.mse_loss(F.tanh(x @ w + b), F.zeros_like(x @ w))


def found(report) -> set[tuple[str, str]]:
    return {(finding.kind, finding.blame) for _, finding in report.findings}


@pytest.mark.parametrize(
    "function",
    [
        lambda F, x: F.softmax(x, -1),
        lambda F, x: F.layer_norm(x, (4,)).sin(),
        lambda F, x: F.logsumexp(x, 1).sum(),
        lambda F, x: F.relu(x).prod(),
        lambda F, x: F.cumsum(x.T @ x, 0).exp().mean(),
        lambda F, x: (x[1:] * F.sigmoid(x[:-1])).sum(0),
    ],
    ids=["softmax", "layer_norm", "logsumexp", "prod", "cumsum", "slices"],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_function_for_both(function, dtype):
    report = dc.crosscheck(function, inputs=X, dtype=dtype)
    assert report.ok, str(report)
    assert [row.result for row in report.rows] == ["value", "d/dx", "(Hv)[x]"]
    assert all(row.points for row in report.rows)
    assert not report.findings, str(report)


def test_several_leaves_by_name():
    inputs = {"x": X, "w": X.T.copy(), "b": np.zeros(3)}
    report = dc.crosscheck(small, inputs=inputs)
    assert report.ok, str(report)
    assert {row.result for row in report.rows} == {
        "value", "d/dx", "d/dw", "d/db", "(Hv)[x]", "(Hv)[w]", "(Hv)[b]"
    }  # fmt: skip


def test_two_functions_one_of_them_wrong():
    right = lambda x: (x * x).sum()  # noqa: E731
    assert dc.crosscheck(right, torch=right, inputs=X).ok
    forgot = lambda x: (x * x.detach()).sum()  # noqa: E731
    theirs = dc.crosscheck(right, torch=forgot, inputs=X)
    assert not theirs.ok
    assert {("wrong", "torch")} <= found(theirs)
    ours = dc.crosscheck(forgot, torch=right, inputs=X)
    assert {("wrong", "derivc")} <= found(ours)
    assert "derivc OFF" in str(ours)


def test_values_and_shapes_that_differ():
    other = dc.crosscheck(lambda x: x.sum(), torch=lambda x: 1.01 * x.sum(), inputs=X)
    assert not other.ok
    shapes = dc.crosscheck(lambda x: x.sum(0), torch=lambda x: x.sum(1), inputs=X)
    assert not shapes.ok
    assert "shapes differ" in str(shapes)


def test_kinks_and_branches():
    kink = dc.crosscheck(
        lambda x: x.abs().sum(),
        torch=lambda x: torch.where(x >= 0, x, -x).sum(),
        inputs=[0.0, 1.0],
    )
    assert found(kink) == {("kink", "")}
    assert kink.ok
    poisoned = dc.crosscheck(lambda F, x: F.where(x > 0, F.sqrt(x), 0 * x), inputs=[4.0, -1.0])
    assert poisoned.ok, str(poisoned)


def test_what_cannot_be_run_is_said():
    report = dc.crosscheck(lambda F, x: F.no_such_function(x), inputs=X)
    assert not report.ok
    assert "no function 'no_such_function'" in str(report)
    assert "must return a tensor" in str(dc.crosscheck(lambda F, x: 3, inputs=X))
    with pytest.raises(InputTypeError, match="namespace"):
        dc.crosscheck(lambda x: x, inputs=[X, X])
    with pytest.raises(InputTypeError, match="arrays of numbers"):
        dc.crosscheck(lambda F, x: x, inputs={"x": "text"})


def test_the_report_has_a_page():
    page = dc.crosscheck(lambda F, x: F.exp(x), inputs=X)._repr_html_()
    assert "(Hv)[x]" in page

"""Cross-checks: agreement where all is right, and every planted or real difference explained."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError, UnsupportedError
from derivc.verify.crosscheck.records import LOUD
from tests.shared_data import items

HERE = ["finite", "mpmath"]
"""Peers that need nothing but NumPy and mpmath."""


def kinds(report) -> set[str]:
    return {finding.kind for _, finding in report.findings}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("text", ["x*sin(y)", "exp(-x**2/2)*y", "sqrt(x)/(1 + y**2)"])
def test_right_kernels_agree(text, seed):
    report = dc.crosscheck(text, HERE, points=8, seed=seed)
    assert report.ok, str(report)
    assert not [f for row, f in report.findings if row.peer == "mpmath"], str(report)


@pytest.mark.parametrize("peer", ["torch", "jax", "autograd"])
def test_frameworks_agree(peer):
    pytest.importorskip(peer, reason=f"{peer} is not installed")
    report = dc.crosscheck("x*exp(-y)*tanh(x) + 3", [peer], points=8, domain={"x": (-2, 2)})
    assert report.ok
    assert [row.points for row in report.rows] == [8] * 6
    assert not report.findings, str(report)


def test_everybody_is_a_row_or_is_skipped():
    report = dc.crosscheck("x**2", points=2, order=1)
    assert {row.peer for row in report.rows} | set(report.skipped) == {
        "torch", "jax", "autograd", "finite", "mpmath"
    }  # fmt: skip


def test_who_is_not_installed_is_skipped_with_the_extra(monkeypatch):
    import importlib.util

    find = importlib.util.find_spec
    hide = lambda name, *rest: None if name == "torch" else find(name, *rest)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hide)
    report = dc.crosscheck("x**2", ["torch", "mpmath"], points=2)
    assert "derivc[torch]" in report.skipped["torch"]
    assert report.ok
    assert "skipped: torch" in str(report)
    assert not dc.crosscheck("x**2", ["torch"], points=2).ok, "nothing was compared"


# Planted faults.

FUNCTIONS = {
    "x*sin(y)": (lambda x, y: x * math.sin(y), lambda x, y: (math.sin(y), x * math.cos(y))),
    "exp(x)*y**2": (
        lambda x, y: math.exp(x) * y**2,
        lambda x, y: (math.exp(x) * y**2, 2 * math.exp(x) * y),
    ),
    "log(1 + x**2) - y": (
        lambda x, y: math.log(1 + x**2) - y,
        lambda x, y: (2 * x / (1 + x**2), -1.0),
    ),
}
FAULTS = {
    "a factor": lambda x, y, g: (g[0] * (1 + 1e-7), g[1]),
    "a sign": lambda x, y, g: (g[0], -g[1]),
    "exchanged": lambda x, y, g: (g[1], g[0]),
    "a constant": lambda x, y, g: (g[0] + 1e-9, g[1]),
    "only below zero": lambda x, y, g: (g[0] if x > 0 else 0.99 * g[0], g[1]),
    "NaN": lambda x, y, g: (math.nan, g[1]),
}
BOX = {"x": (-3.0, 3.0), "y": (0.5, 3.0)}


@pytest.mark.parametrize("text", FUNCTIONS)
def test_a_right_gradient_by_hand_is_accepted(text):
    value, gradient = FUNCTIONS[text]
    forms = {"pair": FUNCTIONS[text], "both": lambda x, y: (value(x, y), gradient(x, y))}
    report = dc.crosscheck(text, forms, points=12, domain=BOX)
    assert report.ok, str(report)
    assert {(row.peer, row.points) for row in report.rows if row.order < 2} == {
        ("pair", 12), ("both", 12)
    }  # fmt: skip
    assert "only a gradient" in str(report)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("text", FUNCTIONS)
def test_planted_gradients_are_found_and_attributed(text, fault, seed):
    value, gradient = FUNCTIONS[text]
    wrong = lambda x, y: FAULTS[fault](x, y, gradient(x, y))  # noqa: E731
    report = dc.crosscheck(text, {"mine": (value, wrong)}, points=12, domain=BOX, seed=seed)
    assert not report.ok
    loud = [finding for _, finding in report.findings if not finding.is_explained]
    assert {finding.blame for finding in loud} == {"mine"}, str(report)
    assert report.worst.peer == "mine"
    assert "mine OFF, wrong" in str(report)


class Planted:
    """A kernel whose gradient is off by one part in ten million."""

    def __init__(self, kernel):
        self.kernel = kernel

    def __getattr__(self, name):
        return getattr(self.kernel, name)

    def value_and_grad(self, *args):
        value, grad = self.kernel.value_and_grad(*args)
        return value, tuple(part * (1 + 1e-7) for part in grad)


@pytest.mark.parametrize("against", [["mpmath"], {"mine": FUNCTIONS["x*sin(y)"]}])
def test_derivc_is_accused_as_loudly(against):
    report = dc.crosscheck(Planted(dc.compile("x*sin(y)")), against, points=8, domain=BOX)
    assert not report.ok
    loud = [finding for _, finding in report.findings if not finding.is_explained]
    assert {finding.blame for finding in loud} == {"derivc"}
    assert "derivc OFF, wrong" in str(report)


def test_a_slope_outside_the_sides_of_a_kink_is_wrong():
    for slope, ok in ((0.0, True), (0.3, True), (1.0, True), (5.0, False), (-0.5, False)):
        mine = (lambda x: max(x, 0.0), lambda x, s=slope: s if x == 0 else float(x > 0))
        assert dc.crosscheck("relu(x)", {"mine": mine}, points=4).ok is ok, slope


# Kinks, and places that are no kinks.

KINKS = [
    ("relu(x)", 0.0, {"derivc": 0, "torch": 0, "jax": 0}),
    ("abs(x)", 0.0, {"derivc": 0, "torch": 0, "jax": 1, "autograd": 0}),
    ("relu6(x)", 6.0, {"derivc": 0, "torch": 0}),
    ("hardtanh(x)", -1.0, {"derivc": 0, "torch": 0}),
    ("hardswish(x)", -3.0, {"derivc": 0, "torch": 0}),
    ("hardswish(x)", 3.0, {"derivc": 1, "torch": 1}),
    ("hardsigmoid(x)", 3.0, {"derivc": 0, "torch": 0}),
    ("softshrink(x)", 0.5, {"derivc": 0, "torch": 0}),
    ("leaky_relu(x)", 0.0, {"derivc": 0.01, "torch": 0.01}),
    ("selu(x)", 0.0, {"derivc": 1.7580993408473766}),
    ("maximum(x, 2)", 2.0, {"derivc": 0.5, "torch": 0.5, "jax": 0.5, "autograd": 0.5}),
    ("minimum(x, 2)", 2.0, {"derivc": 0.5, "torch": 0.5, "jax": 0.5, "autograd": 0.5}),
    ("fmax(x, 2)", 2.0, {"derivc": 0.5}),
    ("sign(x)", 0.0, {"derivc": 0, "torch": 0, "jax": 0}),
    ("floor(x)", 1.0, {"derivc": 0, "torch": 0, "jax": 0}),
    ("3*abs(x - 1)", 1.0, {"derivc": 0, "torch": 0, "jax": 3}),
    ("where(x > 0, 2*x, x)", 0.0, {"derivc": 1, "torch": 1, "jax": 1}),
]
"""SEMANTICS 1.5: what everybody returns at kinks."""


@pytest.mark.parametrize(("text", "at", "slopes"), KINKS, ids=[f"{k[0]} {k[1]}" for k in KINKS])
def test_kinks_are_conventions(text, at, slopes):
    report = dc.crosscheck(text, points=[at])
    assert report.ok, str(report)
    (kink,) = report.kinks
    assert kink.slopes["derivc"] == pytest.approx(slopes["derivc"])
    for peer, slope in slopes.items():
        if peer not in report.skipped:
            assert kink.slopes[peer] == pytest.approx(slope), peer
    assert kinds(report) <= {"kink", "resolution"}, str(report)


def test_rules_go_through_kinks_blindly():
    report = dc.crosscheck("relu(x) - relu(-x)", points=[0.0], order=1)
    assert report.ok, str(report)
    assert kinds(report) == {"kink"}, "the slope is 1, and every chain rule says 0"
    value = lambda x: max(x, 0.0) - max(-x, 0.0)  # noqa: E731
    for slope, ok in ((0.0, True), (1.0, True), (2.0, True), (5.0, False)):
        mine = {"mine": (value, lambda x, s=slope: s)}
        assert dc.crosscheck("relu(x) - relu(-x)", mine, points=[0.0]).ok is ok, slope


def test_kinks_are_sought_out_and_named():
    report = dc.crosscheck("abs(x)*y", HERE, points=4)
    assert any(kink.kink == "abs at 0" for kink in report.kinks)
    assert "abs at 0: d/dx derivc 0" in str(report)
    assert not dc.crosscheck("abs(x)*y", HERE, points=4, domain={"x": (1, 2)}).kinks


EDGES = ["sqrt(x)", "log(x)", "asin(x)", "acosh(x)", "x**0.5", "xlogy(x, 2)", "1/x"]


@pytest.mark.parametrize("text", EDGES)
def test_edges_of_the_domain_are_nobodys_fault(text):
    report = dc.crosscheck(text, ["torch", "autograd", *HERE], points=[0.0, 1.0, -1.0, 0.5])
    assert report.ok, str(report)
    assert not kinds(report) & set(LOUD)


# Causes.


def test_cancellation_is_shown_and_judged():
    pytest.importorskip("torch", reason="torch is not installed")
    report = dc.crosscheck("(exp(x) - 1)/x", ["torch"], points=[1e-9])
    assert report.ok
    finding = next(f for row, f in report.findings if row.result == "d/dx")
    assert (finding.kind, finding.blame) == ("cancellation", "torch")
    assert "exp(x) - 1 loses" in finding.cause
    assert finding.truth == pytest.approx(0.5000000003333334, rel=1e-15)
    assert finding.derivc_ulps <= 4
    assert finding.peer_ulps > 1e15


def test_a_branch_that_is_not_taken():
    pytest.importorskip("torch", reason="torch is not installed")
    report = dc.crosscheck("where(x > 0, sqrt(x), 0)", ["torch"], points=[-2.0])
    assert kinds(report) == {"branch"}
    assert "sqrt(-2) is nan" in str(report)
    assert report.ok


def test_overflow_on_the_way():
    pytest.importorskip("torch", reason="torch is not installed")
    report = dc.crosscheck("log(1 + exp(x))", ["torch"], points=[800.0], order=1)
    assert kinds(report) == {"overflow"}
    assert "exp(800) overflows" in str(report)


def test_an_inaccurate_op_is_named():
    pytest.importorskip("torch", reason="torch is not installed")
    report = dc.crosscheck("3*tanh(x)", ["torch"], points=[9.5], order=1)
    assert kinds(report) <= {"op", "cancellation"}
    assert report.ok
    assert "torch" in {finding.blame for _, finding in report.findings}


def test_float32_is_judged_in_its_own_ulp():
    report = dc.crosscheck("x*sin(y)", points=6, dtype="float32", domain=BOX, order=1)
    assert report.ok, str(report)
    assert all(row.ulps <= 16 for row in report.rows if row.peer == "mpmath")
    assert all(np.float32(x) == x for row in report.rows for f in row.findings for x in f.where)


# What can be checked, and how it is asked for.


@pytest.mark.parametrize("peer", ["finite", "torch", "jax", "autograd"])
def test_arrays_vectors_and_many_variables(peer):
    if peer != "finite":
        pytest.importorskip(peer, reason=f"{peer} is not installed")
    vector = dc.compile(lambda x: np.sum(x**3), shapes={"x": (3,)})
    for source in (vector, ["x*y", "x + y"], "a*b*c*d*f*g*h", dc.sigmoid, "mean((x - y)**2)"):
        report = dc.crosscheck(source, [peer], points=3)
        assert report.ok, str(report)
    rows = dc.crosscheck("a*b*c*d*f*g*h", [peer], points=2).rows
    assert next(row.result for row in rows if row.order == 2) == "(Hv)[a]"


def test_functions_of_the_peers_own_arrays():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    right, wrong = (lambda x: torch.sin(x) * x), (lambda x: torch.sin(x) * x.detach())
    assert dc.crosscheck("x*sin(x)", {"torch": right}, points=6).ok
    report = dc.crosscheck("x*sin(x)", {"torch": wrong}, points=6, domain={"x": (0.5, 1)})
    assert {(f.kind, f.blame) for _, f in report.findings} == {("wrong", "torch")}
    array = dc.compile(lambda x: np.sum(x**2), shapes={"x": (2,)})
    assert dc.crosscheck(array, {"torch": lambda x: (x**2).sum()}, points=3).ok


def test_what_a_peer_cannot_do_is_said():
    pytest.importorskip("jax", reason="jax is not installed")
    report = dc.crosscheck("gelu_tanh(x) + Shi(x)", ["jax", "mpmath"], points=2)
    assert report.ok
    assert "not available: it has no Shi" in str(report)
    broken = dc.crosscheck("x", {"mine": lambda x: 1 / 0}, points=2)
    assert "ZeroDivisionError" in str(broken)


def test_what_a_peer_lacks_is_built_from_the_meaning():
    pytest.importorskip("autograd", reason="autograd is not installed")
    report = dc.crosscheck("silu(x)", ["autograd"], points=[0.5, 1.0])
    assert report.ok
    assert "autograd has no silu: built from the meaning" in str(report)


def test_points_can_be_given():
    by_name = dc.crosscheck("x*y", HERE, points={"x": [1.0, 2.0], "y": 3.0})
    assert by_name.points == 2
    assert dc.crosscheck("x", HERE, points=[1.0, 2.0, 3.0]).points == 3
    assert dc.crosscheck("x*y", HERE, points=(1.0, 2.0)).points == 1


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"against": ["tensorflow"]}, InputTypeError),
        ({"against": []}, InputTypeError),
        ({"points": 0}, InputTypeError),
        ({"points": "many"}, InputTypeError),
        ({"points": [[1.0, 2.0, 3.0]]}, ShapeError),
        ({"points": {"x": [1.0]}}, InputTypeError),
        ({"domain": {"z": (0, 1)}}, InputTypeError),
        ({"order": 3}, InputTypeError),
        ({"dtype": "float16"}, InputTypeError),
    ],
)
def test_what_makes_no_sense_is_refused(options, error):
    with pytest.raises(error):
        dc.crosscheck("x*y", **{"against": HERE, **options})


def test_a_constant_has_nothing_to_check():
    with pytest.raises(UnsupportedError, match="no variables"):
        dc.crosscheck("3")


def test_a_function_without_real_values_is_not_ok():
    report = dc.crosscheck("log(-1 - x**2)", HERE, points=4)
    assert not report.ok
    assert "nothing compared" in str(report)
    assert report.worst is None
    report._repr_html_()


def test_reports_are_the_same_every_time():
    one, two = (dc.crosscheck("abs(x)*exp(y)", HERE, points=5, seed=3) for _ in range(2))
    assert str(one) == str(two)
    record = json.loads(one.to_json())
    assert record["ok"] is one.ok
    assert [row["result"] for row in record["rows"]] == [row.result for row in one.rows]


# The collection of physics formulas.


def _feynman(count: int):
    found = items("feynman")
    chosen = found[:: max(1, len(found) // count)] if count else found
    missing = [pytest.param(None, marks=pytest.mark.skip(reason="feynman.json is not here"))]
    return pytest.mark.parametrize("item", chosen or missing, ids=lambda i: i and i["id"])


@_feynman(6)
def test_physics(item):
    report = dc.crosscheck(item["expr"], points=4, domain=item["domain"])
    assert report.ok, str(report)


@pytest.mark.slow
@_feynman(0)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_all_of_physics(item, dtype):
    report = dc.crosscheck(item["expr"], points=16, domain=item["domain"], dtype=dtype)
    assert report.ok, str(report)


def test_ops_are_checked_by_what_they_can_be_differentiated_by():
    report = dc.crosscheck(dc.jv, HERE, points={"n": [1.0, 2.0], "x": [0.5, 3.0]})
    assert report.ok, str(report)
    assert {row.result for row in report.rows} == {"value", "d/dx", "d²/dx²"}


def test_choices_multiply_where_kinks_meet():
    report = dc.crosscheck("clamp(x, y, z)", points=[[0.0, 0.0, 0.0]], order=1)
    assert report.ok, str(report)

"""Structural ops against 60 digits: the shipped records, and a sample measured again."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest

from derivc.ops import structure
from derivc.reference.pages.plain import plain
from derivc.reference.records import exact, special_cases
from derivc.reference.records import store as records
from derivc.reference.records.cases import case_of
from derivc.reference.records.structural_measure import measured

ULPS = 64


def test_every_structural_op_with_a_derivative_has_a_record():
    assert {op.name for op in records.wanted_structural()} == set(records.stored()["structural"])


@pytest.mark.parametrize("op", records.wanted_structural(), ids=lambda op: op.name)
def test_a_record_is_of_the_call_as_it_is_listed(op):
    """The truth is there for every op, and PyTorch where it has the function."""
    record = records.stored()["structural"][op.name]
    assert (record["call"], tuple(record["arrays"])) == case_of(op.name)
    assert record["worst"]
    assert bool(record["torch"]) == (op.torch is not None)
    assert set(record["without"]) == (set() if record["torch"] else {"torch"})


@pytest.mark.parametrize("name", sorted(records.stored()["structural"]))
def test_records_are_right(name):
    record = records.stored()["structural"][name]
    assert record["worst"] or record["torch"]
    assert all(entry["ulp"] <= ULPS for entry in record["worst"].values())
    for tally in record["torch"].values():
        assert tally["theirs_nearer"] <= tally["ours_nearer"] + 0.1 * tally["points"]


@pytest.mark.parametrize(
    "name",
    [
        "matmul",
        "inv",
        "softmax",
        "logsumexp",
        "layer_norm",
        "std",
        "irfft",
        "lu_factor",
        "cdist",
        "grid_sample",
        "lstm_cell",
        "cofactors",
    ],
)
def test_a_record_holds_when_it_is_measured_again(name):
    found = measured(structure.get(name))
    record = records.stored()["structural"][name]
    for label, entry in found["worst"].items():
        assert entry["ulp"] <= 2 * record["worst"][label]["ulp"] + 8


def test_the_exact_namespace_against_known_numbers():
    with mp.workdps(exact.DIGITS):
        space = exact.namespace()
        a = exact.lifted(np.array([[2.0, 1.0], [1.0, 3.0]]))
        assert abs(space.det(a)[()] - 5) < mp.mpf(10) ** -55
        assert abs(space.softmax(exact.lifted(np.array([0.0, 1.0])), 0)[1]
                   - mp.e / (1 + mp.e)) < mp.mpf(10) ** -55  # fmt: skip
        assert abs(space.vector_norm(exact.lifted(np.array([3.0, 4.0]))) - 5) < mp.mpf(10) ** -55


def test_a_wrong_rule_is_noticed():
    """Were the cotangent of the softmax wrong, the record would say so."""
    op = structure.get("softmax")
    right = op.vjp
    object.__setattr__(op, "vjp", lambda space, g, y, dim: y * g)
    try:
        worst = measured(op)["worst"]["cotangent of a"]["ulp"]
    finally:
        object.__setattr__(op, "vjp", right)
    assert worst > 1e6


@pytest.mark.parametrize(
    ("name", "slopes"),
    [("amax", [0.5, 0.5, 0]), ("prod", [0, 6, 0]), ("std", [0, 0, 0]), ("vector_norm", [0, 0, 0]),
     ("nansum", [1, 0, 1]), ("det", [4, -2, -2, 1])],
)  # fmt: skip
def test_special_cases(name, slopes):
    first = special_cases.kinks(structure.get(name))[0]
    assert first["derivc"] == pytest.approx(slopes)
    assert not any(math.isnan(s) for s in first["derivc"])


@pytest.mark.parametrize(
    ("tex", "text"),
    [(r"\bar{b} = A^{-\top} \bar{x}", "b̄ = A⁻ᵀ x̄"),
     (r"\bar{x} = y \left(\bar{y} - \textstyle\sum \bar{y} y\right)", "x̄ = y (ȳ - Σ ȳ y)"),
     (r"\bar{z} = \overline{\bar{y}}", "z̄ = conj(ȳ)"), (r"\frac{1}{\lambda_j}", "1/(λ_j)"),
     (r"\bar{A} = \operatorname{sym}\bigl(L^{-1}\bigr)", "Ā = sym(L⁻¹)"), ("", "")],
)  # fmt: skip
def test_matrix_formulas_as_text(tex, text):
    assert plain(tex) == text


def test_no_formula_keeps_a_backslash():
    for op in structure.all_structural():
        for tex in (op.formula, getattr(op, "definition", ""), getattr(op, "tangent", "")):
            assert "\\" not in plain(tex), op.name

"""Structural ops: each has a case and a formula, and refuses what contradicts itself."""

from __future__ import annotations

import pytest

import derivc as dc
from derivc.errors import DeclarationError, UnknownOpError
from derivc.ops import structure
from tests.tensor.cases import EVERY, inputs, ours


def test_every_structural_op_has_a_case(monkeypatch):
    """Forward or backward, each is used by a case here, in test_complex.py or test_roots.py."""
    from derivc.tensor import structural

    seen, apply = set(), structural.apply

    def spy(op, args, named):
        seen.add(op.name)
        return apply(op, args, named)

    monkeypatch.setattr(structural, "apply", spy)
    for text, specs in EVERY:
        leaves, y = ours(text, inputs(specs))
        dc.grad(y, leaves, dc.ones_like(y), create_graph=True, allow_unused=True)
    complexes = {"complex", "complex_abs", "complex_angle", "complex_sgn", "conj", "imag", "polar"}
    newer = {"matrix_polar", "matrix_sqrth", "sylvester"}  # than the PyTorch that cases are run on
    missing = {op.name for op in structure.all_structural()} - seen - complexes - newer
    missing -= {"real", "cast"}
    assert not missing


def test_every_structural_op_shows_its_formula():

    assert not [op.name for op in structure.all_structural() if not (op.formula and op.summary)]


def test_a_name_is_declared_once():
    with pytest.raises(DeclarationError, match="'sum' is declared twice"):
        structure.structural("sum", "Again.", forward=lambda xp, x: x)


def test_unknown_ops():
    assert structure.find("no_such_op") is None
    with pytest.raises(UnknownOpError, match="no_such_op"):
        structure.get("no_such_op")


def test_what_is_saved_follows_from_the_formula():
    assert structure.get("sum").saves == frozenset()
    assert structure.get("softmax").saves == {"y"}
    assert structure.get("matmul").saves == {"a", "b"}
    assert structure.get("amax").saves == {"x", "y"}


def test_numpys_names_of_arguments_are_taken():
    x = dc.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert dc.sum(x, axis=1, keepdims=True).tolist() == dc.sum(x, dim=1, keepdim=True).tolist()


def test_functions_of_arrays_give_arrays():
    assert dc.softmax([0.0, 0.0]).tolist() == [0.5, 0.5]
    assert dc.max([[1.0, 3.0], [2.0, 0.0]], 1).values.tolist() == [3.0, 2.0]
    assert dc.cross_entropy([[0.0, 0.0]], [1]) == pytest.approx(0.6931471805599453)


def test_the_exponential_of_a_matrix_against_50_digits():
    import mpmath
    import numpy as np

    rng = np.random.default_rng(0)
    for scale in (0.01, 1.0, 20.0):
        a = rng.normal(size=(4, 4)) * scale
        with mpmath.workdps(60):
            truth = np.array(mpmath.expm(mpmath.matrix(a.tolist())).tolist(), dtype=float)
        found = dc.matrix_exp(a)
        assert np.abs(found - truth).max() <= 1e-13 * max(1.0, scale) * np.abs(truth).max()


def test_tensors_are_parameters():
    for op in structure.all_structural():
        assert {*op.tensors} <= {*op.params}, op.name
        assert op.sequence is None or op.sequence in op.params, op.name

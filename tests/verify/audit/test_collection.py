"""Every planted fault is found with its cause, and no right function is accused."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import pytest

import derivc as dc

FOLDER = Path(__file__).parent / "functions"
HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_JAX = importlib.util.find_spec("jax") is not None


@cache
def load(name):
    """One file of the collection."""
    pytest.importorskip("jax" if name.startswith("jax") else "torch")
    spec = importlib.util.spec_from_file_location(f"collected_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(kind, *files):
    """(file, name) of the functions of one kind; none where their library is not installed."""
    there = [f for f in files if (HAS_JAX if f.startswith("jax") else HAS_TORCH)]
    return [pytest.param(f, n, id=n) for f in there for n in getattr(load(f), kind)]


@pytest.mark.parametrize(
    ("file", "name"), cases("RIGHT", "right_elementwise", "right_several", "guesses", "jax_rules")
)
def test_right_functions_are_not_accused(file, name):
    module = load(file)
    report = dc.audit(getattr(module, name), **module.RIGHT[name])
    assert report.verdict == "right", report
    assert not report.causes
    assert report.ok


@pytest.mark.parametrize(
    ("file", "name"),
    cases("FAULTY", "faulty_formulas", "faulty_conventions", "guesses", "jax_rules"),
)
def test_planted_faults_are_found(file, name):
    module = load(file)
    verdict, code = module.FAULTY[name]
    report = dc.audit(getattr(module, name), module.INPUTS.get(name))
    assert report.verdict == verdict, report
    assert code in [finding.code for finding in report.causes], report
    assert not report.ok


@pytest.mark.parametrize(("file", "name"), cases("SURROGATES", "surrogates"))
def test_surrogates_are_told_apart(file, name):
    function = getattr(load(file), name)
    report = dc.audit(function)
    assert report.verdict == "surrogate", report
    assert report.ok
    assert dc.audit(function, expect="exact").verdict == "wrong"
    assert dc.audit(function, expect="surrogate").ok


def test_the_collection_is_large():
    pytest.importorskip("torch")
    right = [*load("right_elementwise").RIGHT, *load("right_several").RIGHT]
    faulty = [*load("faulty_formulas").FAULTY, *load("faulty_conventions").FAULTY]
    assert len(right) >= 30
    assert len(right) + len(faulty) >= 60

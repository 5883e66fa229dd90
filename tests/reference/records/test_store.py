"""The shipped records are there, sane, and what a new measurement finds."""

from __future__ import annotations

import math

import pytest

from derivc.ops import registry, structure
from derivc.reference.pages.elementwise import page_of
from derivc.reference.records import cases, measure, reasons
from derivc.reference.records import store as records
from derivc.reference.records.places import view
from derivc.reference.table import every_op

SAMPLE = ["tanh", "relu", "log1p", "hypot", "softplus", "erf"]


def test_every_op_with_a_derivative_has_a_record():
    missing = [op.name for op in records.wanted() if records.record_of(op) is None]
    assert missing == []


def test_every_page_has_a_record_or_a_declared_reason():
    for op in every_op():
        assert (reasons.reason(op) is None) == (reasons.declared(op) is None), op.name
    assert reasons.reason(registry.get("isnan")) == "the result is true or false."


def test_a_page_says_why_nothing_was_measured():
    said = page_of(registry.get("isnan")).unchecked
    assert said == "the result is true or false."
    assert page_of(registry.get("tanh")).unchecked == ""


def test_an_op_without_a_record_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PATH", tmp_path / "none.json")
    records.stored.cache_clear()
    assert reasons.reason(registry.get("tanh")) == "there is no record yet."
    assert reasons.reason(structure.get("matmul")) == "there is no record yet."
    records.stored.cache_clear()


def test_one_op_that_cannot_be_measured_does_not_lose_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PATH", tmp_path / "records.json")
    monkeypatch.setitem(cases.CASES, "matmul", ("F.matmul(a, b)", "3,4 3,4"))
    records.stored.cache_clear()
    said = []
    failed = records.renew([structure.get(n) for n in ("dot", "matmul", "outer")], said.append)
    assert set(failed) == {"matmul"}
    assert "ShapeError" in failed["matmul"]
    assert said[0] == "dot"
    assert said[1].startswith("matmul: not measured: ShapeError")
    assert set(records.stored()["structural"]) == {"dot", "outer"}
    records.stored.cache_clear()


def test_an_op_without_a_derivative_is_not_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PATH", tmp_path / "records.json")
    records.stored.cache_clear()
    failed = records.renew([registry.get("isnan")])
    assert failed == {"isnan": "UnsupportedError: nothing to measure: the result is true or false."}
    assert records.stored()["ops"] == {}
    records.stored.cache_clear()


def test_a_run_that_is_stopped_keeps_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PATH", tmp_path / "records.json")
    records.stored.cache_clear()

    def stop(name):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        records.renew([structure.get("dot"), structure.get("outer")], stop)
    assert set(records.stored()["structural"]) == {"dot"}
    records.stored.cache_clear()


def test_records_name_what_they_were_made_with():
    made = records.stored()["made"]
    assert set(made) >= {"date", "derivc", "python", "numpy", "torch", "jax"}


@pytest.mark.parametrize("op", records.wanted(), ids=lambda op: op.name)
def test_a_record_is_of_the_op_as_it_is_declared(op):
    record = records.record_of(op)
    assert list(record["arguments"]) == list(view(op).names)
    assert record["points"] >= 10
    assert {entry["kink"] for entry in record["kinks"]} <= set(range(len(op.kinks)))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_record_holds_when_it_is_measured_again(name, monkeypatch):
    """On a part of the points no error is above the record's, but for the libraries' last bits."""
    op = registry.get(name)
    record = records.record_of(op)
    every = measure.points(view(op))
    monkeypatch.setattr(measure, "points", lambda seen: every[::7])
    found = measure.measured(op)
    for result, entry in found["worst"].items():
        assert entry["ulp"] <= 2 * record["worst"][result]["ulp"] + 4, result
    for result, entry in found["naive"].items():
        if entry["ulp"] > measure.LOSS:
            assert record["naive"][result]["ulp"] > measure.LOSS


def test_the_naive_form_fails_where_the_record_says():
    """log(1 + x) near 0, and the derivative of 1/(1 + exp(-x)) far to the left."""
    log1p = records.record_of(registry.get("log1p"))["naive"]["value"]
    assert any(low is not None and low < 0 < high for low, high in log1p["regions"])
    sigmoid = records.record_of(registry.get("sigmoid"))["naive"]["d/dx"]
    ((low, high),) = sigmoid["regions"]
    assert low is None and -360 < high < -350
    assert math.isinf(sigmoid["ulp"])


def test_an_op_measured_now(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PATH", tmp_path / "records.json")
    records.stored.cache_clear()
    records.renew([registry.get("square")])
    assert records.stored()["ops"]["square"]["worst"]["value"]["ulp"] == 0
    records.stored.cache_clear()

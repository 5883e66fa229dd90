"""The coverage report: what is counted is there, and what is left out says why."""

from __future__ import annotations

import builtins
import json
import sys

import pytest
from click.testing import CliRunner

import derivc as dc
from derivc.cli import main
from derivc.errors import InputTypeError, MissingDependencyError
from derivc.ops.declaration import Op
from derivc.reference import table
from derivc.reference.coverage import operators
from derivc.reference.coverage.families import family_of
from derivc.reference.coverage.scope import reason
from derivc.reference.coverage.target import FAMILIES

CATALOGUE = [(family, name) for family, names in FAMILIES.items() for name in names.split()]
REACH = {"linear algebra": 0.9}
"""The share of a family that must be covered; of the others all."""


@pytest.fixture(scope="module")
def report():
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")
    pytest.importorskip("yaml", reason="PyYAML is not installed: pip install 'derivc[torch]'")
    return dc.coverage()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_catalogue_target_is_reached(family):
    listed = [e for e in dc.coverage("catalogue").entries if e.family == family]
    covered = sum(e.status == "covered" for e in listed)
    assert covered >= REACH.get(family, 1.0) * len(listed)
    print(f"{family}: {covered} of {len(listed)}")


@pytest.mark.parametrize(("family", "name"), CATALOGUE, ids=[name for _, name in CATALOGUE])
def test_what_is_covered_can_be_differentiated(family, name):
    ops = table.find(f"torch.{name}") or table.find(name)
    assert ops
    for op in ops:
        if isinstance(op, Op):
            assert op.partials is not None or op.vjp is not None
        else:
            assert op.formula and op.definition and (op.vjp or op.compose)


def test_nothing_is_missing_and_every_reason_is_given(report):
    assert report.missing == []
    assert all(entry.note for entry in report.out_of_scope)
    assert {entry.status for entry in report.entries} == {"covered", "out of scope"}
    assert len(report.entries) == len(report.covered) + len(report.out_of_scope)


def test_the_figures_are_those_of_the_lists(report):
    """Counted again, from PyTorch's file, by its lines."""
    from importlib.resources import files

    text = files("torchgen").joinpath("packaged/autograd/derivatives.yaml").read_text()
    names = [line.removeprefix("- name: ") for line in text.splitlines() if line[:7] == "- name:"]
    mine = [entry.name for entry in report.entries if entry.source == "operators"]
    assert mine == [name.partition("(")[0].strip() for name in names]
    assert sum(report.totals["operators"].values()) == len(names)
    assert report.totals["operators"]["covered"] >= 470
    assert sum(sum(row.values()) for row in report.counts.values()) == len(report.entries)


def test_what_is_out_of_scope_is_not_declared_after_all(report):
    for entry in report.out_of_scope:
        if entry.source == "functions":
            assert not table.names().get(entry.name), entry.name


@pytest.mark.parametrize("name", [
    "exp", "mm", "linalg_solve_triangular", "_softmax", "native_group_norm", "gelu_backward",
    "special_entr", "max_pool2d_with_indices", "_fft_c2c", "add_.Tensor".replace("_", ""),
])  # fmt: skip
def test_operators_of_pytorch_lead_to_ops(name):
    assert operators.op_of(name)[0]
    assert not reason(name) or operators.op_of(name)[0]


@pytest.mark.parametrize("name", ["frobnicate", "_frobnicate_backward", "exp_of_something", "sum_"])
def test_nothing_is_covered_by_mere_likeness(name):
    assert name == "sum_" or not operators.op_of(name)[0]
    assert not reason("exp") and not reason("cholesky") and not reason("upsample_bilinear2d")


def test_what_is_differentiable_in_the_file():
    assert operators.is_differentiable({"name": "f(Tensor x)", "x": "grad"})
    assert operators.is_differentiable({"name": "f", "dispatch": {"Default": {"x": "grad"}}})
    for entry in (
        {"name": "f", "x": "non_differentiable"}, {"name": "f", "x": 'not_implemented("f")'},
        {"name": "f", "x": "grad", "output_differentiability": [False]},
        {"name": "f", "result": "auto_linear"}, {"name": "f"},
    ):  # fmt: skip
        assert not operators.is_differentiable(entry), entry


def test_families():
    assert family_of("cudnn_convolution") == "vendors' backends"
    assert family_of("mul.Tensor") == "elementwise"
    assert family_of("relu") == "activations"
    assert family_of("embedding_dense_backward") == "backward formulas"


def test_the_report_shows_itself(report):
    text, page = str(report), report._repr_html_()
    for family in FAMILIES:
        assert family in text and family in page
    assert "out of scope" in text and "<table>" in page
    assert page.count("<tr>") == page.count("</tr>")
    assert "223 of 223 in scope" in repr(report)
    assert json.loads(json.dumps(report.to_dict()))["totals"] == report.totals


def without(monkeypatch, module):
    """As if a package were not installed."""
    imported = builtins.__import__

    def refuse(name, *rest, **named):
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return imported(name, *rest, **named)

    for name in [n for n in sys.modules if n.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.parametrize("missing", ["yaml"])
def test_without_the_packages_the_extra_is_named(monkeypatch, missing):
    without(monkeypatch, missing)
    with pytest.raises(MissingDependencyError, match=r"derivc\[torch\]"):
        dc.coverage()
    assert dc.coverage("catalogue").missing == []
    result = CliRunner().invoke(main, ["ops", "--coverage"])
    assert result.exit_code == 3
    assert "catalogue target" in result.stdout and "223" in result.stdout
    assert "derivc[torch]" in result.stderr


def test_without_torch_the_functions_are_refused(monkeypatch):
    monkeypatch.setattr(operators, "import_module", _none)
    with pytest.raises(MissingDependencyError, match=r"derivc\[torch\]"):
        dc.coverage("functions")


def _none(name):
    raise ImportError(name)


def test_an_unknown_list_is_refused():
    with pytest.raises(InputTypeError, match="catalogue, operators, functions"):
        dc.coverage("everything")


def test_in_the_terminal(report):
    def run(*args):
        result = CliRunner().invoke(main, ["ops", "--coverage", *args])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "linear algebra" in run()
    assert "covered: gelu, gelu_tanh" in run("gelu")
    found = json.loads(run("--json"))
    assert found["totals"] == report.totals
    assert len(found["entries"]) == len(report.entries)
    assert {e["name"] for e in json.loads(run("entr", "--json"))["entries"]} >= {"special_entr"}
    assert run("no_such_thing") == ""

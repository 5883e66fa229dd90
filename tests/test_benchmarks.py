"""The benchmarks compare like with like: peers agree on every case, and the command runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import cases
from benchmarks.__main__ import main
from benchmarks.compare import Section, Session, prepare
from benchmarks.peers import chosen
from benchmarks.peers.base import GRADIENT, HESSIAN, VALUE, flat
from benchmarks.results import load

pytestmark = pytest.mark.usefixtures("needs_compiler")
ROOT = Path(__file__).parents[1]
QUICK = "derivc c all threads,derivc c out=,derivc numpy,lambdify,lambdify cse,C by hand"
"""Peers that need nothing else and compile at once; others are tried if they are there."""


@pytest.mark.parametrize("what", [VALUE, GRADIENT, HESSIAN])
@pytest.mark.parametrize("case", [*cases.FUNCTIONS, *cases.VECTORS[:1]], ids=lambda c: c.name)
def test_peers_agree(case, what: str) -> None:
    session, section = Session(), Section("test", [case], what)
    binds = prepare(chosen(QUICK), case, section, session)
    inputs = case.inputs(50)
    results = {}
    for name, make in binds.items():
        try:
            results[name] = flat(make(inputs)())
        except Exception as problem:  # noqa: BLE001  as in the benchmark: it is left out there
            session.skip(name, str(problem))
    ours = results.pop("derivc c")
    assert results, session.skipped
    for name, found in results.items():
        if found.shape == ours.shape:
            np.testing.assert_allclose(found, ours, rtol=1e-9, atol=1e-12, err_msg=name)


def test_hand_written_kernels_are_there() -> None:
    from benchmarks.peers.handwritten import FOLDER, NAMES

    assert sorted(p.stem for p in FOLDER.glob("*.c")) == sorted(NAMES)


@pytest.mark.parametrize("apart", [[], ["--apart"]], ids=["together", "apart"])
def test_the_command_runs(tmp_path, apart: list[str]) -> None:
    target = tmp_path / "figures.json"
    command = [
        sys.executable, "-m", "benchmarks", "--cases", "uv", "--sizes", "1,1e3", "--rounds", "1",
        "--peers", "derivc numpy,lambdify cse,copy floor", "-o", str(target), *apart,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "geometric mean" in done.stdout
    records, more = load(target)
    assert {r.peer for r in records} >= {"derivc c", "derivc numpy", "lambdify cse"}
    assert all(r.seconds > 0 for r in records)
    assert json.loads(target.read_text())["machine"] == more["machine"]


def test_the_chart_is_drawn(tmp_path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.chart import draw
    from benchmarks.machine import machine
    from benchmarks.results import Record

    records = [
        Record("functions", case, GRADIENT, "float64", size, peer, seconds * size)
        for case in ("a", "b")
        for size in (1, 1000)
        for peer, seconds in (("derivc c", 1e-7), ("lambdify cse", 3e-7), ("copy floor", 1e-7))
    ]
    for place in draw(records, {"machine": machine()}, tmp_path / "chart"):
        assert place.stat().st_size > 5000


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--cases", "rosenbrok", "there is no case 'rosenbrok'; did you mean"),
        ("--peers", "nobody", "there is no peer 'nobody'; there are derivc c,"),
        ("--dtype", "float31", "there is no dtype 'float31'"),
        ("--what", "slope", "there is no result 'slope'"),
        ("--sizes", "many", "numbers of points such as 1,1e6; got 'many'"),
    ],
)
def test_a_wrong_word_is_named(option, given, said):
    chosen = [] if option == "--cases" else ["--cases", "uv"]
    done = CliRunner().invoke(main, [*chosen, option, given])
    assert done.exit_code == 2
    assert said in done.output

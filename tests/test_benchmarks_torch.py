"""The benchmark of generated PyTorch modules compares like with like, and runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
ROOT = Path(__file__).parents[1]


def test_all_three_compute_the_same() -> None:
    from benchmarks import torch_eager

    for case in torch_eager.cases():
        if case.op.name in ("sigmoid", "hypot", "atan2", "logit"):
            inputs = torch_eager.samples(torch, case, 64, torch.float64)
            functions = [case.kernel().to_torch(), torch_eager.composition(case)]
            functions += [f for f in [torch_eager.own(case)] if f is not None]
            first, *others = [f(*inputs) for f in functions]
            assert all(torch.allclose(first, other) for other in others), case.op.name


def test_the_command_runs(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "torch", "--size", "1000", "--rounds", "1"]
    command += ["--ops", "sigmoid,exp", "-o", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "geometric mean" in done.stdout
    figures = json.loads(target.read_text(encoding="utf-8"))["figures"]
    assert {f["op"] for f in figures} == {"sigmoid", "exp"}
    assert all(f["kept"] <= f["kept_by_composition"] + 100 for f in figures)

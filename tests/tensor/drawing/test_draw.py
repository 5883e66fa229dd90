"""Pictures and explanations of graphs."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError, SaveError
from derivc.tensor.drawing.layout import arrange

SVG = "{http://www.w3.org/2000/svg}"


def network(layers=2):
    x = dc.tensor([1.0, 2.0], requires_grad=True)
    b = dc.tensor([0.1, 0.2], requires_grad=True)
    kernel = dc.compile("x*exp(-y)")
    h = x
    for k in range(layers):
        w = dc.tensor(np.eye(2) * (k + 1), requires_grad=True)
        h = kernel((w @ h + b).tanh(), b) + h
    return {"x": x, "b": b}, (h**2).mean()


def texts(drawing):
    root = ET.fromstring(drawing.svg)
    return [t.text for t in root.iter(f"{SVG}text")]


def test_what_is_shown():
    leaves, loss = network()
    loss.backward(retain_graph=True)
    drawing = dc.draw(loss, leaves)
    shown = texts(drawing)
    assert shown.count("MatmulBackward") == 2
    assert "x*exp(-y)" in shown
    assert "[0.1, 0.2]" in shown
    assert any(t.startswith("grad [") for t in shown)
    assert "exp(-y)" in shown  # on an arrow: the local derivative
    assert "output" in shown


def test_a_kernel_is_one_box():
    x = dc.tensor([1.0], requires_grad=True)
    kernel = dc.compile("sin(x)*exp(-x**2/2) + log(1 + x**2)")
    assert len(dc.draw(kernel(x)).graph.boxes) == 3


def test_formats():
    leaves, loss = network()
    drawing = dc.draw(loss, leaves)
    assert drawing.dot.startswith("digraph {")
    assert drawing.dot.count("->") == len(drawing.graph.arrows)
    assert drawing.mermaid.startswith("flowchart TD")
    assert drawing.mermaid.count("-->") == len(drawing.graph.arrows)
    assert drawing._repr_svg_() == drawing.svg


def test_saving(tmp_path):
    leaves, loss = network()
    drawing = dc.draw(loss, leaves)
    for name, text in {
        "a.svg": drawing.svg,
        "a.dot": drawing.dot,
        "a.mmd": drawing.mermaid,
    }.items():
        drawing.save(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == text
    with pytest.raises(TypeError, match="saved as .svg"):
        drawing.save(tmp_path / "a.png")
    with pytest.raises(SaveError):
        drawing.save(tmp_path / "no" / "a.svg")


@pytest.mark.parametrize("layers", [1, 8, 30])
def test_boxes_do_not_overlap(layers):
    leaves, loss = network(layers)
    drawing = dc.draw(loss, leaves)
    layout = arrange(drawing.graph)
    places = [layout.places[box.key] for box in drawing.graph.boxes]
    for i, a in enumerate(places):
        assert a.width / 2 <= a.x <= layout.width - a.width / 2
        for b in places[i + 1 :]:
            apart = abs(a.x - b.x) >= (a.width + b.width) / 2 - 0.01
            assert apart or abs(a.y - b.y) >= (a.height + b.height) / 2


def test_large_graphs_stay_narrow():
    leaves, loss = network(40)
    layout = arrange(dc.draw(loss, leaves).graph)
    assert layout.width < 1200


def test_deep_graphs_are_drawn_without_recursion():
    x = dc.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y + 1.0
    assert dc.draw(y).svg.endswith("</svg>\n")


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
import derivc as dc
from tests.tensor.drawing.test_draw import network
leaves, loss = network(3)
print(dc.draw(loss, leaves).svg)
"""


def test_always_the_same_picture():
    from pathlib import Path

    root = str(Path(__file__).resolve().parents[3])
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM.format(root=root)],
            env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_only_tensors_are_drawn():
    with pytest.raises(TypeError, match="expected a Tensor, got float"):
        dc.draw(1.0)


def test_explanation_has_every_number():
    x = dc.tensor(2.0, requires_grad=True)
    w = dc.tensor(3.0, requires_grad=True)
    y = (x * w).sin()
    told = str(y.explain(names={"x": x, "w": w}))
    assert "1. SinBackward: by x: cos(x)" in told
    assert "with x = 6" in told
    assert f"passes {np.cos(6):.6g} to step 2 (MulBackward)" in told
    assert f"passes {3 * np.cos(6):.6g} to x" in told
    assert f"w: {2 * np.cos(6):.6g}" in told
    assert x.grad is None


def test_explanation_frees_nothing_and_is_html():
    x = dc.tensor([1.0, 2.0], requires_grad=True)
    y = (x.softmax(0) * x).sum()
    html = y.explain()._repr_html_()
    assert html.count("<tr>") >= 4
    assert r"\(\bar{x}" in html
    y.backward()
    assert x.grad is not None


def test_explanation_agrees_with_backward():
    leaves, loss = network()
    told = loss.explain(names=leaves)
    loss.backward()
    from derivc.tensor.drawing.diagram import short

    assert told.gradients["x"] == short(leaves["x"].grad._array)
    assert told.gradients["b"] == short(leaves["b"].grad._array)


def test_explanation_needs_a_graph_and_a_seed():
    with pytest.raises(AutogradError, match="does not require grad"):
        dc.tensor(1.0).explain()
    x = dc.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(AutogradError, match="give the gradient"):
        (x * 2).explain()
    assert "passes [2., 6.]" in str((x * 2).explain(dc.tensor([1.0, 3.0])))

"""Figures: what they show, checked against functions whose features are known."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import derivc as dc
from derivc.errors import DerivcError, InputTypeError, ShapeError
from derivc.reference.plot.plot import save_figure


def curves(figure, order):
    """The points of one order's curve, all axes together."""
    lines = [
        line for ax in figure.axes for line in ax.lines if line.get_gid() == f"curve{order}"
    ]  # fmt: skip
    return np.vstack([np.column_stack(line.get_data()).astype(float) for line in lines])


def marks(figure, style):
    found = [
        (line.get_gid(), *map(float, np.ravel(line.get_data())))
        for ax in figure.axes for line in ax.lines if str(line.get_gid()).startswith(style)
    ]  # fmt: skip
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("sin(x)*x", [lambda x: np.sin(x) * x, lambda x: np.sin(x) + x * np.cos(x),
                      lambda x: 2 * np.cos(x) - x * np.sin(x)]),
        ("exp(-x**2)", [lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x),
                        lambda x: (4 * x * x - 2) * np.exp(-x * x)]),
    ],
)  # fmt: skip
def test_curves_are_the_function_and_its_derivatives(text, functions):
    figure = dc.plot(text, orders=(0, 1, 2))
    for order, function in enumerate(functions):
        x, y = curves(figure, order).T
        assert len(x) > 100
        np.testing.assert_allclose(y, function(x), atol=1e-12)


def test_poles_break_the_curve():
    figure = dc.plot("1/x", domain=(-2, 2))
    pieces = [line.get_data()[0] for line in figure.axes[0].lines if line.get_gid() == "curve0"]
    assert len(pieces) == 2 and max(pieces[0]) < 0 < min(pieces[1])
    low, high = figure.axes[0].get_ylim()
    assert -60 < low < -2 and 2 < high < 60


def test_marks_of_a_kink_show_both_slopes_and_what_the_code_returns():
    figure = dc.plot("abs(x - 1)")
    assert marks(figure, "dot") == [("dot0", 1.0, 0.0), ("dot1", 1.0, 0.0)]
    assert marks(figure, "ring") == [("ring1", 1.0, -1.0), ("ring1", 1.0, 1.0)]
    left = dc.compile("abs(x - 1)", convention="left").plot()
    assert ("dot1", 1.0, -1.0) in marks(left, "dot")


def test_marks_of_a_jump_and_of_a_removable_point():
    jump = dc.plot("where(x < 0, 1, 3)")
    assert ("ring0", 0.0, pytest.approx(1.0)) in marks(jump, "ring")
    assert ("dot0", 0.0, 3.0) in marks(jump, "dot")
    hole = dc.plot("(x**2 - 1)/(x - 1) + 0*sin(x)/x")
    assert any(gid == "ring0" for gid, *_ in marks(hole, "ring"))


@pytest.mark.parametrize(
    ("text", "inside"),
    [("sigmoid(1000*x)", (-0.003, 0.003)), ("1/(x - 100)", (95, 105)), ("asin(x)", (-1, 1)),
     ("x**3*exp(-x)", (0, 4)), ("log(x - 1000000)", (1000000, 1000010)), ("relu(x - 50)", (45, 55)),
     ("x**4 - 5*x**2 + 4", (-2, 2)), ("exp(-(x/1000000)**2)", (-1e6, 1e6)), ("gelu(x)", (-2, 2))],
)  # fmt: skip
def test_the_domain_shows_what_is_interesting(text, inside):
    low, high = dc.plot(text).axes[0].get_xlim()
    assert low <= inside[0] and high >= inside[1]
    assert high - low < 60 * (inside[1] - inside[0]) or text.startswith("log")


def test_curves_of_very_different_size_have_frames_of_their_own():
    assert len(dc.plot("sin(1000*x)").axes) == 2
    assert len(dc.plot("sin(x)").axes) == 1


def test_undersampled_oscillation_is_said():
    figure = dc.plot("sin(1000*x)", domain=(-5, 5))
    assert "oscillates faster" in figure.axes[-1].get_xlabel()


def test_two_variables_are_contours_with_a_gradient_or_a_surface():
    from matplotlib.quiver import Quiver

    figure = dc.plot("x**2 + 3*y")
    (arrows,) = [a for a in figure.axes[0].get_children() if isinstance(a, Quiver)]
    x = arrows.XY[:, 0]
    assert np.all(np.sign(arrows.U[np.abs(x) > 0.3]) == np.sign(x[np.abs(x) > 0.3]))
    assert np.all(arrows.V > 0)
    assert dc.plot("x*y", kind="surface").axes[0].name == "3d"


def test_more_variables_have_a_panel_each_the_others_fixed():
    figure = dc.plot("a*x + b*c", at={"c": 2})
    assert [ax.get_xlabel() for ax in figure.axes if ax.get_visible()] == ["a", "b", "x"]
    x, y = curves(dc.plot("a*x**2", at={"a": 3}), 0).T
    np.testing.assert_allclose(y, 3 * x**2)


def test_arrays_are_drawn_by_element():
    kernel = dc.compile(lambda x: (x**2).sum(), shapes={"x": (2,)})
    assert kernel.plot().axes[0].get_xlabel() == "x_0"
    big = dc.compile(lambda x: (x**2).sum(), shapes={"x": (40,)})
    with pytest.raises(InputTypeError, match="40 variables"):
        big.plot()
    assert big.plot("x_3").axes[0].get_xlabel() == "x_3"


def test_given_axes_are_used():
    from matplotlib.figure import Figure

    figure = Figure()
    ax = figure.add_subplot()
    assert dc.plot("x**2", ax=ax) is figure and ax.lines


def test_pyplot_is_left_alone_and_notebooks_show_the_figure():
    code = (
        "import sys, derivc as dc; f = dc.plot('x**2'); assert 'matplotlib.pyplot' not in"
        " sys.modules; assert f._repr_png_()[:4] == b'\\x89PNG'; print(type(f).__mro__[1].__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Figure"


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_files_are_the_same_every_time(ending, tmp_path):
    paths = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for path in paths:
        save_figure(dc.plot("sin(x)"), str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("text", [
    "5", "nan*x", "log(-1 - x**2)", "1e300*x**2", "x*1e-300", "tan(x)", "1/x", "exp(1/x)",
    "sin(1/x)", "where(x > 0, 1/x, sqrt(-x))", "exp(exp(exp(x)))", "x/0.0001", "gamma(x)",
    "log(x)*log(y)", "sqrt(-x**2 - y**2 - 1)", "x**y", "max(x, y)", "1/(x*y)", "2**2",
])  # fmt: skip
def test_hostile_functions_are_drawn(text):
    assert dc.plot(text)._repr_png_()


@pytest.mark.parametrize(
    "options",
    [{"kind": "pie"}, {"kind": "surface"}, {"orders": ()}, {"orders": (0.5,)}, {"domain": (2, 1)},
     {"domain": "ab"}, {"at": {"z": 1}}, {"variable": "z"}, {"xscale": "cubic"}],
    ids=str,
)  # fmt: skip
def test_refuses_what_it_cannot_draw(options):
    with pytest.raises(DerivcError):
        dc.plot("x**2", **options)


def test_functions_with_several_values_are_refused():
    with pytest.raises(ShapeError, match="one by one"):
        dc.plot(["x", "x**2"])


def test_without_matplotlib_the_extra_is_named():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import derivc as dc\n"
        "try: dc.plot('x')\n"
        "except dc.errors.MissingDependencyError as e: print(e)\n"
        "from derivc.reference.plot.text import text_plot; text_plot('x**2')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "derivc[plot]" in done.stdout


def test_brackets_in_the_title_are_as_large_as_letters():
    title = dc.plot("x*floor(x) + ceil(x)", domain=(-2, 2)).axes[0].get_title()
    assert title == r"$f = x \lfloor{x}\rfloor + \lceil{x}\rceil$"

"""A check with points of our own keeps to the parameters that losses and activations admit."""

from __future__ import annotations

import mpmath as mp
import pytest

import derivc as dc

TEXTS = ["smooth_l1_loss(x, t, b)", "huber_loss(x, t, d)", "hardtanh(x, l, u)", "celu(x, a)"]


@pytest.mark.parametrize("text", TEXTS)
def test_points_are_admitted(text: str) -> None:
    report = dc.compile(text).check(points=40)
    assert report.ok, report
    assert report.points == 40


def test_points_that_the_user_names_are_taken_as_they_are() -> None:
    report = dc.compile("huber_loss(x, 0, d)").check(points=8, domain={"x": (1, 2), "d": (-2, -1)})
    assert report.points == 8


@pytest.mark.parametrize(("distance", "slope"), [(2.0, 1.0), (-0.5, -1.0), (0.0, 0.0)])
def test_smooth_l1_loss_is_the_absolute_error_at_beta_zero(distance: float, slope: float) -> None:
    value, (by_x, by_t) = dc.compile("smooth_l1_loss(x, t, 0)").value_and_grad(distance, 0.0)
    assert (value, by_x, by_t) == (abs(distance), slope, -slope)


@pytest.mark.parametrize("x", [-1.9, -0.1, 0.4])
def test_celu_with_a_negative_alpha(x: float) -> None:
    value, (_, slope) = dc.compile("celu(x, a)").value_and_grad(-0.625, x)
    with mp.workdps(50):
        truth = -0.625 * mp.expm1(mp.mpf(x) / mp.mpf(-0.625)) if x < 0 else mp.mpf(x)
        by_x = mp.exp(mp.mpf(x) / mp.mpf(-0.625)) if x < 0 else mp.mpf(1)
    assert value == pytest.approx(float(truth), rel=1e-15)
    assert slope == pytest.approx(float(by_x), rel=1e-15)

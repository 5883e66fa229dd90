"""The sine and the cosine of one number: the polynomials, where they stand, and their digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import derivc as dc
from derivc.codegen.c import sine_cosine
from derivc.codegen.c.dialect import BLOCK_DOUBLE, BLOCK_FLOAT, POINT
from derivc.verify.ulp import ulps


def fitted(function, count: int) -> list[float]:
    """Coefficients from the lowest power on, over [0, (pi/4)^2] and a little more."""
    with mpmath.workdps(40):
        end = (mpmath.pi / 4 * mpmath.mpf("1.0001")) ** 2
        return [float(c) for c in reversed(mpmath.chebyfit(function, [0, end], count))]


def test_the_polynomials_are_fitted_to_the_functions() -> None:
    def sine(z):
        return (mpmath.sin(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z if z else -mpmath.mpf(1) / 6

    def cosine(z):
        return (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2 if z else mpmath.mpf(1) / 24

    for kind in sine_cosine.KINDS.values():
        assert fitted(sine, len(kind.sine)) == pytest.approx(kind.sine, rel=1e-7)
        assert fitted(cosine, len(kind.cosine)) == pytest.approx(kind.cosine, rel=1e-7)


@pytest.mark.parametrize(("letter", "bits"), [("d", 53), ("f", 24)])
def test_the_parts_add_up_to_half_pi(letter: str, bits: int) -> None:
    kind = sine_cosine.KINDS[letter]
    round_ = np.float64 if letter == "d" else np.float32
    with mpmath.workdps(80):
        left = mpmath.pi / 2 - sum(mpmath.mpf(float(round_(part))) for part in kind.parts)
        assert abs(left) < mpmath.mpf(2) ** (-3 * bits)


def test_only_loops_of_doubles_with_vector_forms_take_it() -> None:
    assert not any(sine_cosine.is_used(d) for d in (BLOCK_DOUBLE, BLOCK_FLOAT, POINT))


RANGES = {"tiny": (1e-300, 1e-8), "small": (1e-3, 1.0), "turns": (1.0, 1e3), "far": (1e3, 1.07e9)}


@pytest.fixture(scope="module")
def wave(needs_compiler):
    return dc.compile("sin(x)", backend="c").value_and_grad


@pytest.mark.parametrize("name", RANGES)
def test_digits(wave, name: str) -> None:
    low, high = np.log(RANGES[name])
    source = np.random.default_rng(3)
    x = np.exp(source.uniform(low, high, 4000)) * source.choice([-1.0, 1.0], 4000)
    check(wave, x, 1)


def test_digits_next_to_multiples_of_half_pi(wave) -> None:
    with mpmath.workdps(50):
        near = [
            float(k * mpmath.pi / 2)
            for k in [
                *range(-200, 200),
                *range(10**6, 10**6 + 200),
                *range(680_000_000, 680_000_200),
            ]
        ]
    check(wave, np.concatenate([near, np.nextafter(near, 1e9), np.nextafter(near, -1e9)]), 1)


def test_beyond_its_range_wider_numbers_serve(wave) -> None:
    check(wave, np.array([2.0**30, -(2.0**30), 1.5e9, 3e15, -1e22, 1e300, 1.0, 0.5]), 1)


def check(wave, x: np.ndarray, most: int) -> None:
    sine, (cosine,) = wave(x)
    with mpmath.workdps(400):
        for given, s, c in zip(x, sine, cosine, strict=True):
            exact = mpmath.mpf(float(given))
            assert ulps(float(s), float(mpmath.sin(exact))) <= most, given
            assert ulps(float(c), float(mpmath.cos(exact))) <= most, given


@pytest.mark.parametrize("name", ["tiny", "small", "turns", "far"])
def test_digits_of_single_precision(wave, name: str) -> None:
    low, high = {"tiny": (1e-30, 1e-4), "small": (1e-3, 1), "turns": (1, 1e3), "far": (1e3, 3e6)}[
        name
    ]
    source = np.random.default_rng(4)
    x = np.exp(source.uniform(np.log(low), np.log(high), 4000)).astype(np.float32)
    with mpmath.workdps(60):
        near = [np.float32(float(k * mpmath.pi / 2)) for k in range(1, 3000)]
        x = np.concatenate([x, near]) if name == "turns" else x
        for function, found in zip(
            (mpmath.sin, mpmath.cos), (wave(x)[0], wave(x)[1][0]), strict=True
        ):
            truth = np.array([float(function(mpmath.mpf(float(a)))) for a in x])
            assert found.dtype == np.float32
            assert (np.abs(found - truth) <= 1.01 * np.spacing(np.abs(truth).astype("f4"))).all()


def test_zeros_infinities_and_nan(wave) -> None:
    sine, (cosine,) = wave(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 2.0, 3.0, 4.0]))
    assert list(np.signbit(sine[:2])) == [False, True]
    assert list(cosine[:2]) == [1, 1]
    assert np.isnan(sine[2:5]).all() and np.isnan(cosine[2:5]).all()
    assert np.isfinite(sine[5:]).all()


def test_the_value_is_the_same_without_the_slope(needs_compiler) -> None:
    k, x = dc.compile("cos(x)", backend="c"), np.linspace(-50, 50, 5001)
    assert np.array_equal(k(x), k.value_and_grad(x)[0])


def test_a_variable_may_have_the_name_of_the_function(needs_compiler) -> None:
    k = dc.compile("v_sine_cosine*sin(x)", backend="c")
    x = np.linspace(0, 1, 50)
    assert np.allclose(k.grad(x, x)[1], x * np.cos(x)) or np.allclose(k.grad(x, x)[0], np.sin(x))

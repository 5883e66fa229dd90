"""Results that do not fit in the cache: the same numbers, written around it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import derivc as dc
from derivc.native.caches import last_cache

pytestmark = pytest.mark.usefixtures("needs_compiler")

TEXT = "x*y + z*x**2 + where(x > 1, y, z)"
LONG = 1025 + 64 + 7


def both(cache: int = 1, text: str = TEXT, threads: int = 1):
    """Value and gradient written the usual way, and around a cache of so many bytes."""
    plain, streamed = (dc.compile(text, backend="c", threads=threads) for _ in range(2))
    plain.native("value_and_grad").record.cache = 0
    streamed.native("value_and_grad").record.cache = cache
    return plain.value_and_grad, streamed.value_and_grad


def arguments(size: int, dtype: str = "f8", seed: int = 0) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [draw.uniform(0.1, 2.0, size).astype(dtype) for _ in range(3)]


def flat(result) -> list[np.ndarray]:
    return [result[0], *result[1]]


def places(size: int, dtype: str, shifts: list[int]) -> list[np.ndarray]:
    """Arrays that begin so many elements after a line of the cache, with guards around them."""
    found = []
    for shift in shifts:
        whole = np.full(size + 64, -7.0, dtype)
        start = -whole.ctypes.data % 64 // whole.itemsize + shift + 16
        found.append(whole[start : start + size])
    return found


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("size", [1, 7, 8, 63, 64, 65, 127, 1024, LONG, 40_001])
def test_the_same_numbers(size: int, dtype: str) -> None:
    plain, streamed = both()
    given = arguments(size, dtype)
    for found, expected in zip(flat(streamed(*given)), flat(plain(*given)), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("shifts", [[0] * 4, [1] * 4, [3] * 4, [7] * 4, [0, 1, 2, 3], [5, 5, 0, 5]])
def test_places_anywhere_and_nothing_beside_them(shifts: list[int], dtype: str) -> None:
    plain, streamed = both()
    given = arguments(LONG, dtype)
    out = places(LONG, dtype, shifts)
    streamed(*given, out=(out[0], tuple(out[1:])))
    for found, expected in zip(out, flat(plain(*given)), strict=True):
        np.testing.assert_array_equal(found, expected)
        guard = found.base.copy()
        guard[(found.ctypes.data - found.base.ctypes.data) // found.itemsize :][:LONG] = -7.0
        assert (guard == -7.0).all()


@pytest.mark.parametrize("budget", [0, 3, 5, 7, 9, 11])
def test_some_results_stay_in_the_cache(budget: int) -> None:
    size = 5000
    plain, streamed = both(cache=budget * 8 * size + 1)
    given = arguments(size)
    for found, expected in zip(flat(streamed(*given)), flat(plain(*given)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_an_argument_as_a_partial_and_one_that_stays_the_same() -> None:
    plain, streamed = both(text="x*y*2**z + x")
    x, y, _ = arguments(LONG)
    for found, expected in zip(flat(streamed(x, y, 1.5)), flat(plain(x, y, 1.5)), strict=True):
        np.testing.assert_array_equal(found, expected)
    plain, streamed = both(text="x*y")
    for found, expected in zip(flat(streamed(x, y)), [x * y, y, x], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_strides_and_results_that_lie_on_arguments() -> None:
    plain, streamed = both()
    x, y, z = arguments(2 * LONG)
    expected = flat(plain(x[::2], y[:LONG], z[:LONG]))
    out = [np.zeros(LONG), y[:LONG], np.zeros((2, LONG)).T[:, 0], np.zeros(LONG)]
    streamed(x[::2], y[:LONG], z[:LONG], out=(out[0], tuple(out[1:])))
    for found, wanted in zip(out, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_doubtful_elements_are_computed_again() -> None:
    text = "a*(x*y) + sqrt(x**2 + y**2)"
    plain, streamed = both(text=text)
    x, y, a = arguments(LONG)
    x[[0, 70, 1030, LONG - 1]] = 1e200
    y[[70, 500]] = 1e-200
    for found, expected in zip(flat(streamed(a, x, y)), flat(plain(a, x, y)), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert flat(streamed(a, x, y))[2][70] == pytest.approx(a[70] * 1e-200 + 1, rel=1e-15)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads(threads: int) -> None:
    plain, streamed = both(threads=threads)
    given = arguments(200_003)
    for found, expected in zip(flat(streamed(*given)), flat(plain(*given)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_only_where_memory_is_waited_for() -> None:
    few = dc.compile("x*y*z", backend="c").native("value_and_grad")
    some = dc.compile("exp(sin(x)*y)*tanh(x/z)", backend="c").native("value_and_grad")
    many = dc.compile("exp(x)*log(y)*tanh(z)*atan(x*y)", backend="c").native("value_and_grad")
    assert (few.record.cache, few.record.ahead) == (last_cache(), 0)
    assert (some.record.cache, some.record.ahead) == (0, 0)
    assert (many.record.cache, many.record.ahead) == (last_cache(), 1)


def test_arguments_that_are_asked_for_ahead_of_time() -> None:
    plain, streamed = both(text="exp(x)*log(y)*tanh(z)*atan(x*y)")
    for size in (1, 63, 64, 1500):
        given = arguments(size)
        for found, expected in zip(flat(streamed(*given)), flat(plain(*given)), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_the_last_cache_is_read_from_linux(tmp_path: Path) -> None:
    caches = [("1", "48K"), ("2", "1024K"), ("3", "32M"), ("x", "9K")]
    for index, (level, size) in enumerate(caches):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        (folder / "level").write_text(level + "\n")
        (folder / "size").write_text(size + "\n")
    assert last_cache(tmp_path) == 32 << 20
    assert last_cache(tmp_path / "nothing") == 0

"""Memory of large results is used again, but never while anything of the caller's lies in it."""

from __future__ import annotations

import gc
import pickle
import threading
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.codegen.support import memory

SIZE = 200_000


@pytest.fixture
def kernel() -> Any:
    return dc.compile("x*y + 1")


@pytest.fixture
def kept() -> dict[Any, Any]:
    memory._spare.clear()
    return memory._spare


def pieces(kept: Any) -> list[Any]:
    return [memory for of_shape in kept.values() for memory in of_shape]


def address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def test_a_result_that_is_gone_gives_its_memory_to_the_next(kernel: Any, kept: Any) -> None:
    x = np.arange(float(SIZE))
    first = kernel(x, 2.0)
    place = address(first)
    del first
    assert len(pieces(kept)) == 1
    assert address(kernel(x, 3.0)) == place


def test_results_of_many_calls_take_turns_in_the_same_memory(kept: Any) -> None:
    x, k = np.arange(float(SIZE)), dc.compile("a*b*c")
    places = set()
    for _ in range(5):
        value, partials = k.value_and_grad(x, x, x)
        places.add(frozenset(address(a) for a in (value, *partials)))
        del value, partials
    assert len(places) == 1 and len(pieces(kept)) == 4


def test_results_that_are_all_held_have_memory_of_their_own(kernel: Any, kept: Any) -> None:
    x = np.arange(float(SIZE))
    held = [kernel(x, float(i)) for i in range(40)]
    assert len({address(a) for a in held}) == 40
    assert all(np.array_equal(a, x * i + 1) for i, a in enumerate(held))


def test_nothing_is_used_again_where_holders_cannot_be_counted(
    kernel: Any, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_IS_COUNTED", False)
    assert memory._fresh((SIZE,), np.dtype(float)).base is None and not kept


def test_results_begin_on_lines_of_their_own_and_not_in_step(kept: Any) -> None:
    x = np.arange(float(SIZE))
    value, partials = dc.compile("a*b*c*d").value_and_grad(x, x, x, x)
    places = [address(a) for a in (value, *partials)]
    assert not any(place % 64 for place in places)
    assert len({place % 4096 for place in places}) == len(places)


HOLDS = {
    "slice": lambda a: a[10:20],
    "transposed": lambda a: a.reshape(-1, 2).T,
    "memoryview": memoryview,
    "view": lambda a: a.view("u8"),
    "buffer": np.frombuffer,
    "asarray": lambda a: np.asarray(a, order="F"),
    "list": lambda a: [a],
    "iterator": iter,
}


@pytest.mark.parametrize("hold", HOLDS.values(), ids=HOLDS)
def test_what_is_held_in_any_way_is_left_alone(kernel: Any, hold: Any) -> None:
    x = np.arange(float(SIZE))
    result = kernel(x, 2.0)
    place, held = address(result), hold(result)
    del result
    gc.collect()
    others = [kernel(x, float(i)) for i in range(4)]
    assert place not in map(address, others)
    del held


def test_results_are_right_however_often_they_are_replaced(kernel: Any) -> None:
    x = np.arange(float(SIZE))
    value = gradient = None
    for i in range(20):
        value, gradient = kernel.value_and_grad(x, float(i))
        assert np.array_equal(value, x * i + 1)
        assert np.array_equal(gradient[1], x)


def test_threads_never_share_the_memory_of_a_result(kernel: Any) -> None:
    x, wrong = np.arange(float(SIZE)), []

    def work(number: float) -> None:
        for _ in range(30):
            value, gradient = kernel.value_and_grad(x, number)
            if not (np.array_equal(value, x * number + 1) and np.array_equal(gradient[1], x)):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(float(i),)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_no_more_is_kept_than_the_limit(kernel: Any, kept: Any) -> None:
    results = [kernel(np.arange(float(SIZE + i)), 2.0) for i in range(80)]
    del results
    assert 0 < sum(m.base.nbytes for m in pieces(kept)) <= memory._SPARE_MOST


def test_small_and_huge_results_are_numpys_own() -> None:
    assert memory._fresh((100,), np.dtype(float)).base is None
    assert memory._fresh((memory._SPARE_MOST,), np.dtype(float)).base is None
    assert memory._fresh((0,), np.dtype(float)).shape == (0,)


def test_a_large_result_is_an_array_like_any_other(kernel: Any) -> None:
    result = kernel(np.arange(float(SIZE)), 2.0)
    assert type(result) is np.ndarray
    assert result.flags.writeable and result.flags.c_contiguous
    assert np.array_equal(pickle.loads(pickle.dumps(result)), result)
    result += 1
    assert result[0] == 2


def test_kernels_share_what_is_kept(kernel: Any, kept: Any) -> None:
    x = np.arange(float(SIZE))
    kernel(x, 2.0)
    dc.compile("sin(x) + 3*x")(x)
    assert len(pieces(kept)) == 1

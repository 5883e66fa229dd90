"""Generated code is kept in a folder of this run; examples of plots need matplotlib."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator

import pytest

from derivc.ops import registry

os.environ["DERIVC_CACHE_DIR"] = tempfile.mkdtemp(prefix="derivc-cache-")


@pytest.fixture(scope="session")
def needs_compiler() -> None:
    """Skip where no C compiler is installed: native kernels cannot be tested there."""
    from derivc.errors import NativeError
    from derivc.native.toolchain import find

    try:
        find()
    except NativeError as problem:
        pytest.skip(str(problem))


@pytest.fixture(autouse=True)
def _ops_declared_by_a_test_end_with_it() -> Iterator[None]:
    """Other tests run over the whole registry; members of families come at any time, and stay."""
    before = set(registry._ops)
    yield
    for name in set(registry._ops) - before:
        if name.rpartition("_")[0] not in registry._families:
            op = registry._ops.pop(name)
            for table in (registry._by_alias, registry._by_symbol):
                for key in [key for key, found in table.items() if found is op]:
                    del table[key]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the examples in docstrings that draw, where there is nothing to draw with."""
    if importlib.util.find_spec("matplotlib") is not None:
        return
    skip = pytest.mark.skip(reason="matplotlib is not installed: pip install 'derivc[plot]'")
    for item in items:
        if isinstance(item, pytest.DoctestItem) and "derivc/reference/plot" in item.path.as_posix():
            item.add_marker(skip)

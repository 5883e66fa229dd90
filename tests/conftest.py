"""Generated code is kept in a folder of this run; examples of plots need matplotlib."""

from __future__ import annotations

import importlib.util
import os
import tempfile

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the examples in docstrings that draw, where there is nothing to draw with."""
    if importlib.util.find_spec("matplotlib") is not None:
        return
    skip = pytest.mark.skip(reason="matplotlib is not installed: pip install 'derivc[plot]'")
    for item in items:
        if isinstance(item, pytest.DoctestItem) and "derivc/reference/plot" in item.path.as_posix():
            item.add_marker(skip)

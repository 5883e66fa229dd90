"""Generated code is kept in a folder of this run, not in the user's cache."""

from __future__ import annotations

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

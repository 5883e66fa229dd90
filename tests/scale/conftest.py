"""Skip what needs dask where it is not installed."""

from __future__ import annotations

import importlib.util

import pytest


@pytest.fixture(autouse=True)
def dask_is_installed() -> None:
    if importlib.util.find_spec("dask") is None or importlib.util.find_spec("toolz") is None:
        pytest.skip("dask is not installed: python -m pip install 'derivc[dask]'")

"""The pytest plugin: a project's custom gradients audited in its own test-suite.

pytest loads this module at start-up wherever derivc is installed, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MARK = "derivc_audit"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(function, inputs=None, ...): audit the backward of a custom autograd function"
        " before the test; a test without a body of its own needs nothing else",
    )


def audited(*args: Any, **named: Any) -> Any:
    """The report of `derivc.audit`; the test fails where it is not right.

    Args:
        args, named: as for `derivc.audit`.
    """
    __tracebackhide__ = True
    import derivc

    report = derivc.audit(*args, **named)
    if not report:
        from derivc.verify.audit.text import text

        pytest.fail(text(report, code=False), pytrace=False)
    return report


@pytest.fixture
def derivc_audit() -> Callable[..., Any]:
    """`derivc_audit(MyFunction, inputs=...)`: fails the test unless its backward is right."""
    return audited


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Audit what the marks of a test (or of its class or module) name."""
    for mark in item.iter_markers(MARK):
        if not mark.args:
            pytest.fail(
                f"@pytest.mark.{MARK} needs the function to audit, as in"
                f" @pytest.mark.{MARK}(MyFunction, inputs=...)",
                pytrace=False,
            )
        audited(*mark.args, **mark.kwargs)

"""The pytest plugin: a project's custom gradients audited in its own test-suite.

pytest loads this module at start-up wherever derivc is installed, so it imports nothing heavy, and
lies beside the package: importing anything of derivc imports SymPy.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, final

import pytest

MARK = "derivc_audit"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(function=MyFunction, inputs=None, ...): audit the backward of a custom autograd"
        " function before the test; on the function itself: audit it",
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
        named = dict(mark.kwargs)
        function = named.pop("function", None) or (mark.args[0] if mark.args else None)
        if function is None:
            pytest.fail(
                f"@pytest.mark.{MARK} needs the function to audit, as in"
                f" @pytest.mark.{MARK}(function=MyFunction, inputs=...)",
                pytrace=False,
            )
        audited(function, *mark.args[1:], **named)


def pytest_pycollect_makeitem(collector: Any, name: str, obj: Any) -> Any:
    """A marked function with a backward is a test itself.

    pytest also takes `mark(Function)`, one class and nothing else, for a mark on that class.
    """
    if inspect.isclass(obj) and hasattr(obj, "forward") and hasattr(obj, "apply"):
        marks = [m for m in vars(obj).get("pytestmark", []) if m.name == MARK]
        if marks:
            return Audit.from_parent(collector, name=name, function=obj, options=marks[-1].kwargs)
    return None


@final
class Audit(pytest.Item):
    """The audit of a marked function."""

    def __init__(self, *, function: Any, options: Any, **rest: Any):
        super().__init__(**rest)
        self.function, self.options = function, dict(options)

    def runtest(self) -> None:
        """Audit it."""
        __tracebackhide__ = True
        audited(self.function, **self.options)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The report, without a traceback of the plugin."""
        return str(excinfo.value) if excinfo.errisinstance(pytest.fail.Exception) else (
            super().repr_failure(excinfo, style)
        )  # fmt: skip

    def reportinfo(self) -> Any:
        """Where the function is."""
        return self.path, None, f"audit of {self.name}"

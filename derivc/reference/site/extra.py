"""What the site is made with, asked for before the work is done."""

from __future__ import annotations

from importlib.util import find_spec

from derivc.errors import MissingDependencyError

PACKAGES = {
    "latex2mathml": "latex2mathml", "markdown_it": "markdown-it-py", "matplotlib": "matplotlib",
}  # fmt: skip
"""By the name that is imported, the package."""


def check_extra() -> None:
    """Whether the packages of the `docs` extra are there.

    Raises:
        MissingDependencyError: names those that are not.
    """
    absent = [package for name, package in PACKAGES.items() if find_spec(name) is None]
    if absent:
        raise MissingDependencyError(
            f'the site is made with {", ".join(absent)}: python -m pip install "derivc[docs]"'
        )

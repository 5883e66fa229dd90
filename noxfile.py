#!/usr/bin/env -S uv run
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2025.2.9"]
# ///
"""The chores of the project; `nox` alone runs the tests and the lint."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
IN_C = ("tests/tensor", "tests/verify", "tests/test_kernel.py", "tests/test_pain_points.py")


def group(name: str) -> list[str]:
    """The requirements of one dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


@nox.session(python=PYTHONS[0])
def tests(session: nox.Session) -> None:
    """Run the quick tests; arguments go to pytest."""
    session.install("-e.", *group("test"))
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session(python=PYTHONS[0], default=False)
def slow(session: nox.Session) -> None:
    """Run the slow tests with every optional package, and some once more compiled from C."""
    session.install("-e.[all]", *group("test"), *group("peers"))
    session.run("pytest", "-m", "slow", "-n", "2", *session.posargs)
    session.run("pytest", "-n", "2", *IN_C, env={"DERIVC_BACKEND": "c"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and layers."""
    session.install("-e.", *group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the wheel and the source archive into dist/."""
    session.install("build")
    session.run("python", "-m", "build")


if __name__ == "__main__":
    nox.main()

"""`derivc docs`: the reference as a site, or the pages of one's own functions."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from derivc.cli.command import Command
from derivc.cli.options import common
from derivc.errors import UserFileError


@click.command("docs", cls=Command)
@click.argument("modules", nargs=-1, metavar="[MODULE]")
@click.option("-o", "--output", metavar="FOLDER", default="site", show_default=True,
              help="Where the site goes; a site that stands there is replaced.")  # fmt: skip
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@click.option("--processes", type=click.IntRange(1, 64), metavar="N",
              help="How many work at once.")  # fmt: skip
@click.option("--verify", metavar="NAMES", help="Measure these ops again (comma list, or all) and"
              " write their records; no site.")  # fmt: skip
@common
def docs(
    modules: tuple[str, ...], output: str, show: bool, processes: int | None, verify: str | None
) -> None:
    """Build the derivative reference as static HTML that needs no network.

    With a module (a file or a dotted name): the same pages for its
    functions. The module is imported.
    """
    if verify is not None:
        return _verify(verify)
    if len(modules) > 1:
        raise click.UsageError(f"give one module, not {len(modules)}")
    path = _reference(output, processes) if not modules else _own(modules[0], output)
    click.echo(f"wrote {path / 'index.html'}", err=True)
    if show:
        click.launch((path / "index.html").as_uri())
    return None


def _reference(output: str, processes: int | None) -> Path:
    from derivc.reference.site.reference import build

    return build(output, processes)


def _own(module: str, output: str) -> Path:
    from derivc.reference.document import document

    made = document(_imported(module), output)
    for name, why in made.refused.items():
        click.echo(f"left out: {name}: {why}", err=True)
    return made.path


def _imported(module: str) -> Any:
    """A module by its file or its dotted name.

    Raises:
        UserFileError: there is no such module, or running it failed.
    """
    from derivc.capture.files import module_of

    if module.endswith(".py"):
        return module_of(Path(module))
    sys.path.insert(0, "")
    try:
        return importlib.import_module(module)
    except Exception as problem:
        told = f"{type(problem).__name__}: {problem}"
        raise UserFileError(
            f"importing {module} failed: {told}; give a file such as functions.py, or the dotted"
            " name of a module that Python finds"
        ) from problem


def _verify(names: str) -> None:
    from derivc.reference.names import find
    from derivc.reference.records import store as records
    from derivc.reference.table import AnyOp

    chosen: list[AnyOp] = [find(name) for name in names.split(",") if names != "all"]
    if names == "all":
        chosen = [*records.wanted(), *records.wanted_structural()]
    failed = records.renew(chosen, lambda name: click.echo(name, err=True))
    if failed:
        raise click.ClickException(f"not measured: {', '.join(failed)}; the reasons are above")

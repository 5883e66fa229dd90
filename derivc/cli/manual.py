"""The text of `derivc --help`: examples first."""

from __future__ import annotations

import click

from derivc.cli.command import write_rows
from derivc.cli.samples import TOUR

EXIT_CODES = [
    ("0", "ok"),
    ("1", "a check failed"),
    ("2", "wrong usage, or an expression that cannot be read"),
    ("3", "mathematics that is not supported, or a missing package"),
    ("70", "an error in derivc itself (--debug shows where)"),
    ("130", "interrupted with Ctrl-C"),
]

_ENVIRONMENT = [
    ("NO_COLOR", "no colours (nor with TERM=dumb, nor to a file or pipe)"),
    ("DERIVC_CACHE_DIR", "where generated code is kept; empty: nowhere"),
    ("DERIVC_JSON=1", "as --json; likewise _LATEX, _NO_SIMPLIFY, _NO_COLOR, _DEBUG"),
]  # fmt: skip


def write_manual(app: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the help of the whole program."""
    formatter.write_usage("derivc", "EXPRESSION [OPTIONS]")
    formatter.write_usage("derivc", "COMMAND ... [OPTIONS]", prefix="       ")
    for title, rows in [
        ("Examples", TOUR),
        ("Commands", [(name, command.get_short_help_str(90)) for name, command in _listed(app)]),
        ("Options of an expression", _options(app, ctx)),
        ("Exit codes", EXIT_CODES),
        ("Environment", _ENVIRONMENT),
    ]:
        write_rows(formatter, title, rows)


def _listed(app: click.Group) -> list[tuple[str, click.Command]]:
    return [(name, app.commands[name]) for name in app.commands if not app.commands[name].hidden]


def _options(app: click.Group, ctx: click.Context) -> list[tuple[str, str]]:
    params = [*getattr(app, "default", app).params, *app.get_params(ctx)]
    records = [p.get_help_record(ctx) for p in params if isinstance(p, click.Option)]
    return [record for record in records if record]

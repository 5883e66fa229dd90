"""The text of `derivc --help`: examples first."""

from __future__ import annotations

import click

EXAMPLES = [
    ('derivc "sigmoid(x)**2 + 3*x"', "the derivative, and where it is valid"),
    ('derivc diff "x**2*sin(y)" --wrt x,y', "a mixed derivative"),
    ('derivc diff "exp(-x**2)" --order 3', "the third derivative"),
    ('derivc grad "u**3 + v**2 + 4*u*v"', "all partial derivatives"),
    ('derivc eval "x*sin(y)" --at x=2,y=pi/2', "value and gradient at a point"),
    ('derivc compile "x**2*sin(y)" -o kernel.py', "a module that needs only NumPy"),
    ('derivc check "x**2" "2*x"', "is my derivative right? to 50 digits"),
    (r'derivc "\frac{1}{2} x^{2}" --latex', "LaTeX in, LaTeX out"),
    ("echo 'x**3' | derivc -", "expressions from standard input, one per line"),
]

EXIT_CODES = [
    ("0", "ok"),
    ("1", "a check failed"),
    ("2", "wrong usage, or an expression that cannot be read"),
    ("3", "mathematics that is not supported, or a missing package"),
    ("70", "an error in derivc itself (--debug shows where)"),
    ("130", "interrupted with Ctrl-C"),
]

_ENVIRONMENT = [
    ("NO_COLOR", "no colours; so do TERM=dumb and a stream that is no terminal"),
    ("DERIVC_CACHE_DIR", "where generated code is kept; empty: nowhere"),
    ("DERIVC_JSON, DERIVC_LATEX, DERIVC_NO_SIMPLIFY, DERIVC_NO_COLOR, DERIVC_DEBUG",
     "set to 1: the option of that name is on"),
]  # fmt: skip


def write_manual(app: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the help of the whole program."""
    formatter.write_usage("derivc", "EXPRESSION [OPTIONS]")
    formatter.write_usage("derivc", "COMMAND ... [OPTIONS]", prefix="       ")
    for title, rows in [
        ("Examples", EXAMPLES),
        ("Commands", [(name, command.get_short_help_str(60)) for name, command in _listed(app)]),
        ("Options of an expression", _options(app, ctx)),
        ("Exit codes", EXIT_CODES),
        ("Environment", _ENVIRONMENT),
    ]:
        write_rows(formatter, title, rows)


def write_rows(formatter: click.HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    """One section of two aligned columns."""
    with formatter.section(title):
        formatter.write_dl(rows, col_max=46)


def _listed(app: click.Group) -> list[tuple[str, click.Command]]:
    return [(name, app.commands[name]) for name in app.commands if not app.commands[name].hidden]


def _options(app: click.Group, ctx: click.Context) -> list[tuple[str, str]]:
    default = getattr(app, "default", app)
    records = [p.get_help_record(ctx) for p in [*default.params, *app.get_params(ctx)]]
    return [record for record in records if record]

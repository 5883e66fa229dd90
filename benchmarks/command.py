"""The command without a name: all peers, all tables, a JSON file and a chart on request."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from benchmarks import cases, extras
from benchmarks.apart import run_apart
from benchmarks.compare import Section, Session, fits, run
from benchmarks.machine import machine
from benchmarks.named import counts_of, each_of
from benchmarks.peers import chosen
from benchmarks.peers.base import GRADIENT, HESSIAN, VALUE, WHATS
from benchmarks.results import save
from benchmarks.tables import report

_QUICK = [*cases.SEEDS[:2], cases.SEEDS[3], cases.BLACK_SCHOLES]


def sections(quick: bool) -> list[Section]:
    """What is measured when nothing is chosen."""
    physics = cases.feynman()
    if quick:
        return [
            Section("functions", _QUICK),
            Section("feynman", physics[::12], sizes=(1, 1_000_000)),
        ]
    functions, vectors, some = cases.FUNCTIONS, cases.VECTORS, physics[::4]
    found = [
        Section("feynman", physics),
        Section("feynman", physics, dtype="float32", sizes=(1_000_000,)),
        Section("every fourth of feynman", some, VALUE, sizes=(1_000_000,)),
        Section("every fourth of feynman", some, HESSIAN, sizes=(1000,)),
        Section("functions", functions),
        Section("functions", functions, dtype="float32", sizes=(1000, 1_000_000)),
        Section("functions", functions, VALUE),
        Section("functions", functions, HESSIAN),
        Section("compiled", _QUICK, sizes=(1, 1_000_000), heavy=True),
        Section("vectors", vectors, sizes=(1,)),
        Section("vectors", vectors[:2], HESSIAN, sizes=(1,)),
    ]
    return [section for section in found if section.cases]


def picked(names: str, sizes: str, dtype: str, what: str) -> list[Section]:
    """What the options choose."""
    found = cases.find(names or "functions,feynman")
    counts = counts_of(sizes or "1,1e3,1e6")
    plain = [c for c in found if isinstance(c, cases.Case)]
    rest = [c for c in found if isinstance(c, cases.Vector)]
    whats = each_of(what or GRADIENT, WHATS, "result")
    dtypes = each_of(dtype or "float64", ("float64", "float32"), "dtype")
    made = [
        Section("chosen", [c for c in plain if fits(c, max(counts))], w, d, counts, len(plain) < 9)
        for w in whats
        for d in dtypes
    ]
    made += [Section("vectors", rest, w, "float64", (1,), len(rest) < 9) for w in whats]
    return [s for s in made if s.cases]


def measure(todo: list[Section], peers: str, rounds: int) -> Session:
    """Run all sections; progress goes to standard error when it is a terminal."""
    session = Session()
    for section in todo:
        run(section, chosen(peers), rounds, session, _tell)
    return session


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{line[:100]}", nl=False, err=True)


def finish(session: Session, found: dict[str, Any], target: str, chart: str) -> None:
    """Print, save and draw."""
    click.echo(report(session))
    if found:
        click.echo("\n" + extras.report(found))
    more = {"machine": machine(), "extras": found, "skipped": session.skipped}
    if target:
        save(Path(target), session.records, more)
    if chart:
        from benchmarks.chart import draw

        for place in draw(session.records, more, Path(chart)):
            click.echo(f"drawn: {place}")


_OPTIONS = (
    click.option("--quick", is_flag=True, help="A sample of everything, in under a minute."),
    click.option("--peers", default="", help="Only these: 'JAX jit,torch'; derivc c always runs."),
    click.option("--cases", default="", help="Names, or seeds, functions, feynman, vectors."),
    click.option("--sizes", default="", help="Points: '1,1e3,1e6'; 1e8 goes in blocks of 1e6."),
    click.option("--dtype", default="", help="float64 (default), float32, or both with a comma."),
    click.option("--what", default="", help=f"Some of {','.join(WHATS)}; default: {GRADIENT}."),
    click.option("--rounds", default=0, help="Rounds of each median."),
    click.option("--apart", is_flag=True, help="A process for each case, as in a short script."),
    click.option("--json", "-o", "target", default="", help="Write every figure to this file."),
    click.option("--chart", default="", help="Draw PATH.png and PATH.svg; needs matplotlib."),
)


def options(command: Any) -> Any:
    """The options of the command, in order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def everything(
    quick: bool, peers: str, cases: str, sizes: str, dtype: str, what: str, rounds: int,
    apart: bool, target: str, chart: str,
) -> None:  # fmt: skip
    """All of it; without a choice of cases, sizes, dtype or what, the whole program."""
    some = bool(cases or sizes or dtype or what)
    todo = picked(cases, sizes, dtype, what) if some else sections(quick)
    count = rounds or (3 if quick else 7)
    session = run_apart(todo, peers, count, _tell) if apart else measure(todo, peers, count)
    found = {} if some or peers else extras.measure(quick)
    finish(session, found, target, chart)

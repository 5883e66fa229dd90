"""Each case in a process of its own, where memory is as in a short script.

In a process that has run for long, the C library keeps memory it was given back, and results of
8 MB cost no page faults any more, whoever makes them; in a fresh one they do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.compare import Section, Session
from benchmarks.results import load


def run_apart(
    todo: Sequence[Section], peers: str, rounds: int, tell: Callable[[str], None]
) -> Session:
    """The sections, a process for each of their cases."""
    session = Session()
    for section in todo:
        for case in section.cases:
            tell(f"{section.group}: {section.what} {section.dtype} {case.name}")
            _add(session, section, case.name, peers, rounds)
    return session


def _add(session: Session, section: Section, case: str, peers: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "figures.json"
        subprocess.run(_command(section, case, peers, rounds, target), check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        records, more = load(target)
    session.records += records
    for peer, reasons in more["skipped"].items():
        for why, count in reasons.items():
            session.skipped.setdefault(peer, {})[why] = count


def _command(section: Section, case: str, peers: str, rounds: int, target: Path) -> list[str]:
    sizes = ",".join(map(str, section.sizes))
    return [
        sys.executable, "-m", "benchmarks", "--cases", case, "--sizes", sizes, "--dtype",
        section.dtype, "--what", section.what, "--peers", peers, "--rounds", str(rounds), "-o",
        str(target),
    ]  # fmt: skip

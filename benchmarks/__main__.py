"""`python -m benchmarks`: every measurement, side by side in one run."""

from __future__ import annotations

import click

from benchmarks import scale, speed
from benchmarks.cases import SEEDS, feynman


@click.command()
@click.option("--quick", is_flag=True, help="Fewer rounds, smaller sizes.")
def main(quick: bool) -> None:
    """Measure derivc beside its peers and print medians and ratios."""
    rounds, large = (3, 100_000) if quick else (7, 1_000_000)
    for title, cases in (("seed examples", SEEDS), ("Feynman formulas", feynman())):
        if cases:
            click.echo(f"\n{title}\n{speed.table(cases, large, rounds)}")
            click.echo(f"\n{title}, one point\n{speed.table(cases, 1, rounds)}")
    click.echo(f"\nscale\n{scale.table((100, 1000) if quick else (100, 1000, 10_000))}")


if __name__ == "__main__":
    main()

"""`python -m benchmarks`, and parts of it: speed, scale, accuracy, graph, torch."""

from __future__ import annotations

from typing import Any

import click

from benchmarks import command, graph, scale, speed
from benchmarks.accuracy import main as accuracy
from benchmarks.cases import SEEDS, feynman


@click.group(invoke_without_command=True)
@command.options
@click.pass_context
def main(context: click.Context, **chosen: Any) -> None:
    """Measure derivc beside its peers, those that are installed, in one process and in turn."""
    if context.invoked_subcommand is None:
        command.everything(**chosen)


@main.command("speed")
@click.option("--quick", is_flag=True, help="Fewer rounds, smaller arrays.")
def measure_speed(quick: bool) -> None:
    """Value and gradient on arrays and at one point: medians, and ratios to lambdify."""
    rounds, large = (3, 100_000) if quick else (7, 1_000_000)
    for title, cases in (("examples", SEEDS), ("physics formulas", feynman())):
        if cases:
            click.echo(f"\n{title}\n{speed.table(cases, large, rounds)}")
            click.echo(f"\n{title}, one point\n{speed.table(cases, 1, rounds)}")


@main.command("scale")
@click.option("--quick", is_flag=True, help="Up to 1000 variables.")
def measure_scale(quick: bool) -> None:
    """Compile time and operations as the number of variables grows, and the depth."""
    click.echo(scale.table((100, 1000) if quick else (100, 1000, 10_000)))


@main.command("graph")
@click.option("--quick", is_flag=True, help="Fewer rounds.")
def measure_graph(quick: bool) -> None:
    """Tensors: small operations, one kernel, a training step, beside PyTorch and HIPS autograd."""
    click.echo(graph.table(3 if quick else 15))


@main.command("torch")
@click.option("--size", default=1e6, help="Elements; default 1e6.")
@click.option("--rounds", default=7, help="Rounds, of which the fastest counts.")
@click.option("--dtype", default="float32,float64", help="One or both.")
@click.option("--ops", default="", help="Only these, with commas.")
@click.option("--json", "-o", "target", default="", help="Write every figure to this file.")
def measure_torch(size: float, rounds: int, dtype: str, ops: str, target: str) -> None:
    """Generated PyTorch modules beside the eager composition: time and memory, op by op."""
    from benchmarks import torch_eager
    from benchmarks.machine import machine

    figures = torch_eager.run(int(size), rounds, dtype.split(","), ops, command._tell)
    click.echo(torch_eager.report(figures))
    if target:
        torch_eager.save(figures, target, machine())


main.add_command(accuracy, "accuracy")

if __name__ == "__main__":
    main()

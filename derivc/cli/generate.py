"""`derivc compile`: a standalone module of the value and its gradient."""

from __future__ import annotations

import click

from derivc.cli.command import Command
from derivc.cli.options import by_variables, common
from derivc.cli.source import expressions
from derivc.files import save_text


@click.command("compile", cls=Command)
@click.argument("expression", nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="Write the module to this file.")
@click.option("--backend", type=click.Choice(["numpy", "c"]), help="What to write; default: by the"
              " name of the file, else NumPy.")  # fmt: skip
@by_variables
@common
def generate(
    expression: tuple[str, ...], output: str | None, backend: str | None, wrt: tuple[str, ...]
) -> None:
    """Write a Python module that needs only NumPy, or C: value, grad, value_and_grad.

    Several expressions make a vector-valued function (value and jacobian). Without -o the source is
    printed.
    """
    from derivc.cli.formula import all_names, chosen, compiled, read

    formulas = [read(text) for text in expressions(expression)]
    shape = None if len(formulas) == 1 else (len(formulas),)
    chosen_backend = backend or ("c" if str(output).endswith(".c") else "numpy")
    kernel = compiled(formulas, shape, chosen(wrt, all_names(formulas)), chosen_backend)
    if output is None or output == "-":
        return click.echo(kernel.source, nl=not kernel.source.endswith("\n"))
    save_text(output, kernel.source)
    return click.echo(f"wrote {output} ({', '.join(kernel.inputs)})", err=True)

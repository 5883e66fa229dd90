"""`derivc compile`: a standalone module of the value and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from derivc.cli.command import Command
from derivc.cli.options import by_variables, common
from derivc.cli.source import expressions
from derivc.files import save_text

if TYPE_CHECKING:
    from derivc.cli.formula import Formula
    from derivc.kernel import Kernel


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
    from derivc.cli.formula import read_all

    formulas = [formula for text in expressions(expression) for formula in read_all(text)]
    kernel = _kernel(formulas, wrt, backend or ("c" if str(output).endswith(".c") else "numpy"))
    if output is None or output == "-":
        return click.echo(kernel.source, nl=not kernel.source.endswith("\n"))
    save_text(output, kernel.source)
    return click.echo(f"wrote {output} ({', '.join(kernel.inputs)})", err=True)


def _kernel(formulas: Sequence[Formula], wrt: Sequence[str], backend: str) -> Kernel:
    """The kernel of all expressions; a function in a file keeps its array arguments."""
    from derivc import compiler
    from derivc.cli.formula import all_names, chosen, compiled

    own = formulas[0].definition
    if own is not None and all(formula.definition is own for formula in formulas):
        return compiler.compile(own, wrt=chosen(wrt, ()) or None, backend=backend)
    shape = None if len(formulas) == 1 else (len(formulas),)
    return compiled(formulas, shape, chosen(wrt, all_names(formulas)), backend)

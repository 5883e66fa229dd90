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

_BACKENDS = ["numpy", "c", "torch", "jax", "array_api", "cupy"]


@click.command("compile", cls=Command)
@click.argument("expression", nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="Write the module to this file.")
@click.option("--backend", type=click.Choice(_BACKENDS), help="What to write; default: by the"
              " name of the file, else NumPy.")  # fmt: skip
@click.option("--name", help="Name the function (torch, jax, ...); default: like the file.")
@click.option("--order", type=click.IntRange(0, 6), default=2, help="Write so many derivatives as"
              " formulas of their own (torch, jax); default 2.")  # fmt: skip
@click.option("--custom-op", is_flag=True, help="Add a torch.library.custom_op (torch).")
@by_variables
@common
def generate(
    expression: tuple[str, ...], output: str | None, backend: str | None, name: str | None,
    order: int, custom_op: bool, wrt: tuple[str, ...],
) -> None:  # fmt: skip
    """Write a Python module that needs only NumPy, or C: value, grad, value_and_grad.

    For torch: a module that needs only PyTorch, with an autograd Function of any order. Several
    expressions make a vector-valued function (value and jacobian). Without -o the source is
    printed.
    """
    from derivc.cli.formula import read_all

    formulas = [formula for text in expressions(expression) for formula in read_all(text)]
    wanted = backend or ("c" if str(output).endswith(".c") else "numpy")
    native = wanted if wanted in ("numpy", "c") else "numpy"
    if wanted == native and (name or custom_op):
        option = "--name" if name else "--custom-op"
        raise click.UsageError(
            f"{option} is for modules of other libraries (--backend torch, jax, ...); in one for"
            f" {wanted} the functions are called value, grad, ..."
        )
    kernel = _kernel(formulas, wrt, native)
    source = kernel.source
    if wanted != native:
        source = _for_library(kernel, wanted, name, output, order, custom_op)
    if output is None or output == "-":
        return click.echo(source, nl=not source.endswith("\n"))
    save_text(output, source)
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


def _for_library(
    kernel: Kernel, library: str, name: str | None, output: str | None, order: int, custom_op: bool
) -> str:
    """The module for a library, its function called like the file."""
    from derivc.standalone import name_of_file

    called = name or (name_of_file(output) if output and output != "-" else None)
    options = {"custom_op": True} if custom_op else {}
    orders = {"order": order} if library in ("torch", "jax") else {}
    return kernel.source_for(library, called, **orders, **options)

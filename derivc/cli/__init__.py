"""The command line: `derivc "x**2*sin(x)"` and its commands.

SymPy and NumPy are imported inside the commands that compute, so that help and completion answer
at once.
"""

from __future__ import annotations

from derivc.cli.app import App
from derivc.cli.audit import audit
from derivc.cli.check import check
from derivc.cli.completion import completion
from derivc.cli.crosscheck import crosscheck
from derivc.cli.differentiate import diff, everything, grad
from derivc.cli.docs import docs
from derivc.cli.doctor import cache, doctor
from derivc.cli.evaluate import evaluate
from derivc.cli.explain import explain
from derivc.cli.generate import generate
from derivc.cli.matrices import hessian, jacobian
from derivc.cli.nan import explain_nan
from derivc.cli.ops import op, ops
from derivc.cli.plot import plot
from derivc.cli.singularities import singularities
from derivc.cli.tour import examples

COMMANDS = [
    diff, grad, hessian, jacobian, explain, singularities, explain_nan, evaluate, generate, check,
    crosscheck, audit, plot, ops, op, docs, examples, doctor, cache, completion,
]  # fmt: skip

main = App(everything, COMMANDS)
"""The entry point of the program; also a click group, for tests."""

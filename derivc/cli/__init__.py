"""The command line: `derivc "x**2*sin(x)"` and its commands.

SymPy and NumPy are imported inside the commands that compute, so that help and completion answer
at once.
"""

from __future__ import annotations

from derivc.cli.app import App
from derivc.cli.audit import audit
from derivc.cli.check import check
from derivc.cli.completion import completion
from derivc.cli.differentiate import diff, everything, grad
from derivc.cli.doctor import cache, doctor
from derivc.cli.evaluate import evaluate
from derivc.cli.generate import generate
from derivc.cli.matrices import hessian, jacobian
from derivc.cli.ops import op, ops
from derivc.cli.tour import examples

COMMANDS = [
    diff, grad, hessian, jacobian, evaluate, generate, check, audit,
    ops, op, examples, doctor, cache, completion,
]  # fmt: skip

main = App(everything, COMMANDS)
"""The entry point of the program; also a click group, for tests."""

"""The value of a tree by the reference evaluator over NumPy numbers."""

from __future__ import annotations

import numpy as np

from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.lowering.fragment import expand
from derivc.lowering.lower import lower
from derivc.ops import registry


def spelled(op):
    """The NumPy or SciPy function of a primitive op."""
    module, _, name = registry.get(op).spelling.numpy.rpartition(".")
    if module == "special":
        import scipy.special as module
    else:
        module = np
    return getattr(module, name)


def value(tree, at):
    """The tree's value where the variables have these values."""
    program = expand(lower([tree], list(at)))
    with np.errstate(all="ignore"):
        numbers = [np.float64(v) for v in at.values()]
        return float(interpret(program, numbers, spelled, exact.to_float)[0])

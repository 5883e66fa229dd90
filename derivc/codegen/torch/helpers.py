"""Functions that PyTorch does not have, or of few digits: those of ours that a module carries."""

from __future__ import annotations

from derivc.codegen.special import FUNCTIONS, VARIANTS, WHOLE, Carrier
from derivc.ops import registry

OWN = {
    "_erf": "torch.erf", "_erfc": "torch.erfc", "_erfcx": "torch.special.erfcx",
    "_lgamma": "torch.lgamma", "_digamma": "torch.digamma", "_i0": "torch.special.i0",
    "_i1": "torch.special.i1", "_i0e": "torch.special.i0e", "_i1e": "torch.special.i1e",
    "_gammainc": "torch.special.gammainc", "_gammaincc": "torch.special.gammaincc",
    "_erfinv": "torch.erfinv", "_ndtri": "torch.special.ndtri",
}  # fmt: skip
"""Functions of PyTorch that are as exact.

Its Bessel functions J and Y differ from the truth in the seventh digit, it has no derivative of K
and zeta, and under `vmap` no rule for `log_ndtr`.
"""

COMPOSED = frozenset({"ndtr", "erfcinv"})
"""Ops that are an expression of functions of PyTorch's."""

_CARRIER = Carrier("torch", OWN, "@_sf_in_blocks\n")
_IN_BLOCKS = '''\
def _sf_in_blocks(function):
    """Large tensors in blocks: a long function makes many, which then stay in the cache."""
    @functools.wraps(function)
    def blocked(*args):
        given = [x for x in args if isinstance(x, torch.Tensor)]
        shape = torch.broadcast_shapes(*[x.shape for x in given])
        if torch.compiler.is_compiling() or not given[0].is_cpu or math.prod(shape) < 65536:
            return function(*args)
        whole = [isinstance(x, torch.Tensor) and x.dim() > 0 for x in args]
        count = -(-math.prod(shape) // 16384)
        parts = [
            x.expand(shape).reshape(-1).tensor_split(count) if w else [x] * count
            for x, w in zip(args, whole)
        ]
        return torch.cat([function(*part) for part in zip(*parts)]).reshape(shape)

    return blocked
'''

CALLS = {
    op: _CARRIER.call(op, registry.get(op.split()[0]).arity)
    for op, name in (FUNCTIONS | VARIANTS).items()
    if name not in OWN and op not in COMPOSED
}
"""By op or variant, an expression of what a module carries along."""

LIFTED = frozenset(CALLS) - WHOLE - VARIANTS.keys()
"""Ops all of whose operands have to be tensors."""


def carried(ops: set[str]) -> list[str]:
    r"""The functions that a module of these ops needs, each once.

    Example:
        >>> [text.split("(")[0] for text in carried({"binomial", "exp"})][-3:]
        ['def _sf_fallen', '@_sf_in_blocks\ndef _sf_beta', '@_sf_in_blocks\ndef _sf_binomial']
    """
    found = _CARRIER.carried(sorted(ops & set(CALLS)))
    return [_IN_BLOCKS, *found] if found else []

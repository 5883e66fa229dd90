"""Functions that PyTorch does not have, or of few digits: those of ours that a module carries."""

from __future__ import annotations

from derivc.codegen.special import FUNCTIONS, VARIANTS, WHOLE, Carrier
from derivc.ops import registry

OWN = {
    "_erf": "torch.erf", "_erfc": "torch.erfc", "_erfcx": "torch.special.erfcx",
    "_lgamma": "torch.lgamma", "_digamma": "torch.digamma", "_i0": "torch.special.i0",
    "_i1": "torch.special.i1", "_i0e": "torch.special.i0e", "_i1e": "torch.special.i1e",
    "_gammainc": "torch.special.gammainc", "_gammaincc": "torch.special.gammaincc",
    "_erfinv": "torch.erfinv", "_ndtri": "torch.special.ndtri", "_some": "_sf_some",
    "_clenshaw": "_sf_clenshaw", "_powers": "_sf_powers",
}  # fmt: skip
"""Functions of PyTorch that are as exact.

Its Bessel functions J and Y differ from the truth in the seventh digit, it has no derivative of K
and zeta, and under `vmap` no rule for `log_ndtr`.
"""

COMPOSED = frozenset({"ndtr", "erfcinv"})
"""Ops that are an expression of functions of PyTorch's."""

QUICKER = {"tanh": "_sf_tanh({0})"}
"""By op, a call of ours in place of PyTorch's function, where nothing differentiates it."""

_TANH = '''\
def _sf_tanh(x):
    """tanh(x) = t/(t + 2), t = expm1(2 x): on a processor expm1 takes a third of tanh's time."""
    if not x.is_cpu:
        return torch.tanh(x)
    t = torch.clamp(x, -20.0, 20.0).mul_(2.0).expm1_()
    return t.div_(t + 2.0)
'''
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

SOME = "some"
"""Stands among ops for the question whether an element takes an arm."""
_SOME = '''\
def _sf_some(truth, side=True):
    """Whether it may hold anywhere, or else fail; where that cannot be seen at once, it may."""
    if torch.compiler.is_compiling() or _sf_transforms() or torch.jit.is_tracing():
        return True
    if type(truth) is not torch.Tensor or not truth.is_cpu or _sf_modes():
        return True
    return not truth.numel() or bool(truth.any() if side else not truth.all())


# These are not PyTorch's public names: without them, nothing is asked.
_sf_modes = getattr(torch._C, "_len_torch_dispatch_stack", lambda: 1)
_sf_transforms = getattr(torch._C, "_are_functorch_transforms_active", lambda: True)
'''
_SERIES = '''\
def _sf_is_own(x):
    """Whether nothing looks at what is made of it on the way: then memory is used again."""
    return not (torch.compiler.is_compiling() or x.requires_grad or _sf_transforms())


def _sf_clenshaw(s, coefficients):
    """The sum of c_k T_k(s), by Clenshaw's recurrence; in place where nothing looks."""
    twice, own = s + s, _sf_is_own(s)
    later, value = torch.zeros_like(s), torch.full_like(s, coefficients[-1])
    for c in reversed(coefficients[1:-1]):
        if own:
            later, value = value, later.neg_().add_(c).addcmul_(twice, value)
        else:
            later, value = value, twice * value - later + c
    return s * value - later + coefficients[0]


def _sf_powers(x, coefficients):
    """The sum of c_k x^k, by Horner; in place where nothing looks."""
    own = _sf_is_own(x)
    value = coefficients[-1] * x + coefficients[-2]
    for c in reversed(coefficients[:-2]):
        value = value.mul_(x).add_(c) if own else value * x + c
    return value
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
    return [_IN_BLOCKS, _SOME, _SERIES, *found] if found else []


def quick(ops: set[str]) -> list[str]:
    """The functions that a module needs whose formulas call these in place of PyTorch's."""
    return [text for op, text in ((SOME, _SOME), ("tanh", _TANH)) if op in ops]

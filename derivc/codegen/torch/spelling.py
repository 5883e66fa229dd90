"""How PyTorch writes ops: as expressions, and in place where an operand is not read again."""

from __future__ import annotations

from derivc.codegen.special import COMPLETE, WHOLE
from derivc.codegen.straight import Dialect
from derivc.codegen.torch.helpers import CALLS, LIFTED
from derivc.passes.guard import GUARDED

_UNARY = {
    "abs": "abs", "sign": "sign", "exp": "exp", "exp2": "exp2", "expm1": "expm1", "log": "log",
    "log2": "log2", "log10": "log10", "log1p": "log1p", "sqrt": "sqrt", "square": "square",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "asinh", "acosh": "acosh",
    "atanh": "atanh", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos",
    "atan": "atan", "floor": "floor", "ceil": "ceil", "round": "round", "trunc": "trunc",
    "erf": "erf", "erfc": "erfc", "lgamma": "lgamma", "digamma": "digamma", "erfinv": "erfinv",
    "deg2rad": "deg2rad", "rad2deg": "rad2deg", "sigmoid": "sigmoid", "relu": "relu",
    "reciprocal": "reciprocal", "rsqrt": "rsqrt", "lgamma_far": "lgamma",
}  # fmt: skip
"""Functions of `torch` that are also methods with an underscore behind."""

_SPECIAL = {
    "i0": "i0", "i1": "i1", "i0e": "i0e", "i1e": "i1e", "erfcx": "erfcx", "ndtri": "ndtri",
}  # fmt: skip
_BINARY = {
    "hypot": "hypot", "maximum": "maximum", "minimum": "minimum", "fmax": "fmax", "fmin": "fmin",
    "copysign": "copysign", "heaviside": "heaviside", "remainder": "remainder", "fmod": "fmod",
    "floor_divide": "floor_divide", "logaddexp": "logaddexp", "logaddexp2": "logaddexp2",
    "atan2": "atan2", "pow": "pow", "gammainc": "special.gammainc",
    "gammaincc": "special.gammaincc",
}  # fmt: skip
_INFIX = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}",
    "eq": "{0} == {1}", "ne": "{0} != {1}", "logical_and": "{0} & {1}",
    "logical_or": "{0} | {1}", "logical_not": "~{0}",
}  # fmt: skip

TABLE = {
    **{op: f"torch.{name}({{0}})" for op, name in _UNARY.items()},
    **{op: f"torch.special.{name}({{0}})" for op, name in _SPECIAL.items()},
    **{op: f"torch.{name}({{0}}, {{1}})" for op, name in _BINARY.items()},
    **{op: f"torch.{op}({{0}})" for op in ("isnan", "isinf", "isfinite")},
    **_INFIX,
    "where": "torch.where({0}, {1}, {2})",
    "lerp": "torch.lerp({0}, {1}, {2})",
    "fma": "torch.addcmul({2}, {0}, {1})",
    "addcmul": "torch.addcmul({0}, {1}, {2}, value={3})",
    **CALLS,
    # torch.special.ndtr is 0 from x = -8.3 on; erfc keeps its digits.
    "ndtr": "0.5 * torch.erfc(-0.7071067811865476 * {0})",
    # erfcinv(x) = -ndtri(x/2)/sqrt(2): erfinv(1 - x) would round x away.
    "erfcinv": "-0.7071067811865476 * torch.special.ndtri(0.5 * {0})",
    "stop_gradient": "{0}.detach()",
    GUARDED: "torch.where({1}, {0}, {0}.detach())",
}
"""Expressions over tensors; a function that PyTorch does not have is missing."""

KEPT = COMPLETE | frozenset(
    "sigmoid relu reciprocal rsqrt lgamma trigamma lerp stop_gradient".split()
)
"""Composites that PyTorch computes in one pass, as exactly as their stable forms; those of ours;
and what stops derivatives, as the text may be differentiated."""

DIALECT = Dialect(
    library="PyTorch",
    table=TABLE,
    full="{1}.new_full((), {0})",
    lifted=frozenset({
        "hypot", "maximum", "minimum", "fmax", "fmin", "heaviside", "logaddexp", "logaddexp2",
        "atan2", "gammainc", "gammaincc", "copysign", "lerp",
    }) | LIFTED,
    to_float="{0}.to({1}.dtype)",
    whole=WHOLE,
)  # fmt: skip

IN_PLACE = {
    **{op: f"{{0}}.{name}_()" for op, name in _UNARY.items() if op != "square"},
    "neg": "{0}.neg_()", "add": "{0}.add_({1})", "sub": "{0}.sub_({1})",
    "mul": "{0}.mul_({1})", "div": "{0}.div_({1})",
    "logical_and": "{0}.logical_and_({1})", "logical_or": "{0}.logical_or_({1})",
    "logical_not": "{0}.logical_not_()", "copysign": "{0}.copysign_({1})",
    "atan2": "{0}.atan2_({1})",
}  # fmt: skip
"""The same over the memory of the first operand.

Without those, like `pow_` and `hypot_`, that `vmap` computes one row after the other.
"""

FROM_SECOND = {
    "add": "{1}.add_({0})", "mul": "{1}.mul_({0})",
    "logical_and": "{1}.logical_and_({0})", "logical_or": "{1}.logical_or_({0})",
}  # fmt: skip
"""The same over the memory of the second operand."""

INTO_SECOND = {
    **FROM_SECOND,
    "sub": "torch.sub({0}, {1}, out={1})",
    "div": "torch.div({0}, {1}, out={1})",
}
"""The same where no `vmap` asks: it has no rule for `out`."""

BY_NUMBER = {
    "sub": "{1}.neg_().add_({0})",
    "maximum": "{1}.clamp_min_({0})",
    "minimum": "{1}.clamp_max_({0})",
}
"""The same over the memory of the second operand, the first being a number."""

OF_NUMBER = {"maximum": "{0}.clamp_min_({1})", "minimum": "{0}.clamp_max_({1})"}
"""The same over the memory of the first operand, the second being a number."""

CLAMPED = {"maximum": "torch.clamp({0}, min={1})", "minimum": "torch.clamp({0}, max={1})"}
"""Of a tensor and a number, where nothing differentiates the text: at a tie PyTorch's slopes of
these differ."""

FITTING = frozenset({"add", "sub", "mul", "div"})
"""Ops that may write over an operand which turns out to have the result's shape."""

FUSED_IN_PLACE = {
    "fma": (2, "{2}.addcmul_({0}, {1})"),
    "addcmul": (0, "{0}.addcmul_({1}, {2}, value={3})"),
}
"""The operand that is overwritten, and how, where no `vmap` asks: it computes row after row."""

MULTIPLE, MULTIPLE_IN_PLACE = "torch.add({2}, {1}, alpha={0})", "{2}.add_({1}, alpha={0})"
"""a b + c with a number a."""

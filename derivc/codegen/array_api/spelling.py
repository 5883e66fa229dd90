"""How the array-API standard (2023.12) and CuPy write ops; `xp` is the namespace.

https://data-apis.org/array-api/2023.12/API_specification/elementwise_functions.html
"""

from __future__ import annotations

from collections.abc import Iterable

from derivc.codegen.special import FUNCTIONS, VARIANTS, WHOLE, Carrier
from derivc.codegen.straight import Dialect
from derivc.ops import registry

_NAMES = (
    "abs acos acosh asin asinh atan atanh ceil cos cosh exp expm1 floor isfinite isinf isnan log"
    " log1p log2 log10 round sign sin sinh sqrt square tan tanh trunc"
).split()
_PAIRS = "atan2 copysign hypot logaddexp maximum minimum pow remainder floor_divide".split()
_INFIX = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}",
    "eq": "{0} == {1}", "ne": "{0} != {1}",
}  # fmt: skip
_TOLD = {
    "where": "xp.where({0}, {1}, {2})",
    "logical_and": "xp.logical_and({0}, {1})", "logical_or": "xp.logical_or({0}, {1})",
    "logical_not": "xp.logical_not({0})",
}  # fmt: skip
_COMPOSED = {
    "exp2": "xp.pow(xp.full_like({0}, 2.0), {0})",
    "deg2rad": "0.017453292519943295 * {0}",
    "rad2deg": "57.29577951308232 * {0}",
    "logaddexp2": "1.4426950408889634 * xp.logaddexp(0.6931471805599453 * {0},"
                  " 0.6931471805599453 * {1})",
    "fmod": "xp.copysign(xp.remainder(xp.abs({0}), xp.abs({1})), {0})",
    "fmax": "xp.where(({0} >= {1}) | xp.isnan({1}), {0}, {1})",
    "fmin": "xp.where(({0} <= {1}) | xp.isnan({1}), {0}, {1})",
    "heaviside": "xp.where({0} == 0, {1}, xp.where({0} > 0, {0} / {0}, 0 * {0}))",
}  # fmt: skip
"""Ops that the standard has no function for."""

_FULL = "xp.asarray({0}, dtype={1}.dtype, device={1}.device)"
_IN_CUPY = frozenset(
    "j0 j1 y0 y1 i0 i0e i1 i1e k0 k0e k1 k1e ndtr log_ndtr ndtri gamma lgamma_far digamma zeta"
    " gammainc gammaincc beta betaln betainc binomial erf erfc erfcx erfinv erfcinv exp1 Ei expint"
    " elliptic_k elliptic_f elliptic_einc".split()
)
"""Special functions of cupyx.scipy.special."""

STANDARD = Carrier("", {})
CUPY = Carrier("", {f"_{name}": f"special.{name}" for name in "erf erfc i0e i1e i0 i1".split()})
"""What modules carry along; CuPy has some of the functions."""


def standard(xp: str) -> Dialect:
    """The array-API standard; `xp` is what the namespace is called."""
    table = {
        **{op: f"xp.{op}({{0}})" for op in _NAMES},
        **{op: f"xp.{op}({{0}}, {{1}})" for op in _PAIRS},
        **_INFIX, **_TOLD, **_COMPOSED, **_calls(STANDARD, FUNCTIONS | VARIANTS),
    }  # fmt: skip
    lifted = {*_PAIRS, "where", "logaddexp2", "fmod", "fmax", "fmin", "heaviside", *FUNCTIONS}
    return _dialect("the array-API standard", table, lifted, xp)


def cupy(xp: str) -> Dialect:
    """CuPy, whose functions are called like NumPy's and SciPy's."""
    table, ours = in_cupy(), set(FUNCTIONS) - set(in_cupy())
    calls = _calls(CUPY, {*ours, *VARIANTS})
    return _dialect("CuPy", {**table, **_INFIX, **_TOLD, **calls}, ours, xp)


def in_cupy() -> dict[str, str]:
    """The functions that CuPy has, by op."""
    table = {}
    for op in registry.all_ops():
        name = op.spelling.numpy if op.spelling else ""
        if name.startswith("np.") or (op.name in _IN_CUPY and name.startswith("special.")):
            places = ", ".join(f"{{{i}}}" for i in range(op.arity))
            table[op.name] = f"{name.replace('np.', 'xp.', 1)}({places})"
    return table


def _calls(carrier: Carrier, ops: Iterable[str]) -> dict[str, str]:
    """Calls of our functions."""
    return {op: carrier.call(op, registry.get(op.split()[0]).arity) for op in ops}


def _dialect(library: str, table: dict[str, str], lifted: set[str], xp: str) -> Dialect:
    own = {
        op: text.replace("xp.", f"{xp}.").replace("(xp,", f"({xp},") for op, text in table.items()
    }
    full = _FULL.replace("xp.", f"{xp}.")
    if library == "CuPy":
        full = f"{xp}.asarray({{0}}, {{1}}.dtype)"
    to_float = f"{xp}.astype({{0}}, {{1}}.dtype)"
    whole = WHOLE & lifted
    return Dialect(library, own, full, frozenset(lifted - whole), to_float, frozenset(whole))

"""How one instruction is written in C."""

from __future__ import annotations

from derivc.codegen import spelling
from derivc.codegen.c.dialect import Dialect
from derivc.errors import UnsupportedError
from derivc.ir.program import Instruction

_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_TESTS = {"isnan": "{0} != {0}", "isinf": "{abs}({0}) == {inf}", "isfinite": "{abs}({0}) < {inf}"}
_LOGIC = {"logical_and": "{0} & {1}", "logical_or": "{0} | {1}"}
_BUILT_IN = {
    "abs": "fabs", "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc",
    "round": "rint", "copysign": "copysign",
}  # fmt: skip
"""Functions that compilers turn into one instruction, on whole vectors too."""

_CHOICES = {
    "sign": "{0} != {0} ? {0} : ({real})({0} > 0) - ({real})({0} < 0)",
    "maximum": "({0} >= {1}) | ({0} != {0}) ? {0} : {1}",
    "minimum": "({0} <= {1}) | ({0} != {0}) ? {0} : {1}",
    "fmax": "({0} >= {1}) | ({1} != {1}) ? {0} : {1}",
    "fmin": "({0} <= {1}) | ({1} != {1}) ? {0} : {1}",
}
_HELPERS = frozenset({"remainder", "floor_divide", "heaviside", "logaddexp", "logaddexp2"})
"""Ops that are functions of ours, written in the prelude."""

_LIBRARY = {"erf": "erf", "erfc": "erfc", "gamma": "tgamma", "lgamma_far": "lgamma"}
"""Special functions that the C library has."""

_ROOT_HALF = "0.7071067811865475244008444"
_FORMULAS = {"ndtr": ("erfc", f"0.5{{s}} * {{call}}(-{_ROOT_HALF}{{s}} * {{0}})")}
"""Special functions that are another one of the C library but for constants."""

OWN = {"zeta": ["pow"]}
"""Special functions of ours, and what they call: SciPy hands out no C function for them."""

_DEGREES = {"deg2rad": "0.01745329251994329576923691", "rad2deg": "57.29577951308232087679815"}
_INFIX = frozenset({"add", "sub", "mul", "div", "neg", "square"})


def is_mask(op: str) -> bool:
    """Whether an op computes a truth."""
    return op in _COMPARISONS or op in _TESTS or op in _LOGIC or op == "logical_not"


def takes_truth(op: str, position: int) -> bool:
    """Whether an op takes a truth at a position, not a number."""
    return op in _LOGIC or op == "logical_not" or (op == "where" and position == 0)


def is_choice(op: str) -> bool:
    """Whether an op chooses between its operands."""
    return op == "where" or op in _CHOICES


def is_inline(op: str) -> bool:
    """Whether compilers compute the op without a call, on whole vectors as on single numbers."""
    return (
        op in _INFIX or is_mask(op) or op in _BUILT_IN or op in _CHOICES or op in _DEGREES
        or op in ("where", "const", "heaviside")
    )  # fmt: skip


def calls(op: str) -> list[str]:
    """The functions of the C library that an op calls.

    Example:
        >>> calls("exp"), calls("logaddexp"), calls("add")
        (['exp'], ['exp', 'log1p'], [])
    """
    if op in ("logaddexp", "logaddexp2"):
        return ["exp", "log1p"] if op == "logaddexp" else ["exp2", "log1p"]
    if op in ("remainder", "floor_divide"):
        return ["fmod"]
    if op in OWN:
        return OWN[op]
    if is_inline(op) or special(op):
        return []
    return [_library(op)]


def special(op: str) -> str:
    """The function of scipy.special that an op is: `psi`, `sici[0]`; "" when it is none."""
    if op == "const" or op in _LIBRARY or op in _FORMULAS:
        return ""
    name = spelling.spelling_of(op).numpy
    return name.removeprefix("special.") if name.startswith("special.") else ""


def helper(op: str) -> str:
    """The function of ours that an op calls; "" when it calls none."""
    return op if op in _HELPERS else ""


def is_vector(op: str, dialect: Dialect) -> bool:
    """Whether an instruction can stand in a loop over whole vectors."""
    if is_inline(op):
        return True
    if special(op):
        return False
    names = calls(op)
    return bool(names) and all(f"{name}{dialect.suffix}" in dialect.vector for name in names)


def expression(step: Instruction, atoms: list[str], dialect: Dialect) -> str:
    """One instruction as a C expression.

    Args:
        step: over primitives. atoms: its operands.
        dialect: the kind of numbers.

    Example:
        >>> from derivc.codegen.c.dialect import POINT
        >>> expression(Instruction("mul", (0, 1)), ["x", "2.0"], POINT)
        'x * 2.0'
        >>> expression(Instruction("lt", (0, 1)), ["x", "2.0"], POINT)
        'x < 2.0'
    """
    given = [f"({a})" if a.startswith("-") else a for a in atoms]
    op = step.op
    if is_mask(op):
        return _truth(op, given, dialect)
    if op == "where":
        return _choice(given[0], given[1], given[2], dialect)
    if op in _CHOICES:
        return _chosen(op, given, dialect)
    if op in _INFIX:
        return str(spelling.spelling_of(op).infix).format(*given)
    if op in _DEGREES:
        return f"{given[0]} * {_DEGREES[op]}{dialect.suffix.upper()}"
    if op in _FORMULAS:
        name, text = _FORMULAS[op]
        return text.format(*given, s=dialect.suffix.upper(), call=dialect.function(name))
    return f"{called(op, dialect)}({', '.join(given)})"


def called(op: str, dialect: Dialect) -> str:
    """The function that an op calls in this dialect."""
    if op in _BUILT_IN:
        return f"__builtin_{_BUILT_IN[op]}{dialect.suffix}"
    if op in _HELPERS:
        return f"{op}_{'p' if dialect.branches else 'v'}{dialect.letter}"
    if name := special(op):
        return "special_" + name.replace("[", "_").rstrip("]")
    return dialect.function(_library(op))


def _library(op: str) -> str:
    """The C library's name of an op: its declared one, or `math`'s, which is the same."""
    if op in _FORMULAS:
        return _FORMULAS[op][0]
    found = spelling.spelling_of(op)
    name = found.c or _LIBRARY.get(op) or ("pow" if op == "pow" else found.math or "")
    name = name.removeprefix("math.")
    if not name.isidentifier():
        raise UnsupportedError(f"{op} has no spelling in C; backend='numpy' computes it")
    return name


def _truth(op: str, given: list[str], dialect: Dialect) -> str:
    if op == "logical_not":
        return f"{'!' if dialect.branches else '~'}{given[0]}"
    if op in _LOGIC:
        return _LOGIC[op].format(*given)
    if op in _COMPARISONS:
        text = f"{given[0]} {_COMPARISONS[op]} {given[1]}"
    else:
        absolute, infinity = called("abs", dialect), dialect.constant(float("inf"))
        text = _TESTS[op].format(*given, abs=absolute, inf=infinity)
    return text if dialect.branches else f"mask_{dialect.letter}({text})"


def _choice(condition: str, one: str, other: str, dialect: Dialect) -> str:
    if dialect.branches:
        return f"{condition} ? {one} : {other}"
    return f"select_{dialect.letter}({condition}, {one}, {other})"


def _chosen(op: str, given: list[str], dialect: Dialect) -> str:
    text = _CHOICES[op].format(*given, real=dialect.real)
    condition, _, rest = text.partition(" ? ")
    one, _, other = rest.partition(" : ")
    if dialect.branches:
        return f"{condition} ? {one} : {other}"
    return f"select_{dialect.letter}(mask_{dialect.letter}({condition}), {one}, {other})"

"""The sine and the cosine in loops over whole vectors; of one number they share most of the work.

The C library's function for both has a vector form that writes through one pointer per element and
takes longer than two calls. This one is inlined: it takes two thirds of the time of two calls,
before which all that registers hold would have to be saved, and is right to 0.8 units in the last
place instead of 3. Alone, either takes about as long as a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from derivc.codegen.c.dialect import Dialect
    from derivc.ir.program import Program, Value

FUNCTIONS = {"sin": "v_sine", "cos": "v_cosine"}
"""What one of the two is called: the same numbers, whether or not the other is computed, too."""


@final
@dataclass(frozen=True)
class Numbers:
    """What the function is made of for one kind of number.

    Args:
        real: the type. suffix, letter: as in the dialect.
        parts: pi/2 as a sum of three numbers of this kind. inverse: 2/pi.
        shift: 1.5 times the largest power of two up to which there are fractions: a sum with it is
            a whole number. far: beyond it there is no result, as k may be the second nearest.
        sign: how far the second bit is from that of the sign.
        sine, cosine: coefficients of S and C in sin(r)/r = 1 + z S(z), cos(r) = 1 - z/2 + z^2 C(z)
            for z = r^2 up to (pi/4)^2: Chebyshev fits, by `mpmath.chebyfit` with 40 digits; a test
            makes them again.
    """

    real: str
    suffix: str
    letter: str
    parts: tuple[float, float, float]
    inverse: float
    shift: float
    far: float
    sign: int
    sine: tuple[float, ...]
    cosine: tuple[float, ...]


DOUBLE = Numbers(
    "double", "", "d",
    (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33),
    0.6366197723675814, 1.5 * 2.0**52, 2.0**30, 62,
    (
        -0.16666666666666666, 0.008333333333330946, -0.0001984126983675497,
        2.755731610068303e-06, -2.5051131455427946e-08, 1.591810123027412e-10,
    ),
    (
        0.041666666666666664, -0.0013888888888887395, 2.4801587298763433e-05,
        -2.7557317270560326e-07, 2.0876146024689747e-09, -1.1382614868556325e-11,
    ),
)  # fmt: skip
FLOAT = Numbers(
    "float", "f", "f",
    (1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15),
    0.63661975, 1.5 * 2.0**23, 2.0**17, 30,
    (-0.166666641831398, 0.008332747966051102, -0.000195878412341699),
    (0.0416666641831398, -0.001388830249197781, 2.454789137118496e-05),
)  # fmt: skip
KINDS = {"d": DOUBLE, "f": FLOAT}


def is_used(dialect: Dialect) -> bool:
    """Whether loops of this dialect take the two from here, not from the C library."""
    both = {name + dialect.suffix for name in FUNCTIONS}
    return dialect.letter in KINDS and not dialect.branches and both <= dialect.vector


def pairs(program: Program, part: Iterable[Value]) -> dict[Value, tuple[Value, Value]]:
    """Where the sine and the cosine of one number are both computed: each of the two, to both.

    Args:
        program: over primitives. part: the values to look at.

    Example:
        >>> from derivc.ir.program import Instruction, Program
        >>> steps = (Instruction("cos", (0,)), Instruction("sin", (0,)))
        >>> pairs(Program(("x",), steps, (1, 2)), (1, 2))
        {2: (2, 1), 1: (2, 1)}
    """
    found: dict[tuple[str, Value], Value] = {}
    for value in part:
        step = program.instructions[value - len(program.inputs)]
        if step.op in FUNCTIONS:
            found[step.op, step.args[0]] = value
    both = [(found.get(("sin", arg)), found.get(("cos", arg))) for _, arg in found]
    whole = [(s, c) for s, c in both if s is not None and c is not None]
    return {value: pair for pair in whole for value in pair}


def text(numbers: Numbers) -> str:
    """The functions for one kind of number: both at once, and either."""
    suffix = numbers.suffix
    words = {f"part_{i}": _constant(part, suffix) for i, part in enumerate(numbers.parts)}
    words |= {n: _constant(getattr(numbers, n), suffix) for n in ("inverse", "shift", "far")}
    return _TEXT.format(
        real=numbers.real, s=suffix, letter=numbers.letter, sign=numbers.sign, **words,
        half=_constant(0.5, suffix), sine=_horner(numbers.sine, suffix),
        cosine=_horner(numbers.cosine, suffix),
    )  # fmt: skip


def _constant(value: float, suffix: str) -> str:
    return f"{value!r}{suffix.upper()}"


def _horner(coefficients: tuple[float, ...], suffix: str) -> str:
    """A polynomial in z, nested."""
    *rest, last = [_constant(c, suffix) for c in coefficients]
    for c in reversed(rest):
        last = f"__builtin_fma{suffix}({last}, z, {c})"
    return last


_TEXT = """\
/* The sine and the cosine of a number, less the nearest multiple k of pi/2, which is taken off in
   three parts with what rounding lost (Cody and Waite, "Software Manual for the Elementary
   Functions", 1980), then a polynomial each. Far away both are NaN; the loops that call this look
   into NaN again in wider numbers. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
typedef union {{ {real} number; bits_{letter} bits; }} bits_both{s};
static inline bits_{letter} bits_in{s}({real} number) {{ return ((bits_both{s}){{number}}).bits; }}
/* Minus the number where the second bit is set. */
static inline {real} v_signed{s}({real} number, bits_{letter} quadrant)
{{
    return ((bits_both{s}){{.bits = bits_in{s}(number) ^ (quadrant & 2) << {sign}}}).number;
}}
static inline void v_sine_cosine{s}({real} given, {real} *sine, {real} *cosine)
{{
    const bits_{letter} far = mask_{letter}(__builtin_fabs{s}(given) >= {far});
    const {real} x = select_{letter}(far, __builtin_inf{s}(), given), shift = {shift};
    const {real} moved = __builtin_fma{s}(x, {inverse}, shift), k = moved - shift;
    const {real} first = __builtin_fma{s}(-k, {part_0}, x);
    const {real} second = k * {part_1}, r = first - second;
    const {real} lost = first - r - second; /* exactly: second has finer bits */
    const {real} rest = __builtin_fma{s}(
        -k, {part_2}, lost + __builtin_fma{s}(-k, {part_1}, second));
    const {real} z = r * r, half = {half} * z, whole = 1 - half;
    const {real} s = {sine};
    const {real} c = {cosine};
    const {real} sin_r = r + __builtin_fma{s}(r * z, s, rest);
    const {real} cos_r = whole + ((1 - whole - half) + __builtin_fma{s}(z * z, c, -r * rest));
    const bits_{letter} quadrant = bits_in{s}(moved), odd = -(quadrant & 1);
    const {real} one = select_{letter}(odd, cos_r, sin_r);
    const {real} other = select_{letter}(odd, sin_r, cos_r);
    const bits_{letter} zero = mask_{letter}(given == 0); /* of which the sign is kept */
    *sine = select_{letter}(zero, given, v_signed{s}(one, quadrant));
    *cosine = v_signed{s}(other, quadrant + 1);
}}
#else
static inline void v_sine_cosine{s}({real} x, {real} *sine, {real} *cosine)
{{
    *sine = v_sin{s}(x);
    *cosine = v_cos{s}(x);
}}
#endif
static inline {real} v_sine{s}({real} x)
{{
    {real} sine, cosine;
    v_sine_cosine{s}(x, &sine, &cosine);
    return sine;
}}
static inline {real} v_cosine{s}({real} x)
{{
    {real} sine, cosine;
    v_sine_cosine{s}(x, &sine, &cosine);
    return cosine;
}}"""

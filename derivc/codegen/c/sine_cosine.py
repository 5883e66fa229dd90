"""The sine and the cosine in loops over vectors of float64; of one number they share most of it.

The C library's function for both has a vector form that writes through one pointer per element and
takes longer than two calls. This one is inlined: it takes two thirds of the time of two calls,
before which all that registers hold would have to be saved, and is right to 0.8 units in the last
place instead of 3. Alone, either takes about as long as a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivc.codegen.c.dialect import Dialect
    from derivc.ir.program import Program, Value

SINE = (
    -0.16666666666666666, 0.008333333333330946, -0.0001984126983675497,
    2.755731610068303e-06, -2.5051131455427946e-08, 1.591810123027412e-10,
)  # fmt: skip
COSINE = (
    0.041666666666666664, -0.0013888888888887395, 2.4801587298763433e-05,
    -2.7557317270560326e-07, 2.0876146024689747e-09, -1.1382614868556325e-11,
)  # fmt: skip
"""sin(r)/r = 1 + z S(z) and cos(r) = 1 - z/2 + z^2 C(z) with z = r^2 up to (pi/4)^2: Chebyshev
fits, by `mpmath.chebyfit` with 40 digits; a test makes them again."""


FUNCTIONS = {"sin": "v_sine", "cos": "v_cosine"}
"""What one of the two is called: the same numbers, whether or not the other is computed, too."""


def is_used(dialect: Dialect) -> bool:
    """Whether loops of this dialect take the two from here, not from the C library."""
    return dialect.letter == "d" and not dialect.branches and FUNCTIONS.keys() <= dialect.vector


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


def _horner(variable: str, coefficients: tuple[float, ...]) -> str:
    text = repr(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        text = f"__builtin_fma({text}, {variable}, {c!r})"
    return text


TEXT = f"""\
/* The sine and the cosine of a number, less the nearest multiple k of pi/2, which is taken off in
   three parts with what rounding lost (Cody and Waite, "Software Manual for the Elementary
   Functions", 1980), then a polynomial each. Beyond 2^30 both are NaN; the loops that call this
   look into NaN again in wider numbers. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
typedef union {{ double number; bits_d bits; }} bits_both;
static inline bits_d bits_in(double number) {{ return ((bits_both){{number}}).bits; }}
/* Minus the number where the second bit is set. */
static inline double v_signed(double number, bits_d quadrant)
{{
    return ((bits_both){{.bits = bits_in(number) ^ (quadrant & 2) << 62}}).number;
}}
static inline void v_sine_cosine(double given, double *sine, double *cosine)
{{
    const double shift = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to whole numbers */
    const bits_d far = mask_d(__builtin_fabs(given) >= 1073741824.0);
    const double x = select_d(far, __builtin_inf(), given);
    const double moved = __builtin_fma(x, 0.6366197723675814, shift), k = moved - shift;
    const double first = __builtin_fma(-k, 1.5707963267948966, x);
    const double second = k * 6.123233995736766e-17, r = first - second;
    const double lost = first - r - second; /* exactly: second has finer bits */
    const double rest = __builtin_fma(
        k, 1.4973849048591833e-33, lost + __builtin_fma(-k, 6.123233995736766e-17, second));
    const double z = r * r, half = 0.5 * z, whole = 1 - half;
    const double s = {_horner("z", SINE)};
    const double c = {_horner("z", COSINE)};
    const double sin_r = r + __builtin_fma(r * z, s, rest);
    const double cos_r = whole + ((1 - whole - half) + __builtin_fma(z * z, c, -r * rest));
    const bits_d quadrant = bits_in(moved), odd = -(quadrant & 1);
    const double one = select_d(odd, cos_r, sin_r), other = select_d(odd, sin_r, cos_r);
    *sine = select_d(mask_d(given == 0), given, v_signed(one, quadrant)); /* -0 stays -0 */
    *cosine = v_signed(other, quadrant + 1);
}}
#else
static inline void v_sine_cosine(double x, double *sine, double *cosine)
{{
    *sine = v_sin(x);
    *cosine = v_cos(x);
}}
#endif
static inline double v_sine(double x)
{{
    double sine, cosine;
    v_sine_cosine(x, &sine, &cosine);
    return sine;
}}
static inline double v_cosine(double x)
{{
    double sine, cosine;
    v_sine_cosine(x, &sine, &cosine);
    return cosine;
}}"""

"""What stands before the functions: declarations, and the helpers that the functions call."""

from __future__ import annotations

from collections.abc import Iterable

from derivc.codegen.c import spelling
from derivc.ops import registry

_REALS = {"": "double", "f": "float", "l": "long double"}

MASKS = """\
/* Truths over whole vectors are masks: all bits or none, of the width of the numbers. */
typedef long long bits_d;
typedef int bits_f;
static inline bits_d mask_d(int truth) { return -(bits_d)truth; }
static inline bits_f mask_f(int truth) { return -(bits_f)truth; }
static inline double select_d(bits_d mask, double one, double other)
{
    union { double number; bits_d bits; } a = {one}, b = {other}, c;
    c.bits = (a.bits & mask) | (b.bits & ~mask);
    return c.number;
}
static inline float select_f(bits_f mask, float one, float other)
{
    union { float number; bits_f bits; } a = {one}, b = {other}, c;
    c.bits = (a.bits & mask) | (b.bits & ~mask);
    return c.number;
}"""

_HELPERS = {
    "remainder": """\
/* The remainder with the divisor's sign, as Python's %. */
static inline {real} remainder_{form}({real} a, {real} b)
{{
    const {real} rest = fmod{suffix}(a, b);
    if (rest == 0) return __builtin_copysign{suffix}(0, b);
    return (rest < 0) != (b < 0) ? rest + b : rest;
}}""",
    "floor_divide": """\
/* The quotient rounded down, exact where a / b rounds up to a whole number. */
static inline {real} floor_divide_{form}({real} a, {real} b)
{{
    if (b == 0) return a / b;
    const {real} rest = fmod{suffix}(a, b);
    const {real} quotient = (a - rest) / b - (rest != 0 && (rest < 0) != (b < 0));
    if (quotient == 0) return __builtin_copysign{suffix}(0, a / b);
    const {real} whole = __builtin_floor{suffix}(quotient);
    return quotient - whole > 0.5{suffix} ? whole + 1 : whole;
}}""",
    "heaviside": """\
static inline {real} heaviside_{form}({real} x, {real} at_zero)
{{
    return {choose}({truth}(x == 0), at_zero, {choose}({truth}(x != x), x, ({real})(x > 0)));
}}""",
    "logaddexp": """\
/* log(e^a + e^b), which overflows only where the result does. */
static inline {real} logaddexp_{form}({real} a, {real} b)
{{
    const {real} most = {choose}({truth}(a >= b), a, b), gap = -__builtin_fabs{suffix}(a - b);
    const {real} sum = most + {log1p}({exp}(gap));
    return {choose}({truth}(a == b), a + 0.6931471805599453094172321L, sum);
}}""",
    "logaddexp2": """\
/* log2(2^a + 2^b), which overflows only where the result does. */
static inline {real} logaddexp2_{form}({real} a, {real} b)
{{
    const {real} most = {choose}({truth}(a >= b), a, b), gap = -__builtin_fabs{suffix}(a - b);
    const {real} sum = most + ({real})1.442695040888963407359925L * {log1p}({exp2}(gap));
    return {choose}({truth}(a == b), a + 1, sum);
}}""",
}


_WHOLE_ORDER = frozenset({"expn"})
"""Functions of SciPy whose first argument must be whole: they warn in Python's words otherwise."""

_OWN_SPECIAL = {
    "zeta": """\
/* Hurwitz's zeta by Euler and Maclaurin (https://dlmf.nist.gov/25.11.E28 with an error below 1e-17
   for q + n > 10): the terms up to n, then the tail in powers of 1 / (q + n). */
static double special_zeta(double s, double q)
{
    static const double factors[] = {
        1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160,
        -691.0 / 1307674368000, 1.0 / 74724249600, -3617.0 / 10670622842880000,
        43867.0 / 5109094217170944000, -174611.0 / 802857662698291200000.0
    };
    if (s == 1) return __builtin_inf();
    if (!(s > 1) || !(q > -1000)) return __builtin_nan("");
    if (q <= 0 && q == __builtin_floor(q)) return __builtin_inf();
    if (q <= 0 && s != __builtin_floor(s)) return __builtin_nan("");
    if (q > 1e8) return (1 / (s - 1) + 1 / (2 * q)) * pow(q, 1 - s);
    double sum = pow(q, -s), a = q;
    for (int i = 0; i < 9 || a <= 9; i++) {
        a += 1;
        const double term = pow(a, -s);
        sum += term;
        if (__builtin_fabs(term) < 1e-17 * __builtin_fabs(sum)) return sum;
    }
    double power = pow(a, -s), rising = s;
    sum += power * a / (s - 1) - power / 2;
    power /= a;
    for (int j = 0; j < 10; j++) {
        const double term = factors[j] * rising * power;
        sum += term;
        if (__builtin_fabs(term) < 1e-17 * __builtin_fabs(sum)) break;
        rising *= (s + 2 * j + 1) * (s + 2 * j + 2);
        power /= a * a;
    }
    return sum;
}""",
}


def declarations(ops: Iterable[str]) -> list[str]:
    """The C library's functions that ops call, in every kind of number; SciPy's as pointers.

    Example:
        >>> declarations(["exp"])
        ['double exp(double);', 'float expf(float);', 'long double expl(long double);']
    """
    known = sorted(set(ops))
    found = [f"{real} {name}{_operands(name, real)};" for name, real in _called(known)]
    return found + [line for op in known if (line := _special(op))]


def vectors(ops: Iterable[str], vector: frozenset[str]) -> dict[str, str]:
    """By name, the declarations of functions over whole vectors that ops call."""
    return {
        name: f'{real} v_{name}{_operands(name, real)} __asm__("{name}") VECTOR;'
        for name, real in _called(ops)
        if name in vector
    }


def _called(ops: Iterable[str]) -> list[tuple[str, str]]:
    names = sorted({name for op in ops for name in spelling.calls(op)})
    return [(name + suffix, real) for name in names for suffix, real in _REALS.items()]


def _operands(name: str, real: str) -> str:
    two = name.rstrip("fl") in ("pow", "hypot", "atan2", "fmod")
    return f"({real}, {real})" if two else f"({real})"


def _special(op: str) -> str:
    """A pointer that is set when the library is loaded, and a function that calls it."""
    name = spelling.special(op)
    if not name:
        return ""
    if name in _OWN_SPECIAL:
        return _OWN_SPECIAL[name]
    count = registry.get(op).arity
    plain, bracket, part = name.partition("[")
    local = f"special_{plain}" + (f"_{part.rstrip(']')}" if bracket else "")
    given = ", ".join(f"double {'abcd'[i]}" for i in range(count))
    passed = ", ".join("abcd"[:count])
    if bracket:
        return (
            f"void (*{local}_at)(double, double *, double *);\n"
            f"static inline double {local}(double a)"
            f" {{ double r[2]; {local}_at(a, r, r + 1); return r[{part.rstrip(']')}]; }}"
        )
    call = f"{local}_at({passed}, 0)"
    if name in _WHOLE_ORDER:
        call = f'a == __builtin_floor(a) ? {call} : __builtin_nan("")'
    return (
        f"double (*{local}_at)({given}, int);\n"
        f"static inline double {local}({given}) {{ return {call}; }}"
    )


def helpers(ops: Iterable[str], vector: frozenset[str], masks: bool) -> list[str]:
    """The helpers that ops call, for points and for vectors, in every kind of number."""
    used = [op for op in sorted(set(ops)) if spelling.helper(op)]
    found = [MASKS] if masks or used else []
    for op in used:
        for suffix, real in _REALS.items():
            letter = suffix or "d"
            if suffix != "f":
                found.append(_helper(op, real, suffix, f"p{letter}", frozenset(), ("", "CHOOSE")))
            if suffix != "l":
                words = (f"mask_{letter}", f"select_{letter}")
                found.append(_helper(op, real, suffix, f"v{letter}", vector, words))
    return found


def _helper(
    op: str, real: str, suffix: str, form: str, vector: frozenset[str], words: tuple[str, str]
) -> str:
    called = {
        name: f"{'v_' if name + suffix in vector else ''}{name}{suffix}"
        for name in ("exp", "exp2", "log1p")
    }
    truth, choose = words
    text = _HELPERS[op].format(
        real=real, suffix=suffix, form=form, truth=truth, choose=choose, **called
    )
    if choose == "CHOOSE":
        text = f"#define CHOOSE(c, a, b) ((c) ? (a) : (b))\n{text}\n#undef CHOOSE"
    return text

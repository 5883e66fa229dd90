"""Where derivc's gradients are right and PyTorch's are not: cases, truth, and the page of them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

import derivc as dc


@dataclass(frozen=True)
class Case:
    """An expression over F and x, the point, the true derivative, and why PyTorch misses it."""

    text: str
    point: float
    truth: Any
    why: str


def _where(x):
    return 0 if x <= 0 else 1 / (2 * mpmath.sqrt(x))


CASES = [
    Case("F.where(x > 0, F.sqrt(x), x * 0)", 0.0, _where, "0 times infinity, not taken"),
    Case("F.where(x > 0, F.sqrt(x), x * 0)", -1.0, _where, "NaN, not taken"),
    Case("F.where(x > 0, F.log(x), x)", 0.0, lambda x: 1, "0 times infinity, not taken"),
    Case("F.where(x == 0, F.ones_like(x), F.sin(x) / x)", 0.0, lambda x: 0, "0/0 not taken"),
    Case("F.sigmoid(x)", 40.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2,
         "1 - y is 0 where y rounds to 1"),
    Case("F.sigmoid(x)", 36.5, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2,
         "1 - y has lost its digits"),
    Case("F.tanh(x)", 20.0, lambda x: mpmath.sech(x) ** 2, "1 - y² is 0 where y rounds to 1"),
    Case("F.tanh(x)", 17.0, lambda x: mpmath.sech(x) ** 2, "1 - y² has lost its digits"),
    Case("F.digamma(x)", 0.7, lambda x: mpmath.polygamma(1, x), "a short series"),
    Case("F.special.erfcx(x)", 30.0,
         lambda x: 2 * x * mpmath.exp(x * x) * mpmath.erfc(x) - 2 / mpmath.sqrt(mpmath.pi),
         "the difference of two nearly equal numbers"),
    Case("F.sinc(x)", 1e-9,
         lambda x: (mpmath.pi * x * mpmath.cos(mpmath.pi * x) - mpmath.sin(mpmath.pi * x))
         / (mpmath.pi * x * x), "the difference of two nearly equal numbers"),
    Case("F.acosh(x)", 1 + 2**-40, lambda x: 1 / mpmath.sqrt(x * x - 1), "x² - 1 near 1"),
    Case("F.asin(x)", 1 - 2**-50, lambda x: 1 / mpmath.sqrt(1 - x * x), "1 - x² near 1"),
    Case("F.atanh(x)", 1 - 2**-50, lambda x: 1 / (1 - x * x), "1 - x² near 1"),
    Case("F.hypot(x, x * 0 + 3e200)", 4e200, lambda x: x / mpmath.hypot(x, mpmath.mpf("3e200")),
         ""),
    Case("F.asinh(x)", 1e200, lambda x: 1 / mpmath.sqrt(1 + x * x), "x² overflows"),
    Case("F.nn.functional.mish(x)", -40.0, lambda x: mpmath.diff(
        lambda t: t * mpmath.tanh(mpmath.log1p(mpmath.exp(t))), x), "1 - tanh² near 0"),
    Case("F.nn.functional.logsigmoid(x)", 40.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)),
         ""),
]  # fmt: skip


def value(backend, text, point):
    if backend is dc:
        text = text.replace("nn.functional.", "").replace("special.", "")
        text = text.replace("logsigmoid", "log_sigmoid")
        x = dc.tensor(point, requires_grad=True)
        eval(text, {"F": dc, "x": x}).backward()
    else:
        x = backend.tensor(point, dtype=backend.float64, requires_grad=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            eval(text, {"F": backend, "x": x}).backward()
    return x.grad.item()


def truth(case):
    with mpmath.workdps(60):
        return float(case.truth(mpmath.mpf(case.point)))


def ulps(found, true):
    """The distance in units in the last place of the truth; infinite for NaN and infinities."""
    if not math.isfinite(found):
        return math.inf
    return abs(found - true) / np.spacing(abs(true)) if true else (0.0 if found == 0 else math.inf)


def shown(distance):
    return "not finite" if math.isinf(distance) else f"{distance:.0f} ulp" if distance < 1e6 else (
        f"{distance:.0e} ulp")  # fmt: skip


HEAD = """# Where the gradients are better

`tests/tensor/test_better_than.py` computes these derivatives with derivc and PyTorch 2.13 (CPU,
float64), compares both with 50-digit arithmetic, and writes this page. An ulp is one unit in the
last place of the true value; `not finite` is a NaN or an infinity where the truth is a number.

| function | at | derivative | derivc | PyTorch | what goes wrong |
|---|---|---|---|---|---|
"""


def page(torch):
    rows = []
    for case in CASES:
        true = truth(case)
        mine = ulps(value(dc, case.text, case.point), true)
        his = ulps(value(torch, case.text, case.point), true)
        if his > 8 * max(mine, 1):
            text = case.text.replace("nn.functional.", "").replace("F.", "").replace("special.", "")
            rows.append(f"| `{text}` | {case.point:.6g} | {true:.6g} | {shown(mine)} |"
                        f" {shown(his)} | {case.why} |")  # fmt: skip
    return HEAD + "\n".join(rows) + "\n"

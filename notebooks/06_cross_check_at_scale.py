# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Cross-check at scale
#
# Four systems that differentiate the same function should agree. Where they do not, somebody is
# wrong, or nobody is and the question has two answers. `dc.crosscheck` asks PyTorch, JAX, HIPS
# autograd and finite differences, each in its own ops, and lets 50-digit arithmetic judge.

# %%
import autograd  # noqa: F401  asked by its name
import jax
import matplotlib.pyplot as plt
import mpmath
import numpy as np
import torch

import derivc as dc

plt.style.use("house.mplstyle")

# %% [markdown]
# ## One function
#
# It is smooth, and 1/2 at 0. Every cell says by how many floating-point numbers (ulp) the peer
# differs from derivc at its worst point; the small numbers count points that need an explanation.
# Open one.

# %% tags=["machine"]
dc.crosscheck("(1 - cos(x))/x**2", domain={"x": (1e-6, 3)}, points=24)

# %% [markdown]
# The judge knows nothing of differentiation: it evaluates the function at neighbouring points with
# hundreds of digits. So it may well find *derivc* guilty, and then it says so as loudly.
#
# ## Why they differ
#
# $f(x) = (e^x - 1)/x$ has the slope 1/2 at 0. Its derivative as people write it subtracts numbers
# that are nearly equal, and automatic differentiation repeats faithfully what was written. derivc
# rewrites the formula before it differentiates.

# %%
text = "(exp(x) - 1)/x"
x = np.logspace(-12, 2, 500)
mpmath.mp.dps = 60
true = np.array([float(((t - 1) * mpmath.exp(t) + 1) / t**2) for t in map(mpmath.mpf, x)])


def by_torch(x):
    leaf = torch.tensor(x, requires_grad=True)
    ((torch.exp(leaf) - 1) / leaf).sum().backward()
    return leaf.grad.numpy()


def by_jax(x):
    with jax.enable_x64(True):
        f = lambda t: ((jax.numpy.exp(t) - 1) / t).sum()
        return np.asarray(jax.grad(f)(jax.numpy.asarray(x)))


def by_differences(x):
    f, h = lambda t: (np.exp(t) - 1) / t, 6e-6 * np.maximum(x, 1e-9)
    return (f(x + h) - f(x - h)) / (2 * h)


slopes = {
    "central differences": by_differences(x),
    "PyTorch": by_torch(x),
    "JAX": by_jax(x),
    "derivc": dc.compile(text).grad(x)[0],
}
figure, ax = plt.subplots(figsize=(7.2, 3.8))
for (name, slope), color, size in zip(slopes.items(), ("0.75", "C1", "C3", "C0"), (3, 4, 2, 4)):
    error = np.maximum(np.abs(slope / true - 1), 3e-17)
    ax.loglog(x, error, ".", color=color, ms=size, label=name)
ax.axhline(1, color="0.4", lw=0.8)
ax.text(1e2, 3, "no digit is right", ha="right", fontsize=9, color="0.4")
ax.set(xlabel="x", ylim=(1e-17, 1e14), title="relative error of the slope of $(e^x-1)/x$")
ax.legend(fontsize=9, markerscale=2)
plt.show()

# %% [markdown]
# Below $x = 10^{-8}$ the frameworks' slopes have no correct digit left, and the error goes on growing.
# Nothing warns. (What is exact is drawn on the bottom line.)
#
# ## Many functions
#
# Two dozen formulas of physics, where everybody is at home, and a dozen where arithmetic bites.

# %%
physics = {
    "exp(-theta**2/2)/sqrt(2*pi)": (1, 3),
    "m0/sqrt(1 - v**2/25)": (1, 2),
    "x1*y1 + x2*y2 + x3*y3": (1, 5),
    "q1*q2*r/(4*pi*epsilon*r**3)": (1, 5),
    "G*m1*m2*(1/r2 - 1/r1)": (1, 5),
    "k*x**2/2": (1, 5),
    "(u + v)/(1 + u*v/9)": (1, 2),
    "m*r*v*sin(theta)": (1, 5),
    "asin(lambd/(n*d))": (1, 1.2),
    "x1*(cos(omega*t) + alpha*cos(omega*t)**2)": (1, 3),
    "sqrt(x1**2 + x2**2 - 2*x1*x2*cos(t1 - t2))": (1, 5),
    "n0*exp(-m*g*x/(kb*T))": (1, 5),
    "h*omega**3/(39.5*(exp(h*omega/(kb*T)) - 1))": (1, 5),
    "q*v*B/p": (1, 5),
    "n*kb*T*log(V2/V1)": (1, 5),
    "p*cos(theta)/(4*pi*epsilon*r**2)": (1, 3),
    "3/5*q**2/(4*pi*epsilon*d)": (1, 5),
    "n*mom*tanh(mom*B/(kb*T))": (1, 5),
    "mom*sqrt(Bx**2 + By**2 + Bz**2)": (1, 5),
    "E*(sin(t*d)/(t*d))**2": (1, 3),
    "1/(exp(h*omega/(kb*T)) - 1)": (1, 5),
    "beta*(1 + alpha*cos(theta))": (1, 5),
    "sqrt((p - q*A)**2*c**2 + m**2*c**4)": (1, 5),
    "a*(1 - e1**2)/(1 + e1*cos(theta))": (0.1, 0.9),
}
trouble = {
    "(1 - cos(x))/x**2": (1e-6, 1e-2),
    "log(1 + x) - x": (1e-7, 1e-3),
    "sqrt(x + 1) - sqrt(x)": (1e3, 1e9),
    "log(1 + exp(x))": (500, 900),
    "log(exp(x) + exp(y))": (600, 900),
    "1/(1 + exp(-x))": (20, 60),
    "tanh(x)": (8, 20),
    "(x - sin(x))/x**3": (1e-4, 1e-2),
    "where(x > 0, sqrt(x), 0)": (-2, 2),
    "x*log(x/y) - x + y": (1, 1.001),
    "(1 + x)**(1/x)": (1e-9, 1e-6),
    "erf(x) - 1": (4, 7),
}
peers = ["torch", "jax", "autograd", "finite", "mpmath"]


def check(text, interval):
    """The report of one function, all variables in one interval."""
    kernel = dc.compile(text)
    return dc.crosscheck(kernel, peers, 8, dict.fromkeys(kernel.inputs, interval), order=1)


reports = {text: check(text, box) for text, box in (physics | trouble).items()}
print(len(reports), "functions")


# %%
def worst(report, peer, order=1):
    """The largest difference from derivc, in ulp: the partials by one peer."""
    found = [r.ulps for r in report.rows if r.peer == peer and r.order == order and r.points]
    return max(found, default=np.nan)


def heat(ax, texts, title):
    table = np.array([[worst(reports[t], peer) for peer in peers] for t in texts])
    shown = np.log10(1 + np.where(np.isinf(table), 1e19, table))
    image = ax.imshow(shown, aspect="auto", vmin=0, vmax=19, cmap="magma_r")
    ax.set_xticks(range(len(peers)), peers, fontsize=8)
    ax.set_yticks(
        range(len(texts)), [t if len(t) < 36 else t[:33] + "..." for t in texts], fontsize=7
    )
    for (i, j), ulp in np.ndenumerate(table):
        label = (
            "NaN"
            if np.isinf(ulp)
            else f"{ulp:.0f}"
            if ulp < 1e5
            else f"$10^{{{np.log10(ulp):.0f}}}$"
        )
        ax.text(
            j, i, label, ha="center", va="center", fontsize=7, color="w" if shown[i, j] > 8 else "k"
        )
    ax.grid(False)
    ax.set_title(title, fontsize=10)
    return image


figure, axes = plt.subplots(2, 1, figsize=(7.2, 9), height_ratios=[len(physics), len(trouble)])
heat(axes[0], list(physics), "gradient, largest difference from derivc in ulp: physics")
heat(axes[1], list(trouble), "where arithmetic bites")
plt.show()

# %% [markdown]
# Above, everybody agrees to the last digits, but for `tanh`, whose slope PyTorch and JAX compute as
# $1 - \tanh^2$. (Where the exact answer differs by hundreds of ulp, everybody's does: the formula
# subtracts, and moves that much when an argument is rounded.) Below, the column to look at is the
# last one: derivc stays beside the 50 digits while the others leave. The explanations in numbers:

# %% tags=["machine"]
from collections import Counter

causes = Counter()
for report in reports.values():
    for row, finding in report.findings:
        causes[finding.kind, finding.blame or "nobody"] += finding.points
for (kind, blame), points in sorted(causes.items(), key=lambda item: -item[1]):
    print(f"{kind:14}{blame:10}{points:5} points")

# %% [markdown]
# `inaccurate` is said of derivc, and makes a report fail: where it knows no better form of a formula
# that cancels, its answer is as bad as the others'. This is what a referee is for.

# %% tags=["machine"]
accused = [text for text, report in reports.items() if not report]
for text in accused:
    print(f"{text}: {reports[text].findings[0][1].cause}")

# %% [markdown]
# ## Kinks
#
# At a kink there is no slope to be right about: every system picks one. The bar spans the one-sided
# slopes, the marks are the choices. derivc follows PyTorch unless you ask for another convention.

# %%
kinked = [
    "relu(x)",
    "abs(x)",
    "relu6(x)",
    "hardswish(x)",
    "leaky_relu(x)",
    "elu(x, 0.5)",
    "maximum(x, 2)",
    "clamp(x, -1, 1)",
    "softshrink(x)",
    "where(x > 0, 2*x, x)",
]
kinks = {}
for text in kinked:
    for kink in dc.crosscheck(text, ["torch", "jax", "autograd"], points=2, order=1).kinks:
        kinks.setdefault(f"{text},  {kink.kink.split(' at ')[1]}", kink)

figure, ax = plt.subplots(figsize=(7.2, 4.8))
marks = {
    "derivc": ("C0", "o", 11),
    "torch": ("C1", "x", 9),
    "jax": ("C3", "^", 6),
    "autograd": ("C2", "s", 4),
}
for row, (name, kink) in enumerate(reversed(kinks.items())):
    ax.plot(
        [kink.left, kink.right], [row, row], color="0.85", lw=9, solid_capstyle="butt", zorder=1
    )
    for who, slope in kink.slopes.items():
        color, mark, size = marks[who]
        ax.plot(
            slope,
            row,
            mark,
            color=color,
            ms=size,
            mew=2 if mark == "x" else 1,
            label=who if row == 0 else None,
            zorder=2,
        )
ax.set_yticks(range(len(kinks)), list(kinks)[::-1], fontsize=8)
ax.set(xlabel="slope", title="who says what at a kink")
ax.legend(loc="upper right", fontsize=8)
plt.show()

# %%
for convention in ("torch", "jax", "left", "right"):
    print(
        f"{convention:6} |x|' at 0 = {dc.compile('abs(x)', convention=convention).grad(0.0)[0]:+.0f}"
    )

# %% [markdown]
# ## In float32
#
# In single precision everything is of that type: the points, the results, and the ulp in which they
# are judged. What cancels loses its eight digits much sooner:

# %% tags=["machine"]
dc.crosscheck(
    "(1 - cos(x))/x**2",
    ["torch", "jax", "autograd", "mpmath"],
    domain={"x": (1e-3, 3)},
    points=24,
    dtype="float32",
    order=1,
)

# %%
x32 = np.logspace(-5, 0.5, 300).astype(np.float32)
k = dc.compile("(1 - cos(x))/x**2")
leaf = torch.tensor(x32, requires_grad=True)
((1 - torch.cos(leaf)) / leaf**2).sum().backward()
figure, ax = plt.subplots(figsize=(7.2, 2.8))
ax.semilogx(x32, leaf.grad.numpy(), ".", color="C1", ms=4, label="PyTorch, float32")
ax.semilogx(x32, k.grad(x32)[0], color="C0", label="derivc, float32")
ax.set(ylim=(-1.5, 1.5), xlabel="x", title="slope of $(1-\\cos x)/x^2$")
ax.legend(fontsize=9)
plt.show()

# %% [markdown]
# ## Your own gradient
#
# A gradient that you wrote by hand is a peer like any other. This one lost a factor on its way from
# the paper to the keyboard:


# %% tags=["machine"]
def value(x, y):
    return np.exp(-x * y) * y


def gradient(x, y):
    return -y * np.exp(-x * y), np.exp(-x * y) * (1 - x * y)


report = dc.crosscheck("y*exp(-x*y)", {"torch": None, "mine": (value, gradient)}, points=12)
report

# %%
print(report.ok, "|", report.worst.peer, report.worst.result)

# %% [markdown]
# ## Functions of tensors
#
# Written once against a namespace `F`, run by derivc's graph and by PyTorch's: values, gradients of
# every leaf, and second order.

# %% tags=["machine"]
draw = np.random.default_rng(0)
dc.crosscheck(
    lambda F, x, w, b: F.log_softmax(F.gelu(x @ w + b), -1).mean(),
    inputs={"x": draw.normal(size=(5, 3)), "w": draw.normal(size=(3, 4)), "b": draw.normal(size=4)},
)

# %% [markdown]
# From a terminal: `derivc crosscheck "abs(x)*y" --against torch,jax`; the exit code is 1 when a
# disagreement has no explanation, so that a script can stand guard.

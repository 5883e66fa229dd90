# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. Derivatives, side by side
#
# Beginners' tutorials on derivatives in PyTorch build a tensor, call `.backward()` and read a number
# off `.grad`. That answers *how much*. It does not answer *what is the derivative?*, nor *is the
# number right?*
#
# This notebook takes six functions that such tutorials use and asks all three questions of each: the
# closed form, the number from a compiled kernel, the number from `.backward()` in derivc and in
# PyTorch, and 50 digits from mpmath to say who is right. One of the six printed values turns out to
# be wrong.

# %%
import mpmath
import numpy as np
import sympy as sp
import torch
from IPython.display import Markdown

import derivc as dc

# %% [markdown]
# ## The six functions
#
# The last column is what the tutorials print.

# %%
EXAMPLES = [
    ("3*x**2", {"x": 3.0}, {"x": 18}),
    ("6*x**2 + 2*x + 4", {"x": 3.0}, {"x": 38}),
    ("u**3 + v**2 + 4*u*v", {"u": 3.0, "v": 4.0}, {"u": 43, "v": 20}),
    ("2*x + 1", {"x": 2.0}, {"x": 2}),
    ("sigmoid(x)", {"x": 1.0}, {"x": 0.19661193324148185}),
    ("sigmoid(x)**2 + 3*x", {"x": 1.0}, {"x": 3.3932}),
]


def by_kernel(text, at):
    """The partials from one compiled function."""
    kernel = dc.compile(text)
    return dict(zip(kernel.inputs, kernel.grad(**at), strict=True))


def by_backward(text, at, library):
    """The partials that `.backward()` leaves in `.grad`; the same lines serve both libraries."""
    leaves = {n: library.tensor(np.array(v), requires_grad=True) for n, v in at.items()}
    names = {"sigmoid": library.sigmoid}
    result = eval(text, names, leaves)
    result.backward()
    return {name: leaf.grad.item() for name, leaf in leaves.items()}


def by_definition(text, at, name):
    """The truth: the definition of the derivative, in 50 digits."""
    with mpmath.workdps(50):
        sigmoid = lambda x: 1 / (1 + mpmath.exp(-x))
        point = {n: mpmath.mpf(v) for n, v in at.items()}
        along = lambda x: eval(text, {"sigmoid": sigmoid}, {**point, name: x})
        return mpmath.diff(along, point[name])


# %% [markdown]
# `eval` above runs text that stands in this notebook; derivc itself never evaluates text.

# %%
lines = [
    "| function | at | derivative | kernel | derivc `.backward()` | PyTorch `.backward()` | truth | printed |",
    "|---|---|---|---|---|---|---|---|",
]
for text, at, printed in EXAMPLES:
    kernel, ours, theirs = (
        by_kernel(text, at),
        by_backward(text, at, dc),
        by_backward(text, at, torch),
    )
    for name, claimed in printed.items():
        truth = float(by_definition(text, at, name))
        right = abs(claimed - truth) < 1e-4
        place = ", ".join(f"{n}={v:g}" for n, v in at.items())
        lines.append(
            f"| ${sp.latex(dc.parse(text))}$ | {place} "
            f"| $\\partial_{name} = {sp.latex(dc.diff(text, name))}$ "
            f"| {kernel[name]:.10g} | {ours[name]:.10g} | {theirs[name]:.10g} | {truth:.10g} "
            f"| {claimed:.6g} {'✓' if right else '**wrong**'} |"
        )
Markdown("\n".join(lines))

# %% [markdown]
# ## The printed value that is wrong
#
# For `sigmoid(x)**2 + 3*x` at 1 the source prints 3.3932. Here is the derivation, with the numbers at
# $x = 1$ going through every step.

# %%
dc.explain("sigmoid(x)**2 + 3*x", at={"x": 1})

# %%
truth = by_definition("sigmoid(x)**2 + 3*x", {"x": 1.0}, "x")
print(f"to 30 digits   {mpmath.nstr(truth, 30)}")
print(f"derivc         {dc.compile('sigmoid(x)**2 + 3*x').grad(1.0)[0]!r}")
print("printed        3.3932")
print(f"off by         {mpmath.nstr(abs(truth - mpmath.mpf('3.3932')), 6)}")

# %% [markdown]
# $2\,\sigma\,\sigma' = 2\,\sigma(x)^2\,\sigma(-x) = 0.28747$, so the derivative is $3.28747$: the second
# decimal of the printed value is already wrong. (It is what comes out of $2\sigma' + 3$: the inner
# factor $\sigma$ was left out.)

# %%
s = 1 / (1 + np.exp(-1.0))
print("2 s s' + 3 =", 2 * s * s * (1 - s) + 3)
print("2 s'   + 3 =", 2 * s * (1 - s) + 3)

# %% [markdown]
# ## What a tensor knows of itself
#
# A *leaf* is what you made, everything else has a `grad_fn`. Only leaves keep their gradient, and
# derivc warns as PyTorch does when you ask another tensor for it.

# %%
import warnings


def attributes(library):
    """The attributes of a leaf and of a result, after the backward pass."""
    x = library.tensor(3.0, requires_grad=True)
    y = 3 * x**2
    y.backward()
    rows = {}
    for label, tensor in (("leaf x", x), ("result y", y)):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            grad = tensor.grad
        warned = " (with a warning)" if said else ""
        made_by = tensor.grad_fn.name() if tensor.grad_fn is not None else None
        rows[label] = [
            float(tensor.detach()),
            f"{grad}{warned}",
            made_by,
            tensor.is_leaf,
            tensor.requires_grad,
        ]
    return rows


lines = ["| | data | grad | grad_fn | is_leaf | requires_grad |", "|---|---|---|---|---|---|"]
for library in (dc, torch):
    for label, values in attributes(library).items():
        cells = " | ".join(str(v) for v in values)
        lines.append(f"| {library.__name__}: {label} | {cells} |")
Markdown("\n".join(lines))

# %% [markdown]
# To keep the gradient of something in the middle, say so with `.retain_grad()`:

# %%
x = dc.tensor(1.0, requires_grad=True)
s = dc.sigmoid(x)
s.retain_grad()
y = s**2 + 3 * x
y.backward()
print("dy/ds =", s.grad.item(), "  dy/dx =", x.grad.item())

# %% [markdown]
# ## A function beside its derivative
#
# A vector of points, a sum to make it a scalar, one backward pass: since every point has a term of its
# own in the sum, `.grad` holds the derivative at every point.

# %%
import matplotlib.pyplot as plt


def slopes(library, function, points):
    """The derivative at every point, by one backward pass."""
    x = library.tensor(points, requires_grad=True)
    y = function(library, x)
    y.sum().backward()
    return np.asarray(y.detach()), np.asarray(x.grad)


points = np.linspace(-10, 10, 20)
functions = {
    r"$\sigma(x)$": lambda F, x: F.sigmoid(x),
    r"$\sigma(x)^2 + 3x$": lambda F, x: F.sigmoid(x) ** 2 + 3 * x,
    r"$\max(x, 0)$": lambda F, x: F.relu(x),
    r"$x\,\sigma(x)$": lambda F, x: x * F.sigmoid(x),
}
figure, axes = plt.subplots(2, 2, figsize=(9, 5.4), layout="constrained")
for axis, (label, function) in zip(axes.flat, functions.items(), strict=True):
    value, slope = slopes(dc, function, points)
    _, theirs = slopes(torch, function, points)
    axis.plot(points, value, color="0.6", label="function")
    axis.plot(points, slope, color="C0", label="derivative, derivc")
    axis.plot(points, theirs, "o", ms=5, mfc="none", color="C1", label="derivative, PyTorch")
    axis.set_title(label)
    axis.grid(alpha=0.3)
axes[0, 0].legend(fontsize=8)
plt.show()

# %% [markdown]
# The closed form needs no points at all; `dc.plot` draws it with its kinks marked:

# %%
dc.plot("x*sigmoid(x)", orders=(0, 1, 2))

# %% [markdown]
# ## What readers ask
#
# **How does this compare with SymPy?** The trees *are* SymPy's; what is added is a short form that is
# always found in bounded time, and a kernel that survives where the formula, evaluated as printed,
# does not:

# %%
z = sp.Symbol("x", real=True)
symbolic = sp.diff(1 / (1 + sp.exp(-z)), z)
plain = sp.lambdify(z, symbolic)
kernel = dc.compile("sigmoid(x)")
print("SymPy: ", symbolic)
print("derivc:", dc.diff("sigmoid(x)"))
with np.errstate(all="ignore"):
    for at in (1.0, 36.0, 40.0, -800.0):
        print(
            f"x = {at:6g}   lambdify {plain(np.float64(at)):<24.17g} derivc {kernel.grad(at)[0]:.17g}"
        )

# %% [markdown]
# **Can it do higher orders?** To any order, mixed too:

# %%
for order in range(1, 5):
    print(order, dc.diff("x*sigmoid(x)", order=order))
dc.hessian("u**3 + v**2 + 4*u*v")

# %% [markdown]
# **May a derivative serve as a score of how sensitive the result is to an input?** Yes, as long as one
# says which: $\partial y/\partial x$ is change per unit, $x\,\partial y/\partial x$ change per unit of
# *relative* change, and the elasticity $\frac{x}{y}\frac{\partial y}{\partial x}$ is per cent per per
# cent, free of units. For the lift of a wing, $L = \tfrac12 \rho v^2 S C$:

# %%
lift = "rho*v**2*S*C/2"
at = {"rho": 1.2, "v": 70.0, "S": 16.0, "C": 0.4}
kernel = dc.compile(lift)
gradient = dict(zip(kernel.inputs, kernel.grad(**at), strict=True))
lines = [
    "| input | at | $\\partial L/\\partial x$ | $x\\,\\partial L/\\partial x$ | elasticity |",
    "|---|---|---|---|---|",
]
for name, value in at.items():
    elasticity = dc.elasticity(lift, name)
    lines.append(
        f"| {name} | {value:g} | {gradient[name]:.5g} | {value * gradient[name]:.5g} | {elasticity} |"
    )
Markdown("\n".join(lines))

# %% [markdown]
# One per cent more speed gives two per cent more lift, and every other input one for one: a statement
# that $\partial L/\partial v = 1075$ does not make by itself.
#
# The next notebook follows one expression all the way down to machine code; the third draws the graph
# that `.backward()` walks, and debugs it.

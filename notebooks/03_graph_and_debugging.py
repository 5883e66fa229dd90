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
# # 3. The computational graph, and debugging gradients
#
# Three pieces of advice are given to everyone whose gradients misbehave: *draw the computational graph;
# look at `.grad` at different stages; go back to the mathematics of each operation.* Here is how each is
# done, on patients with the usual illnesses: a NaN, a zero, an explosion, a formula that is simply wrong.

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

import derivc as dc

# %% [markdown]
# ## Draw it
#
# Blue are the leaves, grey the operations, green the result. Nothing needs installing for the picture.

# %%
x = dc.tensor([1.0, 2.0, 3.0], requires_grad=True)
w = dc.tensor(0.5, requires_grad=True)
loss = (dc.sigmoid(w * x) ** 2).mean()
dc.draw(loss)

# %% [markdown]
# After a backward pass the picture can be read as a calculation. The same in words: what arrives at
# every node, the formula that it applies, and what it passes on.

# %%
print(loss.explain(names={"x": x, "w": w}))

# %% [markdown]
# ## Look at `.grad` on the way
#
# Tensors in the middle keep their gradient when asked to, and hooks see it pass.

# %%
x = dc.tensor([1.0, 2.0, 3.0], requires_grad=True)
hidden = dc.tanh(3 * x)
hidden.retain_grad()
seen = []
hidden.register_hook(lambda g: seen.append(g.tolist()))
loss = (hidden**2).sum()
loss.backward()
print("at hidden", hidden.grad, "\nat x     ", x.grad, "\nthe hook saw", seen)

# %% [markdown]
# A gradient of 2 arrives at all three; what passes through `tanh` is 0.06, 0.0001 and 0.0000004 of it:
# saturation. In a chain the losses multiply:


# %%
def through(activation, depth=24):
    """The size of the gradient at every stage of a deep chain."""
    h = dc.tensor(np.full(16, 0.8), requires_grad=True)
    stages = [h]
    for _ in range(depth):
        h = activation(h)
        h.retain_grad()
        stages.append(h)
    h.sum().backward()
    return [abs(s.grad.numpy()).mean() for s in stages]


chains = {
    "sigmoid": dc.sigmoid,
    "tanh": dc.tanh,
    "softsign": dc.softsign,
    "x + tanh(x)/24": lambda h: h + dc.tanh(h) / 24,
}
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for label, activation in chains.items():
    axis.semilogy(through(activation), "o-", ms=3, label=label)
axis.set_xlabel("stage, from the input to the output")
axis.set_ylabel("mean |gradient|")
axis.grid(alpha=0.3)
axis.legend()
plt.show()

# %% [markdown]
# ## First patient: a NaN
#
# The best known trap: the branch that is *not* taken poisons the gradient, because its infinite or
# undefined slope is multiplied by the zero of the branch. PyTorch documents it. In derivc a zero
# cotangent never meets the infinity, node by node or in one compiled kernel:

# %%
import torch

text = "where(x > 0, sqrt(x), 0)"
for library in (torch, dc):
    x = library.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    library.where(x > 0, library.sqrt(x), library.tensor(0.0)).sum().backward()
    print(f"{library.__name__:18}", x.grad)

x = dc.tensor([-1.0, 0.0, 4.0], requires_grad=True)
dc.compile(text)(x).sum().backward()
print(f"{'a derivc kernel':18}", x.grad)

# %% [markdown]
# Real NaNs remain. Who made this one? Anomaly mode stops at the node, and tells the line that made it:

# %% tags=["machine"]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    with dc.detect_anomaly():
        x = dc.tensor([-1.0, 4.0], requires_grad=True)
        loss = dc.where(x > 0, dc.log(x), 0.0).sum() + dc.sqrt(x).sum()
        try:
            loss.backward()
        except dc.errors.AnomalyError as problem:
            print(problem)

# %% [markdown]
# Of a compiled function one can ask directly: which part of the *formula* was first to leave the finite
# numbers, with which operands, and is that the mathematics or the arithmetic?

# %%
print(dc.compile("log(1 - x/y) * y").explain_nan(3.0, 3.0))

# %%
print(dc.compile("x*log(x)").explain_nan(0.0, of="grad"))

# %% [markdown]
# Where a function is singular at all is known before any number goes in:

# %%
dc.singularities("sin(x)/x + abs(x - 1) + 1/(x + 2)")

# %%
dc.plot("sin(x)/x + abs(x - 1) + 1/(x + 2)")

# %% [markdown]
# ## Second patient: a zero
#
# A gradient of exactly zero, or none at all, means that the result does not depend on the input, or not
# here. The graph shows which: a leaf that is not in the picture is disconnected.

# %%
x = dc.tensor([-2.0, -1.0], requires_grad=True)
unused = dc.tensor(1.0, requires_grad=True)
cut = dc.tensor(3.0, requires_grad=True)
loss = dc.relu(x).sum() + (cut.detach() * x).sum()
loss.backward()
print("x      ", x.grad, " (relu is flat here: only the second term is left)")
print("unused ", unused.grad, " (not in the graph)")
print("cut    ", cut.grad, " (cut off by .detach())")
dc.draw(loss)

# %% [markdown]
# At a kink the slope is a matter of convention, and libraries disagree. derivc declares each one, with
# its reason:

# %%
rows = [
    ("relu(x)", 0.0),
    ("abs(x)", 0.0),
    ("clip(x, 0, 1)", 1.0),
    ("x**2*sign(x)", 0.0),
]
print(f"{'':20}" + "".join(f"{c:>8}" for c in ("torch", "jax", "left", "right")))
for text, at in rows:
    slopes = [dc.compile(text, convention=c).grad(at)[0] for c in ("torch", "jax", "left", "right")]
    print(f"{text + f' at {at:g}':20}" + "".join(f"{s:8g}" for s in slopes))

# %% [markdown]
# ## Third patient: an explosion
#
# Mathematics and arithmetic part ways at large arguments, in the derivative sooner than in the value.
# The bits that are lost, against 50-digit truth, for the derivative of $\log(e^x + e^y)$ as it is
# written and as derivc compiles it:

# %%
import mpmath

points = np.linspace(-60, 800, 87)
kernel = dc.compile("log(exp(x) + exp(y))")


def lost_bits(found, true):
    """Bits of a double that are wrong: 0 for a correctly rounded number, 53 for none left."""
    if not np.isfinite(found):
        return 53.0
    relative = abs((mpmath.mpf(float(found)) - true) / true)
    return float(min(53, max(0, mpmath.log(relative * 2**53, 2)))) if relative else 0.0


naive, compiled = [], []
with mpmath.workdps(50), np.errstate(all="ignore"):
    for at in points:
        true = 1 / (1 + mpmath.exp(3 - mpmath.mpf(float(at))))
        naive.append(lost_bits(np.exp(at) / (np.exp(at) + np.exp(3.0)), true))
        compiled.append(lost_bits(kernel.grad(at, 3.0)[0], true))
figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
axis.fill_between(
    points, naive, step="mid", color="C3", alpha=0.35, label="exp(x)/(exp(x) + exp(y))"
)
axis.step(points, compiled, where="mid", color="C0", label="derivc")
axis.set_xlabel("x, with y = 3")
axis.set_ylabel("bits lost of 53")
axis.legend()
plt.show()

# %% [markdown]
# ## Fourth patient: a formula that is wrong
#
# When a backward formula was written by hand, compare it with finite differences. `gradcheck` does, and
# says which entry of which Jacobian disagrees:


# %%
class Square(dc.Function):
    """x**2, with a factor forgotten."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x  # should be 2 g x


try:
    dc.gradcheck(Square.apply, (dc.tensor([1.0, 2.0], requires_grad=True),))
except dc.errors.GradcheckError as problem:
    print(problem)

# %% [markdown]
# Finite differences say *that* it is wrong. Notebook 4 goes further: it derives the right formula, puts
# it beside the written one and names the probable cause.

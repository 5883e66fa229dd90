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
# # 4. Your own op, and custom autograd functions
#
# There are three ways to teach derivc, or PyTorch, something new:
#
# 1. write it down as a formula, and have everything else derived;
# 2. declare an op, with its own name, stable form and kinks;
# 3. write the backward by hand, and have it *audited*.

# %%
import numpy as np
import torch

import derivc as dc

# %% [markdown]
# ## A formula is enough
#
# A kernel is an op: of numbers, arrays and tensors.

# %%
swish = dc.compile("x*sigmoid(beta*x)")
x = dc.tensor([-1.0, 0.0, 2.0], requires_grad=True)
beta = dc.tensor(1.702, requires_grad=True)
swish(x, beta).sum().backward()
print(x.grad, beta.grad)
dc.gradient("x*sigmoid(beta*x)")

# %% [markdown]
# ## An op with a name
#
# A declaration says once what is known: the meaning, how to compute it stably, where it bends. The
# derivative, the kernels, the tensor's method and the documentation follow from it.

# %%
log_cosh = dc.declare(
    "log_cosh_error",
    "Logarithm of the hyperbolic cosine: a smooth absolute value.",
    meaning=lambda x: dc.log(dc.cosh(x)),
    stable=lambda x: dc.abs(x) + dc.log1p(dc.exp(-2 * dc.abs(x))) - dc.log(2),
    partials=lambda x, y: [dc.tanh(x)],
)
print(dc.diff("log_cosh_error(x)", order=2))
kernel = dc.compile("log_cosh_error(y - a*x)")
with np.errstate(all="ignore"):
    print("stable    ", dc.log_cosh_error(1000.0), kernel.grad(1.0, 2.0, 3000.0))
    print("as written", np.log(np.cosh(1000.0)))

# %% [markdown]
# A wrong partial does not go unnoticed: here the sign is.

# %%
wrong = dc.declare(
    "wrong_op",
    "Sine of the square.",
    meaning=lambda x: dc.sin(x**2),
    partials=lambda x, y: [-2 * x * dc.cos(x**2)],
)
print(dc.compile("wrong_op(x)").check())

# %% [markdown]
# ## Three functions from a tutorial
#
# Texts on custom autograd functions give these three as examples of how to write a backward. One of
# them is right.

# %%
from torch.autograd import Function


class Damped(Function):
    """sigmoid(x) / sqrt(1 + e^x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x) * (1 + torch.exp(x)) ** (-0.5)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * (1 - s**2) * 0.5 * (torch.exp(x) + 1) ** (-1.5) * (1 + 3 * torch.exp(x))


class Decay(Function):
    """x e^-y"""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * torch.exp(-y)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * torch.exp(-y), -g * x * torch.exp(-y)


class SineSquared(Function):
    """sin(x)^2, saving the intermediate"""

    @staticmethod
    def forward(ctx, x):
        s = torch.sin(x)
        ctx.save_for_backward(s)
        return s**2

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * 2 * s * torch.cos(s)


# %%
dc.audit(Damped)

# %%
dc.audit(Decay)

# %%
dc.audit(SineSquared)

# %% [markdown]
# Repairing the last one by saving the cosine too gives the right first derivative. PyTorch's own
# `gradcheck` is content. The second derivative is silently wrong, since what was saved is a constant to
# the backward pass:


# %%
class SineSquaredAgain(Function):
    """sin(x)^2, saving two intermediates"""

    @staticmethod
    def forward(ctx, x):
        s, c = torch.sin(x), torch.cos(x)
        ctx.save_for_backward(s, c)
        return s**2

    @staticmethod
    def backward(ctx, g):
        s, c = ctx.saved_tensors
        return g * 2 * s * c


at = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
print("gradcheck:", torch.autograd.gradcheck(SineSquaredAgain.apply, at))
(first,) = torch.autograd.grad(SineSquaredAgain.apply(at).sum(), at, create_graph=True)
print("second derivative at 1:", end=" ")
try:
    print(torch.autograd.grad(first.sum(), at)[0].item(), end=" ")
except RuntimeError as problem:
    print("RuntimeError:", str(problem).split(".")[0], end=" ")
print(" truth:", dc.compile("sin(x)**2").hessian(1.0).item())
dc.audit(SineSquaredAgain)

# %% [markdown]
# ## Or have it generated
#
# From the formula comes a module that needs only PyTorch, differentiable as often as you like:

# %%
print(dc.compile("sin(x)**2").source_for("torch", name="SineSquared"))

# %%
sine_squared = dc.compile("sin(x)**2").to_torch()
at = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(sine_squared, at), torch.autograd.gradgradcheck(sine_squared, at))
print(torch.func.vmap(torch.func.hessian(sine_squared))(at.detach()))

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
# # 2. One expression, all the way down
#
# What happens between the text `x**2 * exp(-x**2/2) * sin(y*x)` and a gradient that runs at the speed
# of the machine? This notebook stops at every station:
#
# text → tree → derivative, with its steps → program → passes → source → kernel → machine code → graph

# %%
import inspect
import timeit

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from IPython.display import Code, Markdown

import derivc as dc

TEXT = "x**2 * exp(-x**2/2) * sin(y*x)"

# %% [markdown]
# ## The tree
#
# Text is read by a parser of its own that knows mathematics and nothing else: no `eval`, and names such
# as `beta`, `S` or `lambda` are variables. What comes out is an ordinary SymPy expression.

# %%
tree = dc.parse(TEXT)
tree

# %%
for hostile in ["__import__('os').getpid()", "x.__class__", "sin(x", "sigmiod(x)"]:
    try:
        dc.parse(hostile)
    except dc.errors.DerivcError as problem:
        print(type(problem).__name__, "\n", problem, "\n", sep="")

# %% [markdown]
# ## The derivative, with its steps
#
# Every step is the application of one rule, and these applications are what makes the answer: steps and
# answer cannot disagree.

# %%
dc.explain(TEXT, wrt="x")

# %% [markdown]
# ## The program
#
# To compute, a tree is the wrong shape: $x^2$ and $yx$ stand in it several times. It becomes a *Wengert
# list*: one line an operation, nothing computed twice. The gradient is made from this list in reverse,
# one cotangent for each line, and shares its intermediate results with the value.

# %%
kernel = dc.compile(TEXT)
print(kernel.op_program)

# %%
print(kernel.program)

# %% [markdown]
# Value and both partials together take little more than twice the operations of the value alone. Written
# out as trees they would take far more, and the deeper a formula is nested the worse it gets:

# %%
print(kernel.swell())

# %%
nested = "x"
depths, trees, programs, values = [], [], [], []
for depth in range(1, 13):
    nested = f"sin({nested})*exp({nested})"
    if depth > 8:
        continue
    swell = dc.compile(nested).swell()
    depths.append(depth)
    trees.append(swell.tree_gradient)
    programs.append(swell.gradient)
    values.append(swell.value)
figure, axis = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
axis.semilogy(depths, trees, "o-", color="C3", label="gradient, written out as a tree")
axis.semilogy(depths, programs, "o-", color="C0", label="value and gradient, as derivc compiles it")
axis.semilogy(depths, values, "o-", color="0.6", label="value, as derivc compiles it")
axis.set_xlabel("depth of nesting of sin(u)·exp(u)")
axis.set_ylabel("weighted operations")
axis.legend()
axis.grid(alpha=0.3)
plt.show()

# %% [markdown]
# ## Stable before differentiated
#
# Between tree and program lies what people do by hand when a formula misbehaves. Each of these is a
# fine function whose textbook derivative fails in floating point:

# %%
CASES = [
    ("log(1 + exp(x))", 1000.0),
    ("1/(1 + exp(-x))", -800.0),
    ("(exp(x) - 1)/x", 1e-9),
    ("log(cosh(x))", 800.0),
]
x = sp.Symbol("x", real=True)
lines = [
    "| function | at | derivative as SymPy prints it | compiled by derivc | 50 digits |",
    "|---|---|---|---|---|",
]
for text, at in CASES:
    textbook = sp.diff(dc.parse(text), dc.parse("x"))
    with np.errstate(all="ignore"):
        plain = sp.lambdify(dc.parse("x"), textbook)(np.float64(at))
    truth = sp.N(textbook.subs(dc.parse("x"), sp.Rational(at)), 17)
    lines.append(
        f"| `{text}` | {at:g} | {plain:.10g} | {dc.compile(text).grad(at)[0]:.10g} | {truth} |"
    )
Markdown("\n".join(lines))

# %% [markdown]
# ## The source
#
# The program is laid out as Python by a template. Scalars take a path through `math`; arrays go through
# in blocks that stay in the processor's cache, written with `out=` into buffers that are used again.
# This is all there is to the gradient of our expression:

# %%
source = kernel.source
start = source.index("def value_and_grad(")
Code(source[start : source.index("# How numbers and arrays are taken in")], language="python")

# %% [markdown]
# It is registered as real source, so tracebacks and `inspect.getsource` show it, and
# `kernel.save("f.py")` writes a module that needs NumPy and nothing else.

# %%
print(inspect.getsource(kernel.value_and_grad)[:120])

# %% [markdown]
# ## The kernel
#
# Broadcasting, integers, float32, `out=`: what one expects of a NumPy function. And it checks itself
# against 50-digit arithmetic, value and every partial:

# %%
column, row = np.arange(3.0).reshape(3, 1), np.ones(4, dtype=np.float32)
value, (by_x, by_y) = kernel.value_and_grad(column, row)
print(value.shape, by_x.shape, by_y.shape, kernel(np.float32(1), np.float32(2)).dtype)
kernel.check()

# %% [markdown]
# ## Machine code
#
# With a C compiler at hand the same program becomes one loop, vectorized, and registers as a real
# `numpy.ufunc`:

# %%
native = dc.compile(TEXT, backend="c")
print(native.ufunc)
text = native.source
body = text.index("value_and_grad")
Code("\n".join(text[body - 200 :].splitlines()[1:46]), language="c")

# %% tags=["timing"]
xs, ys = np.random.default_rng(0).normal(size=(2, 1_000_000))
symbols = sp.symbols("x y")
tree = dc.parse(TEXT)
outputs = [tree, *(sp.diff(tree, s) for s in symbols)]
peers = {
    "SymPy lambdify": sp.lambdify(symbols, outputs),
    "SymPy lambdify, cse": sp.lambdify(symbols, outputs, cse=True),
    "derivc, NumPy": kernel.value_and_grad,
    "derivc, C": native.value_and_grad,
}
times = {}
for label, function in peers.items():
    function(xs, ys)
    times[label] = min(timeit.repeat(lambda f=function: f(xs, ys), number=1, repeat=5)) * 1e3
figure, axis = plt.subplots(figsize=(6.4, 2.2), layout="constrained")
bars = axis.barh(list(times), list(times.values()), color=["0.7", "0.7", "C0", "C1"])
axis.bar_label(bars, fmt="%.1f ms", padding=3)
axis.set_xlabel("value and gradient at a million points, ms")
axis.margins(x=0.15)
axis.invert_yaxis()
plt.show()

# %% [markdown]
# (One run on one machine; the [benchmarks](../benchmarks/README.md) measure medians over many formulas
# and peers, with the commands that reproduce them.)
#
# ## The graph
#
# Last, a kernel composes: called with tensors it is one node of a graph, and `.backward()` runs the very
# same compiled gradient.

# %%
x = dc.tensor([0.5, 1.0, 1.5], requires_grad=True)
y = dc.tensor(2.0, requires_grad=True)
loss = dc.log1p(kernel(x, y) ** 2).sum()
loss.backward()
print(x.grad, y.grad)
dc.draw(loss)

# %% [markdown]
# Eight stations, and at each one the thing itself to look at. When a number surprises you, walk down
# until you find the station where it goes wrong.

# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Fast gradients for SciPy
#
# SciPy's fitters need the derivatives of your model. If you give none, they guess: they move every
# parameter a little and look at what happens. That costs evaluations, and it costs digits.
#
# The National Institute of Standards and Technology (NIST) publishes regression problems whose
# answers are *certified* to 11 digits. They let us measure both costs instead of talking about them.

# %%
import json
import time

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import curve_fit, least_squares, minimize

import derivc as dc

plt.style.use("house.mplstyle")
with open("data/nist.json") as file:
    problems = {p["name"]: p for p in json.load(file)}
print(len(problems), "problems:", ", ".join(problems))

# %% [markdown]
# ## One fit
#
# `Gauss3` is two overlapping peaks on a decaying background: 8 parameters, 250 observations. The
# model is a line of text. `for_curve_fit` turns it into what `curve_fit` takes, and `.jac` is its
# exact Jacobian.

# %%
p = problems["Gauss3"]
x, y = np.array(p["data"]["x"]), np.array(p["data"]["y"])
start = list(p["start1"].values())

model = dc.compile(p["expr"]).for_curve_fit("x")
fitted, covariance = curve_fit(model, x, y, start, jac=model.jac, ftol=1e-14, xtol=1e-14)

print(f"{'':4}{'fitted':>18}{'certified':>20}{'std. error':>12}{'certified':>12}")
for name, value, error in zip(model.params, fitted, np.sqrt(np.diag(covariance))):
    certified, deviation = float(p["certified"][name]), float(p["certified_sd"][name])
    print(f"{name:4}{value:18.10f}{certified:20.10f}{error:12.6f}{deviation:12.6f}")

# %%
figure, (top, bottom) = plt.subplots(2, 1, sharex=True, height_ratios=[3, 1], figsize=(7.2, 4.4))
top.plot(x, y, ".", color="0.6", ms=4, label="observed")
top.plot(x, model(x, *start), ":", color="C3", label="at the start")
top.plot(x, model(x, *fitted), color="C0", label="fitted")
top.set_title("Gauss3")
top.legend()
bottom.axhline(0, color="0.4", lw=0.8)
bottom.plot(x, y - model(x, *fitted), ".", color="C1", ms=4)
bottom.set(xlabel="x", ylabel="residual")
plt.show()

# %% [markdown]
# The Jacobian has a picture too: how the curve answers when one parameter moves. Here each column
# is scaled by the parameter's standard error, so that all of them are in units of `y`.

# %%
columns = model.jac(x, *fitted) * np.sqrt(np.diag(covariance))
figure, axes = plt.subplots(2, 4, sharex=True, sharey=True, figsize=(7.2, 3))
for ax, name, column in zip(axes.flat, model.params, columns.T):
    ax.fill_between(x, column, alpha=0.25)
    ax.plot(x, column, lw=1.2)
    ax.set_title(f"$\\partial y/\\partial {name[0]}_{{{name[1:]}}}$", fontsize=10)
figure.suptitle("what one standard error of each parameter does to the curve", fontsize=11)
plt.show()

# %% [markdown]
# ## All of them, with and without derivatives
#
# Thirteen problems, two starting points each, SciPy's Levenberg-Marquardt, and the same stopping
# rule twice: once SciPy differentiates numerically, once it asks derivc. Everything else is equal.
# We count every evaluation of the model, and compare the worst parameter with its certified value.


# %%
def observed(p):
    """The response; NIST fits the logarithm of Nelson's."""
    y = np.array(p["data"]["y"])
    return np.log(y) if p["name"] == "Nelson" else y


def digits(found, p):
    """Correct digits of the worst parameter: 0 to 11, as NIST certifies 11."""
    certified = np.array([float(p["certified"][name]) for name in p["params"]])
    error = np.abs(found - certified) / np.abs(certified)
    return float(np.clip(-np.log10(np.maximum(error, 1e-16)), 0, 11).min())


def fit(p, start, exact):
    """Digits, evaluations of the model, evaluations of its gradient, and milliseconds."""
    kernel = dc.compile(p["expr"], wrt=p["params"])
    data = {name: np.array(p["data"][name]) for name in p["predictors"]}
    y, calls = observed(p), [0, 0]

    def residuals(b):
        calls[0] += 1
        return kernel(**dict(zip(p["params"], b)), **data) - y

    def jacobian(b):
        calls[1] += 1
        return np.stack(kernel.grad(**dict(zip(p["params"], b)), **data), axis=-1)

    kernel.value, kernel.grad  # compiled before the clock starts
    clock = time.perf_counter()
    with np.errstate(all="ignore"):
        done = least_squares(
            residuals,
            list(p[start].values()),
            jac=jacobian if exact else "2-point",
            method="lm",
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
            max_nfev=4000,
        )
    return digits(done.x, p), *calls, 1e3 * (time.perf_counter() - clock)


runs = {
    (name, start): (fit(p, start, exact=False), fit(p, start, exact=True))
    for name, p in problems.items()
    for start in ("start1", "start2")
}

# %% tags=["machine"]
print(f"{'':20}{'differences':>24}{'derivc':>28}")
print(f"{'':20}{'digits':>12}{'evaluations':>12}{'digits':>12}{'evaluations':>16}")
for (name, start), (by_differences, exact) in runs.items():
    print(
        f"{name:10}{start:10}{by_differences[0]:12.1f}{by_differences[1]:12}"
        f"{exact[0]:12.1f}{exact[1]:9} + {exact[2]:3} J"
    )

# %%
labels = [f"{name}, {start[-1]}" for name, start in runs]
rows = np.arange(len(runs))[::-1]
old, new = (np.array([pair[i][0] for pair in runs.values()]) for i in (0, 1))

figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(7.2, 6), width_ratios=[3, 2])
left.hlines(rows, old, new, color="0.8", lw=3)
left.plot(old, rows, "o", color="C1", label="differences")
left.plot(new, rows, "o", color="C0", label="derivc")
left.set(xlim=(-0.5, 11.5), xlabel="correct digits of the worst parameter", title="digits")
left.set_yticks(rows, labels, fontsize=8)
left.legend(loc="upper left", bbox_to_anchor=(0, 0.92))

calls = [
    [pair[0][1] for pair in runs.values()],
    [pair[1][1] + pair[1][2] for pair in runs.values()],
]
right.hlines(rows, *calls, color="0.8", lw=3)
right.plot(calls[0], rows, "o", color="C1")
right.plot(calls[1], rows, "o", color="C0")
right.set(xscale="log", xlabel="evaluations, gradients included", title="cost")
plt.show()

# %% [markdown]
# `Hahn1`, a quotient of cubics, is the telling one: with differences, Levenberg-Marquardt stops
# after hundreds of evaluations with two correct digits and *reports success*. With the exact
# Jacobian it has nine, after a tenth of the work.
#
# `BoxBOD` from its first start runs off to a flat place whoever differentiates: derivatives do not
# replace a sensible start. And `Lanczos3`, three exponentials nearly alike, keeps its secrets:
# its problem is the conditioning of the question, not of the derivative.

# %% tags=["machine"]
reached = [r for r in runs.values() if max(r[0][0], r[1][0]) > 1]
total = np.array([[a[1], b[1] + b[2]] for a, b in reached]).sum(axis=0)
median = np.median([[a[0], b[0]] for a, b in reached], axis=0)
print(f"evaluations in all: {total[0]} by differences, {total[1]} with derivc's gradient")
print(f"median digits:      {median[0]:.1f} by differences, {median[1]:.1f} with derivc's gradient")

# %% tags=["timing"]
spent = np.array([[a[3], b[3]] for a, b in reached]).sum(axis=0)
print(f"time in all: {spent[0]:.0f} ms by differences, {spent[1]:.0f} ms with derivc's gradient")

# %% [markdown]
# ## The fits
#
# What was fitted, all of it, with the exact Jacobian from the second start.

# %%
figure, axes = plt.subplots(3, 4, figsize=(7.2, 5.2))
shown = [p for p in problems.values() if p["predictors"] == ["x"]]
for ax, p in zip(axes.flat, shown):
    x, y = np.array(p["data"]["x"]), np.array(p["data"]["y"])
    model = dc.compile(p["expr"]).for_curve_fit("x")
    found, _ = curve_fit(model, x, y, list(p["start2"].values()), jac=model.jac, maxfev=4000)
    fine = np.linspace(x.min(), x.max(), 300)
    ax.plot(x, y, ".", color="0.6", ms=4)
    ax.plot(fine, model(fine, *found), lw=1.4)
    ax.set_title(p["name"], fontsize=9)
    ax.tick_params(labelsize=7)
plt.show()

# %% [markdown]
# ## A loss, its gradient, and its curvature
#
# `minimize` wants one number. A text that says `sum(...)` compiles into exactly that, with the
# gradient in the same pass over the data; `packed` makes it a function of one vector.

# %%
p = problems["MGH09"]
x, y = np.array(p["data"]["x"]), np.array(p["data"]["y"])
start = np.array(list(p["start2"].values()))
loss = dc.compile(f"sum((y - ({p['expr']}))**2)", wrt=p["params"]).packed
single = dc.compile(f"(y - ({p['expr']}))**2", wrt=p["params"])


def hessian(b, *data):
    """The Hessian of the sum: that of every term, added up."""
    return single.hessian(*b, *data).sum(axis=-1)


def trace(**how):
    """The loss at every evaluation."""
    seen = []

    def watched(b):
        value, slope = loss(b, x, y)
        seen.append(value)
        return (value, slope) if how.get("jac") else value

    done = minimize(watched, start, **how)
    return seen, done


paths = {
    "BFGS, differences": trace(method="BFGS", options={"gtol": 1e-9}),
    "BFGS, derivc's gradient": trace(method="BFGS", jac=True, options={"gtol": 1e-9}),
    "trust-exact, derivc's gradient and Hessian": trace(
        method="trust-exact", jac=True, hess=lambda b: hessian(b, x, y), options={"gtol": 1e-9}
    ),
}

# %%
best = float(p["certified_rss"])
figure, ax = plt.subplots()
for (label, (seen, done)), color in zip(paths.items(), ("C1", "C0", "C2")):
    excess = np.minimum.accumulate(np.maximum(np.array(seen) / best - 1, 1e-15))
    ax.plot(np.arange(1, len(seen) + 1), excess, color=color, label=label)
ax.set(xscale="log", yscale="log", xlabel="evaluations of the loss", title="MGH09")
ax.set_ylabel("best so far / certified minimum $-$ 1")
ax.legend(fontsize=9, loc="center left")
plt.show()

# %% tags=["machine"]
for label, (seen, done) in paths.items():
    print(f"{label:45}{len(seen):5} evaluations, {digits(done.x, p):4.1f} digits")

# %% [markdown]
# ## What to take along
#
# | you write | you get |
# |---|---|
# | `m = dc.compile(text).for_curve_fit("x")` | `curve_fit(m, x, y, start, jac=m.jac)` |
# | `k = dc.compile(text, wrt=params)` | `k.grad(...)`: the columns of `least_squares`' Jacobian |
# | `dc.compile("sum(...)").packed` | `minimize(f, start, args, jac=True)` |
#
# The derivative is derived once, exactly; the optimizer stops guessing; the digits come back.

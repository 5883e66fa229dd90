# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Training a small network
#
# derivc's tensors speak PyTorch's language: leaves that require gradients, `.backward()`, optimizers.
# Underneath there is only NumPy. Here they learn to tell two moons from each other, and two spirals;
# on the way we check the first gradients against PyTorch, and put a formula of our own into the net.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import torch  # noqa: F401  asked by its name

import derivc as dc

plt.style.use("house.mplstyle")
COLORS = np.array(["#d1495b", "#1f5fbf"])

# %% [markdown]
# ## The data
#
# Made by NumPy from a fixed seed.


# %%
def moons(n, noise, seed):
    draw = np.random.default_rng(seed)
    t = np.pi * draw.random(n)
    upper = draw.random(n) < 0.5
    x = np.where(upper, np.cos(t), 1 - np.cos(t))
    y = np.where(upper, np.sin(t), 0.5 - np.sin(t))
    points = np.stack([x, y], axis=1) + noise * draw.normal(size=(n, 2))
    return points - [0.5, 0.25], upper.astype(int)


def spirals(n, noise, seed):
    draw = np.random.default_rng(seed)
    t = np.sqrt(draw.uniform(0.02, 1, n))
    label = draw.integers(0, 2, n)
    angle = 3.2 * np.pi * t + np.pi * label
    points = 1.6 * t[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + noise * draw.normal(size=(n, 2)), label


X, Y = moons(400, 0.14, seed=1)
figure, axes = plt.subplots(1, 2, figsize=(7.2, 3))
for ax, (points, label) in zip(axes, [(X, Y), spirals(600, 0.03, seed=2)]):
    ax.scatter(*points.T, c=COLORS[label], s=9)
    ax.set_aspect("equal")
axes[0].set_title("two moons")
axes[1].set_title("two spirals")
plt.show()

# %% [markdown]
# ## The network
#
# Two hidden layers of tanh. A network is a function of its parameters; there is nothing else to it.


# %%
def parameters(sizes, seed=0):
    """Weights and biases as leaves, drawn as Glorot and Bengio recommend."""
    draw = np.random.default_rng(seed)
    found = []
    for a, b in pairwise(sizes):
        limit = np.sqrt(6 / (a + b))
        found.append(dc.tensor(draw.uniform(-limit, limit, (a, b)), requires_grad=True))
        found.append(dc.tensor(np.zeros(b), requires_grad=True))
    return found


def network(F, x, *params):
    """The logits; `F` is derivc, or PyTorch."""
    for w, b in zip(params[:-2:2], params[1:-2:2]):
        x = F.tanh(x @ w + b)
    return x @ params[-2] + params[-1]


params = parameters([2, 16, 16, 2])
print([tuple(p.shape) for p in params], sum(p.numel() for p in params), "parameters")

# %% [markdown]
# ## First, the gradients
#
# Before anything is trained: does the backward pass agree with PyTorch's? `crosscheck` runs the same
# function on both, compares values, all gradients, and second order as well.


# %% tags=["machine"]
def loss(F, *params):
    points = F.tensor(X)
    return F.cross_entropy(network(F, points, *params), F.tensor(Y))


names = [f"{kind}{layer}" for layer in (1, 2, 3) for kind in "Wb"]
dc.crosscheck(loss, inputs={n: p.detach().numpy() for n, p in zip(names, params)})

# %% [markdown]
# ## Training
#
# The loop that everybody knows.


# %% tags=["machine"]
def accuracy(params, points, label):
    with dc.no_grad():
        return float(np.mean(network(dc, dc.tensor(points), *params).numpy().argmax(1) == label))


def train(params, points, label, optimizer, epochs, net=network, batch=64, seed=0):
    """The mean loss of every epoch."""
    draw, history = np.random.default_rng(seed), []
    for _ in range(epochs):
        order, total = draw.permutation(len(points)), 0.0
        for rows in np.split(order, range(batch, len(points), batch)):
            optimizer.zero_grad()
            value = dc.cross_entropy(net(dc, dc.tensor(points[rows]), *params), label[rows])
            value.backward()
            optimizer.step()
            total += value.item() * len(rows)
        history.append(total / len(points))
    return history


makers = {
    "SGD": lambda p: dc.SGD(p, lr=0.2),
    "SGD, momentum 0.9": lambda p: dc.SGD(p, lr=0.05, momentum=0.9),
    "Adam": lambda p: dc.Adam(p, lr=0.005),
}
trained, histories = {}, {}
for name, make in makers.items():
    trained[name] = parameters([2, 16, 16, 2])
    histories[name] = train(trained[name], X, Y, make(trained[name]), epochs=60)

fresh = moons(1000, 0.14, seed=3)
for name, found in trained.items():
    print(
        f"{name:18} loss {histories[name][-1]:.3f}, on fresh points {accuracy(found, *fresh):.1%} right"
    )

# %%
figure, ax = plt.subplots()
for name, history in histories.items():
    ax.semilogy(np.arange(1, len(history) + 1), history, label=name)
ax.set(xlabel="epoch", title="cross entropy on the moons")
ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5], ["0.02", "0.05", "0.1", "0.2", "0.5"])
ax.minorticks_off()
ax.legend()
plt.show()

# %% [markdown]
# ## The boundary
#
# What the net believes, everywhere: before, and after.


# %%
def believe(ax, params, points, label, net=network):
    """The probability of the second class over the plane, and the points."""
    reach = 1.15 * np.abs(points).max(0)
    u, v = np.meshgrid(*(np.linspace(-r, r, 200) for r in reach))
    with dc.no_grad():
        grid = dc.tensor(np.stack([u.ravel(), v.ravel()], axis=1))
        p = dc.softmax(net(dc, grid, *params), -1).numpy()[:, 1].reshape(u.shape)
    ax.contourf(u, v, p, levels=np.linspace(0, 1, 21), cmap="RdBu", alpha=0.7)
    ax.contour(u, v, p, levels=[0.5], colors="k", linewidths=1)
    ax.scatter(*points.T, c=COLORS[label], s=7, edgecolors="w", linewidths=0.3)
    ax.grid(False)
    ax.set_aspect("equal")


figure, axes = plt.subplots(1, 2, figsize=(7.2, 3))
believe(axes[0], parameters([2, 16, 16, 2]), X, Y)
believe(axes[1], trained["Adam"], X, Y)
axes[0].set_title("before")
axes[1].set_title("after 60 epochs of Adam")
plt.show()

# %% [markdown]
# ## An activation of your own
#
# Spirals turn, so let the neurons turn too: $a(x) = x + \sin^2 x$ (the *snake* of Liu, Hartwig and
# Ueda, 2020). A compiled kernel is a function of tensors like any other: one node in the graph, with
# the derivative that derivc has derived.

# %%
snake = dc.compile("x + sin(x)**2")
print("derivative:", snake.derivatives[0])

x = np.linspace(-5, 5, 400)
figure, ax = plt.subplots(figsize=(7.2, 2.6))
ax.plot(x, snake(x), label="snake")
ax.plot(x, snake.grad(x)[0], label="its derivative")
ax.legend()
plt.show()


# %%
def turning(F, x, *params):
    """The same network with snakes."""
    for w, b in zip(params[:-2:2], params[1:-2:2]):
        x = snake(x @ w + b)
    return x @ params[-2] + params[-1]


print("one node:", snake(dc.tensor([0.5], requires_grad=True)).grad_fn.name())

SX, SY = spirals(600, 0.03, seed=2)
spiral = {}
for name, net in {"tanh": network, "snake": turning}.items():
    weights = parameters([2, 20, 20, 2], seed=4)
    spiral[name] = (
        weights,
        net,
        train(weights, SX, SY, dc.Adam(weights, lr=0.01), epochs=60, net=net),
    )

# %%
figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7))
for name, (weights, net, history) in spiral.items():
    axes[0].semilogy(np.arange(1, 61), history, label=name)
axes[0].set(xlabel="epoch", title="cross entropy")
axes[0].legend()
for ax, (name, (weights, net, history)) in zip(axes[1:], spiral.items()):
    believe(ax, weights, SX, SY, net)
    ax.set_title(name)
    ax.set_xticks([])
    ax.set_yticks([])
plt.show()

# %% tags=["machine"]
for name, (weights, net, history) in spiral.items():
    print(f"{name:6} cross entropy {history[0]:.2f} -> {history[-1]:.3f}")

# %% [markdown]
# Is the node's gradient right? `gradcheck` asks differences, through the whole network:

# %%
few, leaves = dc.tensor(X[:5]), parameters([2, 4, 4, 2], seed=5)
print(dc.gradcheck(lambda *p: turning(dc, few, *p), leaves))

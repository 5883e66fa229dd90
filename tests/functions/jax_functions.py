"""Functions in JAX, as people write them."""

import functools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy as jsp
import numpy as np
from jax import jit, lax, vmap
from jax.nn import log_softmax, one_hot, relu, sigmoid, softplus
from jax.scipy.special import gammaln, logsumexp, xlogy


def swish(x, beta=1.3):
    return x * jax.nn.sigmoid(beta * x)


@jit
def gelu_tanh(x):
    return 0.5 * x * (1 + jnp.tanh(jnp.sqrt(2 / jnp.pi) * (x + 0.044715 * x**3)))


def smooth_relu(x):
    return jnp.where(x < -1, 0.0, jnp.where(x > 1, x, 0.25 * (x + 1) ** 2))


def tanhexp(x):
    return x * jnp.tanh(jnp.exp(x))


def gaussian(x, mu=0.3, sigma=0.8):
    return jnp.exp(-0.5 * jnp.square((x - mu) / sigma)) / (sigma * jnp.sqrt(2 * jnp.pi))


def straight_through(x):
    return x + lax.stop_gradient(jnp.round(x) - x)


def clipped(x):
    return jnp.clip(x, -1.0, 1.0) * jnp.minimum(x, 2.0) + jnp.maximum(0.5 * x, x)


def log1mexp(x):
    return jnp.where(x < math.log(2), jnp.log(-jnp.expm1(-x)), jnp.log1p(-jnp.exp(-x)))


def select_pieces(x):
    return jnp.select([x < -1, x < 1], [-x, x**2], default=2 * x - 1)


def piecewise(x):
    return jnp.piecewise(x, [x < 0, x >= 1], [lambda v: -v, lambda v: v**2, 0.5])


def by_cond(x):
    return lax.cond(x > 0.5, lambda v: jnp.sin(v), lambda v: v**3, x)


@jax.custom_jvp
def safe_log1pexp(x):
    return jnp.log(1.0 + jnp.exp(x))


@safe_log1pexp.defjvp
def _(primals, tangents):
    (x,), (t,) = primals, tangents
    return safe_log1pexp(x), t * jax.nn.sigmoid(x)


@jax.custom_vjp
def cube(x):
    return x**3


cube.defvjp(lambda x: (cube(x), x), lambda x, g: (3 * x**2 * g,))


def with_custom_rules(x):
    return safe_log1pexp(x) * cube(x)


def mse(pred, target):
    return jnp.mean((pred - target) ** 2)


def huber(pred, target, delta=1.0):
    err = jnp.abs(pred - target)
    quad = jnp.minimum(err, delta)
    return jnp.mean(0.5 * quad**2 + delta * (err - quad))


def cross_entropy(logits):
    labels = one_hot(jnp.array([0, 2]), 3)
    return -jnp.mean(jnp.sum(labels * log_softmax(logits, axis=-1), axis=-1))


def bce_logits(x, z):
    return jnp.mean(jnp.maximum(x, 0) - x * z + jnp.log1p(jnp.exp(-jnp.abs(x))))


def focal(logits, y, gamma=2.0):
    p = sigmoid(logits)
    ce = -y * jax.nn.log_sigmoid(logits) - (1 - y) * jax.nn.log_sigmoid(-logits)
    p_t = p * y + (1 - p) * (1 - y)
    return (ce * (1 - p_t) ** gamma).sum()


def label_take(logits):
    idx = jnp.array([1, 0])
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), idx[:, None], axis=1).mean()


def kl_normal(mu, log_sigma):
    return 0.5 * jnp.sum(jnp.exp(2 * log_sigma) + mu**2 - 1.0 - 2 * log_sigma)


def cosine(a, b):
    return jnp.dot(a, b) / (jnp.linalg.norm(a) * jnp.linalg.norm(b))


def info_nce(a, b):
    a = a / jnp.linalg.norm(a, axis=1, keepdims=True)
    b = b / jnp.linalg.norm(b, axis=1, keepdims=True)
    sim = a @ b.T / 0.3
    return jnp.mean(logsumexp(sim, axis=1) - jnp.diagonal(sim))


def quantile_loss(pred, target):
    qs = jnp.array([0.1, 0.5, 0.9])
    err = (target - pred)[:, None]
    return jnp.mean(jnp.maximum(qs * err, (qs - 1) * err))


def normal_logpdf(x, mu, sigma):
    return jsp.stats.norm.logpdf(x, mu, sigma)


def gamma_logpdf(x, a):
    return jsp.stats.gamma.logpdf(x, a, scale=2.0)


def beta_logpdf(x, a, b):
    return jsp.stats.beta.logpdf(x, a, b)


def student_logpdf(x, df):
    return jsp.stats.t.logpdf(x, df)


def poisson_logpmf(mu):
    k = jnp.array([0.0, 1.0, 4.0])
    return jnp.sum(xlogy(k, mu) - mu - gammaln(k + 1))


def normal_cdf_log(x):
    return jsp.stats.norm.logcdf(x) + jsp.special.erf(x) * jsp.special.ndtr(x)


def mixture(x):
    logw = jnp.log(jnp.array([0.3, 0.7]))
    mu = jnp.array([-1.0, 2.0])
    return jsp.special.logsumexp(logw - 0.5 * (x - mu) ** 2)


def logistic_regression(w):
    X = np.array([[1.0, 0.5], [0.3, -1.2], [-0.7, 0.2]])
    y = np.array([1.0, 0.0, 1.0])
    logits = X @ w
    return jnp.sum(softplus(logits) - y * logits) + 0.1 * w @ w


class Params(NamedTuple):
    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray


PARAMS = Params(
    np.array([[0.5, -0.3, 0.8], [0.1, 0.9, -0.4]]), np.array([0.1, -0.2, 0.3]),
    np.array([1.0, -1.5, 0.5]),
)  # fmt: skip


def mlp(x, params=PARAMS):
    h = jnp.tanh(x @ params.w1 + params.b1)
    return jnp.dot(relu(h), params.w2)


def attention(x):
    scores = jnp.einsum("id,jd->ij", x, x) / jnp.sqrt(x.shape[-1])
    return jnp.einsum("ij,jd->", jax.nn.softmax(scores, axis=-1), x)


def layer_norm(x):
    mean = x.mean(keepdims=True)
    var = x.var(keepdims=True)
    return jnp.sum(((x - mean) * lax.rsqrt(var + 1e-5)) ** 3)


def rnn_scan(x):
    def step(h, xt):
        h = jnp.tanh(0.5 * h + xt)
        return h, h

    last, hs = lax.scan(step, 0.0, x)
    return last + hs.sum()


def newton_fori(x):
    return lax.fori_loop(0, 4, lambda _, y: 0.5 * (y + x / y), 1.0 + 0.0 * x)


def static_while(x):
    def body(state):
        i, y = state
        return i + 1, jnp.sin(y) + x

    return lax.while_loop(lambda s: s[0] < 3, body, (0, x))[1]


def rk4(x, k):
    def f(y):
        return -k * y + jnp.cos(y)

    y, h = x, 0.1
    for _ in range(1):
        k1 = f(y)
        k2 = f(y + 0.5 * h * k1)
        k3 = f(y + 0.5 * h * k2)
        k4 = f(y + h * k3)
        y = y + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
    return y


def lennard_jones(pos):
    d = pos[:, None, :] - pos[None, :, :]
    i, j = np.triu_indices(3, 1)
    r2 = jnp.sum(d[i, j] ** 2, -1)
    return jnp.sum(4 * (r2**-6 - r2**-3))


def pendulum(theta, omega):
    return 0.5 * omega**2 + 9.81 * (1 - jnp.cos(theta))


def planck(nu, T):
    return nu**3 / jnp.expm1(nu / T)


def rosenbrock(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def vmapped_rosenbrock(xs):
    return vmap(rosenbrock)(xs).sum()


def grad_inside(x):
    return jax.grad(lambda y: jnp.sin(y) * y)(x) + jax.jvp(jnp.tanh, (x,), (1.0,))[1]


@functools.partial(jit, static_argnames=("order",))
def polynomial(x, order=3):
    return sum((-1) ** n * x**n / math.factorial(n) for n in range(order + 1))


def horner(x):
    return jnp.polyval(jnp.array([0.5, -1.0, 2.0, 0.25]), x)


def convolution(x):
    return jnp.sum(jnp.convolve(x, jnp.array([0.25, 0.5, 0.25]), mode="valid") ** 2)


def dft_energy(x):
    n = x.shape[0]
    ang = 2 * jnp.pi * jnp.outer(jnp.arange(n), jnp.arange(n)) / n
    return jnp.sum(jnp.log1p((jnp.cos(ang) @ x) ** 2 + (jnp.sin(ang) @ x) ** 2))


def total_variation(x):
    return jnp.abs(jnp.diff(x, axis=0)).sum() + jnp.abs(jnp.diff(x, axis=1)).sum()


def scattered(x):
    out = jnp.zeros(4).at[0].set(x[0]).at[jnp.array([1, 1])].add(x[1:3])
    return (out.at[2:].mul(2.0).at[3].max(x[0]) ** 2).sum()


def interpolated(x):
    return jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([0.0, 1.0, 4.0])) * x


def sorted_mix(x):
    return jnp.sort(x)[0] + jnp.median(x) + jnp.max(x) * jnp.cumsum(x)[2] + jnp.prod(x)


def determinant(a):
    return jnp.linalg.det(a @ a.T + jnp.eye(2)) + jnp.trace(a)


def solved(b):
    a = jnp.array([[3.0, 1.0], [1.0, 2.0]])
    return jnp.sum(jnp.linalg.solve(a, b) ** 2)


def whitened(x):
    cov = jnp.array([[2.0, 0.3], [0.3, 0.5]])
    chol = jnp.linalg.cholesky(cov)
    z = jsp.linalg.solve_triangular(chol, x, lower=True)
    return -0.5 * z @ z - jnp.sum(jnp.log(jnp.diag(chol)))


def great_circle(lat, lon):
    a = jnp.sin(lat / 2) ** 2 + jnp.cos(lat) * jnp.sin(lon / 2) ** 2
    return 2 * jnp.arcsin(jnp.sqrt(a)) + jnp.arctan2(lat, lon) + jnp.hypot(lat, lon)


def dictionary_model(x):
    p = {"w": jnp.array([1.0, -2.0]), "b": 0.5}
    return jax.tree_util.tree_reduce(lambda s, leaf: s + jnp.sum(leaf * x), p, 0.0)


@jax.checkpoint
def rematerialised(x):
    return jnp.sin(jnp.exp(x)) ** 2


def bessel(x):
    return jsp.special.i0(x) + jsp.special.i1e(x) + jsp.special.digamma(x) + jnp.sinc(x)


WIDE, POS, UNIT = {"x": (-3.0, 3.0)}, (0.3, 2.5), (0.1, 0.9)
V, P, M = (-2.0, 2.0, (4,)), (0.1, 0.9, (4,)), (-1.5, 1.5, (2, 3))
NAMED = [
    swish, gelu_tanh, smooth_relu, tanhexp, gaussian, straight_through, clipped, select_pieces,
    piecewise, by_cond, with_custom_rules, normal_cdf_log, mixture, static_while, grad_inside,
    polynomial, horner, interpolated, dictionary_model, rematerialised,
]  # fmt: skip
NN = [
    jax.nn.relu, jax.nn.softplus, jax.nn.silu, jax.nn.elu, jax.nn.selu, jax.nn.celu, jax.nn.gelu,
    jax.nn.mish, jax.nn.log_sigmoid, jax.nn.soft_sign, jax.nn.hard_tanh, jax.nn.relu6,
    jax.nn.hard_swish, jax.nn.leaky_relu, jax.nn.squareplus, jnp.tanh, jnp.arctan, jax.nn.sigmoid,
]  # fmt: skip
CASES = {
    **dict.fromkeys(NAMED, WIDE), **dict.fromkeys(NN, WIDE),
    log1mexp: {"x": POS}, mse: {"pred": V, "target": V}, huber: {"pred": V, "target": V},
    cross_entropy: {"logits": M}, bce_logits: {"x": V, "z": P}, focal: {"logits": V, "y": P},
    label_take: {"logits": M}, kl_normal: {"mu": V, "log_sigma": V}, cosine: {"a": V, "b": V},
    info_nce: {"a": M, "b": M}, quantile_loss: {"pred": V, "target": V},
    normal_logpdf: {"x": (-2.0, 2.0), "mu": (-2.0, 2.0), "sigma": POS},
    gamma_logpdf: {"x": POS, "a": POS}, beta_logpdf: {"x": UNIT, "a": POS, "b": POS},
    student_logpdf: {"x": (-2.0, 2.0), "df": POS}, poisson_logpmf: {"mu": POS},
    logistic_regression: {"w": (-1.0, 1.0, (2,))}, mlp: {"x": (-1.0, 1.0, (2,))},
    attention: {"x": M}, layer_norm: {"x": V}, rnn_scan: {"x": V}, newton_fori: {"x": POS},
    rk4: {"x": POS, "k": POS}, lennard_jones: {"pos": (-2.0, 2.0, (3, 2))},
    pendulum: {"theta": (-2.0, 2.0), "omega": (-2.0, 2.0)}, planck: {"nu": POS, "T": POS},
    rosenbrock: {"x": V}, vmapped_rosenbrock: {"xs": M}, convolution: {"x": V},
    dft_energy: {"x": V}, total_variation: {"x": M}, scattered: {"x": V}, sorted_mix: {"x": V},
    determinant: {"a": (-1.0, 1.0, (2, 2))}, solved: {"b": (-1.0, 1.0, (2,))},
    whitened: {"x": (-1.0, 1.0, (2,))}, great_circle: {"lat": UNIT, "lon": UNIT},
    bessel: {"x": POS},
}  # fmt: skip

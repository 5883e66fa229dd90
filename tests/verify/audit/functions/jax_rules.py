"""Functions with rules of their own for JAX. RIGHT and FAULTY as in the other files."""

import jax
import jax.numpy as jnp


def vjp_of(forward, backward):
    """A decorator: the residuals are what `forward` returns second."""

    def decorate(function):
        made = jax.custom_vjp(function)
        made.defvjp(forward, backward)
        return made

    return decorate


@vjp_of(lambda x: (jnp.sin(x) ** 2, x), lambda x, g: (g * jnp.sin(2 * x),))
def sin_squared(x):
    return jnp.sin(x) ** 2


@vjp_of(lambda x, y: (x * y, (x, y)), lambda r, g: (g * r[1], g * r[0]))
def product(x, y):
    return x * y


@vjp_of(lambda x: (jax.nn.softplus(x), x), lambda x, g: (g * jax.nn.sigmoid(x),))
def softplus(x):
    return jax.nn.softplus(x)


@vjp_of(lambda x: (jnp.log1p(jnp.exp(x)), x), lambda x, g: (g * (1 - 1 / (1 + jnp.exp(x))),))
def log1pexp(x):
    return jnp.log1p(jnp.exp(x))


@jax.custom_jvp
def times_exp(x, y):
    return x * jnp.exp(-y)


@times_exp.defjvp
def _times_exp_jvp(primals, tangents):
    x, y = primals
    dx, dy = tangents
    return times_exp(x, y), jnp.exp(-y) * (dx - x * dy)


@jax.custom_jvp
def xlogx(x):
    return jnp.where(x > 0, x * jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)


@xlogx.defjvp
def _xlogx_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    return xlogx(x), jnp.where(x > 0, 1 + jnp.log(jnp.where(x > 0, x, 1.0)), 0.0) * dx


@vjp_of(
    lambda x: (jax.nn.softmax(x), jax.nn.softmax(x)),
    lambda y, g: (y * (g - jnp.sum(g * y, -1, keepdims=True)),),
)
def softmax(x):
    return jax.nn.softmax(x)


@vjp_of(lambda x: (jnp.sum(x**2), x), lambda x, g: (2 * g * x,))
def sum_of_squares(x):
    return jnp.sum(x**2)


@vjp_of(lambda x: (jnp.sin(x) ** 2, jnp.sin(x)), lambda s, g: (g * 2 * s * jnp.cos(s),))
def cos_of_saved(x):
    return jnp.sin(x) ** 2


@vjp_of(lambda x: (jnp.exp(-(x**2)), x), lambda x, g: (g * jnp.exp(-(x**2)),))
def no_chain(x):
    return jnp.exp(-(x**2))


@vjp_of(lambda x: (jnp.tanh(x), x), lambda x, g: (1 - jnp.tanh(x) ** 2,))
def no_cotangent(x):
    return jnp.tanh(x)


@vjp_of(lambda a, b: (a * b**2, (a, b)), lambda r, g: (2 * g * r[0] * r[1], g * r[1] ** 2))
def swapped(a, b):
    return a * b**2


@vjp_of(lambda x: (jnp.cos(x), x), lambda x, g: (g * jnp.sin(x),))
def sign(x):
    return jnp.cos(x)


@vjp_of(lambda x: (x**3, x), lambda x, g: g * 3 * x**2)
def no_tuple(x):
    return x**3


@vjp_of(lambda x: (x**3, x), lambda x, g: (g * 3 * undefined**2,))  # noqa: F821  the fault
def undefined_name(x):
    return x**3


@vjp_of(lambda x: (jnp.mean(x**2), x), lambda x, g: (2 * g * x,))
def mean_without_n(x):
    return jnp.mean(x**2)


@vjp_of(
    lambda x: (jnp.sin(x) ** 2, x),
    lambda x, g: (g * jax.lax.stop_gradient(jnp.sin(2 * x)),),
)
def stopped(x):
    return jnp.sin(x) ** 2


@jax.custom_jvp
def jvp_sign(x):
    return jnp.cos(x)


@jvp_sign.defjvp
def _jvp_sign_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    return jnp.cos(x), jnp.sin(x) * dx


@vjp_of(
    lambda x: (jnp.logaddexp(x, 0.0), x),
    lambda x, g: (g * jnp.exp(x) / (1 + jnp.exp(x)),),
)
def overflowing(x):
    return jnp.logaddexp(x, 0.0)


@jax.custom_vjp
def other_value(x):
    return jnp.sin(x)


other_value.defvjp(lambda x: (jnp.cos(x), x), lambda x, g: (g * jnp.cos(x),))


@jax.custom_vjp
def without_rule(x):
    return 2 * x


RIGHT = {
    name: {}
    for name in "sin_squared product softplus times_exp xlogx softmax sum_of_squares".split()
}
FAULTY = {
    "cos_of_saved": ("wrong", "wrong-quantity"),
    "no_chain": ("wrong", "missing-chain-factor"),
    "no_cotangent": ("wrong", "missing-grad-output"),
    "swapped": ("wrong", "order"),
    "sign": ("wrong", "sign"),
    "no_tuple": ("fails when called", "count"),
    "undefined_name": ("fails when called", "undefined-name"),
    "mean_without_n": ("wrong", "constant-factor"),
    "stopped": ("wrong at second order", "second-order"),
    "jvp_sign": ("wrong", "sign"),
    "other_value": ("wrong", "primal"),
    "without_rule": ("fails when called", "no-rule"),
    "overflowing": ("unstable", "unstable"),
}
INPUTS = {}

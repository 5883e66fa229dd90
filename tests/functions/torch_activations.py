"""Activations in PyTorch, as people write them: functions, scripted ones, classes, chains."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def swish(x, beta=1.702):
    return x * torch.sigmoid(beta * x)


def gelu_new(x):
    """As in the first GPT."""
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))


def gelu_erf(x):
    return x * 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0)))


def mish(x):
    return x * torch.tanh(F.softplus(x))


def tanhexp(x):
    return x * torch.tanh(torch.exp(x))


def hard_mish(x):
    return 0.5 * x * (x + 2).clamp(min=0, max=2)


def bent_identity(x):
    return ((x**2 + 1).sqrt() - 1) / 2 + x


def squareplus(x, b=4.0):
    return (x + torch.sqrt(x * x + b)) / 2


def isru(x, alpha=1.0):
    return x / (1 + alpha * x.pow(2)).sqrt()


def isrlu(x, alpha=3.0):
    return torch.where(x < 0, x / torch.sqrt(1 + alpha * x**2), x)


def snake(x, a):
    return x + torch.sin(a * x).pow(2) / a


def star_relu(x, scale=0.8944, bias=-0.4472):
    return scale * F.relu(x) ** 2 + bias


def log_cosh(x):
    return x + F.softplus(-2.0 * x) - math.log(2.0)


def smelu(x, beta=1.1):
    middle = (x + beta) ** 2 / (4 * beta)
    return torch.where(x.abs() <= beta, middle, F.relu(x))


def lisht(x):
    return x.mul(x.tanh())


def soft_exponential(x, alpha=0.7):
    if alpha == 0.0:
        return x
    if alpha < 0.0:
        return -torch.log(1 - alpha * (x + alpha)) / alpha
    return (torch.exp(alpha * x) - 1) / alpha + alpha


def rectified_tanh(x):
    return torch.max(torch.zeros_like(x), x.tanh())


def logit_normal(x, eps=1e-6):
    return torch.logit(x.clamp(eps, 1 - eps))


def phish(x):
    return x * torch.tanh(F.gelu(x))


def smooth_step(x):
    t = torch.clamp((x + 1) / 2, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def eswish_inplace(x):
    y = x.clone()
    y.mul_(0.5).add_(1.0)
    y *= torch.sigmoid(x)
    return y


def detached_gate(x):
    gate = torch.sigmoid(x.detach())
    return gate * x


def straight_through_round(x):
    return x + (torch.round(x) - x).detach()


def quick_pade(x):
    num = x * (27 + x**2)
    den = 27 + 9 * x**2
    return num / den


class Serf(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.erf(torch.log1p(torch.exp(x)))


class ParametricSwish(nn.Module):
    def __init__(self, beta=0.75):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(beta))

    def forward(self, input):
        return input * torch.sigmoid(self.beta * input)


class Aria2(nn.Module):
    def __init__(self, alpha=1.5, beta=2.0):
        super().__init__()
        self.alpha = alpha
        self.beta = beta

    def forward(self, x):
        return (1 + torch.exp(-x * self.beta)) ** (-self.alpha) * x


class ScaledShiftedSoftplus(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("shift", torch.tensor(2.0).log().double())
        self.softplus = nn.Softplus(beta=2.0)

    def forward(self, x):
        return self.softplus(x) - self.shift


class Maxout(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(-1, 1, 3, dtype=torch.float64))
        self.bias = nn.Parameter(torch.tensor([0.25, -0.5, 0.125], dtype=torch.float64))

    def forward(self, x):
        return (self.weight * x + self.bias).max(dim=-1).values


class MySquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


def with_custom_function(x):
    return MySquare.apply(torch.sin(x)) + x


def glu_gate(x):
    a, b = x.chunk(2, dim=-1)
    return (a * torch.sigmoid(b)).sum(-1)


WIDE = {"x": (-4.0, 4.0)}
OWN = [
    swish, gelu_new, gelu_erf, mish, tanhexp, hard_mish, bent_identity, squareplus, isru, isrlu,
    star_relu, log_cosh, smelu, lisht, soft_exponential, rectified_tanh, phish, smooth_step,
    eswish_inplace, detached_gate, straight_through_round, quick_pade, Serf(), Aria2(),
    ScaledShiftedSoftplus(), Maxout(), with_custom_function,
]  # fmt: skip
LIBRARY = [
    F.hardswish, F.softsign, F.tanhshrink, F.logsigmoid, F.elu, F.selu, F.celu, F.silu, F.gelu,
    torch.special.expit, nn.Softshrink(0.3), nn.ReLU6(), nn.Hardtanh(-0.5, 2.0), nn.LeakyReLU(0.2),
    ParametricSwish().double(), nn.PReLU().double(), nn.GELU(approximate="tanh"),
    nn.Threshold(0.1, 20.0),
]  # fmt: skip
CASES = {
    **dict.fromkeys(OWN, WIDE),
    **{f: {"input": (-4.0, 4.0)} for f in LIBRARY},
    snake: {"x": (-3.0, 3.0), "a": (0.5, 2.0)},
    logit_normal: {"x": (0.05, 0.95)},
    glu_gate: {"x": (-2.0, 2.0, (6,))},
}

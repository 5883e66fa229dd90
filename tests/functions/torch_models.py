"""Models, statistics, physics and signals in PyTorch, as people write them."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Gamma, Normal


def mlp(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.SiLU(), nn.Linear(2, 1))


class Residual(nn.Module):
    def __init__(self, dim=3):
        super().__init__()
        torch.manual_seed(1)
        self.norm = nn.LayerNorm(dim)
        self.fc1 = nn.Linear(dim, 5, bias=False)
        self.fc2 = nn.Linear(5, dim)

    def forward(self, x):
        h = self.fc2(F.gelu(self.fc1(self.norm(x))))
        return (x + h).square().sum()


class TinyConv(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        self.conv = nn.Conv1d(1, 2, kernel_size=3, padding=1)
        self.pool = nn.AvgPool1d(2)

    def forward(self, x):
        return self.pool(torch.relu(self.conv(x.unsqueeze(0).unsqueeze(0)))).mean()


class Attention(nn.Module):
    def __init__(self, d=2):
        super().__init__()
        torch.manual_seed(3)
        self.q, self.k, self.v = (nn.Linear(d, d) for _ in range(3))

    def forward(self, x):
        scores = self.q(x) @ self.k(x).transpose(-2, -1) / math.sqrt(x.shape[-1])
        return (scores.softmax(-1) @ self.v(x)).sum()


class BatchNormEval(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm1d(3)
        self.bn.running_mean.copy_(torch.tensor([0.1, -0.2, 0.3]))
        self.bn.running_var.copy_(torch.tensor([1.5, 0.5, 2.0]))
        self.eval()

    def forward(self, x):
        return torch.tanh(self.bn(x)).sum()


class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(4)
        self.cell = nn.GRUCell(1, 2)

    def forward(self, x):
        h = torch.zeros(1, 2, dtype=x.dtype)
        for t in range(x.shape[0]):
            h = self.cell(x[t].reshape(1, 1), h)
        return h.sum()


class Rbf(nn.Module):
    def __init__(self):
        super().__init__()
        self.centers = nn.Parameter(torch.tensor([[0.0, 0.5], [1.0, -0.5]], dtype=torch.float64))
        self.log_sigma = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, x):
        d = (x.unsqueeze(0) - self.centers).pow(2).sum(-1)
        return torch.exp(-d / (2 * self.log_sigma.exp() ** 2)).sum()


def rms_norm(x, eps=1e-5):
    return (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)).cumsum(0)[-1]


def instance_norm(x):
    mean, var = x.mean(dim=-1, keepdim=True), x.var(dim=-1, keepdim=True, unbiased=False)
    return (((x - mean) / (var + 1e-5).sqrt()) ** 3).sum()


def group_norm(x):
    return (F.group_norm(x.view(1, 4, 1), 2).flatten() * torch.arange(4.0)).sum()


def normal_nll(x, mu, log_sigma):
    sigma = log_sigma.exp()
    return 0.5 * ((x - mu) / sigma) ** 2 + log_sigma + 0.5 * math.log(2 * math.pi)


def normal_by_distribution(x, mu, sigma):
    return Normal(mu, sigma, validate_args=False).log_prob(x)


def gamma_by_distribution(x, a, b):
    return Gamma(a, b, validate_args=False).log_prob(x)


def student_t(x, df, scale):
    y = x / scale
    z = (
        torch.log(scale)
        + 0.5 * torch.log(df)
        + 0.5 * math.log(math.pi)
        + torch.lgamma(0.5 * df)
        - torch.lgamma(0.5 * (df + 1))
    )
    return -0.5 * (df + 1.0) * torch.log1p(y**2.0 / df) - z


def beta_binomial(alpha, beta):
    n, k = 10, 3
    lbeta = lambda a, b: torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
    return lbeta(k + alpha, n - k + beta) - lbeta(alpha, beta)


def mixture(x):
    means = torch.tensor([-1.0, 0.5, 2.0])
    logits = torch.tensor([0.2, 0.5, 0.3]).log()
    comps = -0.5 * (x - means) ** 2 - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(logits + comps, dim=0)


def dirichlet(p, conc):
    p = p / p.sum()
    return (
        torch.xlogy(conc - 1.0, p).sum(-1) + torch.lgamma(conc.sum(-1)) - torch.lgamma(conc).sum(-1)
    )


def weibull(x, k, lam):
    return torch.log(k / lam) + (k - 1) * torch.log(x / lam) - (x / lam) ** k


def multivariate_normal(x):
    cov = torch.tensor([[2.0, 0.3], [0.3, 0.5]])
    L = torch.linalg.cholesky(cov)
    y = torch.linalg.solve_triangular(L, x.unsqueeze(-1), upper=False).squeeze(-1)
    return -0.5 * (y @ y) - L.diagonal().log().sum() - math.log(2 * math.pi)


def logdet_loss(a):
    s = a @ a.T + torch.eye(2)
    return torch.logdet(s) + torch.trace(torch.linalg.inv(s))


def lennard_jones(r, eps=1.0, sigma=1.0):
    sr6 = (sigma / r) ** 6
    return 4 * eps * (sr6 * sr6 - sr6)


def morse(r, de, a, re):
    return de * (1 - torch.exp(-a * (r - re))).pow(2)


def pairwise_energy(pos):
    diff = pos[:, None, :] - pos[None, :, :]
    i, j = torch.triu_indices(pos.shape[0], pos.shape[0], offset=1)
    d2 = (diff[i, j] ** 2).sum(-1)
    return (1.0 / d2 - 2.0 / d2.sqrt()).sum()


def pendulum_energy(theta, omega, m=1.2, g=9.81, length=0.7):
    kinetic = 0.5 * m * (length * omega).square()
    return kinetic + m * g * length * (1 - theta.cos())


def planck(nu, T):
    return nu**3 / torch.expm1(nu / T)


def relativistic(v):
    return 1 / torch.sqrt(1 - v**2) - 1


def rk4_decay(x, k):
    f = lambda y: -k * y**2
    h, y = 0.1, x
    for _ in range(4):
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def quaternion_angle(q):
    q = q / q.norm()
    return 2 * torch.atan2(q[1:].norm(), q[0])


def rosenbrock(x):
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


def ackley(x, a=20, b=0.2, c=2 * math.pi):
    n = x.numel()
    s1 = -a * torch.exp(-b * torch.sqrt(torch.sum(x**2) / n))
    return s1 - torch.exp(torch.cos(c * x).sum() / n) + a + math.e


def himmelblau(x, y):
    return torch.add(x**2, y).sub(11).square() + (x + y**2 - 7) ** 2


def fir_filter(x):
    taps = torch.tensor([0.25, 0.5, 0.25])
    y = F.conv1d(x.view(1, 1, -1), taps.view(1, 1, -1)).flatten()
    return (y**2).sum()


def sinc_interp(x):
    n = torch.arange(5, dtype=x.dtype)
    return (torch.sinc(x - n) * torch.tensor([1.0, -1.0, 2.0, 0.5, 0.0])).sum()


def spectral_energy(x):
    n = x.shape[0]
    k = torch.arange(n, dtype=x.dtype)
    ang = 2 * math.pi * torch.outer(k, k) / n
    re, im = torch.cos(ang) @ x, torch.sin(ang) @ x
    return torch.sum(torch.log1p(re**2 + im**2))


def ema(x, alpha=0.3):
    out = [x[0]]
    for t in range(1, len(x)):
        out.append(alpha * x[t] + (1 - alpha) * out[-1])
    return torch.stack(out).std()


def padded_differences(x):
    return F.pad(torch.diff(x), (1, 1), value=0.5).pow(2).sum() + x.flip(0).roll(1)[0] * x[2]


def soft_rank(x):
    return torch.sigmoid((x.unsqueeze(1) - x.unsqueeze(0)) / 0.1).sum(1)[0]


def top2_mean(x):
    return torch.topk(x, 2).values.mean() + x.sort(descending=True)[0][-1] + x.median()


def by_einsum(a, b):
    return torch.einsum("ij,jk->ik", a, b).tril().sum() + torch.einsum("ij,kj->", a, a)


def bessel_series(x):
    return torch.special.i0(x) + torch.special.i1e(x) * torch.special.erfcx(x) + torch.digamma(x)


def write_into_buffer(x):
    out = torch.empty(3, dtype=x.dtype)
    out[0] = x.sum()
    out[1:] = x[:2] * 2
    out[out.shape[0] - 1] -= 1.0
    return out.prod()


def vmapped(x):
    return torch.vmap(lambda v: v.sin() * v.sum())(x.reshape(2, 2)).sum()


V = (-1.5, 1.5, (4,))
THREE = (-1.5, 1.5, (3,))
ONE, POS = (-1.5, 1.5), (0.3, 3.0)
SQUARE = (-1.0, 1.0, (2, 2))
CASES = {
    mlp().double(): {"input": THREE}, Residual().double(): {"x": THREE},
    TinyConv().double(): {"x": V}, Attention().double(): {"x": (-1.0, 1.0, (3, 2))},
    BatchNormEval().double(): {"x": (-1.0, 1.0, (2, 3))}, Rnn().double(): {"x": THREE},
    Rbf(): {"x": (-1.0, 1.0, (2,))},
    rms_norm: {"x": V}, instance_norm: {"x": (-1.0, 1.0, (2, 3))}, group_norm: {"x": V},
    normal_nll: {"x": ONE, "mu": ONE, "log_sigma": ONE},
    normal_by_distribution: {"x": ONE, "mu": ONE, "sigma": POS},
    gamma_by_distribution: {"x": POS, "a": POS, "b": POS},
    student_t: {"x": ONE, "df": POS, "scale": POS}, beta_binomial: {"alpha": POS, "beta": POS},
    mixture: {"x": ONE}, dirichlet: {"p": (0.2, 1.0, (3,)), "conc": (0.5, 3.0, (3,))},
    weibull: {"x": POS, "k": POS, "lam": POS}, multivariate_normal: {"x": (-1.0, 1.0, (2,))},
    logdet_loss: {"a": SQUARE}, lennard_jones: {"r": (0.9, 2.0)},
    morse: {"r": POS, "de": POS, "a": POS, "re": POS},
    pairwise_energy: {"pos": (-2.0, 2.0, (3, 2))}, pendulum_energy: {"theta": ONE, "omega": ONE},
    planck: {"nu": POS, "T": POS}, relativistic: {"v": (0.1, 0.9)},
    rk4_decay: {"x": POS, "k": POS}, quaternion_angle: {"q": (0.2, 1.0, (4,))},
    rosenbrock: {"x": V}, ackley: {"x": V}, himmelblau: {"x": ONE, "y": ONE},
    fir_filter: {"x": V}, sinc_interp: {"x": (-1.3, 4.2)}, spectral_energy: {"x": V},
    ema: {"x": V}, padded_differences: {"x": V}, soft_rank: {"x": THREE}, top2_mean: {"x": V},
    by_einsum: {"a": SQUARE, "b": SQUARE}, bessel_series: {"x": POS},
    write_into_buffer: {"x": THREE}, vmapped: {"x": V},
}  # fmt: skip

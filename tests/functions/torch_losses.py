"""Losses in PyTorch, as people write them, of arrays and of numbers."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2):
    bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = torch.exp(-bce)
    return (alpha * (1 - p_t) ** gamma * bce).mean()


def dice_loss(logits, targets, smooth=1.0):
    probs = logits.sigmoid().view(-1)
    targets = targets.view(-1)
    intersection = (probs * targets).sum()
    return 1 - (2.0 * intersection + smooth) / (probs.sum() + targets.sum() + smooth)


def tversky(p, t, alpha=0.3, beta=0.7, eps=1e-7):
    tp = torch.sum(p * t)
    fp = torch.sum(p * (1 - t))
    fn = torch.sum((1 - p) * t)
    return 1 - (tp + eps) / (tp + alpha * fp + beta * fn + eps)


def huber_written_out(pred, target, delta: float = 1.0):
    err = pred - target
    abs_err = torch.abs(err)
    quadratic = torch.minimum(abs_err, torch.tensor(delta))
    linear = abs_err - quadratic
    return torch.mean(0.5 * quadratic**2 + delta * linear)


def charbonnier(x, y, eps=1e-3):
    diff = x - y
    return torch.mean(torch.sqrt(diff * diff + eps * eps))


def log_cosh_loss(y_pred, y_true):
    e = y_pred - y_true
    return (e + F.softplus(-2 * e) - torch.log(torch.tensor(2.0))).mean()


def cauchy(r, c=2.3849):
    return (c**2 / 2) * torch.log1p((r / c) ** 2)


def tukey_biweight(r, c=4.685):
    inside = (c**2 / 6) * (1 - (1 - (r / c) ** 2) ** 3)
    return torch.where(torch.abs(r) <= c, inside, torch.full_like(r, c**2 / 6))


def welsch(r, c=2.9846):
    return (c**2 / 2) * (1 - torch.exp(-((r / c) ** 2)))


def barron(x, alpha=0.5, c=1.0):
    b = abs(alpha - 2)
    return (b / alpha) * (((x / c) ** 2 / b + 1) ** (alpha / 2) - 1)


def quantile_loss(pred, target):
    losses = []
    for q in (0.1, 0.5, 0.9):
        e = target - pred
        losses.append(torch.max((q - 1) * e, q * e).unsqueeze(0))
    return torch.cat(losses, dim=0).sum(dim=0).mean()


def cross_entropy_smoothed(logits):
    target = torch.tensor([2, 0])
    return F.cross_entropy(logits, target, label_smoothing=0.1)


def cross_entropy_weighted(logits):
    w = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
    return nn.CrossEntropyLoss(weight=w, ignore_index=-100)(logits, torch.tensor([2, -100]))


def nll_by_gather(logits):
    labels = torch.tensor([1, 2])
    logp = F.log_softmax(logits, dim=-1)
    return -logp.gather(1, labels.unsqueeze(1)).squeeze(1).mean()


def one_hot_cross_entropy(logits):
    onehot = F.one_hot(torch.tensor([0, 2]), num_classes=3).double()
    return -(onehot * torch.log(logits.softmax(dim=1))).sum(1).mean()


def kl_gauss(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def kl_of_logits(p_logits, q_logits):
    return F.kl_div(F.log_softmax(p_logits, -1), F.softmax(q_logits, -1), reduction="batchmean")


def js_divergence(p, q):
    p, q = p / p.sum(), q / q.sum()
    m = 0.5 * (p + q)
    kl = lambda a, b: (a * (a / b).log()).sum()
    return 0.5 * kl(p, m) + 0.5 * kl(q, m)


def contrastive(z1, z2):
    z1 = F.normalize(z1, dim=-1)
    z2 = F.normalize(z2, dim=-1)
    logits = z1 @ z2.t() / 0.5
    return F.cross_entropy(logits, torch.arange(z1.size(0)))


def triplet(anchor, positive, negative):
    return F.triplet_margin_loss(anchor, positive, negative, margin=2.0)


def cosine_distance(a, b):
    return 1 - F.cosine_similarity(a, b, dim=0)


def wing_loss(pred, target, w=10.0, eps=2.0):
    import math

    c = w - w * math.log(1 + w / eps)
    d = (pred - target).abs()
    return torch.where(d < w, w * torch.log(1 + d / eps), d - c).mean()


def smape(p, t):
    return 200 * torch.mean(torch.abs(p - t) / (p.abs() + t.abs()))


def msle(p, t):
    return F.mse_loss(torch.log1p(p), torch.log1p(t))


def rmse(p, t):
    return torch.sqrt(nn.MSELoss()(p, t) + 1e-6)


def r2(p, t):
    ss_res = ((t - p) ** 2).sum()
    ss_tot = ((t - t.mean()) ** 2).sum()
    return 1 - ss_res / ss_tot


def pearson(x, y):
    vx = x - torch.mean(x)
    vy = y - torch.mean(y)
    return torch.sum(vx * vy) / (torch.sqrt(torch.sum(vx**2)) * torch.sqrt(torch.sum(vy**2)))


def bce_stable(x, z):
    return torch.clamp(x, min=0) - x * z + torch.log(1 + torch.exp(-torch.abs(x)))


def bce_pos_weight(x, z):
    pw = torch.tensor(3.0)
    return F.binary_cross_entropy_with_logits(x, z, pos_weight=pw)


def hinge(scores):
    y = torch.tensor([1.0, -1.0, 1.0])
    return torch.clamp(1 - y * scores, min=0).mean()


def total_variation(img):
    return (img[1:, :] - img[:-1, :]).abs().sum() + (img[:, 1:] - img[:, :-1]).abs().sum()


def gradient_penalty_like(x):
    norm = x.view(x.size(0), -1).norm(2, dim=1)
    return ((norm - 1) ** 2).mean()


def supervised_mask(pred):
    mask = torch.tensor([True, False, True, True])
    return pred[mask].pow(2).mean() + pred.masked_fill(~mask, 0.0).sum()


class AsymmetricLoss(nn.Module):
    def __init__(self, gamma_neg=4, gamma_pos=1, clip=0.05, eps=1e-8):
        super().__init__()
        self.gamma_neg, self.gamma_pos, self.clip, self.eps = gamma_neg, gamma_pos, clip, eps

    def forward(self, x, y):
        xs_pos = torch.sigmoid(x)
        xs_neg = 1 - xs_pos
        if self.clip is not None and self.clip > 0:
            xs_neg = (xs_neg + self.clip).clamp(max=1)
        loss = y * torch.log(xs_pos.clamp(min=self.eps))
        loss = loss + (1 - y) * torch.log(xs_neg.clamp(min=self.eps))
        if self.gamma_neg > 0 or self.gamma_pos > 0:
            pt = xs_pos * y + xs_neg * (1 - y)
            gamma = self.gamma_pos * y + self.gamma_neg * (1 - y)
            loss *= torch.pow(1 - pt, gamma)
        return -loss.sum()


class PolyLoss(nn.Module):
    def __init__(self, epsilon=1.0):
        super().__init__()
        self.epsilon = epsilon

    def forward(self, logits):
        labels = torch.tensor([1])
        ce = F.cross_entropy(logits, labels, reduction="none")
        pt = F.softmax(logits, dim=1)[torch.arange(1), labels]
        return (ce + self.epsilon * (1 - pt)).mean()


class UncertaintyWeighted(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_vars = nn.Parameter(torch.tensor([0.5, -0.25], dtype=torch.float64))

    def forward(self, a, b):
        losses = torch.stack([a**2, b.abs()])
        return (torch.exp(-self.log_vars) * losses + self.log_vars).sum()


V = (-2.0, 2.0, (4,))
P = (0.1, 0.9, (4,))
POS = (0.2, 3.0, (4,))
ONE, UNIT = (-3.0, 3.0), (0.1, 0.9)
M = (-2.0, 2.0, (2, 3))
CASES = {
    focal_loss: {"logits": V, "targets": P}, dice_loss: {"logits": V, "targets": P},
    tversky: {"p": P, "t": P}, huber_written_out: {"pred": V, "target": V},
    charbonnier: {"x": V, "y": V}, log_cosh_loss: {"y_pred": V, "y_true": V},
    cauchy: {"r": ONE}, tukey_biweight: {"r": (-6.0, 6.0)}, welsch: {"r": ONE}, barron: {"x": ONE},
    quantile_loss: {"pred": V, "target": V}, cross_entropy_smoothed: {"logits": M},
    cross_entropy_weighted: {"logits": M}, nll_by_gather: {"logits": M},
    one_hot_cross_entropy: {"logits": M}, kl_gauss: {"mu": V, "logvar": V},
    kl_of_logits: {"p_logits": M, "q_logits": M}, js_divergence: {"p": POS, "q": POS},
    contrastive: {"z1": M, "z2": M}, triplet: {"anchor": M, "positive": M, "negative": M},
    cosine_distance: {"a": V, "b": V}, wing_loss: {"pred": V, "target": V},
    smape: {"p": POS, "t": POS}, msle: {"p": POS, "t": POS}, rmse: {"p": V, "t": V},
    r2: {"p": V, "t": V}, pearson: {"x": V, "y": V}, bce_stable: {"x": ONE, "z": UNIT},
    bce_pos_weight: {"x": V, "z": P}, hinge: {"scores": (-2.0, 2.0, (3,))},
    total_variation: {"img": M}, gradient_penalty_like: {"x": M}, supervised_mask: {"pred": V},
    AsymmetricLoss(): {"x": V, "y": P}, PolyLoss(): {"logits": (-2.0, 2.0, (1, 3))},
    UncertaintyWeighted(): {"a": ONE, "b": ONE},
    nn.SmoothL1Loss(beta=0.5): {"input": V, "target": V},
    nn.HuberLoss(delta=0.7, reduction="sum"): {"input": V, "target": V},
    nn.BCELoss(): {"input": P, "target": P},
    nn.PoissonNLLLoss(): {"log_input": V, "target": POS},
    nn.GaussianNLLLoss(full=True): {"input": V, "target": V, "var": POS},
    nn.L1Loss(): {"input": V, "target": V},
}  # fmt: skip

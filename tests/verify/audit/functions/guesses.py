"""Functions whose arguments or precision must be guessed well before they can be judged."""

import torch
from torch.autograd import Function


class Polynomial(Function):
    """Coefficients are no batch, however long x is."""

    @staticmethod
    def forward(ctx, x, coefficients):
        ctx.save_for_backward(x, coefficients)
        y = torch.zeros_like(x)
        for c in coefficients:
            y = y * x + c
        return y

    @staticmethod
    def backward(ctx, g):
        x, coefficients = ctx.saved_tensors
        n = coefficients.shape[0]
        slope = torch.zeros_like(x)
        for k in range(n - 1):
            slope = slope * x + (n - 1 - k) * coefficients[k]
        return g * slope, torch.stack([(g * x ** (n - 1 - k)).sum() for k in range(n)])


class Normalized(Function):
    """A norm over features, with a gain and a shift of their own."""

    @staticmethod
    def forward(ctx, x, gain, shift, eps):
        ctx.eps = eps
        ctx.save_for_backward(x, gain)
        mean = x.mean(-1, keepdim=True)
        spread = (x - mean).pow(2).mean(-1, keepdim=True)
        return gain * (x - mean) / (spread + eps).sqrt() + shift

    @staticmethod
    def backward(ctx, g):
        x, gain = ctx.saved_tensors
        mean = x.mean(-1, keepdim=True)
        over = ((x - mean).pow(2).mean(-1, keepdim=True) + ctx.eps).rsqrt()
        z, n = (x - mean) * over, x.shape[-1]
        gz = g * gain
        inner = gz - gz.mean(-1, keepdim=True) - z * (gz * z).mean(-1, keepdim=True)
        return over * inner, (g * z).reshape(-1, n).sum(0), g.reshape(-1, n).sum(0), None


class SingleOnly(Function):
    """As many kernels for GPUs: no float64."""

    @staticmethod
    def forward(ctx, x):
        assert x.dtype == torch.float32, "only fp32 is supported"  # noqa: S101
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * s * (1 + x * (1 - s))


class Upcast(Function):
    """float32 inside, for the sake of half precision."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tanh(x.float()).type_as(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return (g.float() * (1 - torch.tanh(x.float()) ** 2)).type_as(x)


class SoftThreshold(Function):
    """sign(x) relu(|x| - w) is x for w = 0, and yet PyTorch's own slope of it at 0 is 0."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return torch.sign(x) * torch.relu(x.abs() - w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        on = (x.abs() > w).to(x.dtype)
        return g * on, -(g * on * x.sign()).sum_to_size(w.shape)


class Divergence(Function):
    """Where exp overflows in one term, the gradients of the others are known all the same."""

    @staticmethod
    def forward(ctx, mean, spread):
        ctx.save_for_backward(mean, spread)
        return 0.5 * torch.sum(mean**2 + spread.exp() - spread - 1)

    @staticmethod
    def backward(ctx, g):
        mean, spread = ctx.saved_tensors
        return g * mean, g * 0.5 * (spread.exp() - 1)


RIGHT = {name: {} for name in (
    "Polynomial", "Normalized", "SingleOnly", "Upcast", "SoftThreshold", "Divergence",
)}  # fmt: skip


class SingleChain(Function):
    @staticmethod
    def forward(ctx, x):
        if x.dtype != torch.float32:
            raise TypeError(f"unsupported dtype {x.dtype}")
        ctx.save_for_backward(x)
        return torch.sin(3 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.cos(3 * x)


class RowSums(Function):
    """The bias is summed over the wrong dimension: only square inputs get through."""

    @staticmethod
    def forward(ctx, x, bias):
        ctx.save_for_backward(x, bias)
        return (x + bias).relu()

    @staticmethod
    def backward(ctx, g):
        x, bias = ctx.saved_tensors
        gx = g * ((x + bias) > 0)
        return gx, gx.sum(dim=1)


class Forgetful(Function):
    """The mean over a batch of labels: labels are guessed, not another matrix."""

    @staticmethod
    def forward(ctx, logits, target):
        ctx.save_for_backward(logits, target)
        return torch.nn.functional.cross_entropy(logits, target)

    @staticmethod
    def backward(ctx, g):
        logits, target = ctx.saved_tensors
        p = logits.softmax(1)
        p[torch.arange(len(target)), target] -= 1
        return g * p, None


class OtherBranch(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x > 0, x, 0.1 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, 0.1 * g, g)


class WideClamp(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ((x > -1) & (x < 2))


class RunningSum(Function):
    @staticmethod
    def forward(ctx, x):
        return x.cumsum(-1)

    @staticmethod
    def backward(ctx, g):
        return g.cumsum(-1)


class HeldNorm(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (x.pow(2).sum(-1, keepdim=True) + 1)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g / (x.pow(2).sum(-1, keepdim=True) + 1)


INPUTS: dict = {}
FAULTY = {
    "SingleChain": ("wrong", "missing-chain-factor"), "RowSums": ("wrong", "shape"),
    "Forgetful": ("wrong", "constant-factor"), "OtherBranch": ("wrong", "branches"),
    "WideClamp": ("wrong", "wrong-condition"), "RunningSum": ("wrong", "not-transposed"),
    "HeldNorm": ("wrong", "held-constant"),
}  # fmt: skip

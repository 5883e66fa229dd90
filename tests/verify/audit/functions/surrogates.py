"""Functions whose gradient is another one on purpose."""

import torch
from torch.autograd import Function


class RoundSTE(Function):
    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class Binarize(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


class Spike(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g / (1 + 10 * x.abs()) ** 2


class GradientReversal(Function):
    @staticmethod
    def forward(ctx, x, lambda_):
        ctx.lambda_ = lambda_
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -ctx.lambda_ * g, None


class LearnedStep(Function):
    """Both gradients are those of s*clamp(x/s), with what rounding adds held constant."""

    @staticmethod
    def forward(ctx, x, s):
        ctx.save_for_backward(x, s)
        return (x / s).round().clamp(-8, 7) * s

    @staticmethod
    def backward(ctx, g):
        x, s = ctx.saved_tensors
        v = x / s
        inside = ((v >= -8) & (v <= 7)).to(x.dtype)
        low, high = torch.full_like(v, -8.0), torch.full_like(v, 7.0)
        by_step = torch.where(v < -8, low, torch.where(v > 7, high, v.round() - v))
        return g * inside, (g * by_step).sum_to_size(s.shape)


SURROGATES = {
    "RoundSTE": {}, "Binarize": {}, "Spike": {}, "GradientReversal": {}, "LearnedStep": {},
}  # fmt: skip

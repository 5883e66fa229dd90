"""Custom functions with one wrong formula each. FAULTY: name -> verdict, code of the cause."""

import math

import torch
from torch.autograd import Function


class Saving(Function):
    """Most of these save their inputs."""


class NoChain(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x**2)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.cos(x**2)


class NoInnerTwo(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.exp(3 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.exp(3 * x)


class NoChainDeep(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log(1 + torch.exp(-(x**2)))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = torch.exp(-(x**2))
        return g * e / (1 + e)


class SigmoidOfLinear(Function):
    @staticmethod
    def forward(ctx, x, k):
        y = torch.sigmoid(k * x)
        ctx.save_for_backward(y)
        ctx.k = k
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y), None


class NoGradOutput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tanh(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 1 - torch.tanh(x) ** 2


class SquaredGradOutput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g * g


class AddedConstant(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g + 1


class MissingTwo(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x


class Log2WithoutLn(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log2(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g / x


class ErfWithoutPi(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.erf(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * torch.exp(-x * x)


class MeanWithoutN(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x**2).mean()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class ForgottenScale(Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return scale * torch.sin(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.cos(x), None


class CosSign(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.cos(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sin(x)


class QuotientSign(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g / b, g * a / b**2


class TermSign(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.cos(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (torch.cos(x) + x * torch.sin(x))


class SubtractionSign(Function):
    @staticmethod
    def forward(ctx, a, b):
        return 2 * a - 3 * b

    @staticmethod
    def backward(ctx, g):
        return 2 * g, 3 * g


class ProductRule(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.exp(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x * torch.exp(x)


class SwishWithoutTerm(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * x * s * (1 - s)


class CosOfSaved(Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sin(x)
        ctx.save_for_backward(s)
        return s**2

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * 2 * s * torch.cos(s)


class TanhOfInput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tanh(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (1 - x**2)


class SigmoidOfSigmoid(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        s = torch.sigmoid(y)
        return g * s * (1 - s)


class SqrtOfOutput(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.sqrt(1 + x**2)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * x / torch.sqrt(y)


class ExpAtOther(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return torch.exp(x) * torch.sin(y)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * torch.exp(y) * torch.sin(y), g * torch.exp(x) * torch.cos(y)


class WrongExponent(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**4

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 4 * g * x**2


class WrongConstant(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2 * x**3 + 5 * x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (6 * x**2 + 5 * x)


class SinForCos(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(2 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * torch.sin(2 * x)


class TanhLikeSigmoid(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


class SwappedProduct(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b**2

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return 2 * g * a * b, g * b**2


class LeakyForgotten(Function):
    @staticmethod
    def forward(ctx, x, slope=0.2):
        ctx.save_for_backward(x)
        return torch.where(x > 0, x, slope * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, g, torch.zeros_like(g)), None


class SoftmaxDiagonal(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.softmax(x, -1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


class LinearUntransposed(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g @ w, x.t() @ g


class NoneForWeight(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(w)
        return x * w

    @staticmethod
    def backward(ctx, g):
        (w,) = ctx.saved_tensors
        return g * w, None


class IgnoresSecondOutput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x), torch.cos(x)

    @staticmethod
    def backward(ctx, gs, gc):
        (x,) = ctx.saved_tensors
        return gs * torch.cos(x)


class SummedGradOutput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g.sum() * 3 * x**2


class GeluConstant(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        phi = torch.exp(-x * x / 2) / math.sqrt(math.pi)
        return g * (0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * phi)


class VarianceDegrees(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.var()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * (x - x.mean()) / x.numel()


FAULTY = {
    "NoChain": ("wrong", "missing-chain-factor"),
    "NoInnerTwo": ("wrong", "missing-chain-factor"),
    "NoChainDeep": ("wrong", "missing-chain-factor"),
    "SigmoidOfLinear": ("wrong", "missing-chain-factor"),
    "NoGradOutput": ("wrong", "missing-grad-output"),
    "SquaredGradOutput": ("wrong", "not-linear"),
    "AddedConstant": ("wrong", "not-linear"),
    "MissingTwo": ("wrong", "constant-factor"),
    "Log2WithoutLn": ("wrong", "constant-factor"),
    "ErfWithoutPi": ("wrong", "constant-factor"),
    "MeanWithoutN": ("wrong", "constant-factor"),
    "ForgottenScale": ("wrong", "constant-factor"),
    "CosSign": ("wrong", "sign"),
    "QuotientSign": ("wrong", "sign"),
    "TermSign": ("wrong", "sign"),
    "SubtractionSign": ("wrong", "sign"),
    "ProductRule": ("wrong", "missing-term"),
    "SwishWithoutTerm": ("wrong", "missing-term"),
    "CosOfSaved": ("wrong", "wrong-quantity"),
    "TanhOfInput": ("wrong", "wrong-quantity"),
    "SigmoidOfSigmoid": ("wrong", "wrong-quantity"),
    "SqrtOfOutput": ("wrong", "wrong-constant"),
    "ExpAtOther": ("wrong", "wrong-quantity"),
    "WrongExponent": ("wrong", "wrong-constant"),
    "WrongConstant": ("wrong", "wrong-constant"),
    "SinForCos": ("wrong", "wrong-function"),
    "TanhLikeSigmoid": ("wrong", "wrong-derivative"),
    "SwappedProduct": ("wrong", "order"),
    "LeakyForgotten": ("wrong", "zero"),
    "SoftmaxDiagonal": ("wrong", "diagonal-only"),
    "LinearUntransposed": ("wrong", "transposed-operand"),
    "NoneForWeight": ("wrong", "none-due"),
    "IgnoresSecondOutput": ("wrong", "ignored-output"),
    "SummedGradOutput": ("wrong", "wrong-quantity"),
    "GeluConstant": ("wrong", "wrong-constant"),
    "VarianceDegrees": ("wrong", "constant-factor"),
}
INPUTS = {
    "LinearUntransposed": (torch.eye(3) + 1, torch.arange(9.0).reshape(3, 3)),
    "SigmoidOfLinear": (torch.randn(4), 2.5),
    "ForgottenScale": (torch.randn(4), 2.5),
    "NoneForWeight": (torch.randn(4), torch.randn(4)),
}

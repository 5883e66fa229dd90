"""Custom functions that break a convention, fail, lose digits, or save what they must not."""

import numpy as np
import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable  # noqa: F401  people forget to use it


class UndefinedName(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * torch.cos(x)  # noqa: F821  the fault


class TooFew(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y


class TooMany(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * g * x, g


class ForgottenNone(Function):
    @staticmethod
    def forward(ctx, x, power):
        ctx.save_for_backward(x)
        ctx.power = power
        return x**power

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.power * x ** (ctx.power - 1)


class ShiftedByNone(Function):
    @staticmethod
    def forward(ctx, x, scale, y):
        ctx.scale = scale
        return scale * x + y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.scale, g, None


class ForgottenAttribute(Function):
    @staticmethod
    def forward(ctx, x, alpha=2.0):
        ctx.save_for_backward(x)
        return torch.exp(alpha * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.alpha * torch.exp(ctx.alpha * x), None


class UnpacksTooMuch(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x


class ChangesGradOutput(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        grad_output[x < 0] = 0
        return grad_output


class ChangesSaved(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.exp(x)
        ctx.y = y.clone()
        return y

    @staticmethod
    def backward(ctx, g):
        return ctx.y.mul_(g)


class ChangesSavedTensor(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return x.mul_(2) * g


class ChangesInput(Function):
    @staticmethod
    def forward(ctx, x):
        x.clamp_(min=0)
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * g * (x > 0)


class WrongShape(Function):
    @staticmethod
    def forward(ctx, x, b):
        ctx.save_for_backward(x)
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g, g.sum()


class SumForgotten(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return (x * w).sum(dim=-1)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g * w, g * x


class OrderOfShapes(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return x.t() @ g, g @ w.t()


class OnlyWhatIsNeededShifted(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        grads = []
        if ctx.needs_input_grad[0]:
            grads.append(g * y)
        if ctx.needs_input_grad[1]:
            grads.append(g * x)
        return tuple(grads)


class NeedsIndexWrong(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        gx = gy = None
        if ctx.needs_input_grad[0]:
            gx = g * y
        if ctx.needs_input_grad[0]:
            gy = g * x
        return gx, gy


class ViewOfGrad(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return (2 * g.view(-1) * x.reshape(-1)).view(x.shape)


class EmptyBatch(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 3

    @staticmethod
    def backward(ctx, g):
        return g * 3 + 0 * g.max()


class SingleConstant(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.exp(0.1 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        c = torch.full(x.shape, 0.1, device=x.device)
        return g * c * torch.exp(0.1 * x)


class FloatCast(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tanh(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (1 - torch.tanh(x.float()) ** 2)


class OnTheCPU(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x * torch.full(x.shape, 2.0, dtype=x.dtype)


class NoneCotangent(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return torch.sin(x), torch.cos(x)

    @staticmethod
    def backward(ctx, gs, gc):
        (x,) = ctx.saved_tensors
        return gs * torch.cos(x) - gc * torch.sin(x)


class NoBackward(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2


class SavedIntermediates(Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sin(x)
        c = torch.cos(x)
        ctx.save_for_backward(s, c)
        return s**2

    @staticmethod
    def backward(ctx, g):
        s, c = ctx.saved_tensors
        return g * 2 * s * c


class SavedMean(Function):
    @staticmethod
    def forward(ctx, x):
        m = x.mean()
        ctx.save_for_backward(x, m)
        return ((x - m) ** 2).sum()

    @staticmethod
    def backward(ctx, g):
        x, m = ctx.saved_tensors
        return 2 * g * (x - m)


class AttributeIntermediate(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.t = torch.tanh(x)
        return ctx.t**3

    @staticmethod
    def backward(ctx, g):
        return 3 * g * ctx.t**2 * (1 - ctx.t**2)


class DetachedBackward(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(3 * np.square(x.detach().numpy())) * g.detach()


class DataBackward(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp() * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.data.exp() * (1 + x.data))


class SoftplusOverflow(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = torch.exp(x)
        return g * e / (1 + e)


class SigmoidOverflow(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = torch.exp(-x)
        return g * e / (1 + e) ** 2


class CancellingDerivative(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x == 0, torch.ones_like(x), torch.expm1(x) / x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        safe = torch.where(x == 0, torch.ones_like(x), x)
        slope = (safe * torch.exp(safe) - torch.exp(safe) + 1) / safe**2
        return g * torch.where(x == 0, torch.full_like(x, 0.5), slope)


class AbsAsQuotient(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.abs()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x / x.abs()


class Exits(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        raise SystemExit(0)


FAULTY = {
    "UndefinedName": ("fails when called", "undefined-name"),
    "TooFew": ("fails when called", "count"),
    "TooMany": ("fails when called", "count"),
    "ForgottenNone": ("fails when called", "count"),
    "ShiftedByNone": ("fails when called", "count"),
    "ForgottenAttribute": ("fails when called", "missing-attribute"),
    "UnpacksTooMuch": ("fails when called", "unpack"),
    "ChangesGradOutput": ("wrong", "in-place-grad"),
    "ChangesSaved": ("wrong", "in-place-saved"),
    "ChangesSavedTensor": ("wrong", "in-place-saved"),
    "ChangesInput": ("wrong", "in-place-input"),
    "WrongShape": ("fails when called", "shape"),
    "SumForgotten": ("fails when called", "shape"),
    "OrderOfShapes": ("fails when called", "order"),
    "OnlyWhatIsNeededShifted": ("fails when called", "needs-input-grad"),
    "NeedsIndexWrong": ("wrong", "needs-input-grad"),
    "ViewOfGrad": ("fails when called", "non-contiguous"),
    "EmptyBatch": ("fails when called", "zero-size"),
    "SingleConstant": ("wrong", "dtype"),
    "FloatCast": ("wrong", "dtype"),
    "OnTheCPU": ("fails when called", "device"),
    "NoneCotangent": ("fails when called", "none-cotangent"),
    "NoBackward": ("fails when called", "not-implemented"),
    "SavedIntermediates": ("wrong at second order", "saved-intermediate"),
    "SavedMean": ("wrong at second order", "saved-intermediate"),
    "AttributeIntermediate": ("wrong at second order", "saved-intermediate"),
    "DetachedBackward": ("wrong at second order", "detached"),
    "DataBackward": ("wrong at second order", "detached"),
    "SoftplusOverflow": ("unstable", "unstable"),
    "SigmoidOverflow": ("unstable", "unstable"),
    "CancellingDerivative": ("unstable", "unstable"),
    "AbsAsQuotient": ("unstable", "kink"),
    "Exits": ("fails when called", "exit"),
}
INPUTS = {
    "ForgottenNone": (torch.randn(4), 3),
    "ShiftedByNone": (torch.randn(4), 2.0, torch.randn(4)),
    "SumForgotten": (torch.randn(2, 3), torch.randn(2, 3)),
    "OrderOfShapes": (torch.randn(2, 3), torch.randn(3, 4)),
    "WrongShape": (torch.randn(2, 3), torch.randn(3)),
}

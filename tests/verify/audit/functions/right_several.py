"""Custom functions of several inputs or outputs, and reductions, whose backward is right."""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class MulExp(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * torch.exp(-y)

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return grad_output * torch.exp(-y), -grad_output * x * torch.exp(-y)


class Product(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        grad_a = grad_b = None
        if ctx.needs_input_grad[0]:
            grad_a = g * b
        if ctx.needs_input_grad[1]:
            grad_b = g * a
        return grad_a, grad_b


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class Affine(Function):
    @staticmethod
    def forward(x, w, b):
        return x @ w + b

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, b = inputs
        ctx.save_for_backward(x, w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g @ w.t(), x.t() @ g, g.sum(0)


class Quotient(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g / b, -g * a / (b * b)


class SinCos(Function):
    @staticmethod
    def forward(ctx, x):
        s, c = torch.sin(x), torch.cos(x)
        ctx.save_for_backward(s, c)
        return s, c

    @staticmethod
    def backward(ctx, gs, gc):
        s, c = ctx.saved_tensors
        return gs * c - gc * s


class PolarToCartesian(Function):
    @staticmethod
    def forward(ctx, r, t):
        ctx.save_for_backward(r, t)
        return r * torch.cos(t), r * torch.sin(t)

    @staticmethod
    def backward(ctx, gx, gy):
        r, t = ctx.saved_tensors
        c, s = torch.cos(t), torch.sin(t)
        return gx * c + gy * s, r * (gy * c - gx * s)


class Softmax(Function):
    @staticmethod
    def forward(ctx, x):
        e = torch.exp(x - x.max(-1, keepdim=True).values)
        y = e / e.sum(-1, keepdim=True)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return y * (g - (g * y).sum(-1, keepdim=True))


class LogSumExp(Function):
    @staticmethod
    def forward(ctx, x):
        out = torch.logsumexp(x, dim=-1)
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        return g.unsqueeze(-1) * torch.exp(x - out.unsqueeze(-1))


class MeanSquaredError(Function):
    @staticmethod
    def forward(ctx, prediction, target):
        ctx.save_for_backward(prediction, target)
        return ((prediction - target) ** 2).mean()

    @staticmethod
    def backward(ctx, g):
        prediction, target = ctx.saved_tensors
        grad = g * 2 * (prediction - target) / prediction.numel()
        return grad, -grad


class SumOfSquares(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x * x).sum()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * g * x


class L2Norm(Function):
    @staticmethod
    def forward(ctx, x):
        n = x.norm()
        ctx.save_for_backward(x, n)
        return n

    @staticmethod
    def backward(ctx, g):
        x, n = ctx.saved_tensors
        return g * x / n


class LayerNormNoAffine(Function):
    @staticmethod
    def forward(ctx, x):
        mean = x.mean(-1, keepdim=True)
        var = ((x - mean) ** 2).mean(-1, keepdim=True)
        rstd = 1 / torch.sqrt(var + 1e-5)
        y = (x - mean) * rstd
        ctx.save_for_backward(y, rstd)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        y, rstd = ctx.saved_tensors
        return rstd * (g - g.mean(-1, keepdim=True) - y * (g * y).mean(-1, keepdim=True))


class CrossEntropy(Function):
    @staticmethod
    def forward(ctx, logits, labels):
        logp = torch.log_softmax(logits, dim=1)
        ctx.save_for_backward(logits, labels)
        return -logp[torch.arange(len(labels), device=labels.device), labels].mean()

    @staticmethod
    def backward(ctx, g):
        logits, labels = ctx.saved_tensors
        p = torch.softmax(logits, dim=1)
        onehot = torch.nn.functional.one_hot(labels, logits.shape[1]).to(p.dtype)
        return g * (p - onehot) / len(labels), None


class BroadcastMul(Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x, scale)
        return x * scale

    @staticmethod
    def backward(ctx, g):
        x, scale = ctx.saved_tensors
        return (g * scale).sum_to_size(x.shape), (g * x).sum_to_size(scale.shape)


class Matmul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g @ b.transpose(-1, -2), a.transpose(-1, -2) @ g


class Cumsum(Function):
    @staticmethod
    def forward(ctx, x):
        return x.cumsum(-1)

    @staticmethod
    def backward(ctx, g):
        return g.flip(-1).cumsum(-1).flip(-1)


class MaxWithIndex(Function):
    @staticmethod
    def forward(ctx, x):
        values, index = x.max(dim=-1)
        ctx.save_for_backward(index)
        ctx.shape = x.shape
        ctx.mark_non_differentiable(index)
        return values, index

    @staticmethod
    def backward(ctx, g, _):
        (index,) = ctx.saved_tensors
        out = torch.zeros(ctx.shape, dtype=g.dtype, device=g.device)
        return out.scatter(-1, index.unsqueeze(-1), g.unsqueeze(-1))


class Hypot(Function):
    @staticmethod
    def forward(ctx, a, b):
        out = torch.hypot(a, b)
        ctx.save_for_backward(a, b, out)
        return out

    @staticmethod
    def backward(ctx, g):
        a, b, out = ctx.saved_tensors
        return g * a / out, g * b / out


class ProperIntermediates(Function):
    """Saves an intermediate properly: it is returned as an output too."""

    @staticmethod
    def forward(ctx, x):
        s = torch.sin(x)
        ctx.save_for_backward(x, s)
        return s**2, s

    @staticmethod
    def backward(ctx, g, gs):
        x, s = ctx.saved_tensors
        return (g * 2 * s + gs) * torch.cos(x)


class Dot(Function):
    @staticmethod
    def forward(ctx, u, v):
        ctx.save_for_backward(u, v)
        return torch.dot(u, v)

    @staticmethod
    def backward(ctx, g):
        u, v = ctx.saved_tensors
        return g * v, g * u


class SwapHalves(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.chunk(2, dim=-1)
        return torch.cat([b, 2 * a], dim=-1)

    @staticmethod
    def backward(ctx, g):
        b, a = g.chunk(2, dim=-1)
        return torch.cat([2 * a, b], dim=-1)


class Glu(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.chunk(2, dim=-1)
        ctx.save_for_backward(a, b)
        return a * torch.sigmoid(b)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        s = torch.sigmoid(b)
        return torch.cat([g * s, g * a * s * (1 - s)], dim=-1)


class OuterWithConfig(Function):
    @staticmethod
    def forward(ctx, u, v, config):
        ctx.save_for_backward(u, v)
        ctx.config = config
        return config["gain"] * torch.outer(u, v)

    @staticmethod
    def backward(ctx, g):
        u, v = ctx.saved_tensors
        k = ctx.config["gain"]
        return k * g @ v, k * g.t() @ u, None


class Inverse(Function):
    @staticmethod
    def forward(ctx, a):
        out = torch.linalg.inv(a)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):
        (out,) = ctx.saved_tensors
        return -out.t() @ g @ out.t()


class TwoOutputsMaybeUnused(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x, y)
        return x * y, x + y

    @staticmethod
    def backward(ctx, gp, gs):
        x, y = ctx.saved_tensors
        gx = gy = 0
        if gp is not None:
            gx, gy = gx + gp * y, gy + gp * x
        if gs is not None:
            gx, gy = gx + gs, gy + gs
        if gp is None and gs is None:
            return None, None
        return gx, gy


RIGHT = {
    name: {} for name, thing in dict(globals()).items()
    if isinstance(thing, type) and issubclass(thing, Function) and thing is not Function
}  # fmt: skip
_x = torch.randn(3, 4, dtype=torch.double, generator=torch.Generator().manual_seed(0))
RIGHT["CrossEntropy"] = {"inputs": (_x, torch.tensor([0, 3, 1]))}
RIGHT["BroadcastMul"] = {"inputs": (_x, _x[0])}
RIGHT["OuterWithConfig"] = {"inputs": (_x[0], _x[:, 0], {"gain": 2.5})}
RIGHT["LinearFunction"] = {"inputs": (_x, _x[:2], _x[0, :2])}
RIGHT["Inverse"] = {"inputs": (_x[:, :3] + 2 * torch.eye(3, dtype=torch.double),)}

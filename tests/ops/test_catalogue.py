"""The elementwise operations that PyTorch has a derivative for: each is declared under its name."""

from __future__ import annotations

import pytest

from derivc.ops import registry

UNARY = """abs acos acosh asin asinh atan atanh angle ceil floor round trunc sign frac cos cosh sin
sinh tan tanh deg2rad rad2deg erf erfc erfcx erfinv exp exp2 expm1 log log2 log10 log1p neg
reciprocal rsqrt sqrt square sigmoid logit sinc lgamma digamma polygamma mvlgamma i0 i0e i1 i1e
entr ndtri log_ndtr bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1
modified_bessel_k0 modified_bessel_k1 nan_to_num positive""".split()
SEVERAL = """add sub mul div fmod remainder pow float_power atan2 hypot copysign maximum minimum
fmax fmin clamp logaddexp logaddexp2 xlogy xlog1py ldexp lerp igamma igammac zeta addcmul addcdiv
where""".split()
ACTIVATIONS = """relu relu6 leaky_relu prelu elu selu celu gelu silu mish softplus softsign
hardsigmoid hardswish hardtanh hardshrink softshrink tanhshrink threshold logsigmoid""".split()
LOSSES = """mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy
binary_cross_entropy_with_logits kl_div poisson_nll_loss gaussian_nll_loss soft_margin_loss
hinge_embedding_loss margin_ranking_loss""".split()
PREFIXES = ("torch.", "torch.special.", "torch.nn.functional.", "")


@pytest.mark.parametrize("name", [*UNARY, *SEVERAL, *ACTIVATIONS])
def test_the_op_is_declared(name: str) -> None:
    op = next(filter(None, (registry.resolve(prefix + name) for prefix in PREFIXES)), None)
    assert op is not None
    assert op.partials is not None or op.tags & {"branch"}


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_is_declared(name: str) -> None:
    assert any(registry.resolve(prefix + name) for prefix in PREFIXES)

"""What is out of scope, and why: operators of PyTorch that this reference leaves out on purpose.

The first pattern that an operator's name matches in whole gives the reason.
"""

from __future__ import annotations

import re
from functools import cache

_BACKENDS = (
    "one vendor's backend (cuDNN, MKL-DNN, MIOpen, MPS, NNPACK) of an op that is listed under its"
    " own name"
)
_RANDOM = "random numbers: PyTorch has no derivative, or one of how they are made"
_INSIDE = "bookkeeping of memory, devices and views inside PyTorch"
NO_DERIVATIVE = "PyTorch has no derivative for it"
_CONTAINERS = "a container of modules, or modules put together: their functions are listed"

_REASONS: dict[str, str] = {
    r".*sparse.*|.*_(csr|csc|bsr|bsc|coo)|_?(values|indices|coalesce)|_to_dense": "sparse",
    r"(crow|ccol|row|col)_indices": "sparse",
    r".*nested.*|to_padded_tensor": "nested tensors",
    r".*fake_quant.*|.*quantize.*|_fused_moving_avg.*": "quantization",
    r".*(cudnn|mkldnn|miopen|mps|nnpack|slow_conv|overrideable|depthwise).*": _BACKENDS,
    r"_(scaled_dot_product|flash|efficient)_?.*attention.*": _BACKENDS,
    r"(log_|_standard_)?(normal|gamma|cauchy|exponential|geometric)(_|_grad)?(\..*)?": _RANDOM,
    r"(random|uniform|bernoulli|binomial|multinomial|poisson)_?(\..*)?": _RANDOM,
    r"rand.*|.*dropout.*|.*rrelu_with_noise.*|fractional_max.*|gumbel_softmax": _RANDOM,
    r"_foreach.*": "a loop over a list of tensors, for optimizers; its step is an op of its own",
    r"_test_.*": "PyTorch's own tests",
    r"_?(lazy_clone|lift|lift_fresh|alias|pin_memory|efficientzerotensor|slice_inverse)": _INSIDE,
    r"_?(reshape_alias|reshape_copy|as_strided.*|neg_view|conj_physical_?|unsafe_.*)": _INSIDE,
    r"_?(new_zeros_with_same_feature_meta|index_put_impl_|pack_padded_sequence)": _INSIDE,
    r"_?(hash_tensor|view\.dtype|to_copy.*|batch_norm_(no|with)_update)": _INSIDE,
    r"has_torch_function.*|handle_torch_function|boolean_dispatch|assert_int_or_pair": _INSIDE,
    r"embedding_renorm_?": _INSIDE,
    r"one_hot|.*fftfreq|matrix_rank": "whole numbers or constants: nothing to differentiate",
    r"(_scaled|scaled|grouped|_scaled_grouped|scaled_grouped)_mm.*": "products in eight bits",
    r"segment_reduce|linear_cross_entropy": "a prototype in PyTorch, which may still change",
    r"LinearCrossEntropyLoss": "a prototype in PyTorch, which may still change",
    r"_upsample_lanczos2d_aa(_backward)?": "a prototype in PyTorch, which may still change",
    r"(Module|Parameter)(Dict|List)|Module|Container|Sequential|DataParallel": _CONTAINERS,
    r"(RNN|RNNCell)Base|Lazy\w+|Transformer\w*|AdaptiveLogSoftmaxWithLoss": _CONTAINERS,
    r"\w*Dropout\w*|Fractional\w+": _RANDOM,
    r"ldl_(factor|factor_ex|solve)|geqrf": NO_DERIVATIVE,
    r"(special_)?(hermite_polynomial_he?|shifted_chebyshev_.*)(\..*)?": NO_DERIVATIVE,
    r"(special_)?(chebyshev_polynomial_[vw]|airy_ai|spherical_bessel_j0)(\..*)?": NO_DERIVATIVE,
}
"""By the pattern that a name matches in whole: the reason."""


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(why, re.compile(pattern)) for pattern, why in _REASONS.items()]


def reason(name: str) -> str:
    """Why an operator is left out; "" for one that should be there.

    Example:
        >>> reason("_sparse_softmax")
        'sparse'
        >>> reason("softmax")
        ''
    """
    return next((why for why, pattern in _patterns() if pattern.fullmatch(name)), "")

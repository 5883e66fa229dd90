"""What is out of scope, and why: operators of PyTorch that this reference leaves out on purpose.

The first pattern that an operator's name matches in whole gives the reason.
"""

from __future__ import annotations

import re
from functools import cache

_REASONS: list[tuple[str, str]] = [
    ("sparse", r".*sparse.*|.*_(csr|csc|bsr|bsc|coo)|_?(values|indices|crow_indices|ccol_indices"
     r"|row_indices|col_indices|coalesce)|_to_dense"),
    ("nested tensors", r".*nested.*|to_padded_tensor|_nested.*"),
    ("quantization", r".*fake_quant.*|.*quantize.*|_fused_moving_avg.*"),
    ("one vendor's backend (cuDNN, MKL-DNN, MIOpen, MPS, NNPACK), of an op that is listed under its"
     " own name", r".*(cudnn|mkldnn|miopen|mps|nnpack|slow_conv|_overrideable|depthwise).*"),
    ("one backend's fused attention; the mathematics is scaled_dot_product_attention",
     r"_(scaled_dot_product|flash|efficient)_?.*attention.*"),
    ("random numbers: a derivative only by how they are made", r"(log_|_standard_)?(normal|gamma"
     r"|cauchy|exponential|geometric|random|uniform|bernoulli|binomial|multinomial|poisson)(_?\..*"
     r"|_|_grad)?(\..*)?|_?fused_dropout|rand.*|.*dropout.*|.*rrelu_with_noise.*|fractional_max.*"),
    ("a loop over a list of tensors, for optimizers; each step is an op of its own", r"_foreach.*"),
    ("PyTorch's own tests", r"_test_.*"),
    ("bookkeeping of memory, devices and views inside PyTorch", r"_?(lazy_clone|lift|lift_fresh"
     r"|alias|pin_memory|reshape_alias|reshape_copy|efficientzerotensor|as_strided.*|slice_inverse"
     r"|new_zeros_with_same_feature_meta|neg_view|conj_physical_?|unsafe_.*|index_put_impl_"
     r"|mkldnn_reshape|pack_padded_sequence|resize.*|hash_tensor|view\.dtype|to_copy.*"
     r"|batch_norm_(no_update|with_update)|has_torch_function.*|handle_torch_function|boolean_.*"
     r"|assert_int_or_pair|weight_norm_interface)"),
]  # fmt: skip


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(reason, re.compile(pattern)) for reason, pattern in _REASONS]


def reason(name: str) -> str:
    """Why an operator is left out; "" for one that should be there.

    Example:
        >>> reason("_sparse_softmax")
        'sparse'
        >>> reason("softmax")
        ''
    """
    return next((why for why, pattern in _patterns() if pattern.fullmatch(name)), "")

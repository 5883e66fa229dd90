"""The families of PyTorch's operators, told by their names."""

from __future__ import annotations

import re

_END = r"(_\w*)?(\..*)?"
_FAMILIES = {
    "backward formulas": r".*_backward(_data)?(\..*)?",
    "loops over lists": r"_foreach.*",
    "vendors' backends": r".*(cudnn|mkldnn|miopen|mps|nnpack|flash|efficient_|_test_).*",
    "sparse, nested, quantized": r".*(sparse|nested|quant|coalesce|^_?indices|(row|col)_indices).*"
    r"|_?values|_to_dense|to_padded_tensor|_fused_moving.*",
    "special functions": rf"special_.*|_?(standard_|mvl|l|di|poly|i)gamma{_END}|igammac|erf.*|i0",
    "Fourier transforms": r"_fft.*",
    "convolutions, pools and images": r".*(conv|pool|upsample|grid|pixel|pad\d|pad_nd|col2im|im2col"
    r"|channel_shuffle).*",
    "losses": r".*(loss|cross_entropy).*",
    "normalization and networks": r".*(_norm|dropout|lstm|gru|embedding|attention).*|renorm",
    "activations": r".*(relu|elu|silu|mish|soft|hard|shrink|sigmoid|threshold|glu).*",
    "linear algebra": rf"_?linalg.*|(add)?\w?(mm|mv|addr|dot){_END}|b?addb?(mm|dbmm)|matmul|ormqr"
    rf"|(lu|cholesky|triangular|geqrf|linear|dist|trace|tri[lu]){_END}|_(c|p|euclidean_)dist.*"
    r"|vdot|_trilinear|_grouped_mm|addbmm|baddbmm",
    "comparisons and random numbers": r"_?(all|any|eq|ne|lt|le|gt|ge|is|bernoulli|uniform|normal"
    r"|random|poisson|multinomial|geometric|exponential|cauchy|log_normal|unique)([._].*)?|isnan"
    r"|_unique2|nonzero|histc|one_hot",
    "reductions": r"(sum|mean|prod|std|var|max|min|amax|amin|median|nanmedian|nansum|mode|kthvalue"
    r"|cum\w+|sort|topk|log\w*sumexp|count_nonzero|norm|aminmax)(_mean)?(\..*)?",
    "shapes and indexing": r"_?(as_strided|cat|stack|chunk|split|select|slice|index|gather|scatter"
    r"|masked|put|take|view|reshape|expand|permute|transpose|t|squeeze|unsqueeze|unbind|unfold|flip"
    r"|roll|rot90|repeat|diag|diagonal|narrow|clone|fill|zero|alias|lift|block_diag|segment|unsafe"
    r"|neg_view|conj|to|lazy|pin|new|pack|hash_tensor|efficientzerotensor)(_.*)?(\..*)?",
}
"""By their order: the first that the whole name matches."""


def family_of(operator: str) -> str:
    """The family of an operator.

    Example:
        >>> family_of("linalg_inv_ex"), family_of("exp"), family_of("nll_loss_forward")
        ('linear algebra', 'elementwise', 'losses')
    """
    matching = (name for name, found in _FAMILIES.items() if re.fullmatch(found, operator))
    return next(matching, "elementwise")

"""The catalogue target: the differentiable functions that this reference must hold, by family.

The names are PyTorch's, `torch.` left out; what PyTorch says in a name with an argument is written
as the call. `matrix_polar` and `matrix_sqrth` are of PyTorch 2.15: `torch.linalg.polar` and so on.
"""

from __future__ import annotations

FAMILIES: dict[str, str] = {
    "unary": """
        abs acos acosh angle asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv
        exp exp2 expm1 floor frac frexp i0 lgamma log log10 log1p log2 logit logit(eps) mvlgamma
        nan_to_num neg polygamma positive rad2deg reciprocal round rsqrt sigmoid sign sin sinc sinh
        sqrt square tan tanh trunc special.bessel_j0 special.bessel_j1 special.bessel_y0
        special.bessel_y1 special.entr special.erfcx special.i0e special.i1 special.i1e
        special.log_ndtr special.modified_bessel_i0 special.modified_bessel_i1
        special.modified_bessel_k0 special.modified_bessel_k1 special.ndtri""",
    "binary and ternary": """
        add addcdiv addcmul atan2 clamp complex copysign dist div div(rounding_mode='floor')
        div(rounding_mode='trunc') float_power fmax fmin fmod hypot igamma igammac ldexp lerp
        logaddexp logaddexp2 masked_fill maximum minimum mul nextafter polar pow remainder rsub sub
        special.xlog1py special.zeta where xlogy""",
    "reductions": """
        amax amin count_nonzero cummax cummin cumprod cumsum kthvalue linalg.vector_norm
        logcumsumexp logsumexp max mean median min mode nanmedian nansum norm prod sort std
        std_mean sum topk trace var var_mean""",
    "linear algebra": """
        addbmm addmm addmv addr baddbmm bmm cholesky_inverse cholesky_solve dot einsum ger kron
        linalg.cholesky linalg.cross linalg.det linalg.eig linalg.eigh linalg.householder_product
        linalg.inv linalg.lstsq linalg.lu linalg.lu_factor linalg.lu_solve linalg.matrix_exp
        linalg.matrix_power linalg.multi_dot linalg.pinv linalg.qr linalg.slogdet linalg.solve
        linalg.solve_triangular linalg.svd linalg.svdvals matmul matrix_polar matrix_sqrth mm mv
        outer tensordot tril triu""",
    "activations": """
        F.celu F.elu F.gelu F.gelu(approximate='tanh') F.glu F.hardshrink F.hardsigmoid F.hardswish
        F.hardtanh F.leaky_relu F.log_softmax F.logsigmoid F.mish F.prelu F.relu F.relu6 F.rrelu
        F.selu F.silu F.softmax F.softmin F.softplus F.softshrink F.softsign F.tanhshrink
        F.threshold""",
    "losses": """
        F.binary_cross_entropy F.binary_cross_entropy_with_logits F.cosine_embedding_loss
        F.cross_entropy F.ctc_loss F.gaussian_nll_loss F.hinge_embedding_loss F.huber_loss
        F.kl_div F.l1_loss F.margin_ranking_loss F.mse_loss F.multi_margin_loss
        F.multilabel_margin_loss F.multilabel_soft_margin_loss F.nll_loss F.poisson_nll_loss
        F.smooth_l1_loss F.soft_margin_loss F.triplet_margin_loss""",
    "normalization": """
        F.batch_norm F.cosine_similarity F.group_norm F.layer_norm F.normalize F.pairwise_distance
        F.rms_norm""",
}

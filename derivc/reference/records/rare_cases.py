"""Calls of the structural ops that are looked up less often, to be read as those of `cases`."""

from __future__ import annotations

_FOURIER = {
    **{name: (f"F.view_as_real(F.{name}(a) * 1)", "2,5")
       for name in ("fft", "rfft", "ifft", "ihfft")},
    **{name: (f"F.view_as_real(F.{name}(a) * 1)", "3,4")
       for name in ("fft2", "fftn", "ifft2", "ifftn", "rfft2", "rfftn")},
    **{name: (f"F.{name}(F.complex(a, b))", "2,4 2,4")
       for name in ("irfft", "hfft", "irfft2", "irfftn")},
    **{name: (f"F.view_as_real(F.{name}(a, b))", "2,3 2,3") for name in ("complex", "polar")},
    "dft": ("F.view_as_real(F.dft(F.complex(a, b), (1,)))", "2,4 2,4"),
    **{name: (f"F.{name}(F.complex(a, b))", "2,3 2,3")
       for name in ("real", "imag", "complex_abs", "complex_angle")},
    **{name: (f"F.view_as_real(F.{name}(F.complex(a, b)) * 1)", "2,3 2,3")
       for name in ("conj", "complex_sgn")},
    "view_as_real": ("F.view_as_real(F.complex(a, b))", "3 3"),
    "view_as_complex": ("F.view_as_real(F.view_as_complex(a) * F.view_as_complex(a))", "3,2"),
}  # fmt: skip

_PRODUCTS = {
    "addmv": ("F.addmv(a, b, c, beta=0.5, alpha=2)", "2 2,3 3"),
    "addr": ("F.addr(a, b, c, beta=2)", "2,3 2 3"),
    "baddbmm": ("F.baddbmm(a, b, c)", "2,3,2 2,3,4 2,4,2"),
    "addbmm": ("F.addbmm(a, b, c, alpha=3)", "3,2 2,3,4 2,4,2"),
    "vdot": ("F.vdot(a, b)", "3 3"),
    "vecdot": ("F.vecdot(a, b)", "2,3 2,3"),
    "bilinear": ("F.bilinear(a, b, c)", "2,3 2,4 3,3,4"),
    "block_diag": ("F.block_diag(a, b, c)", "2,3 1,2 3"),
    "vander": ("F.vander(a)", "4"),
    "corrcoef": ("F.corrcoef(a)", "3,5"),
    "cov": ("F.cov(a)", "3,5"),
    "cdist": ("F.cdist(a, b)", "3,3 2,3"),
    "pdist": ("F.pdist(a)", "4,3"),
    "cholesky_solve": ("F.cholesky_solve(b, F.tril(a))", "regular 3,2"),
    "cholesky_inverse": ("F.cholesky_inverse(F.tril(a))", "regular"),
    "lu_factor": ("F.lu_factor(a)[0]", "regular"),
    "lu_solve": ("F.lu_solve(a, F.lu_factor(a)[1], b)", "regular 3,2"),
    "lu_unpack": ("F.lu_unpack(a, F.lu_factor(a)[1])[1]", "regular"),
    "householder_product": ("F.householder_product(a, b)", "tall 3"),
    "ormqr": ("F.ormqr(a, b, c)", "tall 3 4,2"),
    "eig": ("F.sum(F.complex_abs(F.eig(a)[0]))", "regular"),
    "eigvals": ("F.sum(F.complex_abs(F.eigvals(a)))", "regular"),
    "matrix_norm": ("F.matrix_norm(a, 'nuc')", "regular"),
    "cond": ("F.cond(a)", "regular"),
    "tensorinv": ("F.tensorinv(a, ind=1)", "4,2,2"),
    "tensorsolve": ("F.tensorsolve(a, b)", "2,2,4 2,2"),
    "renorm": ("F.renorm(a, 2, 0, 1.5)", "3,4"),
    "weight_norm": ("F.weight_norm(a, b, 0)", "3,4 3,1"),
}

_STATISTICS = {
    "mode": ("F.mode(a, 1)[0]", "2,4"), "nanmedian": ("F.nanmedian(a)", "2,4"),
    "nanmedian_along": ("F.nanmedian_along(a, 1)[0]", "2,5"),
    "std_mean": ("F.std_mean(a, 1)[0] * F.std_mean(a, 1)[1]", "2,3"),
    "var_mean": ("F.var_mean(a, 1)[0] * F.var_mean(a, 1)[1]", "2,3"),
    "aminmax": ("F.aminmax(a)[0] * F.aminmax(a)[1]", "2,3"),
    "nanmean": ("F.nanmean(a, 1)", "3,4"),
    "quantile": ("F.quantile(a, 0.3)", "2,4"), "trapezoid": ("F.trapezoid(a, b)", "2,4 4"),
    "cumulative_trapezoid": ("F.cumulative_trapezoid(a, b)", "2,4 4"),
    "count_nonzero": ("F.count_nonzero(a) * a", "2,3"), "cast": ("F.cast(a, a.dtype)", "2,3"),
    "frexp": ("F.frexp(a)[0]", "2,3"), "nextafter": ("F.nextafter(a, b) * b", "2,3 3"),
}  # fmt: skip

_LOSSES = {
    "multi_margin_loss": ("F.multi_margin_loss(a, I([0, 2]))", "2,3"),
    "multilabel_margin_loss": ("F.multilabel_margin_loss(a, I([[2, 0, -1], [1, -1, 0]]))", "2,3"),
    "multilabel_soft_margin_loss": ("F.multilabel_soft_margin_loss(a, b)", "2,3 2,3"),
    "cosine_embedding_loss": ("F.cosine_embedding_loss(a, b, I([1, -1]))", "2,3 2,3"),
    "triplet_margin_loss": ("F.triplet_margin_loss(a, b, c)", "2,3 2,3 2,3"),
    "ctc_loss": ("F.ctc_loss(F.log_softmax(a, 2), I([[1, 2]]), I([4]), I([2]))", "4,1,3"),
    "group_norm": ("F.group_norm(a, 2, b, c)", "2,4,3 4 4"),
    "instance_norm": ("F.instance_norm(a, None, None, b, c)", "2,3,4 3 3"),
    "local_response_norm": ("F.local_response_norm(a, 3)", "2,5,3"),
}

_INDEXING = {
    "fill": ("F.fill(a, b)", "2,3 scalar"),
    "put_at": ("F.put_at(a, (slice(None), 1), b)", "2,3 2"),
    "index_put": ("F.index_put(a, (I([0, 1]), I([2, 0])), b)", "2,3 2"),
    "index_add": ("F.index_add(a, 1, I([0, 0]), b, alpha=2)", "2,3 2,2"),
    "index_copy": ("F.index_copy(a, 0, I([2, 0]), b)", "3,2 2,2"),
    "index_fill": ("F.index_fill(a, 1, I([0, 2]), b)", "2,3 scalar"),
    "put": ("F.put(a, I([0, 4, 4]), b, accumulate=True)", "2,3 3"),
    "masked_select": ("F.masked_select(a, I([True, False, True]))", "2,3"),
    "masked_scatter": ("F.masked_scatter(a, I([[True, False, True], [False, True, False]]), b)",
                       "2,3 2,2"),
    "select_scatter": ("F.select_scatter(a, b, 1, 2)", "2,3 2"),
    "slice_scatter": ("F.slice_scatter(a, b, dim=1, start=1)", "2,3 2,2"),
    "diagonal_scatter": ("F.diagonal_scatter(a, b, 1)", "3,3 2"),
    "scatter_reduce": ("F.scatter_reduce(a, 0, I([0, 0, 2]), b, 'prod')", "3 3"),
    "embedding": ("F.embedding(I([[0, 2], [2, 1]]), a)", "3,2"),
    "embedding_bag": (
        "F.embedding_bag(I([0, 2, 2, 1]), a, I([0, 3]), mode='sum', per_sample_weights=b)",
        "3,2 4",
    ),
}  # fmt: skip

_ARRANGING = {
    "atleast_1d": ("F.atleast_1d(a)", "scalar"),
    "atleast_2d": ("F.atleast_2d(a)", "3"),
    "atleast_3d": ("F.atleast_3d(a)", "3"),
    "hstack": ("F.hstack([a, b])", "2,1 2,3"),
    "vstack": ("F.vstack([a, b])", "3 2,3"),
    "dstack": ("F.dstack([a, b])", "2,3 2,3"),
    "column_stack": ("F.column_stack([a, b])", "3 3,2"),
    "repeat_interleave": ("F.repeat_interleave(a, I([1, 0, 2]), dim=1)", "2,3"),
    "broadcast_tensors": ("F.broadcast_tensors(*[a, b])[1] * a", "2,3 3"),
    "meshgrid": ("F.meshgrid([a, b], indexing='ij')[0] * b", "2 3"),
    "unflatten": ("F.unflatten(a, 1, (2, 3))", "2,6"),
    "pixel_shuffle": ("F.pixel_shuffle(a, 2)", "1,8,2,1"),
    "pixel_unshuffle": ("F.pixel_unshuffle(a, 2)", "1,2,4,2"),
    "channel_shuffle": ("F.channel_shuffle(a, 2)", "1,4,2,2"),
    "constant_pad": ("F.constant_pad(a, (1, 2), 3.0)", "2,3"),
    "sliding": ("F.sliding(a, 1, 2, 2)", "2,5"),
    "unfold": ("F.unfold(a, 2, padding=1, stride=2)", "1,2,3,4"),
    "fold": ("F.fold(a, (3, 4), 2)", "1,8,6"),
}

_IMAGES = {
    "interpolate": ("F.interpolate(a, size=(5, 6), mode='bilinear')", "1,1,3,4"),
    **{f"adaptive_{kind}_pool{n}d": (f"F.adaptive_{kind}_pool{n}d(a, 2)", words)
       for kind in ("avg", "max") for n, words in enumerate(("2,5", "1,5,4", "1,3,4,3"), 1)},
    "affine_grid": ("F.affine_grid(a, (2, 1, 3, 4), align_corners=False)", "2,2,3"),
    "grid_sample": ("F.grid_sample(a, b * 0.4, align_corners=False)", "1,2,4,5 1,3,2,2"),
    "conv_transpose1d": ("F.conv_transpose1d(a, b, c)", "1,2,4 2,2,3 2"),
    "conv_transpose2d": ("F.conv_transpose2d(a, b, c, stride=2, padding=1)", "1,2,3,2 2,1,3,2 1"),
    "conv_transpose3d": ("F.conv_transpose3d(a, b)", "1,1,2,2,2 1,1,2,2,2"),
    "lp_pool1d": ("F.lp_pool1d(a, 2, 3)", "1,2,6"),
    "lp_pool2d": ("F.lp_pool2d(a, 2, 2)", "1,1,4,4"),
    "lp_pool3d": ("F.lp_pool3d(a, 2, 2)", "1,1,4,2,2"),
    "max_unpool1d": ("F.max_unpool1d(a, I([[[0, 3]]]), 2)", "1,1,2"),
    "max_unpool2d": ("F.max_unpool2d(a, I([[[[0, 3], [9, 14]]]]), 2)", "1,1,2,2"),
    "max_unpool3d": ("F.max_unpool3d(a, I([[[[[0]]], [[[5]]]]]), 2)", "1,2,1,1,1"),
}  # fmt: skip

_PARTS = {
    "scaled_dot_product_attention": ("F.scaled_dot_product_attention(a, b, c)", "3,4 5,4 5,3"),
    "rnn_tanh_cell": ("F.rnn_tanh_cell(a[:, :3], a[:, 3:], b, c)", "2,7 4,3 4,4"),
    "rnn_relu_cell": ("F.rnn_relu_cell(a[:, :3], a[:, 3:], b, c)", "2,7 4,3 4,4"),
    "lstm_cell": ("F.lstm_cell(a[:, :3], (a[:, 3:5], a[:, 5:]), b, c)[0]", "2,7 8,3 8,2"),
    "gru_cell": ("F.gru_cell(a[:, :3], a[:, 3:], b[:, :3], b[:, 3:], c[0], c[1])", "2,5 6,5 2,6"),
}

_BLOCKS = {
    "windows": ("F.windows(a, (2,), (2,), (1,))", "1,2,6"),
    "from_windows": ("F.from_windows(a, (1, 2, 6), (2,), (1,), (1,))", "1,2,5,2"),
    "scan_back": ("F.scan_back(a, b, 1)", "2,4 2,4"),
    "exclusive_cumprod": ("F.exclusive_cumprod(a, 1)", "2,4"),
    "from_diagonal": ("F.from_diagonal(a, (2, 3, 4), 1, 1, 2)", "2,3"),
    "put_zeros": ("F.put_zeros(a, (slice(None), 1), (2, 3))", "2"),
    "scatter_zeros": ("F.scatter_zeros(a, 1, I([[0, 0], [2, 1]]), (2, 3))", "2,2"),
    "picked_cross_entropy": ("F.picked_cross_entropy(a, I([0, 2]), I([0.5, 0.25]), 1)", "2,3"),
    "normalized": ("F.normalized(a, (1,), 1e-5)", "3,4"),
    "sylvester": ("F.sylvester(F.matmul(a, F.transpose(a, 0, 1)), b)", "regular 3,3"),
    "matrix_sqrth": ("F.matrix_sqrth(F.matmul(a, F.transpose(a, 0, 1)))", "regular"),
    "matrix_polar": ("F.matrix_polar(a)[0]", "regular"),
}
"""What other formulas are built of, and no library has."""

RARE = {**_FOURIER, **_PRODUCTS, **_STATISTICS, **_LOSSES, **_INDEXING, **_ARRANGING, **_IMAGES,
        **_PARTS, **_BLOCKS}  # fmt: skip

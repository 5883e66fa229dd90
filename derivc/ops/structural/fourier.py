r"""Discrete Fourier transforms: a sum, its inverse, and what is known to be real of them.

The sum without a factor is declared; its adjoint is the same sum with the other sign. All else is
written by it. `norm` says where the factor 1/n goes: "backward" (the inverse), "forward", "ortho".
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structure import composite, structural

Extents = Any
_NORMS = {"backward": (0, 1), "ortho": (0.5, 0.5), "forward": (1, 0)}


def _dft(xp: Any, x: Any, dims: tuple[int, ...], inverse: bool = False) -> Any:
    if inverse:
        return xp.fft.ifftn(x, axes=dims, norm="forward")
    return xp.fft.fftn(x, axes=dims)


structural(
    "dft", "The sums of a Fourier transform over dimensions, without a factor.", forward=_dft,
    vjp=lambda F, g, dims, inverse: F.dft(g, dims, not inverse), jvp="linear",
    definition=r"y_k = \textstyle\sum_j x_j e^{\mp 2 \pi i j k / n}",
    formula=r"\bar{x}_j = \textstyle\sum_k \bar{y}_k e^{\pm 2 \pi i j k / n}",
    also="aten._fft_c2c aten._fft_r2c aten._fft_c2r",
)  # fmt: skip


def _scale(n: int, norm: str | None, inverse: bool) -> float:
    """The factor of a transform of n numbers."""
    if norm not in (None, *_NORMS):
        raise InputTypeError(f"norm is one of {', '.join(_NORMS)}; got {norm!r}")
    power = _NORMS[norm or "backward"][inverse]
    return 1 / sqrt(n) if power == 0.5 else 1 / n if power else 1.0


def _sized(F: Any, x: Any, sizes: list[int | None], dims: list[int]) -> Any:
    """The array cut, or filled up with zeros, to the sizes wanted."""
    for n, dim in zip(sizes, dims, strict=True):
        if n is not None and n < x.shape[dim]:
            x = F.narrow(x, dim, 0, n)
        elif n is not None and n > x.shape[dim]:
            widths = [0, 0] * (x.ndim - 1 - dim % x.ndim) + [0, n - x.shape[dim]]
            x = F.constant_pad(x, widths)
    return x


def _plan(x: Any, s: Extents, dim: Extents) -> tuple[list[int | None], list[int]]:
    """The sizes and the dimensions of a transform over several."""
    sizes = None if s is None else [s] if isinstance(s, int) else list(s)
    if dim is None:
        dim = range(x.ndim) if sizes is None else range(x.ndim - len(sizes), x.ndim)
    dims = [d % x.ndim for d in ([dim] if isinstance(dim, int) else dim)]
    return sizes or [None] * len(dims), dims


def _transform(F: Any, x: Any, s: Extents, dim: Extents, norm: str | None, inverse: bool) -> Any:
    sizes, dims = _plan(x, s, dim)
    x = _sized(F, x, sizes, dims)
    factor = _scale(prod(x.shape[d] for d in dims), norm, inverse)
    found = F.dft(x, tuple(dims), inverse)
    return found if factor == 1 else found * factor


def _half(F: Any, x: Any, n: Extents, dim: int, norm: str | None) -> Any:
    """The first half of the transform of real numbers: the other is its conjugate."""
    whole = _transform(F, x, n, dim, norm, False)
    return F.narrow(whole, dim, 0, whole.shape[dim] // 2 + 1)


def _whole(F: Any, x: Any, n: int, dim: int) -> Any:
    """A spectrum of n numbers from its first half."""
    x = _sized(F, x, [n // 2 + 1], [dim])
    if n < 3:
        return F.narrow(x, dim, 0, n)
    mirrored = F.narrow(x, dim, 1, n - n // 2 - 1)
    return F.cat([x, F.conj(F.flip(mirrored, (dim,)))], dim)


def _real(F: Any, x: Any, n: int | None, dim: int, norm: str | None, inverse: bool = True) -> Any:
    """The real numbers whose spectrum starts so."""
    size = 2 * (x.shape[dim] - 1) if n is None else n
    return F.real(_transform(F, _whole(F, x, size, dim % x.ndim), None, dim, norm, inverse))


_ADJOINT = r"\bar{x} = \text{the conjugate sums of } \bar{y}, \text{ with the same factor}"


def _along(inverse: bool) -> Any:
    def define(F: Any, x: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Any:
        return _transform(F, x, n, dim, norm, inverse)

    return define


def _over(inverse: bool, default: Any) -> Any:
    def define(F: Any, x: Any, s: Any = None, dim: Any = default, norm: Any = None) -> Any:
        return _transform(F, x, s, dim, norm, inverse)

    return define


def _complex(name: str, words: str, inverse: bool) -> None:
    """The transforms over one dimension, two and all."""
    sign, factor = ("", r"\tfrac{1}{n} ") if inverse else ("-", "")
    forms = {"": _along(inverse), "2": _over(inverse, (-2, -1)), "n": _over(inverse, None)}
    over = {"": "a dimension", "2": "two dimensions", "n": "all dimensions"}
    for suffix, define in forms.items():
        composite(
            f"{name}{suffix}", f"{words}, over {over[suffix]}.", define, formula=_ADJOINT,
            definition=rf"y_k = {factor}\textstyle\sum_j x_j e^{{{sign}2 \pi i j k / n}}",
            torch=f"torch.fft.{name}{suffix}", renamed={"axis": "dim", "axes": "dim"},
            also=f"np.fft.{name}{suffix} jnp.fft.{name}{suffix} sp.fft.{name}{suffix}",
        )  # fmt: skip


_complex("fft", "The Fourier transform", False)
_complex("ifft", "The inverse Fourier transform", True)
composite(
    "rfft", "The first half of the Fourier transform of real numbers.",
    lambda F, x, n=None, dim=-1, norm=None: _half(F, x, n, dim, norm), torch="torch.fft.rfft",
    definition=r"y_k = \textstyle\sum_j x_j e^{-2 \pi i j k / n}, \quad k \le n/2",
    formula=r"\bar{x}_j = \operatorname{Re} \textstyle\sum_{k \le n/2} \bar{y}_k e^{2 \pi i j k"
    r" / n}",
    also="np.fft.rfft jnp.fft.rfft sp.fft.rfft", renamed={"axis": "dim"},
)  # fmt: skip
composite(
    "irfft", "The real numbers of which the first half of the Fourier transform is given.",
    lambda F, x, n=None, dim=-1, norm=None: _real(F, x, n, dim, norm), torch="torch.fft.irfft",
    definition=r"y_j = \tfrac{1}{n} \textstyle\sum_{|k| \le n/2} x_k e^{2 \pi i j k / n}, \quad"
    r" x_{-k} = \overline{x_k}",
    formula=r"\bar{x}_k = \tfrac{c_k}{n} \textstyle\sum_j \bar{y}_j e^{-2 \pi i j k / n}, \quad"
    r" c_k = 1 \text{ at both ends}, 2 \text{ between}",
    also="np.fft.irfft jnp.fft.irfft sp.fft.irfft", renamed={"axis": "dim"},
)  # fmt: skip
composite(
    "hfft", "The Fourier transform, real, of numbers of which the first half is given.",
    lambda F, x, n=None, dim=-1, norm=None: _real(F, x, n, dim, norm, False),
    torch="torch.fft.hfft",
    definition=r"y_k = \textstyle\sum_{|j| \le n/2} x_j e^{-2 \pi i j k / n}, \quad x_{-j} ="
    r" \overline{x_j}",
    formula=r"\bar{x}_j = c_j \textstyle\sum_k \bar{y}_k e^{2 \pi i j k / n}, \quad c_j = 1 \text{"
    r" at both ends}, 2 \text{ between}",
    also="np.fft.hfft jnp.fft.hfft sp.fft.hfft", renamed={"axis": "dim"},
)  # fmt: skip


def _ihfft(F: Any, x: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Any:
    whole = _transform(F, x, n, dim, norm, True)
    return F.narrow(whole, dim, 0, whole.shape[dim] // 2 + 1)


composite(
    "ihfft", "The first half of the inverse Fourier transform of real numbers.", _ihfft,
    torch="torch.fft.ihfft",
    definition=r"y_k = \tfrac{1}{n} \textstyle\sum_j x_j e^{2 \pi i j k / n}, \quad k \le n/2",
    formula=r"\bar{x}_j = \tfrac{1}{n} \operatorname{Re} \textstyle\sum_{k \le n/2} \bar{y}_k"
    r" e^{-2 \pi i j k / n}",
    also="np.fft.ihfft jnp.fft.ihfft sp.fft.ihfft", renamed={"axis": "dim"},
)  # fmt: skip


def _rfftn(F: Any, x: Any, s: Any = None, dim: Any = None, norm: Any = None) -> Any:
    sizes, dims = _plan(x, s, dim)
    last = _half(F, x, sizes[-1], dims[-1], norm)
    return _transform(F, last, sizes[:-1], dims[:-1], norm, False) if dims[:-1] else last


def _irfftn(F: Any, x: Any, s: Any = None, dim: Any = None, norm: Any = None) -> Any:
    sizes, dims = _plan(x, s, dim)
    first = _transform(F, x, sizes[:-1], dims[:-1], norm, True) if dims[:-1] else x
    return _real(F, first, sizes[-1], dims[-1], norm)


def _with_default(define: Any, default: Any) -> Any:
    def defined(F: Any, x: Any, s: Any = None, dim: Any = default, norm: Any = None) -> Any:
        return define(F, x, s, dim, norm)

    return defined


_PHASE, _SUM = r"2 \pi i (i k / m + j l / n)", r"\textstyle\sum"
_SPECTRUM = (
    "The Fourier transform of real numbers, half of the last dimension",
    rf"y_{{kl}} = \textstyle\sum_{{ij}} x_{{ij}} e^{{-{_PHASE}}}, \quad l \le n/2",
    rf"\bar{{x}}_{{ij}} = \operatorname{{Re}} {_SUM}_{{2 l \le n}} \bar{{y}}_{{kl}} e^{{{_PHASE}}}",
)
_NUMBERS = (
    "The real numbers with such a half of a Fourier transform",
    rf"y_{{ij}} = \tfrac{{1}}{{mn}} \textstyle\sum_{{k, |l| \le n/2}} x_{{kl}} e^{{{_PHASE}}}",
    rf"\bar{{x}}_{{kl}} = \tfrac{{c_l}}{{mn}} {_SUM}_{{ij}} \bar{{y}}_{{ij}} e^{{-{_PHASE}}}",
)
for _name, _define, (_words, _definition, _formula) in (
    ("rfft", _rfftn, _SPECTRUM), ("irfft", _irfftn, _NUMBERS),
):  # fmt: skip
    for _suffix, _dims, _many in (("2", (-2, -1), "two"), ("n", None, "all")):
        composite(
            f"{_name}{_suffix}", f"{_words}; over {_many} dimensions.",
            _with_default(_define, _dims), torch=f"torch.fft.{_name}{_suffix}",
            definition=_definition, formula=_formula, renamed={"axes": "dim"},
            also=f"np.fft.{_name}{_suffix} jnp.fft.{_name}{_suffix} sp.fft.{_name}{_suffix}",
        )  # fmt: skip


def _shift(F: Any, x: Any, dim: Any, sign: int) -> Any:
    dims = range(x.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    halves = [sign * (x.shape[d] // 2) for d in dims]
    return F.roll(x, tuple(halves), tuple(dims))


composite(
    "fftshift", "The frequencies rearranged so that zero stands in the middle.",
    lambda F, x, dim=None: _shift(F, x, dim, 1), torch="torch.fft.fftshift",
    definition=r"y_k = x_{k - \lfloor n/2 \rfloor}", formula=r"\bar{x} ="
    r" \operatorname{ifftshift}(\bar{y})",
    also="np.fft.fftshift jnp.fft.fftshift sp.fft.fftshift", renamed={"axes": "dim"},
)  # fmt: skip
composite(
    "ifftshift", "The frequencies rearranged so that zero stands first again.",
    lambda F, x, dim=None: _shift(F, x, dim, -1), torch="torch.fft.ifftshift",
    definition=r"y_k = x_{k + \lfloor n/2 \rfloor}", formula=r"\bar{x} ="
    r" \operatorname{fftshift}(\bar{y})",
    also="np.fft.ifftshift jnp.fft.ifftshift sp.fft.ifftshift", renamed={"axes": "dim"},
)  # fmt: skip

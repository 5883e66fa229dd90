"""What the libraries call an op: dotted names, with short ways to write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

LIBRARIES = ("torch", "jax", "numpy", "scipy")

_SHORT = {
    "T": "torch.Tensor", "F": "torch.nn.functional", "nn": "torch.nn", "aten": "torch.ops.aten",
    "Tensor": "torch.Tensor", "special": "torch.special", "linalg": "torch.linalg",
    "fft": "torch.fft", "np": "numpy", "jnp": "jax.numpy", "jsp": "jax.scipy", "lax": "jax.lax",
    "sp": "scipy",
}  # fmt: skip
"""The first word of a short name, and what it stands for."""


def spelled_out(name: str) -> str:
    """A dotted name with its first word written out.

    Example:
        >>> spelled_out("F.gelu"), spelled_out("torch.sum")
        ('torch.nn.functional.gelu', 'torch.sum')
    """
    first, dot, rest = name.partition(".")
    return f"{_SHORT[first]}.{rest}" if dot and first in _SHORT else name


@final
@dataclass(frozen=True)
class Names:
    """How PyTorch, JAX, NumPy and SciPy call the op: dotted names, or None where they have none.

    Args:
        torch, jax, numpy, scipy: the name that stands for the op in each library.
        further: all other names, of any of them: methods, modules, aliases, backends
            (`torch.ops.aten.x`), calls with an argument (`torch.div(rounding_mode='floor')`).
    """

    torch: str | None = None
    jax: str | None = None
    numpy: str | None = None
    scipy: str | None = None
    further: tuple[str, ...] = ()

    def plus(self, text: str) -> Names:
        """The same with further names, written short and with spaces between.

        The first plain name of a library that has none yet becomes the one that stands for the op.

        Example:
            >>> Names("torch.sum").plus("T.sum np.sum").every()
            ('torch.sum', 'numpy.sum', 'torch.Tensor.sum')
        """
        found = self
        for name in map(spelled_out, text.split()):
            library, plain = name.partition(".")[0], not (".ops." in name or "(" in name)
            if plain and getattr(found, library) is None:
                changed: dict[str, Any] = {library: name}
                found = replace(found, **changed)
            elif name not in found.every():
                found = replace(found, further=(*found.further, name))
        return found

    def every(self, library: str = "") -> tuple[str, ...]:
        """All names, or those of one library; the one that stands for the op first."""
        first = (self.torch, self.jax, self.numpy, self.scipy)
        found = (*(name for name in first if name), *self.further)
        return tuple(name for name in found if name.startswith(library))


NAMELESS = Names()

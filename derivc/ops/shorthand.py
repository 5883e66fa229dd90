"""Short ways to say in a declaration what many declarations say."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.ops.declaration import Kink
from derivc.ops.names import Names


def everywhere(name: str, torch: str | None = None) -> Names:
    """The names of an op that PyTorch, JAX and NumPy call alike (PyTorch perhaps otherwise)."""
    return Names(f"torch.{torch or name}", f"jax.numpy.{name}", f"numpy.{name}")


def in_special(name: str, torch: str | None = None, jax: str | None = None) -> Names:
    """The names of an op of `scipy.special`, and those of PyTorch and JAX where they have it."""
    return Names(
        f"torch.special.{torch}" if torch else None,
        f"jax.scipy.special.{jax}" if jax else None,
        scipy=f"scipy.special.{name}",
    )


def over(a: Any, b: Any) -> Any:
    """The quotient a/b as written: (a/b)/b does not become a/b**2, whose square may overflow."""
    return sp.Mul(a, sp.Pow(b, -1, evaluate=False), evaluate=False)


def jump(at: Any, because: str, slope: Any = 0, jax: Any = None) -> Kink:
    """A kink with the same slope on both sides: the function jumps there."""
    return Kink(at=at, slope=slope, because=because, left=slope, right=slope, jax=jax)


def squared(a: Any) -> Any:
    """The square as written: exp(x)**2 does not become exp(2*x), a second exponential."""
    return sp.Pow(a, 2, evaluate=False)


def mpmath() -> Any:
    """The context of mpmath, for `truth` formulas."""
    import mpmath as library

    return library.mp

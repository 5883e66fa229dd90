"""Optimizers: plain gradient descent with momentum, and Adam, step by step as in PyTorch.

Adam: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, final

import numpy as np

from derivc.errors import InputTypeError
from derivc.tensor.grad_mode import enable_grad
from derivc.tensor.tensor import Tensor


class Optimizer(ABC):
    """Moves leaves against their gradients.

    Args:
        params: the leaves to move.
    """

    def __init__(self, params: Iterable[Any]):
        self.params = list(params)
        if not self.params:
            raise InputTypeError("optimizer got an empty parameter list")
        for param in self.params:
            if not isinstance(param, Tensor) or not param.is_leaf:
                raise InputTypeError("can't optimize a non-leaf Tensor")
        self.state: list[dict[str, Any]] = [{} for _ in self.params]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or set them to zero."""
        for param in self.params:
            if set_to_none or param._grad is None:
                param._grad = None
            else:
                param._grad._array[...] = 0

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every leaf that has a gradient.

        Args:
            closure: computes the loss and its gradients anew.

        Returns:
            What the closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for param, state in zip(self.params, self.state, strict=True):
            if param._grad is not None:
                self._move(param._array, param._grad._array, state)
                param._counter[0] += 1
        return loss

    @abstractmethod
    def _move(self, x: Any, g: Any, state: dict[str, Any]) -> None:
        """Change the numbers x in place, given their gradient."""


@final
class SGD(Optimizer):
    """Gradient descent: v = momentum v + (1 - dampening) g, x = x - lr v.

    Args:
        params: the leaves. lr: the step. momentum, dampening, nesterov: of the velocity.
        weight_decay: this times x is added to the gradient.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(1.0, requires_grad=True)
        >>> optimizer = dc.SGD([x], lr=0.1)
        >>> (x**2).backward()
        >>> optimizer.step()
        >>> x
        tensor(0.8, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        super().__init__(params)
        _check(lr >= 0, f"Invalid learning rate: {lr}")
        _check(momentum >= 0, f"Invalid momentum value: {momentum}")
        _check(
            not nesterov or (momentum > 0 and dampening == 0),
            "Nesterov momentum requires a momentum and zero dampening",
        )
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.weight_decay, self.nesterov = weight_decay, nesterov

    def _move(self, x: Any, g: Any, state: dict[str, Any]) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * x
        if self.momentum:
            g = self._with_velocity(g, state)
        step = state.get("step")  # its memory is used again: fresh pages are slow
        if step is None or step.dtype != x.dtype:
            step = state["step"] = np.empty_like(x)
        x -= np.multiply(g, self.lr, out=step)

    def _with_velocity(self, g: Any, state: dict[str, Any]) -> Any:
        velocity = state.get("velocity")
        if velocity is None:
            velocity = state["velocity"] = np.array(g)
        else:
            velocity *= self.momentum
            velocity += (1 - self.dampening) * g
        return g + self.momentum * velocity if self.nesterov else velocity


@final
class Adam(Optimizer):
    """Steps of about `lr`, scaled by running moments of the gradient.

    Args:
        params: the leaves. lr: the step. betas: how slowly the first and second moment forget.
        eps: added to the root of the second moment. weight_decay: this times x is added to the
            gradient.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(1.0, requires_grad=True)
        >>> optimizer = dc.Adam([x], lr=0.1)
        >>> (x**2).backward()
        >>> optimizer.step()
        >>> round(x.item(), 6)
        0.9
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(params)
        _check(lr >= 0, f"Invalid learning rate: {lr}")
        _check(eps >= 0, f"Invalid epsilon value: {eps}")
        for i, beta in enumerate(betas):
            _check(0 <= beta < 1, f"Invalid beta parameter at index {i}: {beta}")
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay

    def _move(self, x: Any, g: Any, state: dict[str, Any]) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * x
        if not state:
            state.update(step=0, first=np.zeros_like(x), second=np.zeros_like(x))
        state["step"] += 1
        (b1, b2), k = self.betas, state["step"]
        state["first"] += (1 - b1) * (g - state["first"])
        state["second"] *= b2
        state["second"] += (1 - b2) * g * g
        root = np.sqrt(state["second"]) / np.sqrt(1 - b2**k) + self.eps
        x -= (self.lr / (1 - b1**k)) * state["first"] / root


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise InputTypeError(message)

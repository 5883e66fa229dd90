"""PyTorch's folders: `dc.linalg.inv`, `dc.nn.functional.relu`, `dc.autograd.grad`, `dc.optim.SGD`.

All names of derivc stand in one place; these let code that was written for PyTorch run as it is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, final

from derivc.tensor import public

_RENAMED = {
    "linalg.norm": "norm", "linalg.vecdot": "dot", "special.expit": "sigmoid",
    "special.psi": "digamma", "special.gammaln": "lgamma", "special.log_softmax": "log_softmax",
    "nn.functional.logsigmoid": "log_sigmoid",
}  # fmt: skip


@final
class Folder:
    """One of PyTorch's folders.

    Example:
        >>> import derivc as dc
        >>> dc.linalg.det([[2.0, 0.0], [0.0, 3.0]]).round(12)
        np.float64(6.0)
    """

    def __init__(self, path: str):
        self.__name__ = path

    def __getattr__(self, name: str) -> Any:
        path = f"{self.__name__}.{name}"
        wanted = _RENAMED.get(path, name)
        found = getattr(import_module("derivc"), wanted, None) if wanted else None
        if path == "nn.functional":
            found = Folder(path)
        if self.__name__ == "fft":  # the folder has the name of one of its functions
            found = public.find(name)
        if found is None or name.startswith("__"):
            raise AttributeError(f"module 'derivc.{self.__name__}' has no attribute {name!r}")
        setattr(self, name, found)  # asked for once
        return found

    def __repr__(self) -> str:
        return f"<derivc.{self.__name__}>"


autograd, fft, linalg, nn, optim, special = map(
    Folder, ("autograd", "fft", "linalg", "nn", "optim", "special")
)

"""The runtime graph: tensors, nodes, the backward pass, over compiled kernels."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, final

from derivc.tensor.create import tensor as _tensor
from derivc.tensor.operators import attach as _attach

_attach()


@final
class _Folder(ModuleType):
    """This folder has the name of the function that users call, so it can be called."""

    def __call__(self, data: Any, dtype: Any = None, requires_grad: bool = False) -> Any:
        return _tensor(data, dtype, requires_grad)


sys.modules[__name__].__class__ = _Folder

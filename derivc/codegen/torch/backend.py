"""The PyTorch backend: a module with an autograd Function that needs only PyTorch."""

from __future__ import annotations

from typing import final

from derivc.codegen.environment import render
from derivc.codegen.family import AbstractLibraryBackend, Family
from derivc.codegen.render import docstring
from derivc.codegen.torch.helpers import carried, quick
from derivc.codegen.torch.module import Module


@final
class TorchBackend(AbstractLibraryBackend):
    """Source for PyTorch.

    Args:
        custom_op: write a `torch.library.custom_op` too.
    """

    name = "torch"

    def __init__(self, custom_op: bool = False):
        self.custom_op = custom_op

    def source(self, family: Family) -> str:
        """A complete module."""
        module = Module(family)
        parts = module.parts
        formulas, slopes, public = parts.formulas(), module.slopes(), module.public()
        aliases = sorted(module.names.aliases.items())
        return render(
            "torch/module.py.j2",
            formula=docstring(family.header.formula),
            derivatives=[docstring(line) for line in family.derivatives],
            version=family.header.version,
            name=module.name,
            title=module.title,
            traced=module.traced,
            given=", ".join(f"x{i}" for i in range(len(family.elements))),
            parameters=[a.name for a in parts.texts.arguments],
            public=public,
            kept=f"({', '.join(parts.kept())},)",
            formulas=formulas,
            functions=module.classes(),
            quick=module.quick(),
            cut=parts.cut is not None,
            as_is="x if x is None or x.dtype == torch.bool" if parts.cut else "x if x is None",
            watched=module.traced if parts.cut else module.title,
            blocks=bool(parts.long),
            slopes=slopes,
            helpers=list(dict.fromkeys([*carried(parts.ops), *quick(parts.quick_ops)])),
            aliases=[f"{alias} = {name}" for name, alias in aliases],
            custom_op=module.operator() if self.custom_op else None,
        )

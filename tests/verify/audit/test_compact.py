"""The class that an audit shows instead of a wrong one: it runs as it stands."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from derivc.verify.audit.compact import compact

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.mark.parametrize("text", ["x*sigmoid(2*x)", "k0(x)*x", "Si(x)", "jv(3, x)"])
def test_special_functions_stand_behind_the_class(text: str) -> None:
    kernel = dc.compile(text)
    code = compact(kernel.source_for("torch", "wave"), "Wave", ("x",))
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    x = torch.tensor([0.5, 1.5, 3.0], dtype=torch.float64, requires_grad=True)
    value = namespace["Wave"].apply(x)
    value.sum().backward()
    assert torch.allclose(value, torch.tensor(kernel(x.detach().numpy())), rtol=1e-13)
    assert torch.allclose(x.grad, torch.tensor(kernel.grad(x.detach().numpy())[0]), rtol=1e-12)

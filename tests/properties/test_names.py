"""Property: the names by which libraries know an op exist there, and lead back to the op."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from derivc.ops import registry
from derivc.ops.declaration import Op

LIBRARIES = ("torch", "jax", "numpy", "scipy")
NAMED = [
    pytest.param(op, library, name := getattr(op.also, library), id=f"{op.name}-{name}")
    for op in registry.all_ops()
    for library in LIBRARIES
    if getattr(op.also, library)
]


def resolve(dotted: str) -> Any:
    """The object with this dotted name; modules on the way are imported."""
    parts = dotted.split(".")
    found: Any = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], 2):
        if not hasattr(found, part):
            found = importlib.import_module(".".join(parts[:i]))
        else:
            found = getattr(found, part)
    return found


@pytest.mark.parametrize(("op", "library", "dotted"), NAMED)
def test_names_exist_in_the_libraries(op: Op, library: str, dotted: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    assert callable(resolve(dotted))


@pytest.mark.parametrize(("op", "library", "dotted"), NAMED)
def test_names_lead_back_to_the_op(op: Op, library: str, dotted: str) -> None:
    found = registry.resolve(dotted)
    assert found is not None
    assert dotted in (found.also.torch, found.also.jax, found.also.numpy, found.also.scipy)


def test_aliases_lead_to_their_op() -> None:
    for op in registry.all_ops():
        for alias in op.aliases:
            assert registry.get(alias) is op


@pytest.mark.parametrize("text", ["ln", "arctan", "np.arcsin", "expit", "torch.sigmoid",
                                  "scipy.special.expit", "F.gelu", "jnp.logaddexp"])  # fmt: skip
def test_common_names_resolve(text: str) -> None:
    assert registry.resolve(text) is not None


def test_every_member_of_a_family_is_declared_on_demand() -> None:
    assert registry.get("sincu_9").name == "sincu_9"

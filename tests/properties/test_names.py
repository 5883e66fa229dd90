"""Property: the names by which libraries know an op exist there, and lead back to the op."""

from __future__ import annotations

import importlib
from types import GetSetDescriptorType
from typing import Any

import pytest

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.names import LIBRARIES
from derivc.ops.structure import StructuralOp

NAMED = [
    pytest.param(op, name, id=f"{op.name}-{name}")
    for op in (*registry.all_ops(), *structure.all_structural())
    for name in op.also.every()
]


def resolve(dotted: str) -> Any:
    """The object with this dotted name; modules on the way are imported."""
    parts = dotted.partition("(")[0].split(".")
    found: Any = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], 2):
        if not hasattr(found, part):
            found = importlib.import_module(".".join(parts[:i]))
        else:
            found = getattr(found, part)
    return found


@pytest.mark.parametrize(("op", "dotted"), NAMED)
def test_names_exist_in_the_libraries(op: Op | StructuralOp, dotted: str) -> None:
    library = dotted.partition(".")[0]
    pytest.importorskip(library, reason=f"{library} is not installed")
    assert library in LIBRARIES
    assert callable(found := resolve(dotted)) or isinstance(found, property | GetSetDescriptorType)


@pytest.mark.parametrize(
    "op", [op for op in registry.all_ops() if op.also.every()], ids=lambda op: op.name
)
def test_names_lead_back_to_the_op(op: Op) -> None:
    for dotted in op.also.every():
        found = registry.resolve(dotted)
        assert found is not None
        assert dotted in found.also.every()


def test_what_is_first_can_be_called() -> None:
    for op in (*registry.all_ops(), *structure.all_structural()):
        for name in (op.also.torch, op.also.jax, op.also.numpy, op.also.scipy):
            assert name is None or not set("()") & set(name)
        assert not isinstance(op, StructuralOp) or op.also.torch == op.torch


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

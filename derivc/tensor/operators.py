"""What tensors can do: operators and methods, all made from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from derivc.errors import InputTypeError, UnknownAttributeError
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.structural.losses import reduced
from derivc.tensor import compiled, elementwise, inplace, structural
from derivc.tensor.methods import METHODS
from derivc.tensor.namespace import RECORDED
from derivc.tensor.protocols import PROTOCOLS
from derivc.tensor.structural import raw
from derivc.tensor.tensor import Tensor

ADD, SUB, MUL, DIV, POW = (
    compiled.of_op(registry.get(n)) for n in ("add", "sub", "mul", "div", "pow")
)


_LOOKING = {"pow", "abs", "angle", "sign", "prelu", "clamp", "where"}
"""Ops that look at their arguments first."""


@cache
def _quick(op: Op) -> compiled.Compiled | None:
    """What to apply to a full list of arguments; None for an op that looks at them first."""
    looking = op.name in _LOOKING or "loss" in op.tags
    return None if looking else compiled.of_op(op)


def elementwise_op(op: Op, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """An elementwise op of tensors; losses are reduced, by default to their mean."""
    quick = _quick(op)
    if quick is not None and not named and len(args) == op.arity:
        return elementwise.apply(quick, args)
    named = dict(named)
    reduction = named.pop("reduction", "mean") if "loss" in op.tags else "none"
    if op.name in ("add", "sub") and "alpha" in named:
        args = (args[0], args[1] * named.pop("alpha"))
    if op.name == "where" and args and np.asarray(raw(args[0])).dtype != bool:
        raise InputTypeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype"
            f" {np.asarray(raw(args[0])).dtype}"
        )
    if op.name in _COMPLEX and np.iscomplexobj(raw(args[0])):
        return getattr(RECORDED, _COMPLEX[op.name])(args[0])
    if op.name == "pow" and len(args) == 2:
        return power(*args)
    if op.name == "prelu" and len(args) == 2:
        args = (args[0], _per_channel(*args))
    found = elementwise.apply(compiled.of_op(op), _operands(op, args, named))
    return reduced(RECORDED, found, reduction) if reduction != "none" else found


def _per_channel(x: Any, weight: Any) -> Any:
    """One weight per channel, along dimension 1 of several."""
    several = np.ndim(raw(weight)) == 1 and raw(weight).size > 1 and np.ndim(raw(x)) > 2
    return RECORDED.along(weight, 1, np.ndim(raw(x))) if several else weight


_COMPLEX = {"abs": "complex_abs", "angle": "complex_angle", "sign": "complex_sgn"}
"""Ops that are not holomorphic and have a form of their own for complex numbers."""


def _operands(op: Op, args: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
    """All operands in order; what was left out has its default, a bound of None is no bound."""
    names = {_RENAMED.get(k, k) if k not in op.params else k: v for k, v in named.items()}
    given = dict(zip(op.params, args, strict=False)) | names
    if set(given) - set(op.params) or len(args) > op.arity:
        raise InputTypeError(
            f"{op.name} takes ({', '.join(op.params)}), was given {len(args)} positional"
            f" arguments and {sorted(named)} by name"
        )
    found = [(p, given.get(p)) for p in op.params]
    return [_bound(op, p) if value is None else value for p, value in found]


_RENAMED = {
    "min": "lo", "max": "hi", "input": "x", "target": "t", "other": "b", "exponent": "e",
    "weight": "w",
}  # fmt: skip
"""PyTorch's names of arguments that are called otherwise here."""


def _bound(op: Op, name: str) -> float:
    """What an operand is that was not given.

    Raises:
        InputTypeError: it has no default.
    """
    if name not in op.defaults:
        raise InputTypeError(f"{op.name} takes ({', '.join(op.params)}); {name} is missing")
    return float(op.defaults[name])


def power(base: Any, exponent: Any) -> Any:
    """x**e; by products and roots where e is a plain number."""
    plain = isinstance(exponent, int | float) and not isinstance(exponent, bool)
    whole = isinstance(base, Tensor) and base.dtype.kind not in "fc"
    if not plain or whole or not isinstance(base, Tensor):
        return elementwise.apply(POW, (base, exponent))
    return elementwise.apply(compiled.of_power(float(exponent)), (base,))


def _binary(function: compiled.Compiled, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, _FOREIGN):
            return NotImplemented
        return elementwise.apply(function, (other, self) if swapped else (self, other))

    return operator


_FOREIGN = (str, bytes, dict, set, type(None))


def _unary(name: str) -> Callable[[Any], Any]:
    function = compiled.of_op(registry.get(name))
    return lambda self: elementwise.apply(function, (self,))


def _assigning(function: compiled.Compiled) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        return inplace.change(self, lambda was: elementwise.apply(function, (was, other)), [other])

    return operator


def _method(op: Op) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        return elementwise_op(op, (self, *args), named)

    method.__name__, method.__doc__ = op.name, op.summary
    return method


def _structural_method(op: structure.StructuralOp) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        return structural.apply(op, (self, *args), named)

    method.__name__, method.__doc__ = op.name, op.summary
    return method


def _in_place(method: Callable[..., Any]) -> Callable[..., Any]:
    def changed(self: Any, *args: Any, **named: Any) -> Any:
        operands = [*args, *named.values()]
        return inplace.change(self, lambda was: method(was, *args, **named), operands)

    return changed


def _infix(name: str) -> Callable[[Any, Any], Any]:
    return _binary(compiled.of_op(registry.get(name)))


def _index(index: Any) -> Any:
    """An index without tensors in it."""
    if isinstance(index, tuple):
        return tuple(_index(i) for i in index)
    if isinstance(index, list):
        return [_index(i) for i in index]
    return raw(index)


def _getitem(self: Tensor, index: Any) -> Any:
    return RECORDED.getitem(self, _index(index))


def _setitem(self: Tensor, index: Any, value: Any) -> None:
    inplace.set_item(self, _index(index), value)


def _iter(self: Any) -> Any:
    if not self.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter([RECORDED.getitem(self, i) for i in range(len(self))])


def attribute(tensor: Tensor, name: str) -> Any:
    """A method that came after: of an op declared by the user, or the form of an op in place.

    Raises:
        UnknownAttributeError: no op is called that.
    """
    inner = name.rstrip("_")
    if not name.startswith("_") and inner:
        found = _found(inner)
        if found is not None:
            bound = _in_place(found) if name != inner else found
            return bound.__get__(tensor)
    raise UnknownAttributeError("Tensor", name, _names)


def _names() -> list[str]:
    """What can be asked of a tensor."""
    ops = [n for op in registry.all_ops() for n in (op.name, *op.aliases) if n.isidentifier()]
    return [n for n in (*dir(Tensor), *ops) if not n.startswith("_")]


def _found(name: str) -> Callable[..., Any] | None:
    own = Tensor.__dict__.get(name)
    if callable(own):
        return own  # type: ignore[no-any-return]
    op = structure.find(name)
    if op is not None:
        return _structural_method(op)
    declared = registry.resolve(name)
    return None if declared is None else _method(declared)


def attach() -> None:
    """Give `Tensor` an operator or a method for every declaration."""
    for op in registry.all_ops():
        for name in (op.name, *op.aliases):
            if name.isidentifier() and not hasattr(Tensor, name):
                setattr(Tensor, name, _method(op))
    for shape_op in structure.all_structural():
        if shape_op.tensors:
            for name in (shape_op.name, *shape_op.aliases):
                if name not in Tensor.__dict__ or structure.find(name) is shape_op:
                    setattr(Tensor, name, _structural_method(shape_op))
    for name, function in (_SPECIAL | PROTOCOLS | METHODS).items():
        setattr(Tensor, name, function)


def _reflected_power(self: Tensor, other: Any) -> Any:
    return elementwise.apply(POW, (other, self))


_SPECIAL: dict[str, Any] = {
    "__add__": _binary(ADD), "__radd__": _binary(ADD, True), "__iadd__": _assigning(ADD),
    "__sub__": _binary(SUB), "__rsub__": _binary(SUB, True), "__isub__": _assigning(SUB),
    "__mul__": _binary(MUL), "__rmul__": _binary(MUL, True), "__imul__": _assigning(MUL),
    "__truediv__": _binary(DIV), "__rtruediv__": _binary(DIV, True),
    "__itruediv__": _assigning(DIV),
    "__pow__": power, "__rpow__": _reflected_power, "__ipow__": _in_place(power),
    "__neg__": _unary("neg"), "__abs__": _method(registry.get("abs")), "__pos__": lambda self: self,
    "__mod__": _infix("remainder"), "__floordiv__": _infix("floor_divide"),
    "__lt__": _infix("lt"), "__le__": _infix("le"), "__gt__": _infix("gt"),
    "__ge__": _infix("ge"), "__eq__": _infix("eq"), "__ne__": _infix("ne"),
    "__invert__": _unary("logical_not"), "__and__": _infix("logical_and"),
    "__or__": _infix("logical_or"),
    "__matmul__": lambda self, other: RECORDED.matmul(self, other),
    "__rmatmul__": lambda self, other: RECORDED.matmul(other, self),
    "__getitem__": _getitem, "__setitem__": _setitem, "__iter__": _iter,
    "__getattr__": attribute,
    "__derivc_op__": lambda self, op, args, named: elementwise_op(op, args, named),
    "T": property(lambda self: RECORDED.transpose(self)),
    "mT": property(lambda self: RECORDED.transpose(self, -1, -2)),
}  # fmt: skip

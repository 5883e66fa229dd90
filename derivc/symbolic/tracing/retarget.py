"""Copies of the user's functions that see stand-in modules; the originals are left untouched.

A function finds `np`, `math` and its helpers through its globals and its closure. The copy has the
same code over a copy of these, in which known modules and functions are exchanged, and the user's
own helpers, classes and objects are copied in the same way, as far as the code names them.
"""

from __future__ import annotations

import abc
import builtins
import functools
import sys
import sysconfig
from collections.abc import Callable
from enum import EnumType
from pathlib import Path
from types import CellType, CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any, Protocol, final

import numpy as np
import sympy as sp

from derivc.symbolic.tracing import averages, creators, modules, provenance, scipy_functions

_FOREIGN = tuple(
    str(Path(p)) for p in (
        Path(__file__).parents[2], Path(np.__file__).parent, Path(sp.__file__).parent,
    )
)  # fmt: skip
_STANDARD = sysconfig.get_paths()["stdlib"]
_BY_TEXT = {"eval", "exec", "globals"}
_CONTAINERS = (list, tuple, dict)
_SEEN_THROUGH = ("builtins", "cmath", "statistics")
_KEPT_SLOTS = ("__dict__", "__weakref__", "__slots__")


def _is_users(code: CodeType) -> bool:
    """True for code that is copied: not the standard library's, NumPy's, SymPy's or our own."""
    name = code.co_filename
    standard = name.startswith(_STANDARD) and "site-packages" not in name
    return not (standard or name.startswith(("<frozen", *_FOREIGN)))


def _names(code: CodeType) -> set[str]:
    """The global and attribute names in code, nested functions included."""
    found: set[str] = set()
    stack = [code]
    while stack:
        current = stack.pop()
        found.update(current.co_names)
        stack.extend(c for c in current.co_consts if isinstance(c, CodeType))
    return found


@final
class Retargeter:
    """Maps objects to their copies, each once."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}
        self._globals: dict[int, dict[str, Any]] = {}
        self._builtins = {**vars(builtins), **modules.BUILTINS, "__import__": self._import}
        self._kept: list[Any] = []  # ids stay valid while the objects live

    def of(self, value: Any) -> Any:
        """What the copied code sees in place of this object."""
        if id(value) in self._done:
            return self._done[id(value)]
        known = modules.by_identity().get(id(value))
        if known is not None:
            return known
        rule = self._rule(value)
        return self._remember(value, rule(value)) if rule else value

    def _remember(self, value: Any, made: Any) -> Any:
        self._kept.append(value)
        self._done[id(value)] = made
        return made

    def _rule(self, value: Any) -> Callable[[Any], Any] | None:
        for known in (scipy_functions.of, averages.of):
            if known(value) is not None:
                return known
        for kind, rule in self._rules():
            if isinstance(value, kind):
                return rule
        if isinstance(provenance.attribute(value, "py_func"), FunctionType):
            return lambda jitted: self.of(jitted.py_func)
        return self._instance if _is_users_class(type(value)) else None

    def _rules(self) -> tuple[tuple[Any, Callable[[Any], Any]], ...]:
        return (
            (FunctionType, self._function), (MethodType, self._method),
            (ModuleType, self._module), (functools.partial, self._partial),
            (functools._lru_cache_wrapper, lambda cached: self.of(cached.__wrapped__)),
            (np.vectorize, lambda v: creators.vectorize(self.of(v.pyfunc))),
            (np.ndarray, lambda array: array), (type, self._class),
            (SimpleNamespace, lambda old: SimpleNamespace(**self._container(vars(old)))),
            (_CONTAINERS, lambda items: self._instance(items) or self._container(items)),
        )  # fmt: skip

    def _function(self, function: FunctionType) -> Any:
        wrapped = provenance.attribute(function, "__wrapped__")
        if not _is_users(function.__code__) and not isinstance(wrapped, FunctionType):
            return function
        scope = self._scope(function)
        made = FunctionType(function.__code__, scope, function.__name__, None, _cells(function))
        self._remember(function, made)
        made.__defaults__ = self._each(function.__defaults__)
        made.__kwdefaults__ = function.__kwdefaults__
        made.__dict__.update(function.__dict__)
        made.__qualname__, made.__doc__ = function.__qualname__, function.__doc__
        self._fill(scope, function)
        for cell, old in zip(made.__closure__ or (), function.__closure__ or (), strict=True):
            self._copy_cell(cell, old)
        return made

    def _each(self, values: Any) -> Any:
        return None if values is None else tuple(map(self.of, values))

    def _copy_cell(self, cell: CellType, old: CellType) -> None:
        try:
            cell.cell_contents = self.of(old.cell_contents)
        except ValueError:  # an empty cell stays empty
            return

    def _scope(self, function: FunctionType) -> dict[str, Any]:
        """The copied globals of the function's module."""
        key = id(function.__globals__)
        if key not in self._globals:
            copied = dict(function.__globals__) | {"__builtins__": self._builtins}
            self._kept.append(function.__globals__)
            self._globals[key] = copied
        return self._globals[key]

    def _fill(self, scope: dict[str, Any], function: FunctionType) -> None:
        """Exchange the globals that the code names."""
        original = function.__globals__
        names = _names(function.__code__)
        for name in set(original) if names & _BY_TEXT else names & set(original):
            if scope[name] is original[name]:
                scope[name] = self.of(original[name])

    def _method(self, method: MethodType) -> Any:
        owner = self.of(method.__self__)
        if owner is method.__self__:
            return MethodType(self.of(method.__func__), owner)
        return getattr(owner, method.__name__)

    def _partial(self, partial: Any) -> Any:
        named = {k: self.of(v) for k, v in partial.keywords.items()}
        return functools.partial(self.of(partial.func), *map(self.of, partial.args), **named)

    def _container(self, items: Any) -> Any:
        """A copy of a short list, tuple or dict when one of its items is exchanged."""
        if len(items) > 1000 or type(items) not in (list, tuple, dict):
            return items
        if isinstance(items, dict):
            made = {k: self.of(v) for k, v in items.items()}
            return made if any(made[k] is not v for k, v in items.items()) else items
        changed = [self.of(v) for v in items]
        same = all(a is b for a, b in zip(changed, items, strict=True))
        return items if same else type(items)(changed)

    def _module(self, module: ModuleType) -> Any:
        name = module.__name__.partition(".")[0]
        if modules.is_numpy(module) or name == "math":
            return _Module(self, module)
        foreign = name in ("derivc", "sympy", "torch")
        known = name in sys.stdlib_module_names and name not in _SEEN_THROUGH
        return module if foreign or known else _Module(self, module)

    def _import(self, name: str, *args: Any) -> Any:
        """`import` statements inside the function."""
        return self.of(builtins.__import__(name, *args))

    def _class(self, cls: Any) -> Any:
        if not _is_users_class(cls):
            return cls
        try:
            return self._copied_class(cls)
        except TypeError:  # a class that cannot be made twice is used as it is
            return cls

    def _copied_class(self, cls: Any) -> Any:
        skipped = {*_KEPT_SLOTS, *_slots(cls)}
        members = {k: v for k, v in vars(cls).items() if k not in skipped}
        if "__init_subclass__" in members:  # copies are not entered in the user's registries
            members["__init_subclass__"] = classmethod(lambda made, **named: None)
        new: Any = abc.ABCMeta.__new__ if issubclass(type(cls), abc.ABCMeta) else type.__new__
        made = new(type(cls), cls.__name__, tuple(map(self.of, cls.__bases__)), members)
        self._remember(cls, made)
        for name, member in members.items():
            copied = self._member(member)
            if copied is not member:
                setattr(made, name, copied)
        return made

    def _member(self, member: Any) -> Any:
        if isinstance(member, staticmethod | classmethod):
            return type(member)(self.of(member.__func__))
        if isinstance(member, property):
            parts = (member.fget, member.fset, member.fdel)
            return property(*(p and self.of(p) for p in parts))
        if isinstance(member, functools.cached_property):
            return property(self.of(member.func))
        return self.of(member) if isinstance(member, FunctionType | type) else member

    def _instance(self, instance: Any) -> Any:
        """The same state under the copied class."""
        cls = self.of(type(instance))
        if cls is type(instance):
            return None if isinstance(instance, _CONTAINERS) else instance
        made = self._empty(cls, instance)
        self._remember(instance, made)
        for name in _slots(type(instance)):
            if hasattr(instance, name):
                object.__setattr__(made, name, self.of(getattr(instance, name)))
        for name, value in getattr(instance, "__dict__", {}).items():
            made.__dict__[name] = self.of(value)
        return made

    def _empty(self, cls: Any, instance: Any) -> Any:
        """An instance of the copied class, with the items of a container but no attributes."""
        if isinstance(instance, tuple):
            return tuple.__new__(cls, map(self.of, instance))
        if isinstance(instance, dict):
            made = dict.__new__(cls)
            dict.update(made, {k: self.of(v) for k, v in dict.items(instance)})
            return made
        if not isinstance(instance, list):
            return object.__new__(cls)
        row = list.__new__(cls)
        list.extend(row, map(self.of, instance))
        return row


def _cells(function: FunctionType) -> tuple[CellType, ...] | None:
    return function.__closure__ and tuple(CellType() for _ in function.__closure__)


def _slots(cls: Any) -> list[str]:
    found: list[str] = []
    for base in cls.__mro__:
        slots = vars(base).get("__slots__", ())
        found += [slots] if isinstance(slots, str) else list(slots)
    return [name for name in found if name not in _KEPT_SLOTS]


def _is_users_class(cls: Any) -> bool:
    """True for plain classes, and abstract ones, with methods that are copied."""
    kind = type(cls)
    copied = kind in (type, abc.ABCMeta, type(Protocol)) or _has_users_code(kind)
    if not copied or issubclass(cls, BaseException) or issubclass(kind, EnumType):
        return False
    return any(_has_users_code(base) for base in cls.__mro__)


def _has_users_code(cls: Any) -> bool:
    members = [getattr(m, "__func__", getattr(m, "fget", m)) for m in vars(cls).values()]
    return any(isinstance(m, FunctionType) and _is_users(m.__code__) for m in members)


@final
class _Module:
    """A module whose attributes are seen through the retargeter."""

    def __init__(self, retargeter: Retargeter, module: ModuleType):
        self._retargeter, self._module = retargeter, module
        self.__name__ = module.__name__

    def __getattr__(self, name: str) -> Any:
        if self._module.__name__ == "math":
            return modules.math_attribute(name)
        if modules.is_numpy(self._module):
            own = getattr(np, name, None)  # of the look-alikes too: jax.numpy.linalg is np.linalg
            if isinstance(own, ModuleType):
                return self._retargeter.of(own)
            return modules.numpy_attribute(name)
        return self._retargeter.of(getattr(self._module, name))

    def __dir__(self) -> list[str]:
        return dir(self._module)

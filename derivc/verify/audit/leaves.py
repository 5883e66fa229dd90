"""Arguments that are containers of arrays (JAX's pytrees), as arguments of their own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from derivc.verify.audit.subject import Leaves, Subject


def taken_apart(
    subject: Subject, names: Sequence[str], values: Sequence[Any]
) -> tuple[tuple[str, ...], list[Any], Leaves | None]:
    """Names and values, those of the leaves in place of dicts, tuples and the like of arrays.

    A leaf is called by its argument and the keys that lead to it: `params["w"][0]` is `params_w_0`.
    Only JAX differentiates by what is in containers.
    """
    given = list(values)
    if subject.library != "jax":
        return tuple(names), given, None
    found, owners, trees = _leaves(subject, names, given)
    if all(tree is None for tree, _ in trees):
        return tuple(names), given, None

    def whole(leaves: Sequence[Any]) -> tuple[Any, ...]:
        rest = iter(leaves)
        parts = [(tree, list(itertools.islice(rest, count))) for tree, count in trees]
        return tuple(part[0] if tree is None else tree.unflatten(part) for tree, part in parts)

    return tuple(_distinct([n for n, _ in found])), [v for _, v in found], Leaves(owners, whole)


def _leaves(
    subject: Subject, names: Sequence[str], values: Sequence[Any]
) -> tuple[list[tuple[str, Any]], tuple[str, ...], list[tuple[Any, int]]]:
    """Names and values of the leaves, to whom they belong, and per argument its form and extent."""
    from jax.tree_util import tree_flatten_with_path

    found: list[tuple[str, Any]] = []
    owners: list[str] = []
    trees: list[tuple[Any, int]] = []
    for name, value in zip(names, values, strict=True):
        pairs, tree = tree_flatten_with_path(value)
        varies = any(path and _is_number(leaf) for path, leaf in pairs)
        holds = varies and name not in subject.held and not are_numbers(value)
        parts = [(_called(name, path), leaf) for path, leaf in pairs] if holds else [(name, value)]
        found += parts
        owners += [name] * len(parts)
        trees.append((tree if holds else None, len(parts)))
    return found, tuple(owners), trees


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or hasattr(value, "dtype")


def are_numbers(values: Any) -> bool:
    """Whether a sequence holds numbers alone, perhaps in sequences: it stands for an array."""
    if isinstance(values, tuple | list):
        return bool(values) and all(map(are_numbers, values))
    return isinstance(values, int | float) and not isinstance(values, bool)


def _called(name: str, path: Sequence[Any]) -> str:
    """A leaf's name: an identifier."""
    return "_".join([name, *(re.sub(r"\W+", "_", str(_key(k))).strip("_") for k in path)])


def _key(entry: Any) -> Any:
    """What stands in the brackets, or behind the dot."""
    kinds = ("key", "idx", "name")
    return next(getattr(entry, kind) for kind in kinds if hasattr(entry, kind))


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, an underscore behind one that is there already."""
    found: list[str] = []
    for name in names:
        longer = (name + "_" * k for k in itertools.count())
        found.append(next(n for n in longer if n not in found))
    return found

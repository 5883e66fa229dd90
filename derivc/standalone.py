"""Modules for other libraries: source that needs no derivc, and callables loaded from it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derivc.build import header
from derivc.codegen.family import AbstractLibraryBackend
from derivc.codegen.library import function_of, title_of
from derivc.codegen.load import digest, load_module
from derivc.errors import BadNameError, DerivcError, InputTypeError, check_options
from derivc.options import check_choice
from derivc.partials import family
from derivc.passes.weight import tree_weight
from derivc.report import derivatives
from derivc.specs import Specs

LIBRARIES = ("torch", "jax", "array_api", "cupy")
"""The libraries that modules are written for."""

_OPTIONS = {"torch": ("order", "custom_op"), "jax": ("order",), "array_api": (), "cupy": ()}
_SHOWN, _HEAVIEST, _LONGEST = 8, 300, 300
_RESERVED = {"torch", "jax", "jnp", "lax", "math", "functools", "contextlib", "special"}


def source_for(specs: Specs, library: str, name: str | None, **options: Any) -> str:
    """A complete module for a library.

    Args:
        specs: the function.
        library: "torch", "jax", "array_api" or "cupy".
        name: of the class, or of the function; the other is derived from it.
        options: `order`, the derivatives to write out; for "torch" `custom_op` too.

    Raises:
        InputTypeError: there is no such library, or the function has no variables.
        BadNameError: the name is none that Python takes.
        UnsupportedError: the library has no function for an op.
    """
    check_choice("backend", library, LIBRARIES)
    check_options(f"source_for({library!r})", options, _OPTIONS[library], {"orders": "order"})
    if library in ("array_api", "cupy"):
        return _over_namespace(specs, library)
    function, title = names_for(specs, name)
    order = options.pop("order", 2)
    if not isinstance(order, int) or isinstance(order, bool) or order < 0:
        raise InputTypeError(f"order={order!r} must be a whole number, 0 or more")
    made = family(specs, function, title, header(specs), order, _described(specs))
    return _backend(library, options).source(made)


def _over_namespace(specs: Specs, library: str) -> str:
    """Functions `value`, `grad` and `value_and_grad`, or `value` and `jacobian`."""
    from derivc.codegen.array_api.backend import ArrayApiBackend

    scalar = specs.definition.shape is None
    wanted = ("value", "grad", "value_and_grad") if scalar else ("value", "jacobian")
    return ArrayApiBackend(library).source([specs.build(n) for n in wanted], header(specs))


def _backend(library: str, options: dict[str, Any]) -> AbstractLibraryBackend:
    from derivc.codegen.jax.backend import JaxBackend
    from derivc.codegen.torch.backend import TorchBackend

    if library == "torch":
        return TorchBackend(bool(options.pop("custom_op", False)))
    return JaxBackend()


def names_for(specs: Specs, name: str | None) -> tuple[str, str]:
    """The names of the function and of the class."""
    given = name or specs.definition.name or "f"
    if not given.isidentifier() or keyword.iskeyword(given):
        why = "it is a word of Python" if keyword.iskeyword(given) else (
            "use letters, digits and underscores")  # fmt: skip
        raise BadNameError(f"{given!r} cannot name a function: {why}")
    title = given if given[:1].isupper() else title_of(given)
    function = function_of(given)
    clash = function in _RESERVED or keyword.iskeyword(function) or function == title
    return (f"{function}_" if clash else function), title


def name_of_file(path: Any) -> str | None:
    """What the function in a file is called when nobody says: like the file, if it can be.

    Example:
        >>> name_of_file("kernels/my-gelu.py")
        'my_gelu'
    """
    stem = re.sub(r"\W+", "_", Path(path).stem)
    return stem if stem.isidentifier() and not keyword.iskeyword(stem) else None


def loaded(specs: Specs, library: str, name: str | None, **options: Any) -> Callable[..., Any]:
    """The function of a module, loaded; tracebacks show its source.

    Raises:
        MissingDependencyError: the library is not installed.
    """
    source = source_for(specs, library, name, **options)
    function = names_for(specs, name)[0]
    module = load_module(source, f"derivc_generated_{function}_{digest(source)}")
    found: Callable[..., Any] = getattr(module, function)
    found.source = source  # type: ignore[attr-defined]
    return found


def _described(specs: Specs) -> tuple[str, ...]:
    """Lines that say what the partials are, where they are short."""
    d = specs.definition
    few = d.shape is None and len(specs.positions) <= _SHOWN
    if not few or tree_weight(specs.value_program) > _HEAVIEST:
        return ()
    names = [name for argument in specs.moving for name in argument.elements]
    try:
        texts = [str(tree) for tree in derivatives(specs)]
    except DerivcError:
        return ()
    lines = [f"d/d{n} = {text}" for n, text in zip(names, texts, strict=True)]
    return tuple(line for line in lines if len(line) <= _LONGEST)

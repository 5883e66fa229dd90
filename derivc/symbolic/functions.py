"""What a called name means in a text: an op of the registry, or one of a few forms of its own."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, final

import sympy as sp

from derivc.errors import (
    DeclarationError,
    DomainError,
    ParseError,
    UnknownNameError,
    UnsafeInputError,
)
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.symbolic import grammar as g
from derivc.symbolic.grammar import CONDITION, NUMBER, TUPLE, Operand
from derivc.symbolic.limits import Limits
from derivc.symbolic.names import GREEK

Arguments = list[Operand]
Form = Callable[["Call", Arguments], Operand]
PYTHON_MODULES = ("math", "np", "numpy")
"""Modules whose names are read in strict texts; relaxed texts know every library's."""
LIBRARIES = (*PYTHON_MODULES, "torch", "F", "jax", "jnp", "scipy", "special", "sp", "sympy")
_LETTERS = {"Γ": "gamma", "σ": "sigmoid"}
"""Functions that are written as one Greek letter, as in LaTeX."""
CONSTANTS = {"pi": sp.pi, "e": sp.E, "inf": sp.oo, "tau": 2 * sp.pi}


@final
class Call:
    """A call under way: the name, its meaning, the place and the text around it."""

    def __init__(self, name: str, at: int, text: str, limits: Limits, relaxed: bool = False):
        self.name, self.at, self.text, self.limits = name, at, text, limits
        self.form: Form | None
        self.op: Op | None
        self.form, self.op = _meaning(name, at, text, relaxed)

    def finish(self, args: Arguments, named: dict[str, Operand]) -> Operand:
        """The operand that the call makes of its arguments."""
        if self.form is not None:
            if named:
                raise self.error("takes no named arguments")
            return self.form(self, args)
        assert self.op is not None
        return self._build(self.op, args, named)

    def error(self, problem: str, hint: str = "") -> ParseError:
        """An error that points at the called name."""
        return ParseError(f"{self.name} {problem}", self.text, self.at, hint)

    def numbers(self, args: Arguments, least: int, most: int | None = None) -> list[Any]:
        """The trees of the arguments, as many numbers as the form takes."""
        if not least <= len(args) <= (most if most is not None else len(args)):
            wanted = str(least) if most == least else f"{least} or more"
            raise self.error(f"takes {wanted} arguments, was given {len(args)}")
        for arg in args:
            g.demand(arg, NUMBER, self.text, f"in {self.name}(...)")
        return [g.close(arg).tree for arg in args]

    def _build(self, op: Op, args: Arguments, named: dict[str, Operand]) -> Operand:
        """The node of a registered op."""
        wanted = CONDITION if op.name.startswith("logical_") else NUMBER
        for arg in (*args, *named.values()):
            g.demand(arg, wanted, self.text, f"in {self.name}(...)")
        trees = {name: g.close(arg).tree for name, arg in named.items()}
        try:
            bound = op.bind(tuple(g.close(arg).tree for arg in args), trees)
        except DeclarationError as error:
            raise self.error(f"cannot be called so: {error}") from None
        _check_domain(op, bound)
        kind = CONDITION if "boolean" in op.tags else NUMBER
        return Operand(op.build(*bound), self.at, kind)


def constant(name: str) -> Any:
    """The constant of that name (`pi`, `np.pi`, `math.e`), or None."""
    module, _, rest = name.rpartition(".")
    if (module and module not in LIBRARIES) or name == "tau":
        return None
    return CONSTANTS.get(rest)


def is_function(name: str) -> bool:
    """True for a name that can be called."""
    return name in FORMS or _op(name) is not None


def is_taken(name: str) -> bool:
    """True for a function name that is no variable unless the caller says so: sin, not E1 or Si."""
    plain = name.isalpha() and name.islower() and (len(name) > 2 or name == "ln")
    return plain and name not in GREEK and is_function(name)


def _op(name: str) -> Op | None:
    """The op of a name: the registry's, or the one that SymPy calls so (`Abs`, `LambertW`)."""
    found = registry.resolve(_LETTERS.get(name, name))
    named = [] if found else [o for o in registry.all_ops() if o.symbol.__name__ == name]
    return named[0] if named else found


def _meaning(name: str, at: int, text: str, relaxed: bool) -> tuple[Form | None, Op | None]:
    """The form or the op of a called name."""
    module, _, rest = name.rpartition(".")
    root = module.split(".")[0]
    if root and root not in (LIBRARIES if relaxed else PYTHON_MODULES):
        raise UnsafeInputError(f"{name!r}: attributes have no place in an expression", text, at,
                               f"write {rest}(...)" if is_function(rest) else "")  # fmt: skip
    form = FORMS.get(rest)
    op = None if form else _op(name) or (_op(rest) if root else None)
    if form is None and op is None:
        raise unknown(name, at, text)
    return form, op


def unknown(name: str, at: int, text: str) -> UnknownNameError:
    """The error for a called name without meaning, with the nearest known name."""
    known = [*FORMS, *(op.name for op in registry.all_ops())]
    near = difflib.get_close_matches(name.lower()[:60], known, n=1, cutoff=0.6)
    advice = f"did you mean {near[0]!r}?" if near else "declare your own functions with dc.declare"
    if name in ("sum", "mean"):
        advice = f"only dc.compile takes it, around the whole text: dc.compile('{name}(...)')"
    hint = f"for a product write {name}*(...)" if len(name) <= 2 else advice
    return UnknownNameError(f"{name[:60]!r} is not a known function", text, at, hint)


def _check_domain(op: Op, args: list[Any]) -> None:
    """Refuse written numbers outside the op's domain, such as log(-1)."""
    if op.domain is None or not all(arg.is_Number for arg in args):
        return
    if op.domain(*args) == False:  # noqa: E712  SymPy's false too
        shown = ", ".join(map(str, args))
        raise DomainError(f"{op.name}({shown}) has no real value")


def _fold(name: str) -> Form:
    """A form of two or more numbers from an op of two."""

    def build(call: Call, args: Arguments) -> Operand:
        first, *rest = call.numbers(args, 2)
        op = registry.get(name)
        for arg in rest:
            first = op.build(first, arg)
        return Operand(first, call.at)

    return build


def _where(call: Call, args: Arguments) -> Operand:
    if len(args) != 3:
        raise call.error(f"takes 3 arguments (condition, a, b), was given {len(args)}")
    g.demand(args[0], CONDITION, call.text, "as the condition")
    call.numbers(args[1:], 2, 2)
    return Operand(g.choose(*args).tree, call.at)


def _piecewise(call: Call, args: Arguments) -> Operand:
    """SymPy's spelling: Piecewise((a, c), (b, True))."""
    pairs = []
    for arg in args:
        if arg.kind != TUPLE or len(arg.parts) != 2:
            raise call.error("takes pairs", "as in Piecewise((x, x > 0), (0, True))")
        g.demand(arg.parts[0], NUMBER, call.text, "as a value")
        g.demand(arg.parts[1], CONDITION, call.text, "as a condition")
        value, condition = (g.close(part).tree for part in arg.parts)
        pairs.append((value, condition))
    if not pairs:
        raise call.error("takes at least one pair (value, condition)")
    if all(condition == False for _, condition in pairs):  # noqa: E712  SymPy's false
        raise call.error("has no case that can hold")
    return Operand(g.piecewise(pairs), call.at)


def _sqrt(call: Call, args: Arguments) -> Operand:
    (tree,) = call.numbers(args, 1, 1)
    if tree.is_Number and tree < 0:
        raise DomainError(f"sqrt({tree}) has no real value")
    return Operand(sp.Pow(tree, g.HALF, evaluate=False), call.at)


def _root(call: Call, args: Arguments) -> Operand:
    """SymPy's spelling: root(x, n) is x**(1/n)."""
    call.numbers(args, 2, 2)
    return g.power(
        args[0], g.divide(Operand(sp.Integer(1), call.at, value=1.0), args[1]), call.limits
    )


def _pow(call: Call, args: Arguments) -> Operand:
    call.numbers(args, 2, 2)
    return g.power(args[0], args[1], call.limits)


def _log(call: Call, args: Arguments) -> Operand:
    """The natural logarithm, or with a second argument the one to that base."""
    trees = call.numbers(args, 1, 2)
    for tree in trees:
        _check_domain(registry.get("log"), [tree])
    logs = [sp.log(tree, evaluate=False) for tree in trees]
    if len(logs) == 1:
        return Operand(logs[0], call.at)
    return g.divide(Operand(logs[0], call.at), Operand(logs[1], call.at))


def _arithmetic(build: Callable[[Operand, Operand], Operand]) -> Form:
    """A form from an operator: add(a, b) is a + b."""

    def form(call: Call, args: Arguments) -> Operand:
        call.numbers(args, 2, 2)
        return g.close(build(g.close(args[0]), args[1]))

    return form


def _comparison(sign: str) -> Form:
    """A form from a comparison: Eq(a, b) is a == b."""

    def form(call: Call, args: Arguments) -> Operand:
        call.numbers(args, 2, 2)
        return g.close(g.compare(args[0], args[1], sign))

    return form


def _logic(sign: str) -> Form:
    """A form from a logical operator: And(a, b, c) is a and b and c."""

    def form(call: Call, args: Arguments) -> Operand:
        if not args:
            raise call.error("takes 1 or more arguments, was given 0")
        for arg in args:
            g.demand(arg, CONDITION, call.text, f"in {call.name}(...)")
        found, *rest = args
        for arg in rest:
            found = g.logic(found, arg, sign)
        return g.close(found)

    return form


def _not(call: Call, args: Arguments) -> Operand:
    if len(args) != 1:
        raise call.error(f"takes 1 arguments, was given {len(args)}")
    g.demand(args[0], CONDITION, call.text, "in Not(...)")
    return g.negation(args[0])


_maximum, _minimum = _fold("maximum"), _fold("minimum")
FORMS: dict[str, Form] = {
    "where": _where, "Piecewise": _piecewise, "sqrt": _sqrt, "pow": _pow, "power": _pow,
    "log": _log, "ln": _log, "max": _maximum, "Max": _maximum, "maximum": _maximum,
    "min": _minimum, "Min": _minimum, "minimum": _minimum,
    "add": _arithmetic(lambda a, b: g.add(a, b, "+")),
    "sub": _arithmetic(lambda a, b: g.add(a, b, "-")),
    "mul": _arithmetic(g.multiply), "div": _arithmetic(g.divide),
    "root": _root,
    # How SymPy prints conditions.
    "Eq": _comparison("=="), "Ne": _comparison("!="), "Lt": _comparison("<"),
    "Le": _comparison("<="), "Gt": _comparison(">"), "Ge": _comparison(">="),
    "And": _logic("and"), "Or": _logic("or"), "Not": _not,
}  # fmt: skip
"""Called names with a form of their own; every other name is looked up in the registry."""

"""From an op to its SymPy class: derivative, LaTeX, numeric value and assumptions."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.errors import NotDifferentiableError


class OpFunction(sp.Function):
    """Base of the SymPy classes that ops without a SymPy function of their own get."""

    op: Any = None
    is_real = True
    is_commutative = True

    @classmethod
    def eval(cls, *args: Any) -> Any:
        """Evaluate at exact numbers where SymPy can say the value exactly."""
        if cls.op.meaning is None or not all(arg.is_Rational for arg in args):
            return None
        value = cls.op.meaning(*args)
        return value if value.is_Rational else None

    def fdiff(self, argindex: int = 1) -> Any:
        """The declared partial with respect to one argument (counted from 1)."""
        return partial_of(self.op, self.args, argindex - 1)

    def _eval_evalf(self, prec: int) -> Any:
        if not all(arg.is_number for arg in self.args):
            return None
        return _value_by_truth(self, prec) if self.op.truth else _value_by_meaning(self, prec)

    def _eval_rewrite_as_meaning(self, *args: Any, **_: Any) -> Any:
        return self.op.meaning(*args) if self.op.meaning else self

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        shown = tex_of(self.op, [printer._print(arg) for arg in self.args])
        return rf"\left({shown}\right)^{{{exp}}}" if exp else shown


def _value_by_truth(node: Any, precision: int) -> Any:
    """The number of a node by mpmath, to so many bits; None where it has no real value."""
    import mpmath

    op = node.op
    with mpmath.workprec(precision + 20):
        function = getattr(mpmath, op.truth) if isinstance(op.truth, str) else op.truth
        numbers = [arg._to_mpmath(precision + 20) for arg in node.args]
        try:
            return sp.Float._from_mpmath(mpmath.mpf(function(*numbers)), precision)
        except (TypeError, ValueError, ZeroDivisionError):
            return None


def _value_by_meaning(node: Any, precision: int) -> Any:
    """The number of a node by evaluating its meaning, to so many bits."""
    if node.op.meaning is None:
        return None
    value = sp.sympify(node.op.meaning(*node.args)).evalf(int(precision / 3.3) + 1)
    return value if value.is_Number else None


def partial_of(op: Any, args: tuple[Any, ...], index: int) -> Any:
    """The declared partial of an op with respect to argument `index`, over these arguments.

    Raises:
        NotDifferentiableError: the declaration has no derivative there.
    """
    partials = op.partials(*args, op.symbol(*args)) if op.partials else None
    if partials is None or partials[index] is None:
        raise NotDifferentiableError(
            f"the derivative of {op.name} with respect to {op.params[index]!r} is not known;"
            " declare an op with partials, or keep that argument constant"
        )
    return sp.sympify(partials[index])


def tex_of(op: Any, args: list[str]) -> str:
    """LaTeX of the op over finished LaTeX arguments."""
    if op.tex:
        return str(op.tex.format(**dict(zip(op.params, args, strict=True))))
    name = op.name.replace("_", r"\_")
    return rf"\operatorname{{{name}}}\left({', '.join(args)}\right)"


def make_symbol(name: str, arity: int, integer: bool = False) -> Any:
    """A fresh SymPy function class for an op, real-valued, of fixed arity."""
    members = {"nargs": arity, "__module__": __name__, "is_integer": True if integer else None}
    made = type(name, (OpFunction,), members)
    globals()[f"_symbol_{name}"] = made  # so that SymPy's pickling finds the class
    made.__qualname__ = f"_symbol_{name}"
    return made

"""What a kernel tells of itself: closed forms, programs, and what layers above find out of it."""

from __future__ import annotations

from abc import ABC
from functools import cached_property
from typing import Any

from derivc.definition import Definition
from derivc.ir.program import Program
from derivc.services import service
from derivc.specs import Specs


class Reports(ABC):
    """The part of a kernel that is for people."""

    definition: Definition
    specs: Specs

    @cached_property
    def formula(self) -> Any:
        """The function as a SymPy expression (a matrix column for several outputs)."""
        from derivc.report import formula

        return formula(self.definition)

    @cached_property
    def derivatives(self) -> tuple[Any, ...]:
        """The closed-form partials, simplified, in the order of `wrt`'s elements."""
        from derivc.report import derivatives

        return derivatives(self.specs)

    @property
    def program(self) -> Program:
        """The program of `value_and_grad` (of `value` for several outputs), over primitives."""
        name = "value_and_grad" if self.definition.shape is None else "value_and_jacobian"
        return self.specs.build(name).program

    @property
    def op_program(self) -> Program:
        """The op-level program of the value: what the oracle evaluates."""
        return self.specs.value_program

    def check(self, points: int = 64, domain: Any = None, seed: int = 0) -> Any:
        """Compare value and partials with 50-digit arithmetic; a report with the worst points."""
        return service("check")(self, points=points, domain=domain, seed=seed)

    def explain(self, *args: Any, **at: Any) -> Any:
        """How the derivatives by `wrt` are found, step by step; with numbers at a point.

        Args:
            args, at: a number for every argument, or none at all.

        Example:
            >>> import derivc as dc
            >>> dc.compile("x**2").explain(x=3.0).derivations[0].slope.value
            6.0
        """
        return service("explain")(self, args, at)

    def plot(self, variable: Any = None, **options: Any) -> Any:
        """The function against its derivatives as a matplotlib Figure; see `derivc.plot`."""
        return service("plot")(self, variable, **options)

    def explain_nan(self, *args: Any, of: str = "value", **named: Any) -> Any:
        """Why a result is NaN or infinite: the first sub-expression, its operands, the truth.

        Args:
            args, named: as in a call; of arrays the first element that is not finite is explained.
            of: "value", or "grad" for the partials.

        Returns:
            A report that prints well; `.ok` when every result is finite.
        """
        return service("explain_nan")(self, args, named, of)

    def swell(self) -> Any:
        """Weighted operations of the function, its tree gradient and the compiled gradient."""
        from derivc.report import swell

        return swell(self.specs)

"""The real expressions whose digits are measured, from the collection beside the checkout."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import derivc as dc
from benchmarks.cases import DATA
from derivc.ir.program import Program
from derivc.lowering import multiprecision
from derivc.verify.sample import sample

Point = tuple[float, ...]
SETS = ("feynman", "fpbench", "nist", "mgh", "herbie")
_MOST_RESIDUALS = 4


@dataclass(frozen=True)
class Expression:
    """One expression with its variables, their intervals and a condition that must hold."""

    name: str
    text: str
    variables: tuple[str, ...]
    domain: dict[str, Any]
    condition: str = ""

    def points(self, count: int, everywhere: bool = False) -> list[Point]:
        """Points inside the domain, or over all floats; the same in every run."""
        domain = {} if everywhere else self.domain
        test = None if everywhere else self._test()
        return sample(self.variables, domain, count, test, seed=len(self.text))

    def _test(self) -> Any:
        if not self.condition:
            return None
        program = dc.compile(f"where({self.condition}, 1, 0)", inputs=self.variables).op_program
        return lambda point: _holds(program, point)


def _holds(program: Program, point: Sequence[float]) -> bool:
    return bool(multiprecision.run(program, [multiprecision.to_exact(v) for v in point])[0] == 1)


def load(name: str) -> list[Expression]:
    """The expressions of one set; empty when the collection is not there."""
    path = DATA / f"{name}.json"
    items = json.loads(path.read_text()) if path.exists() else []
    return [e for item in items for e in _expressions(item) if e.variables]


def _expressions(item: dict[str, Any]) -> list[Expression]:
    texts = item.get("residuals") or [item.get("expr")]
    if len(texts) > _MOST_RESIDUALS:
        texts = random.Random(0).sample(texts, _MOST_RESIDUALS)
    name, condition = item["id"], item.get("pre") or ""
    variables = tuple(item["vars"])
    return [Expression(name, t, variables, item["domain"], condition) for t in texts if t]

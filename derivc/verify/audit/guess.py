"""Arguments to call a function with where nobody gave any: tried until it runs."""

from __future__ import annotations

import ast
import itertools
import random
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, final

import numpy as np

from derivc.errors import InputTypeError
from derivc.verify.audit.failures import failure
from derivc.verify.audit.subject import CallError, Case, Subject

_SHAPES: tuple[tuple[int, ...], ...] = (
    (4,), (), (2, 3), (3, 3), (3,), (4, 3), (3, 4), (2, 2, 3), (1,), (2, 3, 4), (2, 3, 4, 4),
)  # fmt: skip
_MOST, _MOST_AFTER = 1_500, 100
_PLACES = frozenset(["dim", "axis"])
_WHOLE = frozenset(["n", "k", "order", "p", "power", "num", "size", "steps", "degree", "exponent"])
CONSTANTS = frozenset(
    "target targets label labels mask truth gt true index indices idx reference noise".split()
)
"""Names of arguments that nobody differentiates by."""

_VALUES: dict[str, Any] = {"bool": True, "int": 3, "float": 0.7, "str": "sum"}


def guess(subject: Subject) -> Case:
    """A case that runs, by signature, annotations, defaults and trial.

    Raises:
        InputTypeError: none of the tries runs; says how to give arguments.
        CallError: forward fails whatever it is given.
    """
    best = _Best()
    _search(subject, best)
    if best.case is not None:
        return best.case
    if best.first is not None and failure(best.first).code in _HOPELESS:
        raise best.first  # no argument would help
    given = ", ".join(p.name for p in subject.parameters)
    raise InputTypeError(
        f"no arguments were found that {subject.name}({given}) runs with; give some, as in"
        f' inputs=(torch.randn(4), ...) or --inputs "randn(4), 2"'
        + (f" (it says: {best.first.problem})" if best.first else "")
    )


def _search(subject: Subject, best: _Best) -> None:
    """Try all kinds of arguments in float64, and in float32 where it asks for that."""
    for more in _MORE if any(p.kind is p.VAR_POSITIONAL for p in subject.parameters) else (0,):
        _guessed(subject, best, *_sorted(subject, more))
        if best.case is not None:
            return
    if best.first is not None and wants_single(subject, best.first) and not best.single:
        best.single, best.is_settled, best.budget = True, False, _MOST
        _search(subject, best)


def wants_single(subject: Subject, problem: CallError) -> bool:
    """Whether a failed call may be due to float64."""
    words = f"{problem.problem} {problem.code}"
    return subject.library == "torch" and bool(_ASKS_FOR_SINGLE.search(words))


_ASKS_FOR_SINGLE = re.compile(r"float|fp32|fp16|single|half|dtype|double", re.IGNORECASE)

_MORE = (2, 1, 3)
"""So many arguments stand for `*args`, likelier first."""

_FORWARD, _SUMMED, _WHOLE_CALL = 1, 2, 3


@final
class _Best:
    """The best case so far.

    Attributes:
        rank: 0 for none, then: forward runs, backward runs too, and gradients have the shapes of
            their inputs. case: the first of that rank. first: the first failure.
        is_settled: whether no other arguments would do better. single: whether float32 is tried.
    """

    def __init__(self) -> None:
        self.rank, self.is_settled, self.budget, self.single = 0, False, _MOST, False
        self.case: Case | None = None
        self.first: CallError | None = None

    def take(self, case: Case, rank: int) -> None:
        """A case, if it is better than what was there."""
        if rank > self.rank:
            self.case, self.rank = case, rank
            self.budget = _MOST_AFTER
        self.is_settled |= rank == _WHOLE_CALL

    def failed(self, problem: CallError) -> None:
        """A failure: of one that has nothing to do with the arguments there is an end."""
        self.first = self.first or problem
        hopeless = _WHATEVER if problem.stage == "backward" and self.rank else _HOPELESS
        self.is_settled |= failure(problem).code in hopeless


_HOPELESS = frozenset(["undefined-name", "exit", "import", "no-rule", "cuda"])
_WHATEVER = _HOPELESS | {"missing-attribute", "not-implemented", "count", "arguments", "unpack"}


def _guessed(
    subject: Subject, best: _Best, names: list[str], fixed: dict[str, Any], free: list[str]
) -> None:
    for kinds in _kinds(subject, names, free):
        _tried(subject, best, names, fixed, free, kinds)
        if best.is_settled or best.rank >= _SUMMED:
            return


def _sorted(subject: Subject, more: int) -> tuple[list[str], dict[str, Any], list[str]]:
    """Names of all arguments, the values of those that are fixed, the names of the others."""
    names: list[str] = []
    fixed: dict[str, Any] = {}
    for parameter in subject.parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}{i}" for i in range(more)]
        elif parameter.kind is parameter.VAR_KEYWORD:
            continue
        else:
            names.append(parameter.name)
            value = _annotated(parameter)
            if value is not None:
                fixed[parameter.name] = value
            elif parameter.default is not parameter.empty:
                fixed[parameter.name] = parameter.default
    return names, fixed, [n for n in names if n not in fixed]


def _annotated(parameter: Any) -> Any:
    """A value for a number by its annotation; the default where it has one."""
    note = parameter.annotation
    word = note if isinstance(note, str) else getattr(note, "__name__", "")
    if word not in _VALUES:
        return None
    if parameter.default is not parameter.empty:
        return parameter.default
    return -1 if parameter.name in _PLACES else _VALUES[word]


def in_single(case: Case) -> Case:
    """The case in float32."""
    told = "it was called in float32, the dtype that it computes in"
    return replace(case, single=True, assumed=(*case.assumed, told))


def _kinds(subject: Subject, names: list[str], free: list[str]) -> Iterator[tuple[str, ...]]:
    """What each argument may be, likelier first: arrays, or numbers where backward returns None."""
    nones = returned_none(subject, names) or _came_back_none(subject, names, free)
    saved = _saved_names(subject)
    first = next((n for n in free if n not in subject.held), "")
    nones = set(subject.held) | (nones - {first})
    likely = tuple(_constant_kind(n, n in saved) if n in nones else "array" for n in free)
    yield likely
    others = [i for i, kind in enumerate(likely) if kind != "array"]
    for other in ("number", "whole", "constant", "labels", "one", "last", "true", "array"):
        if others and not (other == "array" and subject.held):
            yield tuple(other if i in others else kind for i, kind in enumerate(likely))
    rest = range(1, len(free)) if not subject.held else ()
    for other, count in itertools.product(("number", "whole", "labels", "one", "last"), (1, 2)):
        for chosen in itertools.combinations(rest, count):
            yield tuple(other if i in chosen else "array" for i in range(len(free)))


def _constant_kind(name: str, is_saved: bool) -> str:
    """What an argument is most likely for which backward returns None."""
    word = name.lower()
    if any(part in CONSTANTS for part in (word, *word.split("_"))):
        return "constant"
    if word in _PLACES:
        return "last"
    if word in _WHOLE:
        return "whole"
    return "array" if is_saved else "number"


def _saved_names(subject: Subject) -> set[str]:
    """The names that stand in `ctx.save_for_backward(...)`."""
    found = re.findall(r"save_for_backward\(([^)]*)\)", subject.place.text)
    return {name.strip() for text in found for name in text.split(",")}


def _came_back_none(subject: Subject, names: list[str], free: list[str]) -> set[str]:
    """The arguments whose gradient comes back as None, tried where there is no text to read."""
    if subject.place.text or len(free) != len(names):
        return set()
    kinds = tuple("array" for _ in free)
    case = _case(names, {}, free, kinds, tuple((4,) for _ in free), 0.0)
    try:
        outputs = subject.forward(case, case.arrays)
        found = subject.backward(case, case.arrays, [np.ones(np.shape(y)) for y in outputs])
    except CallError:
        return set()
    return {name for name, gradient in zip(names, found, strict=True) if gradient is None}


def returned_none(subject: Subject, names: Sequence[str]) -> set[str]:
    """The arguments for which every return of backward has a literal None."""
    try:
        tree = ast.parse(textwrap.dedent(subject.place.text))
    except SyntaxError:
        return set()
    rows = [
        node.value.elts
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name in ("backward", "vjp", "bwd")
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
    ]
    found = [
        {n for n, item in zip(names, row, strict=False) if isinstance(item, ast.Constant)}
        for row in rows
    ]
    return set.intersection(*found) if found else set()


def _tried(
    subject: Subject, best: _Best, names: list[str], fixed: dict[str, Any], free: list[str],
    kinds: tuple[str, ...],
) -> None:  # fmt: skip
    """Shapes with which everything runs, until some do."""
    for shapes, offset in itertools.product(_shapes(kinds), (0.0, 2.0)):
        case = _case(names, fixed, free, kinds, shapes, offset)
        case = in_single(case) if best.single else case
        try:
            outputs = subject.forward(case, case.arrays)
            if not outputs or not _sound(outputs):
                continue
            best.take(case, _FORWARD)
            best.budget -= 1
            seeds = [np.ones(np.shape(y)) for y in outputs]
            subject.backward(case, case.arrays, seeds)
            best.take(case, _WHOLE_CALL if subject.fits(case, seeds) else _SUMMED)
        except CallError as problem:
            best.failed(problem)
        if best.is_settled or best.budget < 0:
            return


def _sound(outputs: Sequence[Any]) -> bool:
    return all(np.all(np.isfinite(y)) for y in outputs)


def _shapes(kinds: tuple[str, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """The same shape for all arrays, then others for each."""
    arrays = [i for i, kind in enumerate(kinds) if kind in ("array", "constant")]
    for shape in _SHAPES:
        yield tuple(shape for _ in arrays)
    if len(arrays) > 1:
        mixed = itertools.product(_SHAPES[:9], repeat=len(arrays))
        yield from itertools.islice(mixed, _MOST)


def _case(
    names: list[str], fixed: dict[str, Any], free: list[str], kinds: tuple[str, ...],
    shapes: tuple[tuple[int, ...], ...], offset: float,
) -> Case:  # fmt: skip
    source = random.Random(3)
    values, left = dict(fixed), iter(shapes)
    said: list[str] = []
    for name, kind in zip(free, kinds, strict=True):
        if kind in ("array", "constant"):
            values[name] = _drawn(source, next(left), bool(offset) or kind == "constant")
        else:
            values[name] = _number(kind, len(said), shapes)
        if kind == "constant":
            said.append(f"{name} was held constant: backward returns None for it")
        elif kind != "array":
            said.append(f"{name} was taken for {values[name]!r}; give inputs for anything else")
    moving = tuple(i for i, n in enumerate(names) if n in free and kinds[free.index(n)] == "array")
    return Case(tuple(names), tuple(values[n] for n in names), moving, tuple(said), True)


def _drawn(source: random.Random, shape: tuple[int, ...], positive: bool) -> Any:
    size = range(int(np.prod(shape)))
    numbers = [float(f"{abs(source.gauss(0, 1)):.6g}") for _ in size]
    signed = numbers if positive else [n * source.choice((1, -1)) for n in numbers]
    return np.array(signed, float).reshape(shape)


def _number(kind: str, place: int, shapes: Sequence[Any]) -> Any:
    """A number of a kind, another one in each place."""
    first = shapes[0][0] if shapes and shapes[0] else 1
    found = {"whole": 3 + place, "one": 1, "last": -1, "true": True}
    if kind == "labels":
        return np.arange(first, dtype=np.int64) % 2
    return round(0.7 + 0.6 * place, 1) if kind == "number" else found[kind]

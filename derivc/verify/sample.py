"""Points to check at: spread over a domain, or over all floats; the same for the same seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from derivc.errors import InputTypeError
from derivc.verify.ulp import from_ordinal, ordinal

Interval = tuple[float | None, float | None]
Condition = Callable[[Sequence[float]], Any]

_EVERYWHERE: Interval = (None, None)
_TRIES = 200


def sample(
    names: Sequence[str],
    domain: Mapping[str, Any] | None = None,
    count: int = 64,
    condition: Condition | None = None,
    seed: int = 0,
) -> list[tuple[float, ...]]:
    """Points inside a domain.

    Args:
        names: the inputs, in order.
        domain: an interval per name; None for an end means without end, and an interval without
            both ends is sampled over all floats.
        count: how many points are wanted.
        condition: must hold at a point for it to be taken.
        seed: of the generator.

    Returns:
        Up to `count` points; fewer when the condition is hard to meet.

    Example:
        >>> sample(["x"], {"x": (1, 2)}, 2) == sample(["x"], {"x": (1, 2)}, 2)
        True
    """
    source = random.Random(seed)
    intervals = [tuple((domain or {}).get(name) or _EVERYWHERE) for name in names]
    found: list[tuple[float, ...]] = []
    for _ in range(_TRIES * count):
        if len(found) == count:
            break
        point = tuple(_draw(source, low, high) for low, high in intervals)
        if condition is None or _holds(condition, point):
            found.append(point)
    return found


def check_domain(names: Sequence[str], domain: Any) -> None:
    """Whether a domain is an interval per name, the lower end first, and names nothing else.

    Raises:
        InputTypeError: it is not.

    Example:
        >>> check_domain(["x"], {"x": (0, 1)})
    """
    unknown = set(domain) - set(names) if isinstance(domain, Mapping) else {repr(domain)}
    if unknown:
        raise InputTypeError(
            f"domain takes an interval per variable, {{name: (low, high)}} of {', '.join(names)};"
            f" it was given {', '.join(map(str, sorted(unknown)))}"
        )
    for name, interval in domain.items():
        if interval is not None and not _is_interval(interval):
            raise InputTypeError(
                f"the domain of {name} is two numbers, the lower first, or None for an open end;"
                f" got {interval!r}"
            )


def _is_interval(interval: Any) -> bool:
    try:
        low, high = interval
        return low is None or high is None or bool(low <= high)
    except (TypeError, ValueError):
        return False


def _holds(condition: Condition, point: Sequence[float]) -> bool:
    try:
        return bool(condition(point))
    except (ArithmeticError, ValueError):
        return False


def _draw(source: random.Random, low: float | None, high: float | None) -> float:
    """Uniform, or (for one draw in two) uniform in the logarithm; over floats without ends."""
    if low is None or high is None:
        return any_float(source, low, high)
    if low == high or source.random() < 0.5:
        return source.uniform(low, high)
    return _logarithmic(source, low, high)


def _logarithmic(source: random.Random, low: float, high: float) -> float:
    """Uniform in the logarithm of the distance from the end that is nearer to zero."""
    near, far = (low, high) if abs(low) <= abs(high) else (high, low)
    if low < 0 < high:
        near, far = 0.0, source.choice((low, high))
    width = far - near
    away = math.exp(source.uniform(math.log(1e-8), 0.0)) * width
    return min(max(near + away, low), high)


def any_float(source: random.Random, low: float | None = None, high: float | None = None) -> float:
    """A finite double, all bit patterns between the ends alike."""
    least = ordinal(-1.7976931348623157e308 if low is None else low)
    most = ordinal(1.7976931348623157e308 if high is None else high)
    return from_ordinal(source.randint(least, most))


def moderate(names: Sequence[str], seed: int = 0) -> Iterator[tuple[float, ...]]:
    """Points without end: near 1, near 0, of both signs, up to a few hundred, and extreme ones."""
    source = random.Random(seed)
    kinds: tuple[Callable[[], float], ...] = (
        lambda: source.gauss(0, 2),
        source.random,
        lambda: 10 ** source.uniform(-4, 2.5),
        lambda: 1 + source.random(),
        lambda: source.choice((-1, 1)) * 10 ** source.uniform(-3, 1.5),
        lambda: source.choice((-1, 1)) * 10 ** source.uniform(-100, 100),
    )
    while True:
        for kind in kinds:
            yield tuple(kind() for _ in names)

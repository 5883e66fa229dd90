"""How long one small kernel takes to compile in this very process; prints JSON.

Run by `benchmarks.extras` in fresh processes. SymPy, the runtime and another kernel are there
beforehand, so that it is this kernel that is timed: `whole` from its text to its first result,
`native` the step from C text to a loaded library. `first` is what came before: the first kernel,
with the imports and the runtime's own compilation.
"""

from __future__ import annotations

import json
import time

TEXT = "sin(x)*exp(-x**2/2) + log(1 + x**2)"
OTHER = "x*exp(-y)"


def main() -> None:
    """Compile, call, print."""
    times: dict[str, float] = {}
    start = time.perf_counter()
    import derivc as dc
    from derivc.native import function

    times["import"] = time.perf_counter() - start
    times["first"] = _whole(dc, OTHER, (1.0, 2.0))
    inner = function.load
    function.load = lambda *given: _timed(times, inner, given)  # type: ignore[assignment]
    times["whole"] = _whole(dc, TEXT, (1.0,))
    print(json.dumps(times))


def _whole(dc: object, text: str, point: tuple[float, ...]) -> float:
    start = time.perf_counter()
    dc.compile(text, backend="c").value_and_grad(*point)  # type: ignore[attr-defined]
    return time.perf_counter() - start


def _timed(times: dict[str, float], load: object, given: tuple[object, ...]) -> object:
    start = time.perf_counter()
    found = load(*given)  # type: ignore[operator]
    times["native"] = time.perf_counter() - start
    return found


if __name__ == "__main__":
    main()

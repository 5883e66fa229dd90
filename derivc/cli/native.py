"""What this machine offers to native kernels, found by building one."""

from __future__ import annotations

import time


def native_findings() -> dict[str, str]:
    """One line each: whether a kernel compiles here, by what, its vector functions and threads."""
    from derivc.errors import DerivcError
    from derivc.native.toolchain import find, vector_forms
    from derivc.options import default_backend, processors

    forms = [name for name in sorted(vector_forms()) if not name.endswith("f") or name == "erf"]
    found = {
        "default backend": default_backend(),
        "vector functions": ", ".join(forms) or "none (libmvec is missing; scalar ones serve)",
        "threads": str(processors()),
    }
    try:
        found["compiler"] = find().version or " ".join(find().command)
        return {"native kernels": _tried(), **found}
    except DerivcError as problem:
        return {"native kernels": f"no: {problem}", **found}


def _tried() -> str:
    """Build a small library that is in no cache, and say how long it took."""
    from derivc.native.library import load

    start = time.perf_counter()
    answer = load(f"int answer(void) {{ return 42; }} /* {time.time_ns()} */", keep=False).answer()
    seconds = time.perf_counter() - start
    return f"yes, a small library took {seconds:.2f} s" if answer == 42 else "no: wrong result"

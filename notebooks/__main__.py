"""`python -m notebooks`: execute every source and write its notebook; `python -m notebooks 05 06`."""

from __future__ import annotations

import sys
import time

from notebooks.pairing import missing, sources, write


def main(wanted: list[str]) -> int:
    """Write the notebooks whose names begin so (default: all); 1 when a package is missing."""
    chosen = [s for s in sources() if not wanted or s.name.startswith(tuple(wanted))]
    lacking = [name for source in chosen for name in missing(source)]
    if lacking or not chosen:
        print(
            f"not installed: {', '.join(dict.fromkeys(lacking))}" if lacking else "no such source"
        )
        return 1
    for source in chosen:
        start = time.perf_counter()
        target = write(source)
        print(f"{target.name}: {time.perf_counter() - start:.1f} s, {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

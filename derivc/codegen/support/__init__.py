"""What generated modules carry along: how numbers and arrays are taken in and handed out.

The text of these modules below the mark is copied into every generated module, so that it runs
without derivc. Users' names never meet these: all begin with an underscore.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

PARTS = ("problems", "call", "numbers", "memory", "blocks", "repair", "plan")
STEEP_PARTS = (*PARTS[:-1], "scaled", PARTS[-1])
MARK = "# --- carried ---\n"


@lru_cache(maxsize=2)
def carried(steep: bool = False) -> str:
    """The text, without the imports, the same for every generated module.

    Args:
        steep: with numbers of unlimited range, for programs with exponentials.
    """
    folder = resources.files(__name__)
    texts = [
        folder.joinpath(f"{part}.py").read_text(encoding="utf-8")
        for part in (STEEP_PARTS if steep else PARTS)
    ]
    return "\n\n\n".join(text.split(MARK, 1)[1].strip() for text in texts)

"""`python -m derivc`: the command line."""

from __future__ import annotations

from derivc.cli import main

if __name__ == "__main__":
    main()

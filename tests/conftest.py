"""Generated code is kept in a folder of this run, not in the user's cache."""

from __future__ import annotations

import os
import tempfile

os.environ["DERIVC_CACHE_DIR"] = tempfile.mkdtemp(prefix="derivc-cache-")

"""The kernel: what `derivc.compile` makes."""

from __future__ import annotations

from derivc.kernel.kernel import Kernel as Kernel

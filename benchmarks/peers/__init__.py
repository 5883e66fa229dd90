"""What runs side by side: derivc, the libraries that are installed, and two floors.

A peer prepares a case once (deriving and compiling are not timed) and binds it to inputs, which it
converts to its own arrays first (not timed, either). What is timed is a call that leaves fresh
outputs behind, unless its line says that it fills given ones.
"""

from __future__ import annotations

from benchmarks.peers.base import Peer, Unsupported
from benchmarks.peers.registry import PEERS, chosen

__all__ = ["PEERS", "Peer", "Unsupported", "chosen"]

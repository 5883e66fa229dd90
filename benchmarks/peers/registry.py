"""All peers, in the order of the tables."""

from __future__ import annotations

from benchmarks.named import each_of
from benchmarks.peers import casadi_, floor, handwritten, jax_, numba_, ours, symbolic, torch_
from benchmarks.peers.base import Peer

OURS = "derivc c"
"""The one that the others are compared with."""

PEERS = (
    Peer(OURS, ours.kernel(backend="c", threads=1)),
    Peer("derivc c, all threads", ours.kernel(backend="c"), threads=True),
    Peer("derivc c, out=", ours.into_outputs),
    Peer("derivc numpy", ours.kernel()),
    Peer("lambdify", symbolic.lambdified(cse=False)),
    Peer("lambdify cse", symbolic.lambdified(cse=True)),
    Peer("lambdify math", symbolic.by_math),
    Peer("numexpr", symbolic.numexpr_, ("numexpr",)),
    Peer("numba", numba_.prepare, ("numba",)),
    Peer("CasADi", casadi_.prepare, ("casadi",)),
    Peer("JAX jit", jax_.prepare, ("jax",)),
    Peer("torch", torch_.eager, ("torch",)),
    Peer("torch.compile", torch_.compiled, ("torch",), heavy=True),
    Peer("C by hand", handwritten.prepare),
    Peer("copy floor", floor.prepare),
)


def chosen(names: str = "") -> list[Peer]:
    """The peers that a comma-separated list names, derivc c always among them; all by default.

    Raises:
        BadParameter: there is no such peer.
    """
    if not names:
        return [*PEERS]
    known = {peer.name.replace(",", ""): peer for peer in PEERS}
    wanted = [known[name] for name in each_of(names, known, "peer")]
    return [p for p in PEERS if p in wanted or p.name == OURS]

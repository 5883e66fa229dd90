"""mpmath: the truth itself as a peer, so that every point is judged."""

from __future__ import annotations

from typing import final

import numpy as np

from derivc.verify.crosscheck.peers.base import Answer, Job, Peer
from derivc.verify.crosscheck.truth import Truth


@final
class MpmathPeer(Peer):
    """50-digit values, and differences of them.

    Args:
        truth: the judge, which keeps what it has found.
    """

    name = "mpmath"

    def __init__(self, truth: Truth):
        self.truth = truth

    def answer(self, job: Job) -> Answer:
        """Every quantity, rounded to the nearest number of the columns' type."""
        rows = [
            self.truth.at(tuple(float(x) for x in point))
            for point in zip(*job.columns, strict=True)
        ]
        dtype = job.columns[0].dtype
        with np.errstate(all="ignore"):
            found = {q: np.array([row[q] for row in rows], dtype) for q in job.subject.wanted}
        return Answer(found)

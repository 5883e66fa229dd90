"""Have dask compute, and tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Progress = Callable[[int, int], None]
"""Called with the number of blocks that are done and the number of all."""


def compute(total: Any, blocks: Sequence[Any], progress: Progress | None = None) -> Any:
    """The value of a delayed object, by the scheduler that dask would take.

    Args:
        total: a delayed object. blocks: the delayed objects that it is made of, to be counted.
        progress: called for every block that is done; None to call nothing.
    """
    if progress is None:
        return total.compute()
    client = _client()
    if client is None:
        return _watched_here(total, blocks, progress)
    return _watched_there(client, total, blocks, progress)


def _client() -> Any:
    """The client of the cluster that dask would compute on, or None."""
    from dask.base import get_scheduler

    owner = getattr(get_scheduler(), "__self__", None)  # the method `get` of a client
    return owner if hasattr(owner, "compute") else None


def _watched_here(total: Any, blocks: Sequence[Any], progress: Progress) -> Any:
    from dask.callbacks import Callback

    waiting = {block.key for block in blocks}

    def finished(key: Any, *_: Any) -> None:
        if key in waiting:
            waiting.remove(key)
            progress(len(blocks) - len(waiting), len(blocks))

    with Callback(posttask=finished):
        return total.compute()


def _watched_there(client: Any, total: Any, blocks: Sequence[Any], progress: Progress) -> Any:
    from distributed import as_completed

    *parts, result = client.compute([*blocks, total])
    for done, _ in enumerate(as_completed(parts), start=1):
        progress(done, len(blocks))
    return result.result()

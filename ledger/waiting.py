"""How long whoever asks may still wait: for a connection, a lock, a commit, all waits together.

Who is told late to come back was told nothing. Beside requests nobody waits for an answer, and
there is no end.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Final

LEAST_SECONDS: Final = 0.2
"""What is there after the end, too: who has worked for long may still open a connection."""
_END: Final[ContextVar[float | None]] = ContextVar("end", default=None)


def end_after(seconds: float, *, since: float | None = None) -> None:
    """From now on, or since an instant of `time.monotonic`, the act under way may wait so long."""
    _END.set((time.monotonic() if since is None else since) + seconds)


def left(most: float, *, before: float = 0.0) -> float:
    """Seconds that may be waited now: up to `most`, and none of those `before` the end."""
    end = _END.get()
    if end is None:
        return most
    return min(most, max(LEAST_SECONDS, end - before - time.monotonic()))


def take_time() -> None:
    """From now on, the act under way is long by itself and has no end."""
    _END.set(None)

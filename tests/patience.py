"""Waiting for what another process or task does: as long as it takes, up to a bound."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


async def until(holds: Callable[[], object], seconds: float = 15.0, every: float = 0.01) -> float:
    """The seconds until `holds` says so, awaited where it wants to be.

    A test that sleeps a while and then looks fails on a busy machine; this one asks again.
    """
    begun = time.monotonic()
    while True:
        said = holds()
        if inspect.isawaitable(said):
            said = await said
        if said:
            return time.monotonic() - begun
        assert time.monotonic() - begun < seconds, f"not so after {seconds} s: {holds}"
        await asyncio.sleep(every)

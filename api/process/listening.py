"""Hearing what other processes tell: LISTEN on a connection of its own, opened again when it ends.

Whoever remembers something is told when nothing is heard any more, and when it is heard again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Connect = Callable[[], Awaitable[asyncpg.Connection[asyncpg.Record]]]

PAUSE_SECONDS: Final = 0.5
_AWAY: Final = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError)


class Hears(Protocol):
    """Whoever remembers what others may change."""

    def heard(self, payload: str) -> None:
        """A notice of its channel came."""

    def found(self) -> None:
        """From now on every notice is heard."""

    def lost(self) -> None:
        """Nothing is heard any more."""


class Together:
    """Several who hear one channel."""

    def __init__(self, *hearers: Hears) -> None:
        self._hearers = hearers

    def heard(self, payload: str) -> None:
        """A notice of the channel came."""
        for hearer in self._hearers:
            hearer.heard(payload)

    def found(self) -> None:
        """From now on every notice is heard."""
        for hearer in self._hearers:
            hearer.found()

    def lost(self) -> None:
        """Nothing is heard any more."""
        for hearer in self._hearers:
            hearer.lost()


class Listener:
    """One connection that listens for everybody in this process.

    Args:
        connect: opens a connection of the application role.
        hearers: who hears each channel.
    """

    def __init__(self, connect: Connect, hearers: Mapping[str, Hears]) -> None:
        self._connect = connect
        self._hearers = hearers
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen from now on."""
        begun = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run(begun))
        await asyncio.wait_for(begun.wait(), 5)

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self, begun: asyncio.Event) -> None:
        while True:
            with suppress(*_AWAY):
                await self._listen(begun)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self, begun: asyncio.Event) -> None:
        connection: Any = await self._connect()
        ended = asyncio.Event()
        connection.add_termination_listener(lambda *_: ended.set())
        try:
            for channel, hearer in self._hearers.items():
                await connection.add_listener(channel, _passing_on(hearer))
            for hearer in self._hearers.values():
                hearer.found()
            begun.set()
            await ended.wait()
        finally:
            for hearer in self._hearers.values():
                hearer.lost()
            connection.terminate()


def _passing_on(hearer: Hears) -> Callable[..., None]:
    return lambda _connection, _pid, _channel, payload: hearer.heard(payload)

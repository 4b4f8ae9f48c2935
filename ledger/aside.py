"""Beside the lanes: one barrier for all who wait for one, one notice for all who listen.

Each has a connection of its own, so that a standby that does not answer stops nobody who posts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from ledger.lane import BREAKS_A_LANE, LaneBroken, unconfirmed

if TYPE_CHECKING:
    import asyncpg

    from ledger.lane import Connect

CHANNEL: Final = "ledger"
"""The channel on which the head of the chain is told after a commit."""
PAUSE_SECONDS: Final = 0.5


class _Aside:
    """One statement at a time on a connection of its own, opened when first needed."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Any = None
        self._doubt = False
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Drop what is still asked, and the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        self._drop()

    async def _ask(self, query: str, *arguments: object) -> Any:
        try:
            if self._connection is None:
                self._connection = await self._connect()
                self._connection.add_log_listener(self._hear)
            self._doubt = False
            value = await self._connection.fetchval(query, *arguments)
        except BREAKS_A_LANE as error:
            self._drop()
            raise LaneBroken from error
        except asyncio.CancelledError:
            self._drop()
            raise
        if self._doubt:
            raise LaneBroken
        return value

    def _hear(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        self._doubt = self._doubt or unconfirmed(message)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


class Barrier(_Aside):
    """Knows the highest seq that is durable; asks the database when somebody needs a higher one."""

    durable_seq = 0
    """Highest seq whose commit this process saw confirmed."""

    async def passed(self, seq: int) -> None:
        """Return once `seq` is durable; those who wait share one question."""
        while seq > self.durable_seq:
            if self._task is None or self._task.done():
                self._task = asyncio.get_running_loop().create_task(self._pass())
            await asyncio.shield(self._task)

    async def _pass(self) -> None:
        try:
            head = await self._ask("select ledger.barrier()")
            self.durable_seq = max(self.durable_seq, head)
        except LaneBroken:
            await asyncio.sleep(PAUSE_SECONDS)


class Notifier(_Aside):
    """Tells other processes the head of the chain; what happens meanwhile is told once."""

    _head = 0

    def tell(self, head: int) -> None:
        """The chain has grown to `head`."""
        self._head = head
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        told = 0
        try:
            while told != self._head:
                told = self._head
                await self._ask("select pg_notify($1, $2)", CHANNEL, str(told))
        except LaneBroken:
            pass  # readers poll each second: a lost notice delays, it hides nothing

"""What many payers could pay with, read by one query a round on a connection of its own.

No timer: who comes alone is asked for at once; who comes while a query is under way goes with the
next one, so that what is answered was read after it was asked for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger import store
from ledger.lane import BREAKS_A_LANE
from ledger.refusals import Overloaded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self
    from uuid import UUID

    from ledger.lane import Connect
    from ledger.store import Purse

ROUND_MAX: Final = 256
"""Most purses read by one query."""
WAITING_MAX: Final = 4_096
"""Most callers waiting; beyond it the caller is told to come back."""
READ_SECONDS: Final = 5.0
"""How long one query may take, connecting included."""


class _Asked(NamedTuple):
    party: int
    acceptor: int
    key: UUID
    answer: asyncio.Future[Purse]


class Purses:
    """Reads purses for every payment of a process.

    Args:
        connect: opens a connection of the application role; called when first needed, and again
            when it breaks.
        waiting_max: most callers that may wait.
    """

    def __init__(self, connect: Connect, *, waiting_max: int = WAITING_MAX) -> None:
        self._connect = connect
        self._connection: Any = None
        self._waiting: list[_Asked] = []
        self._waiting_max = waiting_max
        self._task: asyncio.Task[None] | None = None
        self.rounds = 0
        """Queries sent so far."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, *, party: int, acceptor: int, key: UUID) -> Purse:
        """The purse of a party as it is after this call began; `key` is the payment's.

        Raises:
            Overloaded: too many wait, or the database does not answer; nothing was posted.
        """
        if len(self._waiting) >= self._waiting_max:
            raise Overloaded(key)
        loop = asyncio.get_running_loop()
        asked = _Asked(party, acceptor, key, loop.create_future())
        self._waiting.append(asked)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._rounds())
        return await asked.answer

    async def close(self) -> None:
        """Tell who still waits to come back, and drop the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        _send_back(self._waiting)
        self._waiting = []
        self._drop()

    async def _rounds(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:ROUND_MAX], self._waiting[ROUND_MAX:]
            await self._answer(asked)

    async def _answer(self, asked: list[_Asked]) -> None:
        try:
            found = await self._twice([(one.party, one.acceptor) for one in asked])
        except BREAKS_A_LANE:
            _send_back(asked)
        except Exception as error:  # noqa: BLE001  why: whatever one of them does to the round
            await self._one_by_one(asked, error)
        except BaseException:
            _send_back(asked)
            raise
        else:
            for one, purse in zip(asked, found, strict=True):
                if not one.answer.done():
                    one.answer.set_result(purse)

    async def _one_by_one(self, asked: list[_Asked], error: Exception) -> None:
        """The careful path: who makes the query fail shall fail alone."""
        if len(asked) > 1:
            for one in asked:
                await self._answer([one])
        elif not asked[0].answer.done():
            asked[0].answer.set_exception(error)

    async def _twice(self, asked: Sequence[tuple[int, int]]) -> list[Purse]:
        """One query; a connection that broke while nobody used it costs a second one."""
        fresh = self._connection is None
        try:
            return await self._ask(asked)
        except BREAKS_A_LANE as error:
            if fresh or isinstance(error, TimeoutError):
                raise
        return await self._ask(asked)

    async def _ask(self, asked: Sequence[tuple[int, int]]) -> list[Purse]:
        self.rounds += 1
        try:
            async with asyncio.timeout(READ_SECONDS):
                if self._connection is None:
                    self._connection = await self._connect()
                return await store.purses(self._connection, asked)
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def _send_back(asked: Sequence[_Asked]) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(Overloaded(one.key))

"""Who follows accounts: told of each entry that moves them, once it is known to survive.

One reader for all in this process, woken by its own poster, by NOTIFY ledger, and each second in
any case; it reads nothing while nobody follows. Whoever does not keep up is let go, and comes back
with the cursor of what was told last.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import asyncpg

from api.wire.problems import Problem, overloaded
from ledger import store
from ledger.waiting import take_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from ledger.paying import Connected
    from ledger.poster import Poster
    from ledger.store import Entry

FOLLOWERS_MAX: Final = 256
"""Streams of one process; one more is told to come back."""
WAITING_MAX: Final = 500
"""Entries a follower may be behind."""
POLL_SECONDS: Final = 1.0
_PAGE: Final = 500
_AWAY: Final = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError, Problem)


class Ended(Exception):
    """The stream ends: the service stops, or its reader did not keep up."""


class Follower:
    """One who follows an account."""

    def __init__(self, account: int) -> None:
        self.account = account
        self.ended = False
        self._queue: asyncio.Queue[Entry | None] = asyncio.Queue()

    async def next(self, seconds: float) -> Entry | None:
        """The next entry, or None when there was none for so long.

        Raises:
            Ended: there will be no more.
        """
        if self.ended and self._queue.empty():
            raise Ended
        try:
            entry = await asyncio.wait_for(self._queue.get(), seconds)
        except TimeoutError:
            return None
        if entry is None:
            raise Ended
        return entry

    def tell(self, entry: Entry) -> None:
        """An entry moved the account."""
        if self._queue.qsize() >= WAITING_MAX:
            self.end()
        elif not self.ended:
            self._queue.put_nowait(entry)

    def end(self) -> None:
        """After what is waiting there is no more."""
        if not self.ended:
            self.ended = True
            self._queue.put_nowait(None)


class Following:
    """The followers of one process.

    Args:
        connected: for reading the journal.
        poster: tells what this process commits, and what is durable.
    """

    def __init__(self, connected: Connected, poster: Poster) -> None:
        self._connected = connected
        self._poster = poster
        self._followers: set[Follower] = set()
        self._woken = asyncio.Event()
        self._seq = 0
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._poster.on_commit(lambda _: self._woken.set())
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop()
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))

    def stop(self) -> None:
        """End every stream, and begin none."""
        self._stopped = True
        for follower in list(self._followers):
            follower.end()

    def heard(self, payload: str) -> None:  # noqa: ARG002  why: the reader asks how far it is
        """Another process has posted."""
        self._woken.set()

    def found(self) -> None:
        """From now on others are heard."""
        self._woken.set()

    def lost(self) -> None:
        """Others are not heard: the reader looks each second."""

    def check_room(self) -> None:
        """One more may follow.

        Raises:
            Problem: `overloaded`, too many do, or the service stops.
        """
        if self._stopped or len(self._followers) >= FOLLOWERS_MAX:
            raise overloaded()

    @asynccontextmanager
    async def follow(self, account: int) -> AsyncIterator[tuple[Follower, int]]:
        """Follow an account: what comes after the seq that is given is told.

        Raises:
            Problem: `overloaded`, too many follow, or the service stops.
        """
        self.check_room()
        follower = Follower(account)
        if not self._followers:
            head = await self._head()
            if not self._followers:  # else somebody began meanwhile, and was promised all after it
                self._seq = head
        self._followers.add(follower)
        take_time()
        try:
            yield follower, self._seq
        finally:
            self._followers.discard(follower)

    async def _head(self) -> int:
        async with self._connected() as connection:
            head = (await store.head(connection)).seq
        await self._poster.durable(head)
        return head

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
            self._woken.clear()
            if self._followers:
                with suppress(*_AWAY):  # the next second asks again
                    await self._read()

    async def _read(self) -> None:
        page: list[Entry] = []
        while len(page) == _PAGE or not page:
            async with self._connected() as connection:
                page = await store.entries_after(connection, self._seq, _PAGE)
            if not page:
                return
            await self._poster.durable(page[-1].seq)
            for entry in page:
                self._tell(entry)
            self._seq = page[-1].seq

    def _tell(self, entry: Entry) -> None:
        moved = {account for t in entry.transfers for account in (t.debit, t.credit)}
        for follower in list(self._followers):
            if follower.account in moved:
                follower.tell(entry)

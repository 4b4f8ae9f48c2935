"""Reading the journal for the audit: ranges of entries as raw rows, each statement a short one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.audit.wire import journal_rows, link_rows, more_rows
from ledger.store import statement

if TYPE_CHECKING:
    import asyncpg

    from ledger.audit.wire import Entry, Leg, Link, More


@dataclass(frozen=True, slots=True)
class Page:
    """Links that follow on each other, the entries up to the last one's, and their bytes."""

    links: list[Link]
    entries: list[Entry]
    entry_bytes: list[bytes]
    more: list[More]
    more_bytes: list[bytes]

    def legs(self) -> dict[int, list[Leg]]:
        """The second and later transfers by the number of their entry."""
        legs: dict[int, list[Leg]] = defaultdict(list)
        for leg in self.more:
            legs[leg.seq].append(leg)
        return dict(legs)


class Reader:
    """Brings pages in order; links are read ahead, for a link may hold one entry or a hundred."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection
        self._ahead: list[Link] = []

    async def genesis(self) -> Link | None:
        """The first link, which holds no entry."""
        found = link_rows(await self._copy("audit/chain_link", -1, 1))
        return found[0] if found else None

    async def page(self, after: int, *, until: int, entries: int) -> Page | None:
        """The next links after an entry, with about so many entries; None at the end."""
        if not self._ahead:
            self._ahead = link_rows(await self._copy("audit/chain_link", after, entries))
        many = 0
        while many < len(self._ahead) and self._ahead[many].last_seq <= until:
            many += 1
            if self._ahead[many - 1].last_seq - after >= entries:
                break
        links, self._ahead = self._ahead[:many], self._ahead[many:]
        if not links:
            self._ahead = []
            return None
        span = after + 1, links[-1].last_seq
        return Page(
            links,
            *journal_rows(await self._copy("audit/journal", *span)),
            *more_rows(await self._copy("audit/journal_more", *span)),
        )

    async def _copy(self, name: str, *arguments: int) -> bytearray:
        data = bytearray()

        async def take(part: bytes) -> None:
            data.extend(part)

        await self._connection.copy_from_query(
            statement(name), *arguments, output=take, format="binary"
        )
        return data

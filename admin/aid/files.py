"""The files of a sponsor: rows of schema `ccas`, read and written by its own role alone.

Each transaction gives the password of one sponsor and sees that sponsor's rows. Whoever looks at a
person is written down in the same transaction.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid5

from admin.aid import vault
from admin.aid.checking import Known
from admin.aid.mandates import Mandates
from admin.aid.refusals import BeneficiaryErased, BeneficiaryTaken, SponsorKeyMissing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from admin.aid.vault import SponsorKey
    from ledger.store import Connection


class Looked(NamedTuple):
    """One line of the access log."""

    id: int
    at: datetime
    actor: UUID
    act: str
    beneficiary: UUID | None
    people: int


class NewFile(NamedTuple):
    """Somebody a sponsor has no file of yet."""

    beneficiary: UUID
    file: str
    party: int
    facts: Mapping[str, Any]


class Room:
    """An open transaction in one sponsor's room."""

    def __init__(self, connection: Connection, key: SponsorKey) -> None:
        self._connection = connection
        self._key = key
        self.mandates = Mandates(connection, key)

    async def known(self, files: Sequence[str]) -> dict[str, Known]:
        """Those of whom there is a file, by its number."""
        # Beside the loop, as whatever is done 10,000 times: else every till would wait.
        marks = await asyncio.to_thread(lambda: {self._key.mark(file): file for file in files})
        rows = await self._connection.fetch(_KNOWN, list(marks))
        return {marks[r["mark"]]: Known(r["id"], r["party"]) for r in rows}

    async def of_parties(self, parties: Sequence[int]) -> dict[int, UUID]:
        """The beneficiary that each of these accounts is, where one is."""
        rows = await self._connection.fetch(_OF_PARTIES, list(parties))
        return {r["party"]: r["id"] for r in rows}

    async def party_of(self, beneficiary: UUID) -> int | None:
        """The account of a beneficiary of this sponsor; None when there is no such one."""
        query = "select party from ccas.beneficiary where id = $1"
        found: int | None = await self._connection.fetchval(query, beneficiary)
        return found

    async def add(self, new: Sequence[NewFile], at: datetime) -> None:
        """Write down new files; one that is there already is left alone.

        Raises:
            BeneficiaryTaken: an account is another file's.
            asyncpg.UniqueViolationError: the same request writes them down at this moment.
        """
        wanted = [one.beneficiary for one in new]
        there = {r["id"] for r in await self._connection.fetch(_THERE, wanted)}
        missing = [one for one in new if one.beneficiary not in there]
        taken = await self.of_parties([one.party for one in missing])
        if any(taken.get(one.party, one.beneficiary) != one.beneficiary for one in missing):
            raise BeneficiaryTaken
        sealed = await asyncio.to_thread(lambda: [self._sealed(one) for one in missing])
        sponsor = self._key.sponsor
        files = [(s[0], sponsor, s[1], s[2], s[3], at) for s in sealed]
        await self._connection.executemany(_ADD, files)
        await self._connection.executemany(_ADD_KEY, [(s[0], sponsor, s[4]) for s in sealed])

    def _sealed(self, one: NewFile) -> tuple[UUID, bytes, int, bytes, bytes]:
        key, wrapped = self._key.new_person_key(one.beneficiary)
        facts = {"file": one.file, **one.facts}
        sealed = vault.seal_person(key, one.beneficiary, facts)
        return one.beneficiary, self._key.mark(one.file), one.party, sealed, wrapped

    async def read(self, beneficiaries: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        """What is known of people; who was erased is not in it."""
        rows = await self._connection.fetch(_READ, list(beneficiaries))
        return await asyncio.to_thread(lambda: {r["id"]: self._opened(r) for r in rows})

    def _opened(self, row: asyncpg.Record) -> dict[str, Any]:
        key = self._key.person_key(row["id"], row["wrapped"])
        return vault.open_person(key, row["id"], row["sealed"])

    async def erased(self, beneficiaries: Sequence[UUID]) -> set[UUID]:
        """Those whose key was destroyed."""
        return {r["id"] for r in await self._connection.fetch(_ERASED, list(beneficiaries))}

    async def refresh(self, told: Mapping[UUID, Mapping[str, Any]]) -> list[UUID]:
        """What a list says anew of people there is a file of; whose address is another now."""
        rows = await self._connection.fetch(_READ, list(told))
        changed, moved = await asyncio.to_thread(self._changed, rows, told)
        await self._connection.executemany(_REFRESH, changed)
        return moved

    def _changed(
        self, rows: Sequence[asyncpg.Record], told: Mapping[UUID, Mapping[str, Any]]
    ) -> tuple[list[tuple[UUID, bytes]], list[UUID]]:
        changed, moved = [], []
        for row in rows:
            key = self._key.person_key(row["id"], row["wrapped"])
            before = vault.open_person(key, row["id"], row["sealed"])
            after = before | dict(told[row["id"]])
            if after != before:
                changed.append((row["id"], vault.seal_person(key, row["id"], after)))
            if after.get("address") != before.get("address"):
                moved.append(row["id"])
        return changed, moved

    async def keep_decision(self, batch: UUID, facts: Mapping[str, Any]) -> None:
        """What a batch rests on; again is no act."""
        sealed = self._key.seal(batch, facts)
        await self._connection.execute(_DECISION, batch, self._key.sponsor, sealed)

    async def decision(self, batch: UUID) -> dict[str, Any]:
        """What a batch rests on; nothing when it was never kept."""
        query = "select sealed from ccas.decision where batch = $1"
        sealed = await self._connection.fetchval(query, batch)
        return {} if sealed is None else self._key.unseal(batch, sealed)

    async def keep_refusal(self, batch: UUID, by: UUID, reason: str) -> None:
        """Why somebody refuses a batch; said again before it is refused, the last word stands."""
        sealed = self._key.seal(_refusal(batch, by), {"reason": reason})
        await self._connection.execute(_REFUSAL, batch, by, self._key.sponsor, sealed)

    async def refusal(self, batch: UUID, by: UUID) -> str | None:
        """Why the holder of a role refused a batch; None when no reason was kept."""
        query = "select sealed from ccas.refusal where batch = $1 and by_grant = $2"
        sealed = await self._connection.fetchval(query, batch, by)
        if sealed is None:
            return None
        return str(self._key.unseal(_refusal(batch, by), sealed)["reason"])

    async def erase(self, beneficiary: UUID, by: UUID, at: datetime) -> None:
        """The key of a person is destroyed, and no mandate of theirs lives; again is no act.

        Raises:
            BeneficiaryErased: there is no such file.
        """
        if await self.party_of(beneficiary) is None:
            raise BeneficiaryErased
        gone = "delete from ccas.person_key where beneficiary = $1"
        await self._connection.execute(gone, beneficiary)
        await self._connection.execute(_EMPTY, beneficiary)
        await self.mandates.erase(beneficiary, by, at)

    async def looked(
        self,
        actor: UUID,
        act: str,
        at: datetime,
        *,
        beneficiary: UUID | None = None,
        count: int = 1,
    ) -> None:
        """Write down who looked at whom."""
        row = (self._key.sponsor, at, actor, act, beneficiary, max(1, count))
        await self._connection.execute(_LOOKED, *row)

    async def changed(
        self, actor: UUID, act: str, at: datetime, beneficiaries: Sequence[UUID]
    ) -> None:
        """Write down of whom something was changed: a line for each."""
        rows = [(self._key.sponsor, at, actor, act, one, 1) for one in beneficiaries]
        await self._connection.executemany(_LOOKED, rows)

    async def log(self, *, before: int, count_max: int) -> list[Looked]:
        """Who looked, newest first."""
        return [Looked(*r) for r in await self._connection.fetch(_LOG, before, count_max)]


_KNOWN: Final = "select id, mark, party from ccas.beneficiary where mark = any($1)"
_OF_PARTIES: Final = """
    select id, party from ccas.beneficiary where party = any($1) and mark is not null"""
_ERASED: Final = "select id from ccas.beneficiary where id = any($1) and mark is null"
_THERE: Final = "select id from ccas.beneficiary where id = any($1)"
_ADD: Final = """
    insert into ccas.beneficiary (id, sponsor, mark, party, sealed, added_at)
    values ($1, $2, $3, $4, $5, $6)"""
_ADD_KEY: Final = "insert into ccas.person_key values ($1, $2, $3)"
_READ: Final = """
    select b.id, b.sealed, k.wrapped
      from ccas.beneficiary b join ccas.person_key k on k.beneficiary = b.id
     where b.id = any($1)"""
_REFRESH: Final = "update ccas.beneficiary set sealed = $2 where id = $1"
_DECISION: Final = "insert into ccas.decision values ($1, $2, $3) on conflict do nothing"
_REFUSAL: Final = """
    insert into ccas.refusal (batch, by_grant, sponsor, sealed) values ($1, $2, $3, $4)
        on conflict (batch, by_grant) do update set sealed = excluded.sealed"""
_EMPTY: Final = "update ccas.beneficiary set mark = null, sealed = '' where id = $1"
_LOOKED: Final = """
    insert into ccas.access_log (sponsor, at, actor, act, beneficiary, count)
    values ($1, $2, $3, $4, $5, $6)"""
_LOG: Final = """
    select id, at, actor, act, beneficiary, count from ccas.access_log
     where id < $1 order by id desc limit $2"""
_ENTER: Final = "select set_config('ccas.pass', $1, true)"


def _refusal(batch: UUID, by: UUID) -> UUID:
    """What the seal of a reason is bound to: no other batch's, and nobody else's."""
    return uuid5(batch, f"refusal {by}")


@asynccontextmanager
async def entered(connection: Connection, key: SponsorKey) -> AsyncIterator[Room]:
    """A transaction in a sponsor's room, committed at the end; the first one makes its door.

    Args:
        connection: of the role of the room.
        key: of the sponsor.

    Raises:
        SponsorKeyMissing: the room was made with another key.
    """
    async with connection.transaction():
        await connection.execute(_ENTER, key.password)
        if await connection.fetchval("select ccas.sponsor()") != key.sponsor:
            digest = hashlib.sha256(key.password.encode()).digest()
            door = "insert into ccas.door values ($1, $2) on conflict do nothing"
            await connection.execute(door, key.sponsor, digest)
            if await connection.fetchval("select ccas.sponsor()") != key.sponsor:
                raise SponsorKeyMissing
        yield Room(connection, key)

"""Civil mandates of persons, in their sponsor's room: given, replaced by a later one, revoked.

A person lets the association receive the euros of one programme (LR-09). The room keeps every
mandate; schema `admin` is told by the database which pseudonym has one that lives.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid5

from admin.aid import mandated, vault
from admin.aid.lists import Finding
from admin.aid.refusals import MandateUnfit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    import asyncpg

    from admin.aid.vault import SponsorKey
    from ledger.store import Connection


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as the room keeps it.

    Attributes:
        given_on: the day it was signed.
        ends_on: its last day; None: it holds until it is revoked.
        replaced_at: a later one of the same programme took its place.
        revoked_on: the day of its revocation, where it is counted.
        reference: of the document; "" when none was said.
    """

    id: UUID
    beneficiary: UUID
    programme: UUID
    given_on: date
    ends_on: date | None
    replaced_at: datetime | None
    revoked_at: datetime | None
    revoked_on: date | None
    reference: str = ""

    def live(self, on: date) -> bool:
        """Whether aid may be given under it on a day."""
        over = self.replaced_at is not None or self.revoked_at is not None
        return not over and (self.ends_on is None or on <= self.ends_on)


class Given(NamedTuple):
    """A mandate as somebody writes it down."""

    on: date
    ends_on: date | None = None
    reference: str = ""

    @property
    def bare(self) -> bool:
        """A date alone, as a list says it: an older one changes nothing."""
        return self.ends_on is None and not self.reference


def fault(given_on: date | None, newest: Mandate | None, today: date) -> Finding | None:
    """What keeps an award from being under a mandate; None: it will be, or is, under one.

    Args:
        given_on: the day somebody says it was signed; None: nobody does.
        newest: the person's newest one of the programme.
        today: now.
    """
    if newest is not None and newest.live(today) and (given_on is None or given_on <= today):
        return None
    if given_on is None:
        return Finding("mandate_missing")
    if given_on > today:
        return Finding("mandate_future")
    if newest is not None and newest.revoked_on is not None and given_on <= newest.revoked_on:
        return Finding("mandate_revoked", {"day": newest.revoked_on.isoformat()})
    if newest is not None and newest.revoked_on is None and given_on <= newest.given_on:
        ended = newest.ends_on or newest.given_on
        return Finding("mandate_ended", {"day": ended.isoformat()})
    return None


class Mandates:
    """The mandates of one sponsor's room, inside its transaction."""

    def __init__(self, connection: Connection, key: SponsorKey) -> None:
        self._connection = connection
        self._key = key

    async def alone(self) -> None:
        """Nobody else writes a mandate of this sponsor down, or takes one back, until the end."""
        await mandated.lock(self._connection, self._key.sponsor)

    async def newest(self, programme: UUID, whose: Sequence[UUID]) -> dict[UUID, Mandate]:
        """The newest mandate of each person who gave one for a programme, without its document."""
        # Oldest first: the last one of a person stays.
        rows = await self._connection.fetch(_NEWEST, programme, list(whose))
        return {row["beneficiary"]: _mandate(row) for row in rows}

    async def of_person(self, beneficiary: UUID) -> list[Mandate]:
        """Every mandate of a person, the newest first."""
        rows = await self._connection.fetch(_OF_PERSON, beneficiary)
        return [_mandate(row, self._reference(row)) for row in rows]

    def _reference(self, row: asyncpg.Record) -> str:
        if not row["sealed"] or row["wrapped"] is None:
            return ""
        key = self._key.person_key(row["beneficiary"], row["wrapped"])
        return str(vault.open_person(key, row["id"], row["sealed"])["reference"])

    async def record(
        self, programme: UUID, given: Mapping[UUID, Given], by: UUID, at: tuple[datetime, date]
    ) -> list[UUID]:
        """Write mandates down; a later one takes the place of the one before.

        Args:
            programme: their scope.
            given: by person; a date alone that is no later than the live one's changes nothing.
            by: who writes them down.
            at: now, and its day.

        Returns:
            Whose is new.

        Raises:
            MandateUnfit: of a day to come, or no later than what was revoked or had ended.
        """
        now, today = at
        if not given:
            return []
        await self.alone()  # two who write the same one down at once write one
        newest = await self.newest(programme, list(given))
        new = {
            whose: one for whose, one in given.items() if _changes(one, newest.get(whose), today)
        }
        ids = {whose: uuid5(whose, f"mandate {programme} {now.isoformat()}") for whose in new}
        sealed = await self._sealed(new, ids)
        await self._connection.execute(_REPLACE, programme, list(new), now)
        rows = [
            (ids[w], self._key.sponsor, w, programme, g.on, g.ends_on, sealed[w], by, now)
            for w, g in new.items()
        ]
        await self._connection.executemany(_RECORD, rows)
        return list(new)

    async def _sealed(
        self, new: Mapping[UUID, Given], ids: Mapping[UUID, UUID]
    ) -> dict[UUID, bytes]:
        """The reference of each document, by its person's own key; nothing where none is said."""
        named = [whose for whose, one in new.items() if one.reference]
        keys = {r["beneficiary"]: r["wrapped"] for r in await self._connection.fetch(_KEYS, named)}

        def seal(whose: UUID) -> bytes:
            facts = {"reference": new[whose].reference}
            key = self._key.person_key(whose, keys[whose])
            return vault.seal_person(key, ids[whose], facts)

        return await asyncio.to_thread(
            lambda: {whose: seal(whose) if whose in keys else b"" for whose in new}
        )

    async def revoke(self, beneficiary: UUID, mandate: UUID, by: UUID, at: datetime) -> bool:
        """A person takes their mandate back; False: there is no such one, or it was over."""
        return bool(await self._connection.fetchval(_REVOKE, beneficiary, mandate, by, at))

    async def erase(self, beneficiary: UUID, by: UUID, at: datetime) -> None:
        """What is left of an erased person's mandates is their days: none of them lives."""
        await self._connection.execute(_EMPTY, beneficiary)
        await self._connection.execute(_END, beneficiary, by, at)


def _changes(one: Given, newest: Mandate | None, today: date) -> bool:
    """Whether a mandate is to be written down beside the newest one.

    Raises:
        MandateUnfit: it may not.
    """
    if fault(one.on, newest, today) is not None:
        raise MandateUnfit
    if newest is None or not newest.live(today) or one.on > newest.given_on:
        return True
    if one.bare:
        return False
    if one.on < newest.given_on:
        raise MandateUnfit
    return True


def _mandate(row: asyncpg.Record, reference: str = "") -> Mandate:
    facts: dict[str, Any] = {name: row[name] for name in _FIELDS}
    return Mandate(**facts, reference=reference)


_FIELDS: Final = (
    "id",
    "beneficiary",
    "programme",
    "given_on",
    "ends_on",
    "replaced_at",
    "revoked_at",
    "revoked_on",
)
_ALL: Final = """
    select m.*, k.wrapped, (m.revoked_at at time zone 'Europe/Paris')::date as revoked_on
      from ccas.mandate m left join ccas.person_key k on k.beneficiary = m.beneficiary"""
_NEWEST: Final = f"""{_ALL}
     where m.programme = $1 and m.beneficiary = any($2) order by m.recorded_at"""
_OF_PERSON: Final = f"""{_ALL}
     where m.beneficiary = $1 order by m.recorded_at desc, m.id limit 100"""
_KEYS: Final = "select beneficiary, wrapped from ccas.person_key where beneficiary = any($1)"
_REPLACE: Final = """
    update ccas.mandate set replaced_at = $3
     where programme = $1 and beneficiary = any($2)
       and replaced_at is null and revoked_at is null"""
_RECORD: Final = """
    insert into ccas.mandate (id, sponsor, beneficiary, programme, given_on, ends_on, sealed,
           recorded_by, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
_REVOKE: Final = """
    update ccas.mandate set revoked_by = $3, revoked_at = $4
     where beneficiary = $1 and id = $2 and replaced_at is null and revoked_at is null
    returning true"""
_EMPTY: Final = "update ccas.mandate set sealed = '' where beneficiary = $1 and sealed <> ''"
_END: Final = """
    update ccas.mandate set revoked_by = $2, revoked_at = $3
     where beneficiary = $1 and replaced_at is null and revoked_at is null"""

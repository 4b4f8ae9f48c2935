"""Programmes and their dated versions, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from admin.aid.programmes import Formula, Instrument, OnExpiry, Programme, Version
from admin.aid.refusals import VersionPast
from admin.aid.tables import PROGRAMME, PROGRAMME_RULE, PROGRAMME_VERSION
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

_LATEST: Final = 32_767


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """A programme to be made: what is said of it, and the numbers drawn for it."""

    programme: Programme
    key: UUID
    request: bytes
    made_by: UUID


class Upcoming(NamedTuple):
    """A version that does not hold yet, and from when it does."""

    version: int
    valid_from: datetime


async def next_rule(connection: AsyncConnection) -> int:
    """A rule no programme has had."""
    return int(await connection.scalar(PROGRAMME_RULE.next_value()))


async def make(connection: AsyncConnection, new: NewProgramme) -> Programme:
    """Write a programme and its first version down; again is the one that was made.

    Raises:
        KeyConflict: the key made another programme.
    """
    made = new.programme
    row = {
        "id": made.id,
        "sponsor": made.sponsor,
        "instrument": made.instrument,
        "name": made.name,
        "convention": made.convention,
        "convention_reference": made.convention_reference,
        "clause": made.clause,
        "on_expiry": made.on_expiry,
        "account": made.account,
        "rule": made.rule,
        "key": new.key,
        "request": new.request,
        "made_by": new.made_by,
        "made_at": made.made_at,
    }
    done = await connection.execute(upsert(PROGRAMME).values(**row).on_conflict_do_nothing())
    if done.rowcount:
        await _write(connection, made.id, made.version, new.made_by, made.made_at)
        return made
    mine = (PROGRAMME.c.sponsor == made.sponsor) & (PROGRAMME.c.key == new.key)
    query = select(PROGRAMME.c.id, PROGRAMME.c.request).where(mine)
    before = (await connection.execute(query)).one()
    if before.request != new.request:
        raise KeyConflict(new.key)
    found = await find(connection, before.id, made.made_at)
    assert found is not None, "its row is there"
    return found


async def put_version(
    connection: AsyncConnection, programme: Programme, new: Version, by: UUID, at: datetime
) -> None:
    """The next version of a programme; those before it that would begin no earlier never do.

    Raises:
        VersionPast: it takes effect before now.
    """
    if new.version != await next_version(connection, programme.id) or new.valid_from < at:
        raise VersionPast
    await _write(connection, programme.id, new, by, at)


async def next_version(connection: AsyncConnection, programme: UUID) -> int:
    """The number the next version of a programme will have, unless somebody puts one first."""
    theirs = PROGRAMME_VERSION.c.programme == programme
    query = select(func.max(PROGRAMME_VERSION.c.version)).where(theirs)
    return int(await connection.scalar(query) or 0) + 1


async def upcoming(connection: AsyncConnection, programme: Programme) -> Upcoming | None:
    """Which version follows the one in force, and when; None: none is written down."""
    column = PROGRAMME_VERSION.c
    query = (
        select(column.version, column.valid_from)
        .where(column.programme == programme.id, column.version > programme.version.version)
        .order_by(column.valid_from, column.version.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Upcoming(*row)


async def find(
    connection: AsyncConnection, programme: UUID, at: datetime, *, version: int | None = None
) -> Programme | None:
    """A programme with the version in force at an instant, or with this one."""
    found = await _found(connection, PROGRAMME.c.id == programme, at, version)
    return found[0] if found else None


async def of_sponsor(
    connection: AsyncConnection, sponsor: int | None, at: datetime
) -> Sequence[Programme]:
    """Every programme of a sponsor, or of all of them, oldest first."""
    which = PROGRAMME.c.sponsor == sponsor if sponsor is not None else PROGRAMME.c.id.is_not(None)
    return await _found(connection, which, at, None)


async def _found(
    connection: AsyncConnection, which: Any, at: datetime, version: int | None
) -> list[Programme]:
    other = PROGRAMME_VERSION.alias()
    chosen = other.c.version <= (version or _LATEST)
    if version is None:
        # The first version is shown before it is valid: there is no other yet.
        chosen &= (other.c.valid_from <= at) | (other.c.version == 1)
    theirs = select(func.max(other.c.version)).where(other.c.programme == PROGRAMME.c.id, chosen)
    query = (
        select(PROGRAMME, *_VERSION)
        .join(PROGRAMME_VERSION, PROGRAMME_VERSION.c.programme == PROGRAMME.c.id)
        .where(which, PROGRAMME_VERSION.c.version == theirs.scalar_subquery())
        .order_by(PROGRAMME.c.made_at, PROGRAMME.c.id)
    )
    return [_programme(row) for row in await connection.execute(query)]


_VERSION: Final = tuple(
    column
    for column in PROGRAMME_VERSION.c
    if column.name not in {"programme", "made_by", "made_at"}
)


def _programme(row: Any) -> Programme:
    formula = Formula(row.first_cents, row.adult_cents, row.child_cents, row.most_cents)
    return Programme(
        id=row.id,
        sponsor=row.sponsor,
        instrument=Instrument(row.instrument),
        name=row.name,
        convention=row.convention,
        convention_reference=row.convention_reference,
        clause=row.clause,
        on_expiry=OnExpiry(row.on_expiry),
        account=row.account,
        rule=row.rule,
        made_at=row.made_at,
        version=Version(
            version=row.version,
            valid_from=row.valid_from,
            opens_on=row.opens_on,
            ends_on=row.ends_on,
            aid_days=row.aid_days,
            formula=formula,
            filieres=frozenset(row.filieres),
            merchants=frozenset(row.merchants),
            budget_line=row.budget_line,
        ),
    )


async def _write(
    connection: AsyncConnection, programme: UUID, new: Version, by: UUID, at: datetime
) -> None:
    row = {
        "programme": programme,
        "version": new.version,
        "valid_from": new.valid_from,
        "opens_on": new.opens_on,
        "ends_on": new.ends_on,
        "aid_days": new.aid_days,
        "budget_line": new.budget_line,
        "first_cents": new.formula.first_cents,
        "adult_cents": new.formula.adult_cents,
        "child_cents": new.formula.child_cents,
        "most_cents": new.formula.most_cents,
        "filieres": sorted(new.filieres),
        "merchants": sorted(new.merchants),
        "made_by": by,
        "made_at": at,
    }
    put = upsert(PROGRAMME_VERSION).values(**row).on_conflict_do_nothing()
    if not (await connection.execute(put)).rowcount:
        raise VersionPast

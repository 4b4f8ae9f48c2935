"""Programmes made and changed: rows, the account of their euros, and whom their lots may pay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from admin import events
from admin.aid import award_rows, batches, desk, programme_rows
from admin.aid.programme_rows import NewProgramme
from admin.aid.programmes import (
    EXCLUDED_OF_CSE,
    Instrument,
    OnExpiry,
    Programme,
    Version,
    check_filieres,
    check_sponsor,
    on_expiry,
)
from admin.aid.refusals import ShopExcluded, UnknownShop, VersionNarrows
from admin.events import Event, Happened
from admin.roles import PartyClass, Role
from admin.tables import PARTY
from api.acting import request_hash
from api.aid import accepting
from api.aid.shapes import UpcomingTold, programme_told
from api.wire import replying
from api.wire.ids import derived_id
from api.wire.problems import Problem
from ledger import store
from ledger.chart import AccountClass
from merchants.refusals import UnknownFiliere
from merchants.tables import MERCHANT

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api.aid.shapes import ProgrammeTold
    from api.gate.asker import Asker
    from api.services import Services


async def of_asker(services: Services, asker: Asker, programme: UUID) -> Programme:
    """A programme of the asker's sponsor; a treasurer sees all of them.

    Raises:
        Problem: `not_found`, there is none, or it is another sponsor's.
    """
    async with services.rows() as rows:
        found = await programme_rows.find(rows, programme, services.clock.now())
    if found is None or (asker.role is not Role.TREASURER and found.sponsor != asker.acting):
        raise Problem("not_found")
    return found


class Wish(NamedTuple):
    """A programme as a sponsor wants it; `facts` tell the request from others."""

    instrument: Instrument
    name: str
    convention_reference: str
    clause: str | None
    end: OnExpiry | None
    version: Version
    facts: str


async def make(services: Services, asker: Asker, key: UUID, wish: Wish) -> Programme:
    """A sponsor's new programme; again with its key it is the same.

    Raises:
        ProgrammeMisfit, ClauseMissing: it may not be like this.
        FiliereExcluded, UnknownFiliere, ShopExcluded, UnknownShop: nor pay there.
        KeyConflict: the key made another.
    """
    async with services.connection() as connection:
        account = await store.next_account_id(connection)
    async with services.rows() as rows:
        wanted = await _wanted(services, asker, rows, derived(services, asker, key), wish, account)
        request = request_hash(services.pepper, "createProgramme", wish.facts)
        made = await programme_rows.make(rows, NewProgramme(wanted, key, request, asker.acting_as))
        if made is wanted:
            event = Event(Happened.PROGRAMME_MADE, asker.by, asker.acting, str(made.id))
            await events.write(rows, event, made.made_at)
        else:
            replying.answered_before()
    async with services.connection() as connection:
        await store.open_account(
            connection, AccountClass.PROG, account=made.account, party=made.sponsor
        )
    await accepting.settle(services)
    return made


def derived(services: Services, asker: Asker, key: UUID) -> UUID:
    """The id of the programme that a key makes."""
    return derived_id(services.pepper, "programme", asker.acting, key)


async def _wanted(
    services: Services, asker: Asker, rows: AsyncConnection, number: UUID, wish: Wish, account: int
) -> Programme:
    """The programme as it would be written, if it may be like this."""
    end = on_expiry(wish.instrument, wish.end, wish.clause)
    query = select(PARTY.c["class"]).where(PARTY.c.id == asker.acting)
    check_sponsor(wish.instrument, PartyClass(str(await rows.scalar(query))))
    await _check_where(rows, wish.instrument, wish.version)
    return Programme(
        id=number,
        sponsor=asker.acting,
        instrument=wish.instrument,
        name=wish.name,
        convention=derived_id(services.pepper, "convention", number),
        convention_reference=wish.convention_reference,
        clause=wish.clause,
        on_expiry=end,
        account=account,
        rule=await programme_rows.next_rule(rows),
        made_at=services.clock.now(),
        version=wish.version,
    )


async def put_version(
    services: Services, asker: Asker, programme: Programme, version: Version, *, agreed: bool
) -> None:
    """The next version of a programme.

    Args:
        services: of the process.
        asker: who says so.
        programme: theirs.
        version: what is to hold.
        agreed: lots that were given may pay in fewer shops.

    Raises:
        VersionPast: it begins before now.
        VersionNarrows: lots that were given would pay in fewer shops.
        FiliereExcluded, UnknownFiliere, ShopExcluded, UnknownShop: it may not be like this.
    """
    now = services.clock.now()
    async with services.rows() as rows:
        await _check_where(rows, programme.instrument, version)
        nth = await programme_rows.next_version(rows, programme.id)
        new = replace(version, version=nth)
        if not agreed:
            await _check_narrows(services, rows, programme, new)
        await programme_rows.put_version(rows, programme, new, asker.acting_as, now)
        facts = {"version": nth}
        event = Event(Happened.PROGRAMME_CHANGED, asker.by, asker.acting, str(programme.id), facts)
        await events.write(rows, event, now)
    await accepting.settle(services)


async def _check_narrows(
    services: Services, rows: AsyncConnection, programme: Programme, new: Version
) -> None:
    """Lots that hold something pay wherever they did by the version before.

    Raises:
        VersionNarrows: they would not.
    """
    last = await programme_rows.find(rows, programme.id, new.valid_from)
    assert last is not None, "a programme has a version"
    sold = await accepting.below(rows, last.version.filieres)
    kept = await accepting.below(rows, new.filieres)
    shops = await accepting.eligible(rows, last)
    shops -= await accepting.eligible(rows, replace(last, version=new))
    if sold <= kept and not shops:
        return
    async with services.connection() as connection:
        homes, lots = await award_rows.holding(connection, programme.id)
    if lots:
        raise VersionNarrows(homes, lots, len(shops))


async def told(services: Services, programme: Programme) -> ProgrammeTold:
    """A programme with its euros as they stand."""
    async with services.connection() as connection:
        account = await store.account(connection, programme.account)
        assert account is not None, "it was opened with its programme"
        waiting = await batches.committed_cents(connection, programme.id)
        backing = await award_rows.backing_cents(connection, programme.id)
        line = await desk.open_of(connection, programme.id)
    async with services.rows() as rows:
        following = await programme_rows.upcoming(rows, programme)
    shown = programme_told(
        services, programme, held=account.balance, waiting=waiting, backing=backing, line=line
    )
    if following is None:
        return shown
    return shown.model_copy(update={"upcoming": UpcomingTold(**following._asdict())})


async def _check_where(rows: AsyncConnection, instrument: Instrument, version: Version) -> None:
    """Where lots are to pay is known, and no ordinary food for a works council (LR-19).

    Raises:
        FiliereExcluded, UnknownFiliere, ShopExcluded, UnknownShop: it may not be like this.
    """
    if not version.filieres <= await accepting.below(rows, version.filieres):
        raise UnknownFiliere
    sold = await accepting.below(rows, version.filieres)
    check_filieres(instrument, sold, await accepting.below(rows, EXCLUDED_OF_CSE))
    named = MERCHANT.c.id.in_(version.merchants)
    if len(set(await rows.scalars(select(MERCHANT.c.id).where(named)))) < len(version.merchants):
        raise UnknownShop
    if await accepting.excluded(rows, instrument, version.merchants):
        raise ShopExcluded

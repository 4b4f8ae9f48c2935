"""A list of awards, looked at and submitted: the file, the sponsor's room and the rows together.

A preview writes nothing but that somebody looked. A submission makes what is missing, accounts
first, then files, then the batch with all of its awards; asked again with its key, it finishes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

import asyncpg

from admin import parties
from admin.aid import batches, ceilings, checking, holders, lists, members
from admin.aid.batches import NewAward, NewBatch
from admin.aid.checking import Facts, Known, Preview
from admin.aid.files import NewFile
from admin.aid.programmes import Instrument, last_instant
from admin.aid.refusals import ListFaulty
from admin.events import Event, Happened
from admin.telling import alongside
from api.acting import request_hash
from api.aid import mandating
from api.aid.executing import terms_for
from api.aid.list_facts import facts_of
from api.conflicts import conflict
from api.policies import policy_in_force
from api.wire import replying
from api.wire.ids import derived_id, new_id
from api.wire.problems import overloaded
from ledger import store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from admin.aid.batches import Row as BatchRow
    from admin.aid.lists import Row
    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services


class Sent(NamedTuple):
    """A list as it was sent: the file, the period it is for, and the decision it rests on."""

    content: bytes
    period: str
    decision: str


class Made(NamedTuple):
    """The number of a batch, what it was asked for with, and for which month."""

    batch: UUID
    key: UUID
    request: bytes
    period: str


class Gone(NamedTuple):
    """Who had an award in the last period and has none now; no name once erased."""

    beneficiary: UUID
    file: str | None
    name: str | None
    cents: int


async def preview(
    services: Services, asker: Asker, programme: Programme, content: bytes, period: str
) -> tuple[Preview, list[Gone]]:
    """What a list would do; nothing is written but that somebody looked.

    Raises:
        ListUnreadable: it is no list of awards.
    """
    rows = await asyncio.to_thread(_rows, programme, content, period)
    facts = await facts_of(services, asker, programme, rows, period)
    found = await asyncio.to_thread(checking.check, rows, facts)
    async with services.room(programme.sponsor) as room:
        known = await room.read([one.beneficiary for one in found.gone])
        now = services.clock.now()
        await room.looked(asker.by, "preview", now, count=len(found.rows))
    gone = []
    for one in found.gone:
        told = known.get(one.beneficiary, {})
        gone.append(Gone(one.beneficiary, told.get("file"), told.get("name"), one.cents))
    return found, gone


async def submit(
    services: Services, asker: Asker, key: UUID, programme: Programme, sent: Sent
) -> UUID:
    """The batch of a list, entered by one person; again with its key it is the same.

    Raises:
        KeyConflict: the key made another batch.
        ListUnreadable, ListFaulty: nothing was written.
        ProgrammeShut: the programme does not give today.
        BeneficiaryTaken: a card's account got another file meanwhile.
        OwnAward: one of the accounts is the asker's.
    """
    last_instant(programme, services.clock.now())
    asked = programme.id, sent.period, sent.decision, sent.content.hex()
    request = request_hash(services.pepper, "submitAwards", *asked)
    if (before := await made_before(services, programme, key, request)) is not None:
        return before
    rows = await asyncio.to_thread(_rows, programme, sent.content, sent.period)
    facts = await facts_of(services, asker, programme, rows, sent.period)
    found = await asyncio.to_thread(checking.check, rows, facts)
    if found.faulty:  # unless it is the same request that was a moment earlier
        return await again(services, programme, key, request, found.faulty)
    await check_not_own(services, asker, facts.parties)
    batch = derived_id(services.pepper, "batch", programme.id, key)
    try:
        new_files = await _new_files(services, asker, key, programme, found.rows, facts)
        known = dict(facts.known) | new_files
        async with services.room(programme.sponsor) as room:
            await room.keep_decision(batch, {"decision": sent.decision})
            moved = await room.refresh(_told_anew(found.rows, facts))
            await mandating.of_list(services, asker, room, programme, (found.rows, known))
            now = services.clock.now()
            await room.looked(asker.by, "submit", now, count=len(found.rows))
            await room.changed(asker.by, "address", now, moved)
        new = await new_batch(services, asker, programme, Made(batch, key, request, sent.period))
        awards = await _awards(services, new, found.rows, known)
        await write(services, asker, programme, new, awards)
    except asyncpg.UniqueViolationError:
        return await again(services, programme, key, request, 0)
    return batch


async def check_not_own(services: Services, asker: Asker, parties: Iterable[int | None]) -> None:
    """None of these accounts is the asker's own.

    Raises:
        OwnAward: one is.
    """
    if asker.person is not None:
        known = [party for party in parties if party is not None]
        async with services.connection() as connection:
            await batches.check_not_own(connection, known, asker.person)


async def again(
    services: Services, programme: Programme, key: UUID, request: bytes, faulty: int
) -> UUID:
    """The batch that the same request made while this one was under way.

    Raises:
        ListFaulty: it made none, and rows have faults.
        Problem: `overloaded`, somebody else is making the same files: ask again.
    """
    before = await made_before(services, programme, key, request)
    if before is not None:
        return before
    if faulty:
        raise ListFaulty(faulty)
    raise overloaded()


def _rows(programme: Programme, content: bytes, period: str) -> list[Row]:
    formula, fund = programme.version.formula, programme.instrument is Instrument.FOOD_FUND
    mandated = mandating.wanted(programme)
    return lists.read(content, period=period, formula=formula, fund=fund, mandated=mandated)


async def made_before(
    services: Services, programme: Programme, key: UUID, request: bytes
) -> UUID | None:
    """The batch a key made.

    Raises:
        KeyConflict: of another request.
    """
    async with services.connection() as connection:
        row: BatchRow | None = await batches.of_key(connection, programme.id, key)
    if row is None:
        return None
    if row["request"] != request:
        raise conflict(key, asked=request, kept=row["request"])
    replying.answered_before()
    found: UUID = row["id"]
    return found


async def write(
    services: Services,
    asker: Asker,
    programme: Programme,
    new: NewBatch,
    awards: Sequence[NewAward],
) -> None:
    """Write a batch and its awards down, all or nothing.

    Raises:
        ListFaulty: a works council's gifts would pass the year's ceiling, or a food fund's month
            give another share than it gave.
        asyncpg.UniqueViolationError: the key, or somebody's award of the period, was there before.
    """
    async with services.connection() as connection, connection.transaction():
        if programme.instrument is Instrument.CSE:  # two lists at once do not pass the year's sum
            await ceilings.lock(connection, programme.sponsor)
        if programme.instrument is Instrument.FOOD_FUND:  # nor does a month give two shares
            await members.lock_months(connection, programme.id)
            await _check_shares(connection, programme, awards)
        await batches.submit(connection, new, awards)
        if programme.instrument is Instrument.CSE:
            await _check_years(connection, programme, awards)
        event = Event(Happened.BATCH_SUBMITTED, asker.by, programme.sponsor, str(new.id))
        await alongside.write(connection, event, new.at)


async def _check_shares(
    connection: Connection, programme: Programme, awards: Sequence[NewAward]
) -> None:
    """These awards are what their months gave to others.

    Raises:
        ListFaulty: they are not: another list was submitted meanwhile.
    """
    gave = await members.shares(connection, programme.id, sorted({a.period for a in awards}))
    other = sum(gave.get(one.period, one.euros_cents) != one.euros_cents for one in awards)
    if other:
        raise ListFaulty(other)


async def _check_years(
    connection: Connection, programme: Programme, awards: Sequence[NewAward]
) -> None:
    """With these awards written down, nobody has more in a year than its ceiling.

    Raises:
        ListFaulty: somebody would: another list was submitted meanwhile.
    """
    years = sorted({int(award.period[:4]) for award in awards})
    mosts = await ceilings.of_years(connection, years)
    theirs = {award.party for award in awards}
    found = await ceilings.yearly(connection, programme.sponsor, years)
    over = [1 for (party, year), cents in found.items() if party in theirs and cents > mosts[year]]
    if over:
        raise ListFaulty(len(over))


async def new_batch(services: Services, asker: Asker, programme: Programme, made: Made) -> NewBatch:
    """A batch to be written down, with the numbers drawn for it."""
    async with services.connection() as connection:
        account = await store.next_account_id(connection)
    return NewBatch(
        id=made.batch,
        programme=programme.id,
        version=programme.version.version,
        period=made.period,
        policy=(await policy_in_force(services)).version,
        account=account,
        document=uuid5(made.batch, "decision"),
        key=made.key,
        request=made.request,
        by=asker.acting_as,
        at=services.clock.now(),
    )


async def _awards(
    services: Services, batch: NewBatch, rows: Sequence[Row], known: dict[str, Known]
) -> list[NewAward]:
    terms = await terms_for(services, batch.policy)
    made = []
    for row in rows:
        assert row.cents is not None, row
        whose = known[row.file]
        bousols = terms.issue(row.cents).bousol_cents
        made.append(
            NewAward(
                id=new_id(),
                beneficiary=whose.beneficiary,
                party=whose.party,
                period=row.period,
                euros_cents=row.cents,
                bousol_cents=bousols,
                contribution_cents=row.contribution_cents,
            )
        )
    return made


async def _new_files(
    services: Services,
    asker: Asker,
    key: UUID,
    programme: Programme,
    rows: Sequence[Row],
    facts: Facts,
) -> dict[str, Known]:
    """Those the sponsor has no file of get an account, unless a card names theirs, and a file."""
    new = {row.file: row for row in rows if row.file not in facts.known}
    ids = {
        file: derived_id(services.pepper, "beneficiary", programme.sponsor, key, file)
        for file in new
    }
    owned = {file: facts.cards[row.card] for file, row in new.items() if row.card is not None}
    without = [ids[file] for file in new if owned.get(file) is None]
    limits, now = (await policy_in_force(services)).limits, services.clock.now()
    async with services.connection() as connection:
        opened = await holders.open_accounts(
            connection, without, cap_cents=parties.balance_cap_cents(0, limits), at=now
        )
    known = {file: Known(ids[file], owned.get(file) or opened[ids[file]]) for file in new}
    async with services.room(programme.sponsor) as room:
        files = [_file(row, known[file]) for file, row in new.items()]
        await room.add(files, now)
        if files:
            await room.looked(asker.by, "add", now, count=len(files))
    return known


def _told_anew(rows: Sequence[Row], facts: Facts) -> dict[UUID, dict[str, object]]:
    """The name, household and address that a list gives of people there is a file of.

    The newest list wins; what it does not name stays as it is.
    """
    told: dict[UUID, dict[str, object]] = {}
    for row in rows:
        known = facts.known.get(row.file)
        if known is None or not (row.name or row.adults or row.address):
            continue
        facts_of = told.setdefault(known.beneficiary, {})
        facts_of |= {"name": row.name} if row.name else {}
        facts_of |= {"address": row.address} if row.address else {}
        if row.adults:
            facts_of |= {"adults": row.adults, "children": row.children}
    return told


def _file(row: Row, whose: Known) -> NewFile:
    facts = {"name": row.name, "adults": row.adults, "children": row.children}
    if row.address:
        facts |= {"address": row.address}
    return NewFile(whose.beneficiary, row.file, whose.party, facts)

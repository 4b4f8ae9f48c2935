"""Batches of awards are carried out by themselves, as far as their euros go, whatever dies between.

First one entry for all of a batch, once its euros are there; then each award by the poster, once,
in small portions, so that a till never waits behind a batch. Every process tries; an advisory lock
lets one of them work at a batch, and the ledger lets each award be given once whoever works.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from admin.aid import batches, mandated, programme_rows
from admin.aid.award_rows import tell_holders
from admin.aid.batches import Giving, Issuing, Status
from admin.aid.programmes import Instrument, last_instant
from admin.aid.refusals import ProgrammeShut
from admin.events import Event, Happened
from admin.reserve.orders import terms_of
from admin.telling import alongside
from api.acting import request_hash
from api.policies import policy_of, scheme_of
from api.reserve.buying import planned
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger import store
from ledger.chart import AccountClass
from ledger.committing import post_and_commit
from ledger.flows import Act, aid_award, aid_batch, cse_disburse
from ledger.lots import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from admin.aid.batches import Row
    from admin.aid.programmes import Programme
    from api.process.pools import Connection
    from api.services import Services
    from ledger.flows import Terms
    from ledger.journal import JournalEntry, Posted

CHUNK: Final = 250
"""Awards whose lots are opened by one statement, and written down by one."""
WINDOW: Final = 24
"""Awards that wait in the poster at once: a till waits behind a few of them."""
POST_SECONDS: Final = 30.0
_GIVE: Final = "giveAward"


async def run_open(services: Services) -> None:
    """Carry every batch on that waits for euros or is being given out, oldest first.

    One of a programme that has ended stays until it is refused: it holds no euros.
    """
    async with services.connection() as connection:
        waiting = await batches.open_ids(connection)
    for batch in waiting:
        await run(services, batch)


async def run(services: Services, batch: UUID) -> None:
    """Carry one batch as far as it goes now; again is no act."""
    if await start(services, batch):
        await give_out(services, batch)


async def start(services: Services, batch: UUID) -> bool:
    """Issue a batch's Bou'Sols into its own account if its euros are there.

    Returns:
        Whether they are issued, now or before; False while it waits, or when nothing is to be done.
    """
    async with services.connection() as connection:
        seen = await batches.one(connection, batch)
    if seen is None or seen["status"] not in {Status.WAITING, Status.ISSUING}:
        return False
    if seen["status"] == Status.ISSUING:
        return True
    programme = await programme_of(services, seen)
    with suppress(ProgrammeShut):
        last_instant(programme, services.clock.now())
        await open_clearing(services, seen["account"])
        terms = await terms_for(services, seen["policy"])

        async def work(connection: Connection) -> bool:
            return await _issue(services, connection, batch, programme, terms)

        return await planned(services, work)
    return False


async def _issue(
    services: Services, connection: Connection, batch: UUID, programme: Programme, terms: Terms
) -> bool:
    row = await batches.locked(connection, batch)
    assert row is not None, "batches stay"
    if row["status"] != Status.WAITING:
        return bool(row["status"] == Status.ISSUING)
    free, version = await free_cents(connection, programme, row)
    amounts = await _amounts(connection, batch, programme)
    if not amounts or free < sum(amounts):
        return False
    act = issue_act(services, programme, Issuing.of(row), (programme.account, version))
    now = services.clock.now()
    if programme.instrument is Instrument.MANDAT_CIVIL:
        await mandated.settle(connection, batch, now)
        # What is issued is what is given: midnight may have ended a mandate since it was counted.
        amounts = await batches.euros_of(connection, batch)
        if not amounts:
            return False
    await batches.issue(connection, batch, act.id, now)
    # Beside the loop: 10,000 conversions would keep every till waiting.
    reckon = partial(batch_entry, act, programme, Issuing.of(row), amounts, terms)
    entry = await asyncio.to_thread(reckon)
    await post_and_commit(connection, [entry])
    return True


async def _amounts(connection: Connection, batch: UUID, programme: Programme) -> list[int]:
    """The euro-cents of each award that may be given now: under civil mandates, of who has one.

    A batch nobody of whom has one waits until somebody gives one, or it is refused.
    """
    if programme.instrument is not Instrument.MANDAT_CIVIL:
        return await batches.euros_of(connection, batch)
    await mandated.lock(connection, programme.sponsor)
    return await mandated.euros_of(connection, batch)


def batch_entry(
    act: Act, programme: Programme, batch: Issuing, amounts: Sequence[int], terms: Terms
) -> JournalEntry:
    """The entry that issues a batch into its account: a sponsor's, or a works council's."""
    if programme.instrument is Instrument.CSE:
        grants = [Share(batch.account, euros) for euros in amounts]
        return cse_disburse(
            act, grants=grants, source=programme.account, batch=batch.id, terms=terms
        )
    return aid_batch(
        act,
        awards_euros_cents=amounts,
        programme=programme.account,
        awards=batch.account,
        batch=batch.id,
        terms=terms,
    )


async def free_cents(connection: Connection, programme: Programme, batch: Row) -> tuple[int, int]:
    """Euros of a programme that nothing older than a batch waits for, and the account's version."""
    account = await store.account(connection, programme.account)
    assert account is not None, "it was opened with its programme"
    version = (await store.versions(connection, [programme.account]))[programme.account]
    older = await batches.committed_cents(connection, programme.id, before=batch)
    return account.balance - older, version


async def give_out(services: Services, batch: UUID) -> None:
    """Give each award of an issued batch to its lot, once; then the batch is executed."""
    async with services.connection() as connection:
        seen = await batches.one(connection, batch)
        assert seen is not None, "batches stay"
        programme = await programme_of(services, seen)
        lock = int.from_bytes(batch.bytes[:8], signed=True)
        if not await connection.fetchval("select pg_try_advisory_lock($1)", lock):
            return
        try:
            await _give_all(services, connection, seen, programme)
        finally:
            await connection.execute("select pg_advisory_unlock($1)", lock)


async def _give_all(
    services: Services, connection: Connection, row: Row, programme: Programme
) -> None:
    expires = last_instant(programme, row["issued_at"])
    terms = await terms_for(services, row["policy"])
    entry = partial(award_entry, services, programme, Issuing.of(row), terms)
    for after in range(0, row["awards"], CHUNK):
        found = await batches.draw_lots(
            connection, row["id"], expires, after=after, count_max=CHUNK
        )
        if not found:
            continue
        await open_lots(connection, programme, found)
        gate = asyncio.Semaphore(WINDOW)
        made = await asyncio.gather(*(_give(services, gate, entry(one)) for one in found))
        ids = [one.id for one in found], [posted.id for posted in made]
        await batches.given(connection, *ids, services.clock.now())
    await finish(services, connection, row)


async def finish(services: Services, connection: Connection, row: Row) -> None:
    """Every award was given: say so, and write to who has them."""
    now = services.clock.now()
    async with connection.transaction():
        if await batches.executed(connection, row["id"], now):
            await tell_holders(connection, row["id"], now)
            event = Event(Happened.BATCH_EXECUTED, None, row["sponsor"], str(row["id"]))
            await alongside.write(connection, event, now)


async def _give(services: Services, gate: asyncio.Semaphore, entry: JournalEntry) -> Posted:
    async with gate:
        return await services.poster.post(entry, timeout_seconds=POST_SECONDS)


def award_entry(
    services: Services, programme: Programme, batch: Issuing, terms: Terms, award: Giving
) -> JournalEntry:
    """The entry that gives one award; the same key each time, so that again is no act."""
    act = Act(
        new_id(),
        programme.sponsor,
        uuid5(award.id, "give"),
        request_hash(services.pepper, _GIVE, award.id),
        document=batch.document,
        policy=batch.policy,
    )
    return aid_award(
        act,
        euros_cents=award.euros_cents,
        awards=batch.account,
        lot=award.lot,
        award=award.id,
        terms=terms,
    )


async def open_lots(connection: Connection, programme: Programme, awards: Sequence[Giving]) -> None:
    """The lot of each award is there; again is no act."""
    lots = [store.NewLot(award.lot, award.party, award.expires_at) for award in awards]
    await store.open_lots(connection, lots, rule=programme.rule)


async def open_clearing(services: Services, account: int) -> None:
    """The account through which a batch passes is there; again is no act."""
    async with services.connection() as connection:
        await store.open_account(connection, AccountClass.AWARDS, account=account)


async def programme_of(services: Services, row: Row) -> Programme:
    """The programme of a batch, in the version the batch was submitted under."""
    async with services.rows() as rows:
        found = await programme_rows.find(
            rows, row["programme"], services.clock.now(), version=row["version"]
        )
    if found is None:
        raise Problem("not_found")
    return found


async def terms_for(services: Services, version: int) -> Terms:
    """At which terms awards of a version of the policies are converted."""
    return terms_of(await policy_of(services, version), await scheme_of(services))


def issue_act(
    services: Services, programme: Programme, batch: Issuing, expected: tuple[int, int]
) -> Act:
    """The act of issuing a batch: a key of its own each time, for the ledger knows the batch."""
    return Act(
        new_id(),
        programme.sponsor,
        new_id(),
        request_hash(services.pepper, "issueBatch", batch.id),
        document=batch.document,
        policy=batch.policy,
        expected=expected,
    )

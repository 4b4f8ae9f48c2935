"""A food fund's month: what came, what everybody gets, and the batch that gives it to all members.

The batch is one as any other: another person approves it, and it runs once its euros are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from admin.aid import fund, members
from admin.aid.batches import NewAward
from admin.aid.programmes import last_instant
from admin.aid.refusals import FundEmpty, FundWithoutMembers, ListFaulty
from api.acting import request_hash
from api.aid import list_facts, listing
from api.aid.executing import terms_for
from api.aid.listing import Made
from api.wire.days import day_of
from api.wire.ids import derived_id, new_id
from api.wire.problems import overloaded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from admin.aid.fund import Share
    from admin.aid.members import Member, Month
    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.services import Services


class Look(NamedTuple):
    """A month of a fund as it stands.

    Attributes:
        members: everybody in it.
        todo: who gets a share now: without one of the month, and whose contribution has come
            unless everybody is to get one.
        arrived: euros of the month.
        free_cents: euros that nothing waits for.
        share: what each of `todo` gets.
        paid: what came with each member's reference.
        given: the allotment of who has one, by account.
    """

    members: Sequence[Member]
    todo: Sequence[Member]
    arrived: Month
    free_cents: int
    share: Share
    paid: dict[UUID, int]
    given: dict[int, int]


async def look(
    services: Services, programme: Programme, period: str, *, everybody: bool = False
) -> Look:
    """What a month of a fund would do; nothing is written.

    Args:
        services: of the process.
        programme: a food fund.
        period: its month.
        everybody: members whose contribution has not come get a share too.
    """
    since, until = fund.bounds(period)
    async with services.connection() as connection:
        known = await members.of_fund(connection, programme.id)
        given = await members.allotted(connection, programme.id, period)
        arrived = await members.arrived(connection, programme.id, since, until)
        paid = await members.paid(connection, [one.id for one in known], since, until)
        free = await list_facts.free_cents(connection, programme)
        before = (await members.shares(connection, programme.id, [period])).get(period)
    todo = [
        one
        for one in known
        if one.party not in given and (everybody or paid.get(one.id, 0) >= one.contribution_cents)
    ]
    share = fund.share(free, len(todo), programme.version.formula, before)
    return Look(known, todo, arrived, free, share, paid, given)


class Wish(NamedTuple):
    """Which month is shared out, on which decision, and whether to who has not paid too."""

    period: str
    decision: str
    everybody: bool


async def run(
    services: Services, asker: Asker, key: UUID, programme: Programme, wish: Wish
) -> UUID:
    """The batch of a month, entered by one person; again with its key it is the same.

    Raises:
        KeyConflict: the key made another batch.
        FundMonthFar: neither this month nor the one before it.
        ProgrammeShut: the fund does not give today.
        FundWithoutMembers, FundEmpty: nobody is to get anything, or nothing is there.
        OwnAward: the asker is a member: somebody else enters the month.
    """
    request = request_hash(services.pepper, "submitAllotments", programme.id, *wish)
    before = await listing.made_before(services, programme, key, request)
    if before is not None:
        return before
    now = services.clock.now()
    last_instant(programme, now)
    fund.check_month(wish.period, day_of(now))
    found = await look(services, programme, wish.period, everybody=wish.everybody)
    if not found.todo or not found.share.each:
        return await _nothing(services, programme, key, request, found)
    await listing.check_not_own(services, asker, [one.party for one in found.todo])
    batch = derived_id(services.pepper, "batch", programme.id, key)
    made = Made(batch, key, request, wish.period)
    try:
        async with services.room(programme.sponsor) as room:
            await room.keep_decision(batch, {"decision": wish.decision})
            await room.looked(asker.by, "submit", now, count=len(found.todo))
        await _write(services, asker, programme, made, found)
    except ListFaulty:  # a list gave another share at this moment
        raise overloaded() from None
    except asyncpg.UniqueViolationError:
        return await listing.again(services, programme, key, request, 0)
    return batch


async def _nothing(
    services: Services, programme: Programme, key: UUID, request: bytes, found: Look
) -> UUID:
    """What the same request made a moment earlier, which is why nothing is left to give.

    Raises:
        FundWithoutMembers, FundEmpty: it made nothing.
    """
    before = await listing.made_before(services, programme, key, request)
    if before is not None:
        return before
    raise FundEmpty if found.todo else FundWithoutMembers


async def _write(
    services: Services, asker: Asker, programme: Programme, made: Made, found: Look
) -> None:
    new = await listing.new_batch(services, asker, programme, made)
    terms = await terms_for(services, new.policy)
    bousols = terms.issue(found.share.each).bousol_cents
    awards = [
        NewAward(
            id=new_id(),
            beneficiary=one.beneficiary,
            party=one.party,
            period=made.period,
            euros_cents=found.share.each,
            bousol_cents=bousols,
            contribution_cents=one.contribution_cents,
        )
        for one in found.todo
    ]
    await listing.write(services, asker, programme, new, awards)

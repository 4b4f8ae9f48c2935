"""Euros that arrive become Bou'Sols: what the routes of orders and bank credits do with the ledger.

Each act is one transaction of own rows and entries. A key is looked up before anything is tried,
so that a retry is answered from what stands; whoever loses a race for an account plans again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID, uuid5

from admin.aid import funding
from admin.events import Event, Happened
from admin.parties import ISSUER
from admin.people import granting
from admin.refusals import (
    BankReferenceTaken,
    CreditDecided,
    NothingFits,
    NothingWaits,
)
from admin.reserve import bank_credits, credit_alone, orders
from admin.reserve.bank_credits import Arrived, Payee, Released, State, Who
from admin.roles import Act as Right
from admin.roles import check_second
from admin.telling import alongside
from api.acting import act, request_hash
from api.conflicts import conflict
from api.policies import policy_in_force, policy_of, scheme_of
from api.wire import replying
from api.wire.days import day_of
from api.wire.ids import new_id
from api.wire.problems import Problem, overloaded
from ledger import holders
from ledger.committing import Replayed, own_rows
from ledger.poster import Replan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from admin.reserve.bank_credits import Acts, Row
    from admin.reserve.orders import Order
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services
    from ledger.flows.act import Act
    from ledger.holders import Answered
    from ledger.policies import Limits

Made = TypeVar("Made")
PLANS_MAX: Final = 8
"""How often an act is planned again when its account moved meanwhile."""
_HALVES: Final = ("matching", "matching_programme", "matched_by", "returned_by")
"""What one treasurer proposed, and which one: a second one agrees to what they read."""
BOOK, MATCH, RETURN, RELEASE = "bookCredit", "matchCredit", "returnCredit", "releaseSurplus"


async def payee_of(services: Services, order: Order) -> Payee:
    """For whom an order's euros are, at the terms it keeps."""
    terms = orders.terms_of(await policy_of(services, order.policy), await scheme_of(services))
    limits = (await policy_in_force(services)).limits
    return Payee(order.id, order.party, order.account, terms, order.policy, limits)


async def payee_by(services: Services, order: UUID | None) -> Payee | None:
    """As `payee_of`, for the order a credit names."""
    if order is None:
        return None
    async with services.rows() as rows:
        found = await orders.anybodys(rows, order=order)
    assert found is not None, "a credit names an order that exists"
    return await payee_of(services, found)


async def answered(services: Services, party: int, key: UUID, *facts: object) -> Answered | None:
    """The entry that this request with this key has made before; None when it made none.

    Raises:
        KeyConflict: the key made another entry.
    """
    async with services.connection() as connection:
        found = await holders.entry_of_key(connection, party=party, key=key)
    if found is None:
        return None
    if found.request != request_hash(services.pepper, *facts):
        raise conflict(key, asked=request_hash(services.pepper, *facts), kept=found.request)
    replying.answered_before()
    await services.durable(found.seq)
    return found


async def planned(services: Services, work: Callable[[Connection], Awaitable[Made]]) -> Made:
    """What `work` makes in a transaction of own rows, planned again when an account moved.

    Raises:
        Problem: `overloaded`, it moved each time.
    """
    for _ in range(PLANS_MAX):
        try:
            async with services.connection() as connection, own_rows(connection):
                return await work(connection)
        except Replan:
            continue
    raise overloaded()


def who(services: Services, asker: Asker, *, second: bool = False) -> Who:
    """Who acts now; with the grant where it is the second person's."""
    return Who(asker.by, asker.grant if second else None, services.clock.now())


# What the bank brought --------------------------------------------------------------------------


async def propose(services: Services, asker: Asker, arrived: Arrived) -> Row:
    """Write a credit down, and book it at once where one treasurer may.

    Returns:
        The credit of this key, made now or before.

    Raises:
        KeyConflict: the key made another credit.
        BankReferenceTaken: another key entered this line of the bank.
    """
    limits = (await policy_in_force(services)).limits
    payee = await payee_by(services, arrived.order)

    async def work(connection: Connection) -> bool:
        now = services.clock.now()
        if not await funding.propose(connection, arrived, now):
            return False
        facts = {} if arrived.order is None else {"order": str(arrived.order)}
        event = Event(Happened.CREDIT_PROPOSED, asker.by, None, str(arrived.id), facts)
        await alongside.write(connection, event, now)
        row = await bank_credits.locked(connection, arrived.id)
        assert row is not None, "it was written a moment ago"
        if not await alone(services, connection, asker, row, limits):
            await connection.execute("commit")
            return True
        made = _acts(services, arrived.key, row)
        await funding.book(connection, made, row, payee, who(services, asker))
        return True

    known = await _credit_of(services, arrived)
    if known is None and not await planned(services, work):
        known = await _credit_of(services, arrived)
        if known is None:
            raise BankReferenceTaken
    return known or await credit(services, arrived.id)


async def credit(services: Services, number: UUID) -> Row:
    """A credit by its id.

    Raises:
        Problem: `not_found`.
    """
    async with services.connection() as connection:
        row = await bank_credits.one(connection, number)
    if row is None:
        raise Problem("not_found")
    return row


async def confirm(services: Services, asker: Asker, key: UUID, number: UUID) -> Row | Released:
    """The second treasurer agrees: the credit is booked, matched or returned as proposed.

    Raises:
        Problem: `not_found`.
        SamePerson, NotAllowed: not a second person's to confirm.
        CreditDecided: nothing is to be confirmed any more.
        PostingRefusal: of the ledger.
    """
    before = await answered(services, ISSUER, key, BOOK, number)
    if before is not None:
        return await _outcome(services, before.id)
    seen = await credit(services, number)
    payee = await payee_by(services, seen["order_id"] or seen["matching"])

    async def work(connection: Connection) -> Released | None:
        row = await bank_credits.locked(connection, number)
        assert row is not None, "credits stay"
        if any(row[half] != seen[half] for half in _HALVES):
            raise CreditDecided
        made, by = _acts(services, key, row), who(services, asker, second=True)
        match bank_credits.state_of(row):
            case State.PROPOSED:
                await funding.book(connection, made, row, payee, by)
                return None
            case State.MATCHING if row["matching_programme"] is not None:
                programme = row["matching_programme"]
                return await funding.match(connection, made(""), row, programme, by)
            case State.MATCHING:
                assert payee is not None, row
                return await bank_credits.match(connection, made(""), row, payee, by)
            case State.RETURNING:
                return await bank_credits.give_back(connection, made(""), row, by)
            case _:
                raise CreditDecided

    await _check_two(services, asker, seen)
    return await done(services, work) or await credit(services, number)


# What waits for room ----------------------------------------------------------------------------


async def release(
    services: Services, order: Order, key: UUID, user: UUID | None, *, party: int
) -> Released:
    """Issue what fits now of the oldest euros that wait for an order.

    Args:
        services: of the process.
        order: whose euros.
        key: of the request.
        user: who asks; None: the machine, now and then.
        party: the scope of the key: the holder's, or the issuer's.

    Raises:
        NothingWaits: nothing does.
        NothingFits: the account is full.
    """
    before = await answered(services, party, key, RELEASE, order.id)
    if before is not None:
        return await released(services, before.id)
    payee = await payee_of(services, order)

    async def work(connection: Connection) -> Released:
        found = await bank_credits.waiting_for(connection, order.id)
        row = None if found is None else await bank_credits.locked(connection, found)
        if row is None:
            raise NothingWaits
        entry = act(services, party, key, RELEASE, order.id, document=row["document"])
        by = Who(user, None, services.clock.now())
        return await bank_credits.release(connection, entry, row, payee, by)

    made = await done(services, work)
    assert isinstance(made, Released), made
    return made


async def release_what_fits(services: Services) -> int:
    """Issue whatever fits now of all euros that wait for an order; how many entries it made.

    The machine does it from time to time (api/sweeping.py), so that nobody has to ask after a tier
    was raised or money was spent.
    """
    made = 0
    async with services.connection() as connection:
        waiting = await bank_credits.all_waiting(connection)
    for row in waiting:
        async with services.rows() as rows:
            order = await orders.anybodys(rows, order=row["order_id"])
        assert order is not None, row
        try:
            await release(services, order, new_id(), None, party=ISSUER)
        except (NothingFits, NothingWaits):
            continue
        made += 1
    return made


async def alone(
    services: Services, connection: Connection, asker: Asker, row: Row, limits: Limits
) -> bool:
    """Whether the asker decides about a credit without a second treasurer, today."""
    day = day_of(services.clock.now())
    return await credit_alone.alone(connection, row, asker.person or asker.by, day, limits)


# Shared -----------------------------------------------------------------------------------------


def _acts(services: Services, key: UUID, row: Row) -> Acts:
    """The acts of one request on a credit: the first has its key, the others keys made of it."""
    made: list[Act] = []

    def next_act(part: str) -> Act:
        own = uuid5(key, part) if made else key
        document = row["document"]
        made.append(act(services, ISSUER, own, BOOK, row["id"], document=document))
        return made[-1]

    return next_act


async def done(
    services: Services, work: Callable[[Connection], Awaitable[Made]]
) -> Made | Row | Released:
    """What `work` makes, or what its key made while it was being planned."""
    try:
        return await planned(services, work)
    except Replayed as replayed:
        replying.answered_before()
        await services.durable(replayed.answer.seq)
        return await _outcome(services, replayed.answer.id)


async def _credit_of(services: Services, arrived: Arrived) -> Row | None:
    async with services.connection() as connection:
        row = await bank_credits.of_key(connection, arrived.key)
    if row is None:
        return None
    if row["request"] != arrived.request:
        raise conflict(arrived.key, asked=arrived.request, kept=row["request"])
    replying.answered_before()
    return row


async def _outcome(services: Services, entry: UUID) -> Row | Released:
    async with services.connection() as connection:
        row = await bank_credits.of_entry(connection, entry)
    return row or await released(services, entry)


async def released(services: Services, entry: UUID) -> Released:
    """What an entry issued or returned of euros that waited."""
    async with services.connection() as connection:
        row = await bank_credits.released(connection, entry)
    assert row is not None, "an entry of this request is one of a release"
    return Released(entry, row["euros_cents"], row["bousol_cents"])


async def _check_two(services: Services, asker: Asker, row: Row) -> None:
    """Whoever confirms is another human being than who proposed."""
    async with services.rows() as rows:
        first = await granting.grant_of(rows, credit_alone.first_half(row))
        second = await granting.grant_of(rows, asker.acting_as)
    check_second(first, second, Right.CREDIT_BY_HAND, services.clock.now())

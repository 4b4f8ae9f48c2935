"""What the bank has brought, booked by hand with its document, until bank files are read.

Euros that have arrived are never refused. What fits under the holder's cap becomes Bou'Sols at
the terms of the order; the rest, and what names no order, waits in suspense until it fits, is
matched, or goes back to who sent it. Each euro does one of these once: the row of its credit is
locked, and the ledger consumes the credit, and each part of what waits, once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID, uuid5

import asyncpg

from admin.events import Event, Happened
from admin.refusals import CreditDecided, NothingFits, NothingWaits
from admin.reserve.orders import Buyer, fitting_cents
from admin.roles import PartyClass
from admin.telling import alongside
from admin.telling.words import Template
from ledger import holders
from ledger.committing import post_and_commit
from ledger.flows import issue_transfer, suspense_in, suspense_match, suspense_return

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from ledger.flows.act import Act, Terms
    from ledger.policies import Limits
    from ledger.spans import Span
    from ledger.store import Connection

    Acts = Callable[[str], Act]
    """Makes the act of each entry of one request: "issued", "waiting"."""

Row = asyncpg.Record
"""A row of admin.bank_credit as the driver gives it."""


class State(StrEnum):
    """What a credit is: whose turn it is to do something about it."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    WAITING = "waiting"
    MATCHING = "matching"
    RETURNING = "returning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A line of the bank's statement as a treasurer typed it."""

    id: UUID
    key: UUID
    request: bytes
    bank_reference: str
    order: UUID | None
    euros_cents: int
    document: UUID
    document_reference: str
    booked_on: date
    proposed_by: UUID
    programme: UUID | None = None
    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class Payee:
    """For whom euros are: an order's account, the terms it keeps, and the limits in force."""

    order: UUID
    party: int
    account: int
    terms: Terms
    policy: int
    limits: Limits


class Who(NamedTuple):
    """Which user acts, in which grant, and when; no user: the machine."""

    user: UUID | None
    grant: UUID | None
    at: datetime


class Room(NamedTuple):
    """How much more an account may hold; None knows no bound. `expected` is when it was read."""

    cents: int | None
    expected: tuple[int, int] | None


class Released(NamedTuple):
    """What became of euros that waited; no Bou'Sols when they went back or fund a programme."""

    entry: UUID
    euros_cents: int
    bousol_cents: int


def state_of(row: Row) -> State:
    """What a credit is."""
    if row["status"] != State.BOOKED:
        return State(row["status"])
    if not row["waiting_cents"]:
        return State.BOOKED
    if row["returned_by"] is not None:
        return State.RETURNING
    proposed = row["matching"] or row["matching_programme"]
    matching = proposed is not None and row["order_id"] is None and row["programme"] is None
    return State.MATCHING if matching else State.WAITING


def part_of(receipt: UUID, nth: int) -> UUID:
    """What the ledger consumes once for the nth part of a receipt in suspense."""
    return receipt if nth == 0 else uuid5(receipt, str(nth))


# Rows ---------------------------------------------------------------------------------------

_PROPOSE: Final = """
    insert into admin.bank_credit (id, key, request, bank_reference, order_id, euros_cents,
           document, document_reference, booked_on, proposed_by, proposed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict do nothing returning id"""
_LOCKED: Final = "select * from admin.bank_credit where id = $1 for no key update"
_BY_KEY: Final = "select * from admin.bank_credit where key = $1"
_OF_ENTRY: Final = "select * from admin.bank_credit where entry = $1 or surplus_entry = $1"
_WAITING_FOR: Final = """
    select id from admin.bank_credit
     where order_id = $1 and status = 'booked' and waiting_cents > 0
     order by proposed_at, id limit 1"""
_ALL_WAITING: Final = """
    select id, order_id from admin.bank_credit
     where order_id is not null and status = 'booked' and waiting_cents > 0
     order by proposed_at, id"""
_PAGE: Final = """
    select * from admin.bank_credit
     where (proposed_at, id) < ($1, $2) and proposed_at >= $5 and proposed_at < $6
       and (not $3 or status = 'proposed' or waiting_cents > 0)
     order by proposed_at desc, id desc limit $4"""
_BOOKED: Final = """
    update admin.bank_credit
       set status = 'booked', decided_at = $2, confirmed_by = $3, entry = $4, bousol_cents = $5,
           surplus_entry = $6, surplus_cents = $7, waiting_cents = $7
     where id = $1"""
_SETTLED: Final = """
    update admin.purchase_order
       set status = 'settled', settled_at = $2
     where id = $1 and status <> 'settled'"""
_REFUNDED: Final = """
    update admin.purchase_order o
       set status = 'refunded', settled_at = $2
     where o.id = $1 and not exists (
       select from admin.bank_credit c
        where c.order_id = o.id and c.status = 'booked'
          and (c.entry is not null or c.waiting_cents > 0 or exists (
            select from admin.bank_release r where r.credit = c.id and r.bousol_cents > 0)))"""
_BUYER: Final = "select class, tier from admin.party where id = $1 for no key update"
_NTH: Final = "select count(*) from admin.bank_release where credit = $1"
_RELEASE: Final = "insert into admin.bank_release values ($1, $2, $3, $4, $5, $6)"
_LESS: Final = """
    update admin.bank_credit set waiting_cents = waiting_cents - $2 where id = $1"""
_RELEASED: Final = """
    select r.euros_cents, r.bousol_cents, r.credit, c.order_id
      from admin.bank_release r join admin.bank_credit c on c.id = r.credit where r.entry = $1"""


async def propose(connection: Connection, arrived: Arrived, at: datetime) -> bool:
    """Write a credit down; False when its key or the bank's reference was used before."""
    row = (
        arrived.id,
        arrived.key,
        arrived.request,
        arrived.bank_reference,
        arrived.order,
        arrived.euros_cents,
        arrived.document,
        arrived.document_reference,
        arrived.booked_on,
        arrived.proposed_by,
    )
    return await connection.fetchval(_PROPOSE, *row, at) is not None


async def of_key(connection: Connection, key: UUID) -> Row | None:
    """The credit a key made."""
    return await connection.fetchrow(_BY_KEY, key)


async def locked(connection: Connection, credit: UUID) -> Row | None:
    """A credit, nobody else's until the transaction ends."""
    return await connection.fetchrow(_LOCKED, credit)


async def waiting_for(connection: Connection, order: UUID) -> UUID | None:
    """The oldest credit of an order of which euros wait."""
    found: UUID | None = await connection.fetchval(_WAITING_FOR, order)
    return found


async def all_waiting(connection: Connection) -> Sequence[Row]:
    """Every credit with an order of which euros wait, oldest first: its id, and the order's."""
    return await connection.fetch(_ALL_WAITING)


async def page(
    connection: Connection, before: tuple[datetime, UUID], made: Span, *, open_only: bool, most: int
) -> Sequence[Row]:
    """Credits proposed in a span, and before an instant, newest first."""
    return await connection.fetch(_PAGE, *before, open_only, most, *made)


async def one(connection: Connection, credit: UUID) -> Row | None:
    """A credit by its id."""
    return await connection.fetchrow("select * from admin.bank_credit where id = $1", credit)


async def of_entry(connection: Connection, entry: UUID) -> Row | None:
    """The credit that an entry booked, in whole or in part."""
    return await connection.fetchrow(_OF_ENTRY, entry)


async def released(connection: Connection, entry: UUID) -> Row | None:
    """What an entry issued or returned of euros that waited."""
    return await connection.fetchrow(_RELEASED, entry)


async def book(connection: Connection, acts: Acts, row: Row, payee: Payee | None, who: Who) -> None:
    """Issue what fits and put the rest aside, with the rows that say so: one transaction.

    Args:
        connection: in `own_rows`, with the credit locked.
        acts: of the one or two entries.
        row: the credit, still proposed.
        payee: of its order; None when it names none, and everything waits.
        who: books it; the grant is the second person's, if there was one.

    Raises:
        CreditDecided: it was booked or refused before.
        Replan: somebody else moved the account meanwhile: try again.
        PostingRefusal, Replayed, OutcomeUnknown: as `post_and_commit`.
    """
    if row["status"] != State.PROPOSED:
        raise CreditDecided
    credit, euros = row["id"], row["euros_cents"]
    room = Room(0, None) if payee is None else await _room(connection, payee)
    fits = 0 if payee is None else fitting_cents(payee.terms, euros, room.cents)
    entries, entry, surplus, bousol_cents = [], None, None, 0
    if payee is not None and fits:
        act = replace(acts("issued"), policy=payee.policy, expected=room.expected)
        entry, bousol_cents = act.id, payee.terms.issue(fits).bousol_cents
        entries.append(
            issue_transfer(
                act,
                euros_cents=fits,
                holder=payee.account,
                bank_line=credit,
                terms=payee.terms,
            )
        )
    if rest := euros - fits:
        act = acts("waiting")
        line, surplus = uuid5(credit, "waiting") if fits else credit, act.id
        entries.append(suspense_in(act, euros_cents=rest, bank_line=line))
    decided = (who.at, who.grant, entry, bousol_cents, surplus, rest)
    await connection.execute(_BOOKED, credit, *decided)
    if payee is not None:
        await _tell(connection, payee, who.at, arrived=fits, waits=rest)
    happened = event(Happened.CREDIT_BOOKED, who, row, payee)
    await alongside.write(connection, happened, who.at)
    await post_and_commit(connection, entries)


async def release(connection: Connection, act: Act, row: Row, payee: Payee, who: Who) -> Released:
    """Issue what fits now of euros that wait; the rest goes on waiting.

    Args:
        connection: in `own_rows`, with the credit locked.
        act: of the entry.
        row: a booked credit.
        payee: of its order.
        who: asks for it.

    Raises:
        NothingWaits: everything was issued or returned.
        NothingFits: the account is full.
        Replan, PostingRefusal, Replayed, OutcomeUnknown: as `book`.
    """
    check_waiting(row)
    room = await _room(connection, payee)
    fits = fitting_cents(payee.terms, row["waiting_cents"], room.cents)
    if not fits:
        raise NothingFits
    nth, receipt = await next_part(connection, row)
    bought = payee.terms.issue(fits).bousol_cents
    entry = suspense_match(
        replace(act, policy=payee.policy, expected=room.expected),
        euros_cents=fits,
        holder=payee.account,
        receipt=receipt,
        terms=payee.terms,
    )
    made = Released(entry.id, fits, bought)
    await write_release(connection, row, nth, made, who.at)
    left = row["waiting_cents"] - fits
    await _tell(connection, payee, who.at, arrived=fits, waits=left)
    await alongside.write(connection, event(Happened.SURPLUS_ISSUED, who, row, payee), who.at)
    await post_and_commit(connection, [entry])
    return made


async def give_back(connection: Connection, act: Act, row: Row, who: Who) -> Released:
    """Euros that wait go back to who sent them, all of them.

    Raises:
        NothingWaits: nothing does.
        PostingRefusal, Replayed, OutcomeUnknown: as `book`.
    """
    check_waiting(row)
    nth, receipt = await next_part(connection, row)
    cents = row["waiting_cents"]
    entry = suspense_return(act, euros_cents=cents, receipt=receipt)
    made = Released(entry.id, cents, 0)
    await write_release(connection, row, nth, made, who.at)
    if row["order_id"] is not None:
        await connection.execute(_REFUNDED, row["order_id"], who.at)
    await alongside.write(connection, event(Happened.CREDIT_RETURNED, who, row, None), who.at)
    await post_and_commit(connection, [entry])
    return made


_MATCHED: Final = "update admin.bank_credit set order_id = $2 where id = $1"


async def match(
    connection: Connection, act: Act, row: Row, payee: Payee, who: Who
) -> Released | None:
    """Euros that name no order are this one's: what fits is issued, the rest waits for room.

    Committed when it returns.

    Returns:
        What was issued; None when nothing fits now.

    Raises:
        NothingWaits: they were issued or returned.
        CreditDecided: another order has them.
        Replan, PostingRefusal, Replayed, OutcomeUnknown: as `book`.
    """
    check_waiting(row)
    if row["order_id"] is not None or row["programme"] is not None:
        raise CreditDecided
    await connection.execute(_MATCHED, row["id"], payee.order)
    await alongside.write(connection, event(Happened.CREDIT_MATCHED, who, row, payee), who.at)
    try:
        return await release(connection, act, row, payee, who)
    except NothingFits:
        await _tell(connection, payee, who.at, arrived=0, waits=row["waiting_cents"])
        await connection.execute("commit")
        return None


async def _room(connection: Connection, payee: Payee) -> Room:
    """How much more the account may hold, with the party locked; none when it is not open."""
    kind, tier = (await connection.fetchrow(_BUYER, payee.party)) or (None, 0)
    own = await holders.own_account(connection, payee.party)
    if own is None or own.id != payee.account or own.status != holders.OPEN:
        return Room(0, None)
    cap = Buyer(kind != PartyClass.SOLISTE, tier).cap_cents(payee.limits)
    if cap is None:
        return Room(None, None)
    return Room(max(0, cap - own.balance), (own.id, own.version))


async def next_part(connection: Connection, row: Row) -> tuple[int, UUID]:
    """Which part of a credit is issued, matched or returned next, and what the ledger consumes."""
    nth = int(await connection.fetchval(_NTH, row["id"]))
    return nth, part_of(row["surplus_entry"], nth)


async def write_release(
    connection: Connection, row: Row, nth: int, made: Released, at: datetime
) -> None:
    """Write down what an entry makes of euros that wait; they wait no more."""
    written = (made.entry, row["id"], nth, made.euros_cents, made.bousol_cents, at)
    await connection.execute(_RELEASE, *written)
    await connection.execute(_LESS, row["id"], made.euros_cents)


async def _tell(
    connection: Connection, payee: Payee, at: datetime, *, arrived: int, waits: int
) -> None:
    """The order is settled, and its holder hears what came and that something waits."""
    await connection.execute(_SETTLED, payee.order, at)
    if arrived:
        await alongside.tell(connection, payee.party, Template.MONEY_ARRIVED, at)
    if waits:
        await alongside.tell(connection, payee.party, Template.MONEY_WAITS, at)


def check_waiting(row: Row) -> None:
    """Raise NothingWaits when all of a credit was issued or returned."""
    if not row["waiting_cents"]:
        raise NothingWaits


def event(act: Happened, who: Who, row: Row, payee: Payee | None) -> Event:
    """What happened to a credit, for the log."""
    order = payee.order if payee else row["order_id"]
    facts = {} if order is None else {"order": str(order)}
    return Event(act, who.user, payee.party if payee else None, str(row["id"]), facts)

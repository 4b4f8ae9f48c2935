"""A sponsor's euros are booked into its programme; what is not spent returns by `returns`.

A line of the bank's statement that names a programme is booked as any other credit is, by one
treasurer or two; instead of Bou'Sols it makes money of the programme (F-12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.events import Event, Happened
from admin.refusals import CreditDecided
from admin.reserve import bank_credits
from admin.reserve.bank_credits import Released, State, check_waiting
from admin.telling import alongside
from ledger.committing import post_and_commit
from ledger.flows import programme_fund, suspense_match_programme

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from admin.reserve.bank_credits import Acts, Arrived, Payee, Row, Who
    from ledger.flows.act import Act
    from ledger.store import Connection


async def propose(connection: Connection, arrived: Arrived, at: datetime) -> bool:
    """Write a credit down, with the programme it is for; as `bank_credits.propose`."""
    if not await bank_credits.propose(connection, arrived, at):
        return False
    if arrived.programme is not None:
        await connection.execute(_EARMARK, arrived.id, arrived.programme, arrived.member)
    return True


async def book(connection: Connection, acts: Acts, row: Row, payee: Payee | None, who: Who) -> None:
    """Book a credit: into its programme when it names one; else as `bank_credits.book`.

    Raises:
        CreditDecided: it was booked or refused before.
        PostingRefusal, Replayed, OutcomeUnknown: as `post_and_commit`.
    """
    if row["programme"] is None:
        return await bank_credits.book(connection, acts, row, payee, who)
    if row["status"] != State.PROPOSED:
        raise CreditDecided
    account = await connection.fetchval(_ACCOUNT, row["programme"])
    act = acts("issued")
    await connection.execute(_BOOKED, row["id"], who.at, who.grant, act.id)
    facts = {"programme": str(row["programme"])}
    event = Event(Happened.CREDIT_BOOKED, who.user, None, str(row["id"]), facts)
    await alongside.write(connection, event, who.at)
    entry = programme_fund(
        act, euros_cents=row["euros_cents"], programme=account, bank_line=row["id"]
    )
    await post_and_commit(connection, [entry])
    return None


async def match(connection: Connection, act: Act, row: Row, programme: UUID, who: Who) -> Released:
    """Euros that wait without a readable reference fund a programme, all of them (F-03, F-12).

    Args:
        connection: in `own_rows`, with the credit locked.
        act: of the entry.
        row: a booked credit that names nobody.
        programme: which there is.
        who: says so, or agrees.

    Raises:
        NothingWaits: they were issued, matched or returned.
        CreditDecided: an order or a programme has them.
        PostingRefusal, Replayed, OutcomeUnknown: as `post_and_commit`.
    """
    check_waiting(row)
    if row["order_id"] is not None or row["programme"] is not None:
        raise CreditDecided
    nth, receipt = await bank_credits.next_part(connection, row)
    account, cents = await connection.fetchval(_ACCOUNT, programme), row["waiting_cents"]
    entry = suspense_match_programme(act, euros_cents=cents, programme=account, receipt=receipt)
    made = Released(entry.id, cents, 0)
    await connection.execute(_EARMARK, row["id"], programme, None)
    await bank_credits.write_release(connection, row, nth, made, who.at)
    facts = {"programme": str(programme)}
    event = Event(Happened.CREDIT_MATCHED, who.user, None, str(row["id"]), facts)
    await alongside.write(connection, event, who.at)
    await post_and_commit(connection, [entry])
    return made


_EARMARK: Final = "update admin.bank_credit set programme = $2, member = $3 where id = $1"
_ACCOUNT: Final = "select account from admin.programme where id = $1"
_BOOKED: Final = """
    update admin.bank_credit
       set status = 'booked', decided_at = $2, confirmed_by = $3, entry = $4
     where id = $1"""

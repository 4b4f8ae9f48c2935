"""What one treasurer decides alone about euros that came, and what waits for a second one.

Alone is what one human being books, matches or returns in one civil day, together up to a limit.
A credit counts once a day, whatever is done with it. Splitting a sum over lines of the bank, logins
or roles gives no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.events import Happened
from admin.refusals import CreditDecided
from admin.reserve.bank_credits import State, check_waiting, event, state_of
from admin.telling import alongside

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from admin.reserve.bank_credits import Payee, Row, Who
    from ledger.policies import Limits
    from ledger.store import Connection

_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('alone ' || $1::uuid, 0))"
_OTHERS: Final = """
    select coalesce(sum(euros_cents), 0)::bigint from admin.bank_alone
     where human = $1 and day = $2 and credit <> $3"""
_COUNT: Final = """
    insert into admin.bank_alone (human, day, credit, euros_cents) values ($1, $2, $3, $4)
        on conflict do nothing"""
_MATCHING: Final = "update admin.bank_credit set matching = $2, matched_by = $3 where id = $1"
_FOR_PROGRAMME: Final = """
    update admin.bank_credit set matching_programme = $2, matched_by = $3 where id = $1"""
_RETURNING: Final = "update admin.bank_credit set returned_by = $2 where id = $1"
_REFUSED: Final = """
    update admin.bank_credit set status = 'refused', decided_at = $2 where id = $1"""
_PROPOSED_NO_MORE: Final = """
    update admin.bank_credit
       set matching = null, matching_programme = null, matched_by = null, returned_by = null
     where id = $1"""


async def alone(connection: Connection, row: Row, human: UUID, day: date, limits: Limits) -> bool:
    """Whether one treasurer decides about a credit alone; if so it is counted.

    Args:
        connection: in `own_rows`, with the credit locked.
        row: the credit: its euros, or once it is booked those that wait.
        human: who decides; what they decide at once elsewhere waits for this transaction.
        day: the civil day.
        limits: in force; `credit_alone_max_cents` a day.
    """
    euros = row["euros_cents"] if row["status"] == State.PROPOSED else row["waiting_cents"]
    await connection.execute(_LOCK, human)
    others: int = await connection.fetchval(_OTHERS, human, day, row["id"])
    if others + euros > limits.credit_alone_max_cents:
        return False
    await connection.execute(_COUNT, human, day, row["id"], euros)
    return True


def first_half(row: Row) -> UUID:
    """The grant of whoever made the proposal that waits for a second treasurer."""
    half: UUID = row["returned_by"] or row["matched_by"] or row["proposed_by"]
    return half


async def propose_match(connection: Connection, row: Row, payee: Payee, who: Who) -> None:
    """One treasurer says whose the euros are; a second one agrees.

    Raises:
        NothingWaits: they were issued or returned.
        CreditDecided: an order has them, or something else was proposed.
    """
    _check_free(row, order=payee.order)
    if row["matching"] is None:
        await connection.execute(_MATCHING, row["id"], payee.order, who.grant)


async def propose_programme(connection: Connection, row: Row, programme: UUID, who: Who) -> None:
    """One treasurer says which programme the euros fund; a second one agrees.

    Raises:
        NothingWaits, CreditDecided: as `propose_match`.
    """
    _check_free(row, programme=programme)
    if row["matching_programme"] is None:
        await connection.execute(_FOR_PROGRAMME, row["id"], programme, who.grant)


def _check_free(row: Row, *, order: UUID | None = None, programme: UUID | None = None) -> None:
    """Euros wait, are nobody's, and nothing else was proposed.

    Raises:
        NothingWaits, CreditDecided: they do not, are, or it was.
    """
    check_waiting(row)
    others = (row["matching"] or order, row["matching_programme"] or programme)
    taken = row["order_id"] or row["programme"] or row["returned_by"]
    if taken is not None or others != (order, programme):
        raise CreditDecided


async def propose_return(connection: Connection, row: Row, who: Who) -> None:
    """One treasurer wants euros that wait to go back to who sent them; a second one agrees.

    Raises:
        NothingWaits: they were issued or returned.
        CreditDecided: it was proposed to match them.
    """
    check_waiting(row)
    if state_of(row) is State.MATCHING:
        raise CreditDecided
    if row["returned_by"] is None:
        await connection.execute(_RETURNING, row["id"], who.grant)


async def refuse(connection: Connection, row: Row, who: Who) -> None:
    """What waits for a second treasurer is not done; euros that came go on waiting.

    By whoever proposed it, it is withdrawn; by anybody else it is the second person's no.

    Raises:
        CreditDecided: nothing waits for a second treasurer.
    """
    match state_of(row):
        case State.REFUSED:
            return
        case State.PROPOSED:
            await connection.execute(_REFUSED, row["id"], who.at)
        case State.MATCHING | State.RETURNING:
            await connection.execute(_PROPOSED_NO_MORE, row["id"])
        case _:
            raise CreditDecided
    happened = event(Happened.CREDIT_REFUSED, who, row, None)
    await alongside.write(connection, happened, who.at)

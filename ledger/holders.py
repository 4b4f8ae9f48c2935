"""What a holder may read of the ledger: the account purchases fill, one row for each entry.

Rows are per entry: transfers, accounts and versions of others never leave here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.chart import AccountClass
from ledger.flows.accounts import CIRC
from ledger.kinds import Kind
from ledger.spans import EVER, Span
from ledger.store import seq_at, statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from ledger.store import Connection

_LEAST: Final = timedelta(microseconds=1)
LATEST: Final = 2**63 - 1
"""A number above every entry's."""
OPEN: Final = 0
"""The status of an account that pays and receives."""
MOVEMENTS_MAX: Final = 5_000


class OwnAccount(NamedTuple):
    """The account of a party that purchases fill, as read at one instant."""

    id: int
    account_class: AccountClass
    balance: int
    version: int
    status: int
    ceiling: int | None


class Movement(NamedTuple):
    """An entry as one holder sees it.

    Attributes:
        amount: minor units; negative when they left.
        other: the account on the other side.
        earmarked: how much of it moved in lots.
        paid: euro-cents that became Bou'Sols in it; known only of a single entry.
    """

    seq: int
    id: UUID
    kind: Kind
    posted_at: datetime
    effective: date
    origin: int | None
    amount: int
    other: int | None
    earmarked: int = 0
    paid: int | None = None


class Answered(NamedTuple):
    """The entry a key was answered with; `balance` is the payer's after it."""

    seq: int
    id: UUID
    request: bytes
    posted_at: datetime
    balance: int


async def own_account(connection: Connection, party: int) -> OwnAccount | None:
    """The account a party buys into; None when it has none."""
    row = await connection.fetchrow(statement("own_account"), party)
    return None if row is None else OwnAccount(row[0], AccountClass(row[1]), *row[2:])


async def movements(
    connection: Connection,
    accounts: Sequence[int],
    *,
    before: int = LATEST,
    after: int = 0,
    entries_max: int = 50,
) -> Sequence[Movement]:
    """The entries that touched some accounts, newest first, numbered between two others."""
    assert 0 < entries_max <= MOVEMENTS_MAX, entries_max
    lots = AccountClass.LOT
    rows = await connection.fetch(
        statement("movements"), accounts, before, entries_max, after, lots
    )
    return [Movement(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows]


async def made_within(
    connection: Connection, accounts: Sequence[int], made: Span, before: int, entries_max: int
) -> Sequence[Movement]:
    """As `movements`, of those posted in a span."""
    if made == EVER:
        return await movements(connection, accounts, before=before, entries_max=entries_max)
    after, last = [await seq_at(connection, instant - _LEAST) for instant in made]
    bounds = {"before": min(before, last + 1), "after": after}
    return await movements(connection, accounts, **bounds, entries_max=entries_max)


async def movement(connection: Connection, accounts: Sequence[int], entry: UUID) -> Movement | None:
    """One entry as the holder of these accounts sees it; None when it touched none of them."""
    row = await connection.fetchrow(statement("movement"), accounts, entry, CIRC, AccountClass.LOT)
    return None if row is None else Movement(row[0], row[1], Kind(row[2]), *row[3:])


async def entry_of_key(connection: Connection, *, party: int, key: UUID) -> Answered | None:
    """The entry that stands for a key; show it only once its seq is durable."""
    row = await connection.fetchrow(statement("entry_of_key"), party, key)
    return None if row is None else Answered(*row)


async def held_as_of(connection: Connection, party: int, seq: int) -> int:
    """Bou'Sols a party had set aside after entry `seq`, until somebody decides; cents."""
    return int(await connection.fetchval(statement("held_as_of"), party, AccountClass.HOLD, seq))


async def last_before(connection: Connection, day: date) -> int:
    """The last entry posted before a civil day begins in Paris; 0 when there was none."""
    return int(await connection.fetchval(statement("last_before"), day))

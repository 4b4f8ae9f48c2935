"""The journal as people look at it: entries, statements, past balances, the head of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.journal import Recorded, Transfer
from ledger.kinds import Kind
from ledger.lots import Used
from ledger.store.scripts import statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from asyncpg import Record

    from ledger.store.scripts import Connection

_LAST: Final = 2**63 - 1
_PAGE_MAX: Final = 1_000


class Head(NamedTuple):
    """The head of the chain: L, C and the reserve in cents, R in 1/21 of a euro-cent."""

    seq: int
    posted_at: datetime
    debt: int
    issued: int
    remainder: int
    reserve: int
    hash: bytes


class Line(NamedTuple):
    """One transfer in an account's statement; `amount` is positive when the account was debited."""

    seq: int
    id: UUID
    kind: Kind
    posted_at: datetime
    effective: date
    document: UUID | None
    origin: int | None
    other: int
    amount: int
    balance: int
    version: int


class Entry(NamedTuple):
    """An entry that stands, for the service: its amounts are those of its transfers, in order.

    `balance` is the first debited account's after its transfer, as in `Posted`.
    """

    seq: int
    id: UUID
    party: int
    key: UUID
    kind: Kind
    once: UUID | None
    document: UUID | None
    origin: int | None
    card: int | None
    balance: int
    effective: date
    posted_at: datetime
    transfers: tuple[Transfer, ...]


class Moved(NamedTuple):
    """An entry as an account sees it: so many cents came in, or went `back`."""

    entry: UUID
    back: bool
    cents: int


class PaidInMonth(NamedTuple):
    """What an account paid to another in a month such as 2027-03, less what came back."""

    account: int
    other: int
    month: str
    minor: int


class InKind(NamedTuple):
    """What an account was debited and credited in all entries of one kind, minor units.

    A reversal counts with the kind of what it reverses.
    """

    account: int
    kind: Kind
    debited: int
    credited: int


async def head(connection: Connection) -> Head:
    """The head of the chain, as this transaction sees it."""
    row = await connection.fetchrow(statement("head"))
    assert row is not None
    return Head(*row)


async def link(connection: Connection, seq: int) -> Head | None:
    """The head the chain had when `seq` was its last entry; None when it never was."""
    row = await connection.fetchrow(statement("link"), seq)
    return None if row is None else Head(*row)


async def used_by(connection: Connection, seq: int) -> tuple[Used, ...]:
    """What each account paid in an entry and has got back since, in the order of use."""
    return tuple(Used(*row) for row in await connection.fetch(statement("used_by"), seq))


async def recorded(connection: Connection, seq: int) -> Recorded | None:
    """An entry as it stands, for who wants to reverse it; None when there is none."""
    row = await connection.fetchrow(statement("recorded"), seq)
    if row is None:
        return None
    transfers = tuple(Transfer(*t) for t in row["transfers"])
    return Recorded(row["seq"], row["id"], Kind(row["kind"]), transfers, row["remainder"])


async def entry_by_id(connection: Connection, number: UUID) -> Entry | None:
    """The entry with this id; None when there is none."""
    row = await connection.fetchrow(statement("entry_by_id"), number)
    return None if row is None else _entry(row)


async def entries_by_key(connection: Connection, key: UUID, credited: int) -> list[Entry]:
    """The entries under a client's key that credit an account, in order: one for each party."""
    rows = await connection.fetch(statement("entries_by_key"), key, credited)
    return [_entry(row) for row in rows]


async def entry_by_once(connection: Connection, once: UUID) -> Entry | None:
    """The entry that settled what may happen once; None while nothing has."""
    row = await connection.fetchrow(statement("entry_by_once"), once)
    return None if row is None else _entry(row)


async def entries_by_origin(connection: Connection, seq: int) -> list[Entry]:
    """What refunds or reverses an entry, in order."""
    return [_entry(row) for row in await connection.fetch(statement("entries_by_origin"), seq)]


async def ids(connection: Connection, seqs: Sequence[int]) -> dict[int, UUID]:
    """The ids of some entries, by seq."""
    return {row["seq"]: row["id"] for row in await connection.fetch(statement("ids"), seqs)}


async def given_back(connection: Connection, seqs: Sequence[int], account: int) -> dict[int, int]:
    """How many cents an account gave back of some entries so far, by the seq of the entry."""
    rows = await connection.fetch(statement("given_back"), seqs, account)
    return {row["origin"]: row["cents"] for row in rows}


async def entries_after(connection: Connection, seq: int, entries_max: int) -> list[Entry]:
    """The entries after a seq, in order, for whoever follows the journal."""
    assert 0 < entries_max <= _PAGE_MAX, entries_max
    rows = await connection.fetch(statement("entries_after"), seq, entries_max)
    return [_entry(row) for row in rows]


async def moved_after(
    connection: Connection, account: int, seq: int, entries_max: int
) -> list[Entry]:
    """The entries after a seq that move an account, in order."""
    assert 0 < entries_max <= _PAGE_MAX, entries_max
    rows = await connection.fetch(statement("moved_after"), seq, account, entries_max)
    return [_entry(row) for row in rows]


async def day(
    connection: Connection,
    account: int,
    *,
    documents: Sequence[UUID],
    begun: datetime,
    ended: datetime,
    last_seq: int,
) -> list[Moved]:
    """What an account took and gave back under some documents between two instants, in order."""
    bounds = account, documents, begun, ended, last_seq
    return [Moved(*row) for row in await connection.fetch(statement("day"), *bounds)]


async def times_paid(connection: Connection, party: int, account: int) -> int:
    """How often a party has paid an account; 1,000 is that often or more."""
    return int(await connection.fetchval(statement("times_paid"), party, account))


async def taken(  # noqa: PLR0913  why: a page is bounded on every side
    connection: Connection,
    account: int,
    *,
    document: UUID,
    begun: datetime,
    ended: datetime,
    before: int | None = None,
    entries_max: int = 50,
) -> list[Entry]:
    """Entries that move an account and bear a document, newest first.

    Args:
        connection: of the application role.
        account: debited or credited by them.
        document: such as the till that took a payment.
        begun: the first instant at which they may have been posted.
        ended: the instant by which they were.
        before: seq of the last entry already seen.
        entries_max: the size of a page.
    """
    assert 0 < entries_max <= _PAGE_MAX, entries_max
    seen = _LAST if before is None else before
    bounds = account, document, begun, ended, seen, entries_max
    return [_entry(row) for row in await connection.fetch(statement("taken"), *bounds)]


async def refunded(connection: Connection, seq: int) -> int:
    """What was given back of a payment so far by refunds or its reversal, minor units."""
    return int(await connection.fetchval(statement("refunded"), seq))


async def moved_by_kind(connection: Connection, accounts: Sequence[int], seq: int) -> list[InKind]:
    """What some accounts were debited and credited in entries of each kind, up to `seq`."""
    rows = await connection.fetch(statement("moved_by_kind"), list(accounts), seq)
    return [InKind(row[0], Kind(row[1]), row[2], row[3]) for row in rows]


async def paid_by_month(
    connection: Connection, accounts: Sequence[int], kinds: Sequence[Kind], seq: int
) -> list[PaidInMonth]:
    """What some accounts paid to others in each civil month, less what came back, up to `seq`."""
    rows = await connection.fetch(
        statement("paid_by_month"), list(accounts), [int(kind) for kind in kinds], seq
    )
    return [PaidInMonth(*row) for row in rows]


async def first_moved(
    connection: Connection,
    accounts: Sequence[int],
    *,
    credit: Sequence[Kind],
    debit: Sequence[Kind],
    seq: int,
) -> list[tuple[int, datetime, datetime | None]]:
    """When accounts were first credited and first debited by entries of some kinds, up to `seq`."""
    kinds = [[int(kind) for kind in some] for some in (credit, debit)]
    rows = await connection.fetch(statement("first_moved"), list(accounts), *kinds, seq)
    return [(row[0], row[1], row[2]) for row in rows]


def _entry(row: Record) -> Entry:
    transfers = tuple(Transfer(*t) for t in row[12])
    return Entry._make((*row[:4], Kind(row[4]), *row[5:12], transfers))


async def seq_at(connection: Connection, instant: datetime) -> int:
    """The last entry posted at or before an instant; 0 when there was none."""
    return int(await connection.fetchval(statement("seq_at"), instant) or 0)


async def balance_as_of(connection: Connection, account: int, seq: int) -> int:
    """The balance of an account after entry `seq`, minor units on its own side."""
    return int(await connection.fetchval(statement("balance_as_of"), account, seq))


async def balances_as_of(connection: Connection, accounts: Sequence[int], seq: int) -> int:
    """What accounts held together after entry `seq`, minor units, as their last lines say."""
    found = await connection.fetchval(statement("balances_as_of"), list(accounts), seq)
    return int(found)


async def statement_page(
    connection: Connection, account: int, *, after: Line | None = None, lines_max: int = 50
) -> Sequence[Line]:
    """The transfers of an account, newest first; `after` is the last line already seen."""
    assert 0 < lines_max <= _PAGE_MAX, lines_max
    seen = (_LAST, _LAST) if after is None else (after.seq, after.version)
    rows = await connection.fetch(statement("statement_page"), account, *seen, lines_max)
    return [Line(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows]

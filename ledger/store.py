"""The only door to the ledger's tables. It carries; it decides nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.chart import AccountClass, Commodity, commodity_of
from ledger.journal import Posted, Recorded, Transfer
from ledger.kinds import Kind
from ledger.lane import confirming
from ledger.lots import Lot, Share, Used
from ledger.refusals import POSTING_REFUSALS, PostingRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    import asyncpg

    Connection = (
        asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    )

_SQL: Final = Path(__file__).parent / "sql"
_LAST: Final = 2**63 - 1

FUNCTION_SCRIPTS: Final = (
    "clear",
    "protections",
    "rules",
    "post",
    "keys",
    "accounts",
    "governance",
    "grants",
)
"""The files of ledger/sql/functions, in the order in which they are installed."""


def function_scripts() -> tuple[str, ...]:
    """The text of every script that defines the ledger's functions, in order."""
    return tuple(
        (_SQL / "functions" / f"{name}.sql").read_text(encoding="utf-8")
        for name in FUNCTION_SCRIPTS
    )


@cache
def statement(name: str) -> str:
    """The text of `ledger/sql/<name>.sql`: one statement, its parameters named in its heading."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


class Purse(NamedTuple):
    """What a party could pay an acceptor with, as read at one instant."""

    own: Share | None
    lots: tuple[Lot, ...]
    accepted_rules: frozenset[int]


class Head(NamedTuple):
    """The head of the chain: L, C and the reserve in cents, R in 1/21 of a euro-cent."""

    seq: int
    posted_at: datetime
    debt: int
    issued: int
    remainder: int
    reserve: int
    hash: bytes


class Done(NamedTuple):
    """The entry in which something that may happen once has happened."""

    seq: int
    id: UUID
    posted_at: datetime


class Line(NamedTuple):
    """One transfer in an account's statement; `amount` is positive when the account was debited."""

    seq: int
    id: UUID
    kind: Kind
    posted_at: datetime
    effective: Any
    document: UUID | None
    origin: int | None
    other: int
    amount: int
    balance: int
    version: int


async def head(connection: Connection) -> Head:
    """The head of the chain, as this transaction sees it."""
    row = await connection.fetchrow(statement("head"))
    assert row is not None
    return Head(*row)


async def next_account_id(connection: Connection) -> int:
    """An id no account has had; opening it afterwards may be retried."""
    return int(await connection.fetchval("select nextval('ledger.account_id')"))


async def open_account(  # noqa: PLR0913  why: an account has that many facts
    connection: Connection,
    account_class: AccountClass,
    *,
    account: int | None = None,
    commodity: Commodity | None = None,
    party: int | None = None,
    label: str | None = None,
    ceiling: int | None = None,
    rule: int | None = None,
    expires: datetime | None = None,
) -> int:
    """Open an account with a balance and a floor of 0; returns its id. Again is no act.

    Args:
        connection: of the application role.
        account_class: what it is; not one of which the issuer has exactly one.
        account: its id, from `next_account_id`; drawn here when absent (then not retryable).
        commodity: only for notes; every other class has its own.
        party: whose it is.
        label: an identifier such as C1 or P1, unique in its class; never a name.
        ceiling: how far a purchase or a person may fill it, minor units.
        rule: a lot's rule, which acceptors it may pay.
        expires: the last instant of a lot or a hold.

    Raises:
        asyncpg.CheckViolationError: class, commodity, rule and expiry do not fit together.
        asyncpg.UniqueViolationError: the id or the label is another account's.
    """
    if account is None:
        account = await next_account_id(connection)
    counted = commodity_of(account_class) or commodity
    facts = (account, account_class, counted, party, label, ceiling, rule, expires)
    return int(await connection.fetchval(statement("open_account"), *facts))


async def set_ceiling(connection: Connection, account: int, ceiling: int | None) -> bool:
    """How far a purchase or a person may fill an account, minor units; whether there is one."""
    return bool(await connection.fetchval("select ledger.set_ceiling($1, $2)", account, ceiling))


async def put_card(connection: Connection, card: int, *, party: int, blocked: bool) -> bool:
    """A card of a party pays, or pays no more; a blocked one never again. False: another party's.

    Whoever calls it holds the lock of posting until the transaction ends: let it be the last
    statement, or a transaction of its own.
    """
    call = "select ledger.put_card($1, $2, $3::smallint)"
    return bool(await connection.fetchval(call, card, party, int(blocked)))


async def purse(connection: Connection, *, party: int, acceptor: int) -> Purse:
    """The wallet and the lots of a party, and which of their rules accept the acceptor."""
    rows = await connection.fetch(statement("purse"), party, acceptor)
    own = [Share(r["id"], r["balance"]) for r in rows if r["class"] == AccountClass.WALLET]
    lots = [r for r in rows if r["class"] == AccountClass.LOT]
    assert len(own) <= 1, f"party {party} has several wallets"
    return Purse(
        own[0] if own else None,
        tuple(Lot(r["id"], r["balance"], r["rule"], r["expires"]) for r in lots),
        frozenset(r["rule"] for r in lots if r["accepted"]),
    )


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


async def answer(
    connection: Connection, *, party: int, key: UUID
) -> Posted | PostingRefusal | None:
    """What the ledger answered this key; None when it never heard of it.

    Show it to people only once its seq is durable (`Poster.durable`).
    """
    row = await connection.fetchrow(statement("answer"), party, key)
    return None if row is None else _answer(key, *row)


async def close_key(connection: Connection, *, party: int, key: UUID) -> Posted | PostingRefusal:
    """What the ledger answered this key; if nothing, the key is closed and "no" is final.

    Raises:
        OutcomeUnknown: the answer is not known to be durable: ask again.
    """
    with confirming(connection, key):
        row = await connection.fetchrow("select * from ledger.close_key($1, $2)", party, key)
    assert row is not None
    return _answer(key, *row)


async def close_once(connection: Connection, once: UUID) -> Done | None:
    """The act that had happened already; if none, it is closed and never will (`once_closed`).

    Raises:
        OutcomeUnknown: the answer is not known to be durable: ask again.
    """
    with confirming(connection, once):
        row = await connection.fetchrow("select * from ledger.close_once($1)", once)
    assert row is not None
    return None if row["number"] is None else Done(*row)


def _answer(
    key: UUID, code: str | None, seq: int, posted_at: datetime, balance: int, entry: UUID
) -> Posted | PostingRefusal:
    return Posted(seq, posted_at, balance, entry) if code is None else POSTING_REFUSALS[code](key)


async def seq_at(connection: Connection, instant: datetime) -> int:
    """The last entry posted at or before an instant; 0 when there was none."""
    return int(await connection.fetchval(statement("seq_at"), instant) or 0)


async def balance_as_of(connection: Connection, account: int, seq: int) -> int:
    """The balance of an account after entry `seq`, minor units on its own side."""
    return int(await connection.fetchval(statement("balance_as_of"), account, seq))


async def statement_page(
    connection: Connection, account: int, *, after: Line | None = None, lines_max: int = 50
) -> Sequence[Line]:
    """The transfers of an account, newest first; `after` is the last line already seen."""
    assert 0 < lines_max <= 1_000, lines_max  # noqa: PLR2004  why: the bound of a page
    seen = (_LAST, _LAST) if after is None else (after.seq, after.version)
    rows = await connection.fetch(statement("statement_page"), account, *seen, lines_max)
    return [Line(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows]

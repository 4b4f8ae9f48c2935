"""Accounts, cards and purses: opened and read by their id or their party."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ledger.chart import AccountClass, Commodity, commodity_of
from ledger.lots import Lot, Share
from ledger.store.scripts import statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asyncpg import Record

    from ledger.store.scripts import Connection


class Account(NamedTuple):
    """An account as it stands: its balance in minor units on its own side.

    Attributes:
        status: 0 open, 1 receives nothing, 2 frozen, 3 closed.
        ceiling: how far a purchase or a person may fill it; None: no limit.
        rule: of an earmarked lot, whom it may pay.
        expires: the last instant of a lot or a hold.
    """

    id: int
    account_class: AccountClass
    party: int | None
    balance: int
    ceiling: int | None
    status: int
    rule: int | None
    expires: datetime | None
    label: str | None


class Purse(NamedTuple):
    """What a party could pay an acceptor with, as read `at` an instant of the ledger's clock."""

    own: Share | None
    lots: tuple[Lot, ...]
    accepted_rules: frozenset[int]
    at: datetime


class CardState(NamedTuple):
    """A card as it stands; `status` and `spent_cents` are None when the ledger does not know it.

    Attributes:
        status: 0 pays, 1 is blocked.
        spent_cents: since its PIN was given.
        each_max_cents: what one payment may reach without the PIN.
        sum_max_cents: what all since the last PIN may reach.
    """

    status: int | None
    spent_cents: int | None
    each_max_cents: int
    sum_max_cents: int

    def needs_pin(self, cents: int) -> bool:
        """Whether a payment of so much asks for the PIN."""
        return cents > self.unconfirmed_max_cents

    @property
    def unconfirmed_max_cents(self) -> int:
        """The most that one payment may be now without the PIN."""
        left = self.sum_max_cents - (self.spent_cents or 0)
        return max(0, min(self.each_max_cents, left))


async def holds_bousols(connection: Connection, party: int) -> bool:
    """Whether any account of a party holds Bou'Sols, held ones too."""
    return bool(await connection.fetchval(statement("holds_bousols"), party))


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


async def set_status(connection: Connection, account: int, status: int) -> None:
    """What an account may do from now on: `ledger.set_status` names the numbers.

    Raises:
        asyncpg.CheckViolationError: it cannot be closed, for there is something on it.
    """
    await connection.fetchval("select ledger.set_status($1, $2::smallint)", account, status)


async def put_card(connection: Connection, card: int, *, party: int, blocked: bool) -> bool:
    """A card of a party pays, or pays no more; a blocked one never again. False: another party's.

    Whoever calls it holds the lock of posting until the transaction ends: let it be the last
    statement, or a transaction of its own.
    """
    call = "select ledger.put_card($1, $2, $3::smallint)"
    return bool(await connection.fetchval(call, card, party, int(blocked)))


async def accounts_of(connection: Connection, party: int) -> list[Account]:
    """Every account of a party, closed ones too, oldest first."""
    return [_account(row) for row in await connection.fetch(statement("accounts_of"), party)]


async def account(connection: Connection, number: int) -> Account | None:
    """The account with this id; None when there is none."""
    row = await connection.fetchrow(statement("account"), number)
    return None if row is None else _account(row)


def _account(row: Record) -> Account:
    return Account(row[0], AccountClass(row[1]), *row[2:])


async def card(connection: Connection, number: int) -> CardState:
    """What a card may pay now without its PIN."""
    row = await connection.fetchrow(statement("card"), number)
    assert row is not None
    return CardState(*row)


async def purse(connection: Connection, *, party: int, acceptor: int) -> Purse:
    """The wallet and the lots of a party, and which of their rules accept the acceptor."""
    (found,) = await purses(connection, [(party, acceptor)])
    return found


async def purses(connection: Connection, asked: Sequence[tuple[int, int]]) -> list[Purse]:
    """The purse of each (party, acceptor), in their order, all read at one instant."""
    parties, acceptors = [party for party, _ in asked], [acceptor for _, acceptor in asked]
    rows = await connection.fetch(statement("purses"), parties, acceptors)
    found = [_purse(list(group)) for _, group in groupby(rows, key=lambda row: row["nth"])]
    assert len(found) == len(asked), (asked, found)
    return found


def _purse(rows: list[Record]) -> Purse:
    own = [Share(r["id"], r["balance"]) for r in rows if r["class"] == AccountClass.WALLET]
    lots = [r for r in rows if r["class"] == AccountClass.LOT]
    assert len(own) <= 1, own
    return Purse(
        own[0] if own else None,
        tuple(Lot(r["id"], r["balance"], r["rule"], r["expires"]) for r in lots),
        frozenset(r["rule"] for r in lots if r["accepted"]),
        rows[0]["at"],
    )


async def versions(connection: Connection, accounts: Sequence[int]) -> dict[int, int]:
    """How often each account has moved: what a plan that was read is guarded by."""
    rows = await connection.fetch(statement("versions"), list(accounts))
    return {row["id"]: row["version"] for row in rows}

"""The lots of a holder: which may still be spent, and what each purse gave or got in an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger import store
from ledger.chart import AccountClass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from api.accounts.statements import Mine
    from api.process.pools import Connection
    from ledger.store import Account


class Part(NamedTuple):
    """What one purse gave or got; `expires` is the end of aid as it is now, None of own money."""

    cents: int
    expires: datetime | None


def alive(found: Iterable[Account], now: datetime) -> list[Account]:
    """The lots that may still be spent."""
    return [
        one
        for one in found
        if one.account_class is AccountClass.LOT
        and one.balance
        and (one.expires is None or one.expires > now)
    ]


async def parts_of(connection: Connection, party: int, mine: Mine, seq: int) -> list[Part]:
    """The purses of a holder in an entry, in the order in which it moved them."""
    entry = await store.recorded(connection, seq)
    assert entry is not None, "it was found"
    ends = {one.id: one.expires for one in await store.accounts_of(connection, party)}
    own = set(mine.accounts)
    return [
        Part(moved.amount, ends[account])
        for moved in entry.transfers
        for account in (moved.debit, moved.credit)
        if account in own
    ]

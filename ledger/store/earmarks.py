"""Earmarked lots: opened many at a time, and whom their rules let be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.chart import AccountClass, Commodity
from ledger.store.scripts import statement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from ledger.store.scripts import Connection


class NewLot(NamedTuple):
    """A lot about to be opened: its account, whose it is, and its last instant."""

    account: int
    party: int
    expires: datetime


async def open_lots(connection: Connection, lots: Sequence[NewLot], *, rule: int) -> None:
    """Open lots that one rule governs; opening one again is no act."""
    accounts, parties, ends = ([lot[place] for lot in lots] for place in range(3))
    kinds = (AccountClass.LOT, Commodity.BSL, rule)
    await connection.execute(statement("open_lots"), accounts, parties, ends, *kinds)


async def accepted(connection: Connection) -> dict[int, set[int]]:
    """The accounts that the lots of each rule may pay now; a rule without any is left out."""
    found: dict[int, set[int]] = {}
    for rule, account in await connection.fetch(statement("accepted")):
        found.setdefault(rule, set()).add(account)
    return found


async def put_accepted(
    connection: Connection, rule: int, accounts: Collection[int], *, accepted: bool
) -> None:
    """Let the lots of a rule pay these accounts from now on, or no more."""
    await connection.execute(statement("put_acceptance"), rule, sorted(accounts), accepted)

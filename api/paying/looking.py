"""Payments as those look at them who have to do with them: the payer, and the merchant paid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from api.paying.told import BACK, PAID, paid_cents
from api.wire.problems import Problem
from ledger import holders, store
from merchants import remarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services
    from ledger.holders import Movement
    from ledger.store import Entry
    from merchants.places import Place
    from merchants.remarks import Remark


RECENT: Final = timedelta(minutes=10)
"""For so long after it a payment may be the one that somebody is about to make again."""
_RECENT_MAX: Final = 30


class Spendable(NamedTuple):
    """What a party has, seen from one payee; cents.

    Attributes:
        here: own money, and the lots that this payee accepts.
        elsewhere: lots that pay, but not here.
        lapsed: the last instant of a lot with money left that pays no more.
    """

    here: int
    elsewhere: int
    lapsed: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment that stands, durable, and where it was made."""

    entry: Entry
    place: Place
    by_payer: bool


async def seen(services: Services, asker: Asker, payment: UUID) -> Seen:
    """A payment of the asker's, made or taken.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    async with services.connection() as connection:
        entry = await store.entry_by_id(connection, payment)
    if entry is None or entry.kind not in PAID or entry.document is None:
        raise Problem("not_found")
    place = await services.paying.places.of(entry.document)
    if place is None or asker.party not in {entry.party, place.party}:
        raise Problem("not_found")
    await services.durable(entry.seq)
    return Seen(entry, place, by_payer=entry.party == asker.party)


async def taken_payment(services: Services, asker: Asker, payment: UUID) -> Seen:
    """A payment that the asker's merchant took.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    found = await seen(services, asker, payment)
    if found.place.party != asker.party:
        raise Problem("not_found")
    return found


async def remark_of(services: Services, entry: Entry) -> Remark | None:
    """What a payment says beyond its entry."""
    return (await remarks_of(services, [entry])).get(entry.id)


async def remarks_of(services: Services, entries: list[Entry]) -> dict[UUID, Remark]:
    """What payments say beyond their entries, by entry."""
    async with services.rows() as rows:
        return await remarks.of_entries(rows, [entry.id for entry in entries])


async def references_of(services: Services, entries: list[Entry]) -> dict[UUID, str]:
    """The references of the requests that were paid, by request."""
    asked = [entry.once for entry in entries if entry.once is not None]
    async with services.rows() as rows:
        return await remarks.references(rows, asked)


async def spendable(services: Services, party: int, account: int) -> Spendable:
    """What a party could pay to an account, and what it has besides."""
    async with services.connection() as connection:
        purse = await store.purse(connection, party=party, acceptor=account)
    alive = [lot for lot in purse.lots if lot.expires >= purse.at]
    taken = sum(lot.balance_cents for lot in alive if lot.rule in purse.accepted_rules)
    lapsed = [x.expires for x in purse.lots if x.expires < purse.at and x.balance_cents]
    return Spendable(
        here=taken + (purse.own.cents if purse.own else 0),
        elsewhere=sum(lot.balance_cents for lot in alive) - taken,
        lapsed=max(lapsed, default=None),
    )


class Likeness(NamedTuple):
    """What a payment has to be like: this card's, of this sum."""

    card: int
    cents: int

    def has(self, entry: Entry, place: Place) -> bool:
        """Whether a payment to this place is such a one."""
        return (self.card, self.cents) == (entry.card, paid_cents(entry, place.account))


async def recent_payment(
    services: Services, party: int, place: Place, like: Likeness | None = None
) -> Entry | None:
    """The newest payment of a party at a till in the last minutes that was not given back whole."""
    async with services.connection() as connection:
        mine = [one.id for one in await store.accounts_of(connection, party)]
        moved = await holders.movements(connection, mine, entries_max=_RECENT_MAX)
        begun = services.clock.now() - RECENT
        for movement in _paid(moved, begun):
            entry = await store.entry_by_id(connection, movement.id)
            if entry is None or not (like is None or like.has(entry, place)):
                continue
            if await _made_at(services, entry, place):
                break
        else:
            return None
    await services.durable(entry.seq)
    return entry


def _paid(moved: Iterable[Movement], begun: datetime) -> Iterator[Movement]:
    """The payments since an instant, newest first, without those that came back whole."""
    back: defaultdict[int | None, int] = defaultdict(int)
    for one in moved:
        if one.posted_at <= begun:
            return
        if one.kind in BACK:
            back[one.origin] += one.amount
        elif one.kind in PAID and one.amount + back[one.seq] < 0:
            yield one


async def _made_at(services: Services, entry: Entry, place: Place) -> bool:
    found = None if entry.document is None else await services.paying.places.of(entry.document)
    return found is not None and found.till == place.till

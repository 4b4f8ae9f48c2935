"""Orders: euros announced with a reference, at terms that are kept for whoever pays, even late.

An order promises what its euros buy under the policy it was made under. What arrives is converted
at those terms, whatever the amount and whenever it comes; an order that nobody pays expires.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from admin import parties
from admin.people import memberships
from admin.refusals import OrderAboveCap
from admin.reserve.references import reference_of
from admin.reserve.tables import BANK_CREDIT, BANK_RELEASE, ORDER_NUMBER, PURCHASE_ORDER
from admin.roles import PartyClass
from admin.tables import PARTY
from ledger.chart import Commodity
from ledger.flows.act import Terms
from ledger.money import bousols
from ledger.policies import check_purchase
from ledger.spans import EVER, Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ledger.conversion import Scheme
    from ledger.money import Amount
    from ledger.policies import Limits, Policy

AWAITING: Final = "awaiting_funds"


class State(StrEnum):
    """What an order is at an instant; only time makes one expire."""

    AWAITING_FUNDS = AWAITING
    SETTLED = "settled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Quote(NamedTuple):
    """What an amount of euros buys, and under which version of the policies."""

    euros_cents: int
    bousol_cents: int
    policy: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Who orders what: as the client's key and request tell it from others."""

    id: UUID
    party: int
    account: int
    by: UUID
    key: UUID
    request: bytes
    quote: Quote


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands.

    Attributes:
        account: what is credited.
        policy: the version whose terms are kept.
        reference: ISO 11649, on the transfer.
        settled_at: when euros for it were booked, or returned.
        waiting_cents: euros that arrived and wait for room under the cap.
        arrived_cents: all euros that were booked for it, also those that wait.
        credited_cents: Bou'Sols that were issued for them.
    """

    id: UUID
    number: int
    party: int
    account: int
    euros_cents: int
    bousol_cents: int
    policy: int
    reference: str
    made_at: datetime
    expires_at: datetime
    status: str = AWAITING
    settled_at: datetime | None = None
    waiting_cents: int = 0
    arrived_cents: int = 0
    credited_cents: int = 0

    def state(self, at: datetime) -> State:
        """Awaiting funds until they come, or until the order expires."""
        late = self.status == AWAITING and at >= self.expires_at
        return State.EXPIRED if late else State(self.status)


# Rules --------------------------------------------------------------------------------------


def terms_of(policy: Policy, scheme: Scheme) -> Terms:
    """At which terms a purchase by transfer is made; at par where a sponsor would have to pay."""
    return Terms(scheme, policy.wallet_mode)


def quote(asked: Amount, policy: Policy, scheme: Scheme) -> Quote:
    """What euros buy, or the fewest euros that buy at least so many Bou'Sols."""
    terms = terms_of(policy, scheme)
    wished = asked.commodity is Commodity.BSL
    euros_cents = price_cents(terms, asked.minor) if wished else asked.minor
    return Quote(euros_cents, terms.issue(euros_cents).bousol_cents, policy.version)


def price_cents(terms: Terms, bousol_cents: int) -> int:
    """The fewest euro-cents that buy at least `bousol_cents`: 10.00 costs 9.53."""
    return bisect_left(
        range(bousol_cents + 1), bousol_cents, key=lambda x: terms.issue(x).bousol_cents
    )


def fitting_cents(terms: Terms, euros_cents: int, room_cents: int | None) -> int:
    """The most of some euro-cents whose Bou'Sols fit into `room_cents`; None is room for all."""
    if room_cents is None or terms.issue(euros_cents).bousol_cents <= room_cents:
        return euros_cents
    fewer = range(euros_cents)
    return bisect_right(fewer, room_cents, key=lambda x: terms.issue(x).bousol_cents) - 1


def check_cap(bousol_cents: int, *, cap: int | None, held: int, ordered: int) -> None:
    """What an order will give, what is there and what is on order stay below the tier's cap.

    Args:
        bousol_cents: of this order.
        cap: of the wallet; None for who has none.
        held: own money in the wallet; aid and other lots do not count.
        ordered: Bou'Sols of open orders.

    Raises:
        OrderAboveCap: with how much is still possible.
    """
    if cap is None:
        return
    possible = max(0, cap - held - ordered)
    if bousol_cents > possible:
        raise OrderAboveCap(bousols(possible))


# Rows ---------------------------------------------------------------------------------------


class Buyer(NamedTuple):
    """What is known of who buys."""

    business: bool
    tier: int

    def cap_cents(self, limits: Limits) -> int | None:
        """How far purchases may fill the account: by tier; a business has no cap."""
        return None if self.business else parties.balance_cap_cents(self.tier, limits)


async def buyer_of(connection: AsyncConnection, party: int, *, lock: bool = False) -> Buyer:
    """Who a party is when it buys; locked, so that its orders come one after the other."""
    query = select(PARTY.c["class"], PARTY.c.tier).where(PARTY.c.id == party)
    locked = query.with_for_update(key_share=True) if lock else query
    kind, tier = (await connection.execute(locked)).one()
    return Buyer(PartyClass(kind) is not PartyClass.SOLISTE, tier)


async def ordered_cents(connection: AsyncConnection, party: int, at: datetime) -> int:
    """Bou'Sols that open orders of a party will give."""
    opened = (
        (PURCHASE_ORDER.c.party == party)
        & (PURCHASE_ORDER.c.status == AWAITING)
        & (PURCHASE_ORDER.c.expires_at > at)
    )
    total = select(func.coalesce(func.sum(PURCHASE_ORDER.c.bousol_cents), 0)).where(opened)
    return int(await connection.scalar(total) or 0)


async def waiting_cents(connection: AsyncConnection, party: int) -> int:
    """Euros that arrived for orders of a party and wait for room."""
    mine = PURCHASE_ORDER.c.id == BANK_CREDIT.c.order_id
    total = select(func.coalesce(func.sum(BANK_CREDIT.c.waiting_cents), 0)).join(
        PURCHASE_ORDER, mine
    )
    return int(await connection.scalar(total.where(PURCHASE_ORDER.c.party == party)) or 0)


async def of_key(connection: AsyncConnection, party: int, key: UUID) -> tuple[Order, bytes] | None:
    """The order a key made, and the request it made it with."""
    mine = (PURCHASE_ORDER.c.party == party) & (PURCHASE_ORDER.c.key == key)
    row = (await connection.execute(_orders().where(mine))).one_or_none()
    return None if row is None else (_order(row), bytes(row.request))


async def make(
    connection: AsyncConnection, wish: Wish, *, limits: Limits, held: int, at: datetime
) -> Order | None:
    """Write an order down, if a member within the limits makes it.

    Args:
        connection: in the caller's transaction; the party is locked until it ends.
        wish: what is ordered.
        limits: of the policy in force.
        held: own money in the account, minor units.
        at: now.

    Returns:
        The order; None when its key has made one meanwhile.

    Raises:
        BelowMinimum, AboveMaximum, OrderAboveCap, MembershipMissing, MembershipLapsed.
    """
    buyer = await buyer_of(connection, wish.party, lock=True)
    if await of_key(connection, wish.party, wish.key) is not None:
        return None
    memberships.check_may_buy(await memberships.of(connection, wish.party), limits, at)
    check_purchase(wish.quote.euros_cents, limits, business=buyer.business)
    check_cap(
        wish.quote.bousol_cents,
        cap=buyer.cap_cents(limits),
        held=held,
        ordered=await ordered_cents(connection, wish.party, at),
    )
    number = int(await connection.scalar(ORDER_NUMBER.next_value()))
    row = {
        "id": wish.id,
        "number": number,
        "party": wish.party,
        "account": wish.account,
        **wish.quote._asdict(),
        "reference": reference_of(number),
        "made_at": at,
        "expires_at": at + timedelta(days=limits.order_days),
        "made_by": wish.by,
        "key": wish.key,
        "request": wish.request,
    }
    await connection.execute(insert(PURCHASE_ORDER).values(**row))
    return await of(connection, wish.party, wish.id)


async def of(connection: AsyncConnection, party: int, order: UUID) -> Order | None:
    """An order of a party; None when there is none, or it is another's."""
    mine = (PURCHASE_ORDER.c.party == party) & (PURCHASE_ORDER.c.id == order)
    row = (await connection.execute(_orders().where(mine))).one_or_none()
    return None if row is None else _order(row)


async def anybodys(
    connection: AsyncConnection, *, order: UUID | None = None, number: int | None = None
) -> Order | None:
    """An order by its id or its number, whosever it is: for who books what the bank brought."""
    which = PURCHASE_ORDER.c.id == order if order else PURCHASE_ORDER.c.number == number
    row = (await connection.execute(_orders().where(which))).one_or_none()
    return None if row is None else _order(row)


async def page(
    connection: AsyncConnection, party: int, *, before: int, made: Span = EVER, count_max: int
) -> Sequence[Order]:
    """Orders of a party made in a span, with a number below `before`, newest first."""
    own, at = PURCHASE_ORDER.c.party == party, PURCHASE_ORDER.c.made_at
    mine = own & (PURCHASE_ORDER.c.number < before) & (at >= made.since) & (at < made.until)
    query = _orders().where(mine).order_by(PURCHASE_ORDER.c.number.desc()).limit(count_max)
    return [_order(row) for row in await connection.execute(query)]


def _orders() -> Any:
    """Orders, each with what the bank brought for it."""
    booked = (BANK_CREDIT.c.order_id == PURCHASE_ORDER.c.id) & (BANK_CREDIT.c.status == "booked")
    released = (
        _sum(BANK_RELEASE.c.bousol_cents)
        .select_from(BANK_RELEASE.join(BANK_CREDIT, BANK_RELEASE.c.credit == BANK_CREDIT.c.id))
        .where(booked)
        .scalar_subquery()
    )
    waiting, arrived, credited = (
        _sum(BANK_CREDIT.c[name]).where(booked).scalar_subquery()
        for name in ("waiting_cents", "euros_cents", "bousol_cents")
    )
    return select(
        PURCHASE_ORDER,
        waiting.label("waiting_cents"),
        arrived.label("arrived_cents"),
        (credited + released).label("credited_cents"),
    )


def _sum(column: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0))


def _order(row: Any) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        party=row.party,
        account=row.account,
        euros_cents=row.euros_cents,
        bousol_cents=row.bousol_cents,
        policy=row.policy,
        reference=row.reference,
        made_at=row.made_at,
        expires_at=row.expires_at,
        status=row.status,
        settled_at=row.settled_at,
        waiting_cents=int(row.waiting_cents),
        arrived_cents=int(row.arrived_cents),
        credited_cents=int(row.credited_cents),
    )

"""Memberships: a fee a year, a standing that follows from dates, a grace after the last day.

A member may buy until the grace is over. A lapsed one spends, gives and pays what is there, and
buys nothing; nobody's money is locked in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from admin import events
from admin.events import Event, Happened
from admin.refusals import MembershipLapsed, MembershipMissing, MembershipOpen
from admin.tables import MEMBERSHIP, MESSAGE, PARTY
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ledger.policies import Limits

TOLD_BEFORE: Final = timedelta(days=30)
"""How long before its last day a member is told."""


class Standing(StrEnum):
    """What a membership is at an instant."""

    PENDING = "pending"
    ACTIVE = "active"
    LAPSED = "lapsed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Membership:
    """One year of one party; the fee is in euro-cents."""

    id: UUID
    fee_cents: int
    asked_at: datetime
    paid_at: datetime | None = None
    until: datetime | None = None
    left_at: datetime | None = None

    def standing(self, at: datetime, grace: timedelta) -> Standing:
        """Pending until the fee is paid, active until the grace after its last day is over."""
        if self.left_at is not None and self.left_at <= at:
            return Standing.LEFT
        if self.until is None:
            return Standing.PENDING
        return Standing.ACTIVE if at < self.until + grace else Standing.LAPSED


def grace_of(limits: Limits) -> timedelta:
    """How long a membership goes on after its last day: 90 days."""
    return timedelta(days=limits.membership_grace_days)


def fee_of(limits: Limits, *, business: bool) -> int:
    """The fee of a year in euro-cents: 3.00 for a soliste, 30.00 for a business."""
    return limits.membership_business_cents if business else limits.membership_resident_cents


def check_may_buy(years: Sequence[Membership], limits: Limits, at: datetime) -> None:
    """Whoever buys is a member now.

    Raises:
        MembershipLapsed: with the last day of the latest year.
        MembershipMissing: no year was ever paid, or the member left.
    """
    grace = grace_of(limits)
    standings = [year.standing(at, grace) for year in years]
    if Standing.ACTIVE in standings:
        return
    paid = zip(years, standings, strict=True)
    ends = [y.until for y, standing in paid if standing is Standing.LAPSED and y.until]
    if ends:
        raise MembershipLapsed(max(ends))
    raise MembershipMissing


async def ask(
    connection: AsyncConnection, *, party: int, membership: UUID, fee_cents: int, at: datetime
) -> None:
    """Ask for a year; it begins when its fee is paid.

    Raises:
        MembershipOpen: one is asked for already.
    """
    row = {"id": membership, "party": party, "fee_cents": fee_cents, "asked_at": at}
    try:
        async with connection.begin_nested():
            await connection.execute(insert(MEMBERSHIP).values(**row))
    except IntegrityError as error:
        raise MembershipOpen from error
    await events.write(
        connection, Event(Happened.MEMBERSHIP_ASKED, None, party, str(membership)), at
    )


def a_year_after(at: datetime) -> datetime:
    """The same day of the next year, the 28th after a 29th of February."""
    try:
        return at.replace(year=at.year + 1)
    except ValueError:
        return at.replace(year=at.year + 1, day=28)


async def pay(
    connection: AsyncConnection, *, membership: UUID, entry: UUID, actor: UUID, at: datetime
) -> datetime | None:
    """The fee was paid by a journal entry: the year follows on the one before if that still runs.

    Returns:
        Its last instant; None when it was not pending, so that again is no act.
    """
    pending = select(MEMBERSHIP.c.party).where(
        MEMBERSHIP.c.id == membership,
        MEMBERSHIP.c.paid_at.is_(None),
        MEMBERSHIP.c.left_at.is_(None),
    )
    party = await connection.scalar(pending.with_for_update())
    if party is None:
        return None
    ends = [year.until for year in await of(connection, party) if year.until and not year.left_at]
    until = a_year_after(max([at, *ends]))
    paid = update(MEMBERSHIP).where(MEMBERSHIP.c.id == membership)
    await connection.execute(paid.values(paid_at=at, entry=entry, valid_until=until))
    event = Event(Happened.MEMBERSHIP_PAID, actor, party, str(membership), {"entry": str(entry)})
    await events.write(connection, event, at)
    return until


async def leave(
    connection: AsyncConnection, *, party: int, actor: UUID | None, at: datetime
) -> None:
    """A member leaves: no year of theirs goes on."""
    running = (MEMBERSHIP.c.party == party) & MEMBERSHIP.c.left_at.is_(None)
    done = await connection.execute(update(MEMBERSHIP).where(running).values(left_at=at))
    if done.rowcount:
        await events.write(connection, Event(Happened.MEMBERSHIP_LEFT, actor, party), at)


async def of(connection: AsyncConnection, party: int) -> Sequence[Membership]:
    """The years of a party, oldest first."""
    query = select(MEMBERSHIP).where(MEMBERSHIP.c.party == party).order_by(MEMBERSHIP.c.asked_at)
    return [_year(row) for row in await connection.execute(query)]


async def find(
    connection: AsyncConnection, membership: UUID, party: int | None
) -> Membership | None:
    """One year of a party, or of anybody when `party` is None."""
    query = select(MEMBERSHIP).where(MEMBERSHIP.c.id == membership)
    if party is not None:
        query = query.where(MEMBERSHIP.c.party == party)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _year(row)


def _year(row: Any) -> Membership:
    return Membership(
        row.id, row.fee_cents, row.asked_at, row.paid_at, row.valid_until, row.left_at
    )


async def remind(connection: AsyncConnection, *, at: datetime, count_max: int = 50) -> int:
    """Tell members whose last day is near, once for each year; how many were told.

    The message bears the year's id, so that two workers at once tell it once.
    """
    later = MEMBERSHIP.alias()
    follows = select(later.c.id).where(
        later.c.party == MEMBERSHIP.c.party,
        later.c.left_at.is_(None),
        later.c.valid_until > MEMBERSHIP.c.valid_until,
    )
    ending = (
        select(MEMBERSHIP.c.id, MEMBERSHIP.c.party)
        .join(PARTY, PARTY.c.id == MEMBERSHIP.c.party)
        .where(
            MEMBERSHIP.c.left_at.is_(None),
            MEMBERSHIP.c.valid_until.between(at, at + TOLD_BEFORE),
            PARTY.c.person.is_not(None),
            PARTY.c.closed_at.is_(None),
            ~follows.exists(),
            ~select(MESSAGE.c.id).where(MESSAGE.c.id == MEMBERSHIP.c.id).exists(),
        )
        .order_by(MEMBERSHIP.c.valid_until)
        .limit(count_max)
    )
    years = (await connection.execute(ending)).all()
    for year in years:
        template = Template.MEMBERSHIP_ENDS
        await messages.queue(
            connection, party=year.party, template=template, at=at, message=year.id
        )
    return len(years)

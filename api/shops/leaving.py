"""A merchant leaves: what is left is redeemed, and the account closes at 0 for good (F-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from admin import events, parties
from admin.events import Event, Happened
from api.acting import act
from api.policies import scheme_of
from api.shops.admitting import found_in
from api.shops.deciding import tell_holder
from ledger import flows, store
from ledger.chart import AccountClass, single_account
from merchants import admission, register, tills
from merchants.admission import Status
from merchants.refusals import MoneyLeft, StandingMisfit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services
    from merchants.register import Merchant

_CIRC: Final = single_account(AccountClass.CIRC)


class Redeemed(NamedTuple):
    """What was left of a merchant's Bou'Sols, and the euros now owed for them; cents."""

    entry: UUID
    posted_at: datetime
    bousol_cents: int
    euros_cents: int


async def finish_closing(services: Services, asker: Asker, merchant: UUID) -> Merchant:
    """A merchant that was closing and holds nothing any more is closed for good; again is no act.

    Raises:
        Problem: `not_found`.
        StandingMisfit: it is not closing.
        MoneyLeft: its accounts are not at 0.
    """
    now = services.clock.now()
    async with services.rows() as rows:
        found = await found_in(rows, merchant, lock=True)
        status = found.standing.status
        if status is Status.CLOSED:
            return found
        if status is not Status.CLOSING:
            raise StandingMisfit(status)
        await _close_account(services, found)
        await register.stand(rows, merchant, admission.Standing(Status.CLOSED))
        await tills.close_all(rows, merchant=merchant, at=now)
        party, _, _ = found.numbers
        await parties.close(rows, party, now)
        event = Event(Happened.MERCHANT_CLOSED, asker.by, party, str(merchant))
        await events.write(rows, event, now)
        await tell_holder(rows, found, now)
        return await found_in(rows, merchant)


async def redeem_rest(
    services: Services,
    asker: Asker,
    key: UUID,
    *,
    merchant: UUID,
    bousol_cents: int,
    document: UUID,
) -> Redeemed:
    """What a closing merchant still holds becomes euros that are owed to it; no minimum.

    Raises:
        Problem: `not_found`.
        StandingMisfit: it is not closing.
        PostingRefusal: as the ledger says.
    """
    async with services.rows() as rows:
        found = await found_in(rows, merchant)
    if found.standing.status not in {Status.CLOSING, Status.CLOSED}:  # closed: a replay, or refused
        raise StandingMisfit(found.standing.status)
    _, account, payable = found.numbers
    facts = ("redeemRest", merchant, bousol_cents, document)
    entry = flows.closure(
        act(services, asker.acting, key, *facts, document=document),
        merchant=account,
        to=payable,
        bousol_cents=bousol_cents,
        scheme=await scheme_of(services),
    )
    posted = await services.post(entry)
    async with services.connection() as connection:
        stands = await store.recorded(connection, posted.seq)
    assert stands is not None, posted
    euros_cents = sum(t.amount for t in stands.transfers if t.debit == _CIRC)
    return Redeemed(stands.id, posted.posted_at, bousol_cents, euros_cents)


async def _close_account(services: Services, found: Merchant) -> None:
    party, account, _ = found.numbers
    async with services.connection() as ledger:
        if await store.holds_bousols(ledger, party):
            raise MoneyLeft
        try:
            await store.set_status(ledger, account, admission.CLOSED)
        except asyncpg.CheckViolationError:
            raise MoneyLeft from None

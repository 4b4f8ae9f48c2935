"""What a redemption would come to, before anybody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from admin.refusals import NotRedeemable
from admin.reserve import redemption_rows
from admin.reserve.redemptions import REDEEMERS, check_amount, expected_on, needs_proof, quote
from api.policies import policy_in_force, scheme_of
from api.reserve.redemptions import redeemer_of
from api.wire.days import bounds, day_of
from ledger import store

if TYPE_CHECKING:
    from datetime import date

    from admin.reserve.redemptions import Quote
    from api.gate.asker import Asker
    from api.services import Services
    from ledger.policies import Policy


class Preview(NamedTuple):
    """What a request would come to.

    Attributes:
        available_cents: that may be asked for now.
        iban: where euros are paid; None when nobody knows.
        expected: when the euros have left at the latest.
        proof: whether the asker is to show to be there.
    """

    quote: Quote
    available_cents: int
    policy: Policy
    iban: str | None
    expected: date
    proof: bool


async def preview(services: Services, asker: Asker, cents: int | None) -> Preview:
    """What a request would come to now, with nothing held; None asks for all there is.

    Raises:
        NotRedeemable: the asker is no merchant or association.
        BelowMinimum, RedemptionNotEarned: as `check_amount` says of an amount.
    """
    policy, scheme = await policy_in_force(services), await scheme_of(services)
    today = day_of(services.clock.now())
    async with services.connection() as connection:
        redeemer = await redeemer_of(connection, asker.acting)
        if redeemer is None or redeemer.party_class not in REDEEMERS:
            raise NotRedeemable
        account = await store.account(connection, redeemer.account)
        assert account is not None, "a member has its account"
        earned, redeemed = (0, 0)
        if scheme.sponsored:
            earned, redeemed = await redemption_rows.moved(connection, redeemer.account)
        today_cents = await redemption_rows.since_cents(connection, asker.acting, bounds(today)[0])
    there = account.balance
    if scheme.sponsored:
        there = min(there, max(0, earned - redeemed))
    if cents is not None:
        check_amount(cents, scheme, policy.limits, earned_cents=earned, redeemed_cents=redeemed)
    told = quote(there if cents is None else cents, scheme, policy)
    proof, expected = needs_proof(told.bousol_cents, today_cents), expected_on(today)
    return Preview(told, there, policy, redeemer.iban, expected, proof)

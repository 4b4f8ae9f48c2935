"""A merchant's Bou'Sols become euros: what a request comes to, and when two treasurers decide it.

The amount is fixed once it is held, and the rate and the commission with it: a request is paid as
it was told, whatever policy holds when it is approved. A resident has no way here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from admin.refusals import IbanMissing, NotRedeemable
from ledger.conversion import part
from ledger.policies import check_redemption
from ledger.sponsored import check_earned

if TYPE_CHECKING:
    from datetime import date

    from ledger.conversion import Scheme
    from ledger.policies import Limits, Policy

REDEEMERS: Final = frozenset({"merchant", "association"})
"""A public body is paid in euros each time, and holds nothing to redeem."""


UNPROVED_MAX_CENTS: Final = 30_00
"""More than this in one day is asked for by somebody who shows to be there."""
DAYS_MAX: Final = 5
"""Working days; what is held for longer is on the treasurers' list of alerts."""
_SATURDAY: Final = 5


class Redeemer(NamedTuple):
    """Who asks, as the merchants' room knows them.

    Attributes:
        party_class: merchant, association or public.
        account: what is debited.
        payable: of the euros owed to them.
        iban: where these are paid.
    """

    party_class: str
    account: int
    payable: int
    iban: str | None


class Quote(NamedTuple):
    """What Bou'Sols come to: the gross rounded down, the commission on it, the rest (3.1)."""

    bousol_cents: int
    gross_cents: int
    commission_cents: int

    @property
    def net_cents(self) -> int:
        """Euro-cents paid out."""
        return self.gross_cents - self.commission_cents

    @property
    def discount_cents(self) -> int:
        """What leaving the circuit costs: Bou'Sols at par, less the euros paid out."""
        return self.bousol_cents - self.net_cents


def expected_on(day: date) -> date:
    """When euros asked for on a day have left at the latest: five days from Monday to Friday on."""
    left = DAYS_MAX
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def quote(bousol_cents: int, scheme: Scheme, policy: Policy) -> Quote:
    """21.00 B come to 20.00 EUR; at 2 % of commission to 19.60."""
    gross_cents = scheme.redeem(bousol_cents).euros_cents
    return Quote(bousol_cents, gross_cents, part(gross_cents, policy.commission_ppm))


def check_redeemer(redeemer: Redeemer | None) -> Redeemer:
    """Only a merchant or an association with a bank account redeems.

    Raises:
        NotRedeemable: the asker is neither.
        IbanMissing: euros have nowhere to go.
    """
    if redeemer is None or redeemer.party_class not in REDEEMERS:
        raise NotRedeemable
    if not redeemer.iban:
        raise IbanMissing
    return redeemer


def check_amount(
    bousol_cents: int, scheme: Scheme, limits: Limits, *, earned_cents: int, redeemed_cents: int
) -> None:
    """A request is of at least 21.00 B; at par, only of Bou'Sols that were received in payment.

    Raises:
        BelowMinimum, RedemptionNotEarned: with the bound that was passed.
    """
    check_redemption(bousol_cents, limits)
    if scheme.sponsored:
        check_earned(bousol_cents, earned_cents=earned_cents, redeemed_cents=redeemed_cents)


def needs_proof(bousol_cents: int, day_cents: int) -> bool:
    """Whether the asker's PIN, password or passkey is asked for: above 30.00 B in one day."""
    return day_cents + bousol_cents > UNPROVED_MAX_CENTS


def needs_second(bousol_cents: int, limits: Limits) -> bool:
    """Whether a second treasurer must approve, too: above 1,000.00 B."""
    return bousol_cents > limits.redemption_alone_max_cents

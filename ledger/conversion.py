"""Euros into Bou'Sols and back at 20:21, in whole cents, with what each rounding leaves.

Both directions round against the one who converts, so the reserve never runs short; what the
roundings leave is counted exactly (R, in 1/21 of a euro-cent) and the conservation law
`21 L - 20 C = R >= 0` holds after each entry. Source: domain model, 3.1 and 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

PPM: Final = 1_000_000
"""Parts in a whole: commissions and fees are given in parts per million."""


class Redemption(Enum):
    """Who pays for the 21st Bou'Sol; fixed with the rate at the first issue."""

    SYMMETRIC = "symmetric"
    """Whoever leaves the circuit: 21 BSL redeem to 20 EUR. The law is `21 L - 20 C = R >= 0`."""
    SPONSORED = "sponsored"
    """A sponsor's fund: 21 BSL redeem to 21 EUR. The law is `L = C`, and R stays 0."""


class Mode(Enum):
    """How an amount of euros that is no multiple of 20 is converted."""

    LINEAR = "linear"
    """21/20 on the whole, rounded down: 7.35 EUR gives 7.71 BSL."""
    TRANCHE = "tranche"
    """One more BSL for each full 20 EUR, 1:1 on the rest: 50 EUR gives 52 BSL, whole for notes."""


class Conversion(NamedTuple):
    """Euros and Bou'Sols that stand against each other, in either direction.

    Attributes:
        euros_cents: paid or received by who converts.
        bousol_cents: created or destroyed.
        bonus_cents: euros of the sponsor, paid or given back (sponsored scheme only).
        remainder: what the rounding adds to R, in 1/21 of a euro-cent.
    """

    euros_cents: int
    bousol_cents: int
    bonus_cents: int = 0
    remainder: int = 0


@dataclass(frozen=True, slots=True)
class Scheme:
    """The rate as a pair of integers and who pays for it: the one place where 21/20 stands.

    Attributes:
        rate_issued: Bou'Sols for `rate_paid` euros.
        rate_paid: euros that buy `rate_issued` Bou'Sols.
        tranche_cents: euro-cents of a full tranche; a multiple of `rate_paid`.
        redemption: who pays for the difference.
    """

    rate_issued: int = 21
    rate_paid: int = 20
    tranche_cents: int = 20_00
    redemption: Redemption = Redemption.SYMMETRIC

    def __post_init__(self) -> None:
        assert self.rate_issued > self.rate_paid > 0, self
        assert self.tranche_cents % self.rate_paid == 0 < self.tranche_cents, self

    @property
    def sponsored(self) -> bool:
        """Whether a sponsor pays for the bonus."""
        return self.redemption is Redemption.SPONSORED

    def issue(
        self, euros_cents: int, mode: Mode = Mode.LINEAR, *, bonused_cents: int | None = None
    ) -> Conversion:
        """What `euros_cents` buy: 7.35 EUR gives 7.71 BSL and leaves 15/21 of a cent.

        Args:
            euros_cents: paid, at least 0.
            mode: linear, or by full tranches of 20 EUR.
            bonused_cents: how much of it earns the bonus, the rest being converted at par; all
                by default. Only a sponsored scheme knows a conversion at par.
        """
        assert self.sponsored or bonused_cents is None, bonused_cents
        bonused = euros_cents if bonused_cents is None else bonused_cents
        assert 0 <= bonused <= euros_cents, (bonused, euros_cents)
        if mode is Mode.TRANCHE:
            bonused -= bonused % self.tranche_cents
        bonus = bonused * (self.rate_issued - self.rate_paid) // self.rate_paid
        return self._left_by(1, Conversion(euros_cents, euros_cents + bonus, bonus))

    def redeem(self, bousol_cents: int) -> Conversion:
        """What `bousol_cents` are worth to who leaves: 10.00 BSL gives 9.52 EUR, 8/21 remain.

        Rounded down; at par in a sponsored scheme.
        """
        assert bousol_cents >= 0, bousol_cents
        if self.sponsored:
            return Conversion(bousol_cents, bousol_cents)
        euros_cents = bousol_cents * self.rate_paid // self.rate_issued
        return self._left_by(-1, Conversion(euros_cents, bousol_cents))

    def take_back(self, bousol_cents: int, *, bonused: bool) -> Conversion:
        """What undoing an issue gives back: 62.50 BSL is 59.52 EUR and 2.98 to the sponsor.

        As `redeem`, but in a sponsored scheme the bonus goes back to who paid it; not `bonused`
        when the issue was at par.
        """
        assert bousol_cents >= 0, bousol_cents
        if self.sponsored and not bonused:
            return Conversion(bousol_cents, bousol_cents)
        euros_cents = bousol_cents * self.rate_paid // self.rate_issued
        bonus_cents = bousol_cents - euros_cents
        return self._left_by(-1, Conversion(euros_cents, bousol_cents, bonus_cents))

    def cover(self, bousol_cents: int) -> Conversion:
        """What must be paid in for Bou'Sols found to circulate: 20.00 BSL costs 19.05 EUR.

        Rounded up, so that a lost note leaves R where it was or higher; par when sponsored.
        """
        if self.sponsored:
            return Conversion(bousol_cents, bousol_cents)
        return self._left_by(1, Conversion(self.price(bousol_cents), bousol_cents))

    def price(self, bousol_cents: int) -> int:
        """Euro-cents to pay to get at least `bousol_cents`: 10.00 BSL costs 9.53 EUR.

        One wish in 21 cannot be met to the cent: 0.19 EUR buys 0.19 BSL and 0.20 EUR buys 0.21,
        so that a wish of 0.20 costs 0.20 and gets 0.21.
        """
        assert bousol_cents >= 0, bousol_cents
        return -(-bousol_cents * self.rate_paid // self.rate_issued)

    def law(self, debt_cents: int, issued_cents: int) -> int:
        """What the law says R is: `21 L - 20 C`, or `L - C`, which must be 0, when sponsored.

        Args:
            debt_cents: L, euro-cents owed to holders.
            issued_cents: C, hundredths of a Bou'Sol in circulation.
        """
        if self.sponsored:
            return debt_cents - issued_cents
        return self.rate_issued * debt_cents - self.rate_paid * issued_cents

    def sweepable_cents(self, remainder: int, claimable: int) -> int:
        """Euro-cents of surplus that may leave: R = 1077 and nothing to claim back gives 0.51.

        Args:
            remainder: R, in 1/21 of a euro-cent.
            claimable: what still reversible entries may claim back from R.
        """
        assert claimable >= 0, claimable
        return max(0, remainder - claimable) // self.rate_issued

    def _left_by(self, direction: int, made: Conversion) -> Conversion:
        """The conversion with what it adds to R: `direction` is 1 for an issue, -1 for a return.

        A sponsor's bonus leaves nothing; where there is no sponsor there is no bonus to pay.
        """
        if self.sponsored:
            assert made.euros_cents + made.bonus_cents == made.bousol_cents, made
            return made
        remainder = direction * self.law(made.euros_cents, made.bousol_cents)
        assert remainder >= 0, remainder
        return made._replace(bonus_cents=0, remainder=remainder)


SYMMETRIC: Final = Scheme()
"""The Bou'Sol by default: 20 EUR buy 21 BSL, 21 BSL redeem to 20 EUR."""
SPONSORED: Final = Scheme(redemption=Redemption.SPONSORED)
"""The same rate, with the bonus paid by a sponsor's fund and redemption at par."""


def part(cents: int, ppm: int) -> int:
    """`ppm` millionths of an amount, half a cent to the even cent: 2 % of 20.00 is 0.40.

    A commission is this part of the gross amount; who is paid gets the gross less the
    commission, which is never rounded for itself (domain model, 3.1).
    """
    assert cents >= 0, cents
    assert 0 <= ppm <= PPM, ppm
    whole, rest = divmod(cents * ppm, PPM)
    return whole + (2 * rest > PPM or (2 * rest == PPM and whole % 2))

"""What was filled in on a payment's page, and how it is sent on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from api.pages.forms import cents, pin_of
from api.routes.confirmations import PaymentConfirming, confirm
from api.routes.payments import PaymentOrder, pay
from api.wire.shapes import Amount
from ledger.chart import Commodity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.pages.pay.keys import Target
    from api.pages.visit import Visit
    from api.paying.told import PaymentReceipt
    from api.routes.scans import AsPayer, ScannedCode


EUROS: Final = Commodity.EUR.name


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody filled in.

    Attributes:
        typed: the amount as it was typed.
        cash_cents: the part of it that is paid in euros at the till.
        pin: the secret code.
        confirmation: made by another proof on this page, such as a passkey.
        again: the payment made just before that they were shown, and want to make another after.
        said: what the page before found out.
    """

    typed: str = ""
    cash_cents: int = 0
    pin: str = ""
    confirmation: str = ""
    again: UUID | None = None
    said: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Self:
        """What a form of ours says; what it cannot say counts as not said."""
        return cls(
            typed=form.get("montant", ""),
            cash_cents=cents(form.get("especes", "")) or 0,
            pin=form.get("code", ""),
            confirmation=form.get("confirmation", ""),
            again=_payment(form.get("encore", "")),
        )

    @property
    def cents(self) -> int | None:
        """The amount; None when nothing was typed that is one."""
        return cents(self.typed)

    @property
    def proved(self) -> bool:
        """Whether the payer gave a proof with it."""
        return bool(self.pin or self.confirmation)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment that somebody who pays is about to make, or has tried to make.

    Attributes:
        target: what is paid.
        scanned: how it stands.
        key: of the payment.
        tried: what was filled in.
    """

    target: Target
    scanned: ScannedCode
    key: UUID
    tried: Tried

    @property
    def payer(self) -> AsPayer:
        """What only the payer is told."""
        assert self.scanned.payer is not None, "a visitor is shown another page"
        return self.scanned.payer

    @property
    def price_cents(self) -> int | None:
        """What a request asks for, or what was typed; None when nothing was."""
        asked = self.scanned.amount
        return self.tried.cents if asked is None else asked.amount

    @property
    def asks_proof(self) -> bool:
        """Whether it is more than what is paid without one."""
        bousols = (self.price_cents or 0) - self.tried.cash_cents
        return bousols > self.payer.unconfirmed_max.amount


def typed(amount_cents: int) -> str:
    """An amount as somebody would type it, in either language."""
    return f"{amount_cents // 100},{amount_cents % 100:02}"


async def send(visit: Visit, attempt: Attempt) -> PaymentReceipt:
    """Pay, with the secret code if it was typed.

    Raises:
        Problem, Refusal: as `confirm` and `pay`, and `wrong_pin` as `pin_of`.
    """
    tried, key, text = attempt.tried, attempt.key, attempt.target.text
    at_poster = attempt.scanned.request is None and tried.cents is not None
    price = _local(visit, tried.cents or 0) if at_poster else None
    cash = Amount(amount=tried.cash_cents, currency=EUROS) if tried.cash_cents else None
    token = tried.confirmation or None
    if tried.pin:
        proof = pin_of(tried.pin)
        data = PaymentConfirming(code=text, amount=price, cash=cash, key=key, proof=proof)
        token = (await visit.through(confirm, data=data)).confirmation
    order = PaymentOrder(code=text, amount=price, cash=cash, confirmation=token)
    receipt: PaymentReceipt = await visit.through(pay, data=order, key=key)
    return receipt


def _local(visit: Visit, amount_cents: int) -> Amount:
    return Amount(amount=amount_cents, currency=visit.services.settings.currency_code)


def _payment(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

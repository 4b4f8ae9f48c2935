"""Confirmations of payments: the payer proves to be there, for this payee, this sum and this key.

`payee` is an account of the ledger, which the route has found from what it was shown; a change of
any fact voids the confirmation, and one confirmation confirms once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.logins import step_up
from admin.logins.step_up import Confirmed
from api.gate.proving import PROVING_PIN, PinProof, prove

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services

CONFIRMING: Final = PROVING_PIN
"""Codes of a route that confirms."""
SPENDING: Final = ("confirmation_invalid", "confirmation_spent")
"""Codes of a route that takes a confirmation."""


async def confirm(
    services: Services, asker: Asker, proof: PinProof, *, payee: int, amount_cents: int, key: UUID
) -> str:
    """The token that lets exactly this payment pass, once, within five minutes.

    Args:
        services: of the application.
        asker: who is signed in; whose account pays.
        proof: PIN, password or passkey.
        payee: the account that will be paid.
        amount_cents: how much.
        key: the idempotency key of the payment.

    Raises:
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
    """
    await prove(services, asker, proof)
    what = Confirmed(asker.by, asker.acting, payee, amount_cents, key)
    return step_up.confirm(services.pepper, what, services.clock.now())


async def spend(
    services: Services, asker: Asker, token: str, *, payee: int, amount_cents: int, key: UUID
) -> None:
    """Use a confirmation up, before its payment is posted.

    A retry after a lost answer is asked of the ledger first: a payment that stands asks for none.

    Raises:
        ConfirmationInvalid, ConfirmationSpent: another act's, altered, too old, or used.
    """
    what = Confirmed(asker.by, asker.acting, payee, amount_cents, key)
    async with services.rows() as rows:
        await step_up.spend(rows, services.pepper, token, what, services.clock.now())

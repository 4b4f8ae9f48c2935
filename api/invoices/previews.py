"""Paying an invoice before it is done: what it would come to, and what would be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.invoices.invoicing import earlier_of, new_payment
from api.policies import policy_in_force
from api.wire.days import bounds, day_of
from api.wire.ids import new_id
from merchants import invoice_rows
from merchants.invoices import check_parts, needs_proof, needs_second

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services
    from merchants.invoice_rows import InvoicePayment, Member
    from merchants.invoices import Parts


class Preview(NamedTuple):
    """An invoice payment before it is asked for.

    Attributes:
        second: somebody else must agree.
        proof: its payer shows to be there, by PIN, password or passkey.
    """

    payment: InvoicePayment
    payee: Member
    second: bool
    proof: bool


async def preview(services: Services, asker: Asker, supplier: UUID, parts: Parts) -> Preview:
    """What paying an invoice would take, with nothing done.

    Raises:
        UnknownSupplier, SupplierUnavailable, PartsAboveTotal, InvoiceTotalDiffers, InvoiceOverpaid,
        AboveMaximum: as `pay` would.
    """
    limits = (await policy_in_force(services)).limits
    async with services.connection() as connection:
        payee = await invoice_rows.member(connection, supplier)
        new = await new_payment(services, connection, asker, payee, parts, new_id())
        assert payee is not None, "who is unknown was refused"
        earlier = await earlier_of(connection, new)
        check_parts(parts, earlier, limits)
        begun, _ = bounds(day_of(services.clock.now()))
        paid_today_cents = await invoice_rows.since_cents(connection, new.payer, begun)
    second = needs_second(parts, earlier, limits)
    return Preview(new, payee, second=second, proof=needs_proof(parts, paid_today_cents))

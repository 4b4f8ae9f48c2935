"""Paying a supplier's invoice: by one person up to a limit, above it with the consent of another.

A proposal holds no money. What the ledger refuses when it is confirmed leaves the proposal as it
was, to be confirmed again with a new key once there is money.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from admin.refusals import ConfirmationNeeded
from admin.roles import Act
from admin.telling import alongside
from admin.telling.words import Template
from api.acting import act
from api.beside import answered_by, check_other_person, post_beside_rows
from api.conflicts import conflict_of
from api.gate.proving import prove
from api.policies import policy_in_force, scheme_of
from api.wire import replying
from api.wire.days import bounds, day_of
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger import flows, store
from ledger.committing import own_rows
from ledger.flows import public_settlement
from ledger.lots import Share, plan_refund
from merchants import invoice_rows
from merchants.invoice_rows import InvoicePayment
from merchants.invoices import check_parts, needs_proof, needs_second
from merchants.refusals import InvoicePaymentDecided, SupplierUnavailable, UnknownSupplier

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.gate.proving import PinProof
    from api.process.pools import Connection
    from api.services import Services
    from ledger.conversion import Scheme
    from ledger.journal import JournalEntry, Posted
    from merchants.invoice_rows import Member
    from merchants.invoices import Earlier, Parts


async def pay(
    services: Services,
    asker: Asker,
    supplier: UUID,
    parts: Parts,
    key: UUID,
    *,
    proof: PinProof | None = None,
) -> InvoicePayment:
    """Pay an invoice, or propose to; the same key answers the same, and asks for no proof again.

    Raises:
        ConfirmationNeeded: a session alone does not pay so much in one day.
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
        UnknownSupplier, SupplierUnavailable: nobody is paid under this id, or not now.
        PartsAboveTotal, InvoiceTotalDiffers, InvoiceOverpaid, AboveMaximum: as `check_parts` says.
        KeyConflict: the key was used for another invoice payment.
        PostingRefusal: nothing was paid and nothing proposed.
    """
    scheme, limits = await scheme_of(services), (await policy_in_force(services)).limits
    async with services.connection() as connection, own_rows(connection):
        await invoice_rows.lock(connection, asker.acting)
        payee = await invoice_rows.member(connection, supplier)
        known = await invoice_rows.by_key(connection, asker.acting, key)
        if known is not None:
            return _again(services, known, payee, parts)
        new = await new_payment(services, connection, asker, payee, parts, key)
        earlier = await earlier_of(connection, new)
        check_parts(parts, earlier, limits)
        await _check_there(services, connection, asker, new, proof)
        if needs_second(parts, earlier, limits):
            await invoice_rows.add(connection, new)
            await connection.execute("commit")
            return new
        entry = _entry(services, new, payee, scheme, key, "createInvoicePayment")
        paid = replace(new, status="paid", decided_at=new.made_at, entry=entry.id)
        await invoice_rows.add(connection, paid)
        await alongside.tell(connection, paid.payee, Template.MONEY_ARRIVED, new.made_at)
        await post_beside_rows(services, connection, entry)
        return paid


async def confirm(
    services: Services, asker: Asker, number: UUID, key: UUID, *, proof: PinProof | None = None
) -> InvoicePayment:
    """Another person of the payer agrees, and the invoice is paid; the same key answers the same.

    Raises:
        ConfirmationNeeded: without a proof that this person is there; asking again needs none.
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
        Problem: `not_found`, no proposal of the asker's has this id.
        NotAllowed, SamePerson: whoever made it does not confirm it.
        InvoicePaymentDecided: it was decided otherwise.
        PostingRefusal: nothing was paid; the proposal stands.
    """
    scheme, limits = await scheme_of(services), (await policy_in_force(services)).limits
    proposed = await _own(services, asker, number)
    await check_other_person(services, proposed.made_by, asker, Act.PAY_SUPPLIER)
    async with services.connection() as connection, own_rows(connection):
        found = await _locked(connection, proposed)
        if found.status != "proposed":
            return await _decided(connection, found, key)
        if proof is None:
            raise ConfirmationNeeded
        await prove(services, asker, proof)
        payee = await invoice_rows.member_of(connection, found.payee)
        _check_open(payee)
        check_parts(found.parts, await earlier_of(connection, found), limits)
        entry = _entry(services, found, payee, scheme, key, f"confirmInvoicePayment {number}")
        paid = _as_decided(services, asker, found, "paid", entry.id)
        await invoice_rows.decide(connection, paid)
        at = services.clock.now()
        await alongside.tell(connection, paid.payee, Template.MONEY_ARRIVED, at)
        await post_beside_rows(services, connection, entry)
        return paid


async def refuse(services: Services, asker: Asker, number: UUID) -> InvoicePayment:
    """Another person of the payer says no; again is no act.

    Raises:
        Problem, NotAllowed, SamePerson, InvoicePaymentDecided: as `confirm`.
    """
    proposed = await _own(services, asker, number)
    await check_other_person(services, proposed.made_by, asker, Act.PAY_SUPPLIER)
    return await _end(services, asker, proposed, "refused")


async def cancel(services: Services, asker: Asker, number: UUID) -> InvoicePayment:
    """Whoever acts for the payer withdraws a proposal, its maker too; again is no act.

    Raises:
        Problem, InvoicePaymentDecided: as `confirm`.
    """
    return await _end(services, asker, await _own(services, asker, number), "cancelled")


async def give_back(
    services: Services, asker: Asker, number: UUID, cents: int, key: UUID
) -> Posted:
    """The supplier gives Bou'Sols of an invoice back; the same key answers the same.

    Raises:
        Problem: `not_found`, the asker was not paid under this id.
        RefundAboveRest: more than is left of it.
        PostingRefusal: nothing was given back; a public body is paid in euros (`not_refundable`).
    """
    async with services.connection() as connection:
        found = await invoice_rows.by_id(connection, number)
        if found is None or found.payee != asker.acting or found.entry is None:
            raise Problem("not_found")
        paid = await store.entry_by_id(connection, found.entry)
        assert paid is not None, "a paid invoice has its entry"
        known = await store.answer(connection, party=asker.acting, key=key)
        used = await store.used_by(connection, paid.seq)
    shares: tuple[Share, ...] = (Share(found.payer_account, cents),)
    if known is None:
        shares = plan_refund(cents, used=[u for u in used if u.account == found.payer_account])
    facts = ("refundInvoicePayment", number, cents)
    acted = act(services, asker.acting, key, *facts, document=number)
    return await services.post(
        flows.refund(acted, origin=paid.seq, merchant=found.payee_account, shares=shares)
    )


async def seen(services: Services, asker: Asker, number: UUID) -> InvoicePayment:
    """A payment as its payer sees it, or once it is made as the one who was paid.

    Raises:
        Problem: `not_found`.
    """
    async with services.connection() as connection:
        found = await invoice_rows.by_id(connection, number)
    parties = {found.payer, found.payee} if found and found.status == "paid" else set()
    if found is None or asker.acting not in {found.payer, *parties}:
        raise Problem("not_found")
    return found


async def new_payment(
    services: Services,
    connection: Connection,
    asker: Asker,
    payee: Member | None,
    parts: Parts,
    key: UUID,
) -> InvoicePayment:
    """The payment as a proposal, not written yet."""
    payer = await invoice_rows.member_of(connection, asker.acting)
    if payer is None or payer.public or payee is None or payee.party == payer.party:
        raise UnknownSupplier
    _check_open(payee)
    return InvoicePayment(
        id=new_id(),
        payer=payer.party,
        payee=payee.party,
        payer_account=payer.account,
        payee_account=payee.account,
        invoice=parts.invoice,
        total_cents=parts.total_cents,
        bousol_cents=parts.bousol_cents,
        euro_cents=parts.euro_cents,
        key=key,
        status="proposed",
        made_by=asker.acting_as,
        made_at=services.clock.now(),
        decided_by=None,
        decided_at=None,
        entry=None,
        payer_name=payer.name,
        payee_name=payee.name,
    )


def as_made(payment: InvoicePayment) -> InvoicePayment:
    """A payment as it was when it was made, whatever has become of it."""
    made = replace(payment, returned_cents=0)
    if made.status == "paid" and made.decided_by is None:
        return made
    return replace(made, status="proposed", decided_by=None, decided_at=None, entry=None)


def _again(
    services: Services, known: InvoicePayment, payee: Member | None, parts: Parts
) -> InvoicePayment:
    asked, kept = (payee and payee.party, parts), (known.payee, known.parts)
    if asked != kept:
        raise conflict_of(services.pepper, known.key, asked=asked, kept=kept)
    replying.answered_before()
    return as_made(known)


def _check_open(payee: Member | None) -> None:
    if payee is None or payee.status != "approved":
        raise SupplierUnavailable


async def _check_there(
    services: Services,
    connection: Connection,
    asker: Asker,
    new: InvoicePayment,
    proof: PinProof | None,
) -> None:
    """The payer's proof holds, or a session alone pays this.

    Under the lock of the payer's invoices: equal requests at once try a PIN once.

    Raises:
        ConfirmationNeeded: no proof, and more than 30.00 in one day.
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
    """
    if proof is not None:
        await prove(services, asker, proof)
        return
    begun, _ = bounds(day_of(services.clock.now()))
    if needs_proof(new.parts, await invoice_rows.since_cents(connection, new.payer, begun)):
        raise ConfirmationNeeded


async def earlier_of(connection: Connection, of: InvoicePayment) -> Earlier:
    """What stands of the invoice of a payment beside it."""
    return await invoice_rows.earlier(
        connection, payer=of.payer, payee=of.payee, invoice=of.invoice, but=of.id
    )


def _entry(
    services: Services,
    payment: InvoicePayment,
    payee: Member | None,
    scheme: Scheme,
    key: UUID,
    operation: str,
) -> JournalEntry:
    """At par; a public body's Bou'Sols leave it in the same entry, for euros owed to it."""
    assert payee is not None, "a payment has its supplier"
    parts = payment.parts
    asked = (parts.invoice, parts.total_cents, parts.bousol_cents, parts.euro_cents)
    document = payee.convention if payee.public else payment.id
    acted = act(
        services,
        payment.payer,
        key,
        operation,
        payee.id,
        *asked,
        document=document,
        once=payment.id,
    )
    if not payee.public:
        accounts = {"payer": payment.payer_account, "payee": payment.payee_account}
        return flows.b2b(acted, **accounts, bousol_cents=parts.bousol_cents)
    assert payee.payable is not None, "a public body is owed euros"
    shares = (Share(payment.payer_account, parts.bousol_cents),)
    accounts = {"public": payee.account, "payable": payee.payable}
    return public_settlement(acted, shares=shares, **accounts, scheme=scheme)


async def _own(services: Services, asker: Asker, number: UUID) -> InvoicePayment:
    """A payment that the asker's party made."""
    async with services.connection() as connection:
        found = await invoice_rows.by_id(connection, number)
    if found is None or found.payer != asker.acting:
        raise Problem("not_found")
    return found


async def _locked(connection: Connection, payment: InvoicePayment) -> InvoicePayment:
    """The payment as it is while nobody else decides."""
    await invoice_rows.lock(connection, payment.payer)
    found = await invoice_rows.by_id(connection, payment.id)
    assert found is not None, "no payment is removed"
    return found


async def _decided(connection: Connection, found: InvoicePayment, key: UUID) -> InvoicePayment:
    if not await answered_by(connection, found.payer, key, found.entry):
        raise InvoicePaymentDecided
    return replace(found, returned_cents=0)


async def _end(
    services: Services, asker: Asker, proposed: InvoicePayment, status: str
) -> InvoicePayment:
    async with services.connection() as connection, own_rows(connection):
        found = await _locked(connection, proposed)
        if found.status == status:
            return found
        if found.status != "proposed":
            raise InvoicePaymentDecided
        ended = _as_decided(services, asker, found, status, None)
        await invoice_rows.decide(connection, ended)
        await connection.execute("commit")
        return ended


def _as_decided(
    services: Services, asker: Asker, payment: InvoicePayment, status: str, entry: UUID | None
) -> InvoicePayment:
    at = services.clock.now()
    return replace(payment, status=status, decided_by=asker.grant, decided_at=at, entry=entry)

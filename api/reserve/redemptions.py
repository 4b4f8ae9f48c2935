"""Redemptions: a merchant's request holds Bou'Sols, treasurers approve or reject it, once.

Approved euros are owed to the merchant until the payout file has paid them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from admin.refusals import ConfirmationNeeded, RedemptionDecided
from admin.reserve import redemption_rows
from admin.reserve.redemption_rows import RedemptionRow
from admin.reserve.redemptions import (
    Redeemer,
    check_amount,
    check_redeemer,
    needs_proof,
    needs_second,
    quote,
)
from admin.roles import Act, Role
from admin.telling.words import Template
from api.acting import act
from api.beside import answered_by, check_other_person, post_beside_rows, posted_before
from api.gate.proving import prove
from api.policies import policy_in_force, policy_of, scheme_of
from api.wire import replying
from api.wire.days import bounds, day_of
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger import store
from ledger.chart import AccountClass
from ledger.committing import Replayed, own_rows
from ledger.flows import Terms, redeem_approve, redeem_hold, redeem_refused
from ledger.lots import Share
from ledger.refusals import InsufficientFunds, KeyConflict
from merchants import invoice_rows

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.gate.proving import PinProof
    from api.process.pools import Connection
    from api.services import Services
    from ledger.journal import JournalEntry, Posted

_REQUEST = "requestRedemption"


async def request(
    services: Services, asker: Asker, cents: int, key: UUID, *, proof: PinProof | None = None
) -> RedemptionRow:
    """Hold Bou'Sols to be redeemed; the same key answers the same, and asks for no proof again.

    Raises:
        ConfirmationNeeded: a session alone does not ask for so much in one day.
        WrongPin, PinLocked, BadCredentials, BadPasskey, TooManyTries, SignInBusy: see `prove`.
        NotRedeemable, IbanMissing: as `check_redeemer` says.
        BelowMinimum, RedemptionNotEarned: as `check_amount` says.
        PostingRefusal: nothing was held.
    """
    async with services.connection() as connection:
        if (known := await _known(connection, asker, cents, key)) is not None:
            return known
        redeemer = check_redeemer(await redeemer_of(connection, asker.acting))
        new = await _new(services, connection, asker, redeemer, cents)
        await _check(services, connection, new, key)
        if proof is None and await _needs_proof(services, connection, asker.acting, cents):
            raise ConfirmationNeeded
        await store.open_account(
            connection, AccountClass.HOLD, account=new.hold, party=asker.acting
        )
        async with own_rows(connection):
            await redemption_rows.lock(connection, asker.acting)
            if (known := await _known(connection, asker, cents, key)) is not None:
                return known
            await _check(services, connection, new, key)
            await _check_there(services, connection, asker, cents, proof)
            await redemption_rows.add(connection, new)
            acted = act(services, asker.acting, key, _REQUEST, cents, document=new.id)
            accounts = {"merchant": new.account, "held": new.hold}
            entry = redeem_hold(acted, **accounts, bousol_cents=cents)
            try:
                await post_beside_rows(services, connection, entry)
            except Replayed as again:
                return await _replayed(connection, asker, cents, key, again.answer)
    return new


async def approve(services: Services, asker: Asker, number: UUID, key: UUID) -> RedemptionRow:
    """A treasurer approves; above a limit the first of two changes nothing but that.

    Raises:
        Problem: `not_found`.
        SamePerson: the second is the first.
        RedemptionDecided: it was decided otherwise, or by somebody else.
        PostingRefusal: nothing was approved.
    """
    limits, scheme = (await policy_in_force(services)).limits, await scheme_of(services)
    seen = await _existing(services, number)
    if seen.first_by is not None and (seen.first_by, seen.first_key) != (asker.grant, key):
        await check_other_person(services, seen.first_by, asker, Act.APPROVE_REDEMPTION)
    policy = await policy_of(services, seen.policy)
    async with services.connection() as connection, own_rows(connection):
        found = await _locked(connection, number)
        if (found.first_by, found.first_key) == (asker.grant, key):
            replying.answered_before()
            return as_first_approved(found)
        if found.status != "requested":
            return await _decided(connection, asker, found, "approved", key)
        if found.first_by != seen.first_by:
            raise RedemptionDecided
        if found.first_by is None and needs_second(found.bousol_cents, limits):
            return await _approve_first(services, connection, asker, found, key)
        acted = act(services, asker.acting, key, "approveRedemption", number, document=number)
        entry = redeem_approve(
            acted,
            source=found.hold,
            payable=found.payable,
            bousol_cents=found.bousol_cents,
            hold_id=number,
            terms=Terms(scheme, commission_ppm=policy.commission_ppm),
        )
        assert quote(found.bousol_cents, scheme, policy) == found.quote, found
        return await _decide(services, connection, asker, found, entry, status="approved")


async def reject(
    services: Services, asker: Asker, number: UUID, reason: str, key: UUID
) -> RedemptionRow:
    """A treasurer rejects: what was held is the merchant's again.

    Raises:
        Problem: `not_found`.
        RedemptionDecided: it was decided otherwise, or by somebody else.
        PostingRefusal: nothing was given back.
    """
    async with services.connection() as connection, own_rows(connection):
        found = await _locked(connection, number)
        if found.status != "requested":
            decided = await _decided(connection, asker, found, "rejected", key)
            if decided.reason != reason:
                raise KeyConflict(key)
            return decided
        facts = ("rejectRedemption", number, reason)
        entry = redeem_refused(
            act(services, asker.acting, key, *facts, document=number),
            hold_id=number,
            held=Share(found.hold, found.bousol_cents),
            merchant=found.account,
        )
        return await _decide(
            services, connection, asker, found, entry, status="rejected", reason=reason
        )


async def seen_by(services: Services, asker: Asker, number: UUID) -> RedemptionRow:
    """A request as a treasurer sees any, and a merchant its own.

    Raises:
        Problem: `not_found`.
    """
    found = await _existing(services, number)
    if asker.role is not Role.TREASURER and found.party != asker.acting:
        raise Problem("not_found")
    return found


def as_requested(row: RedemptionRow) -> RedemptionRow:
    """A request as it was when it was made, whatever has become of it."""
    return replace(as_first_approved(row), first_by=None, first_key=None, first_at=None)


def as_first_approved(row: RedemptionRow) -> RedemptionRow:
    """A request as the first of two treasurers left it."""
    return replace(
        row, status="requested", decided_by=None, decided_at=None, reason=None, entry=None
    )


async def redeemer_of(connection: Connection, party: int) -> Redeemer | None:
    """Who may redeem for a party, and where its euros go; None when nobody may."""
    found = await invoice_rows.member_of(connection, party)
    if found is None or found.payable is None:
        return None
    return Redeemer(found.member_class, found.account, found.payable, found.iban)


async def _new(
    services: Services, connection: Connection, asker: Asker, redeemer: Redeemer, cents: int
) -> RedemptionRow:
    policy, scheme = await policy_in_force(services), await scheme_of(services)
    told = quote(cents, scheme, policy)
    return RedemptionRow(
        id=new_id(),
        party=asker.acting,
        account=redeemer.account,
        hold=await store.next_account_id(connection),
        payable=redeemer.payable,
        bousol_cents=cents,
        gross_cents=told.gross_cents,
        commission_cents=told.commission_cents,
        policy=policy.version,
        status="requested",
        requested_by=asker.acting_as,
        requested_at=services.clock.now(),
        iban=redeemer.iban,
    )


async def _check_there(
    services: Services, connection: Connection, asker: Asker, cents: int, proof: PinProof | None
) -> None:
    """The asker's proof holds, or a session alone asks for this.

    Under the lock of the party's requests: equal ones at once try a PIN once.
    """
    if proof is not None:
        await prove(services, asker, proof)
    elif await _needs_proof(services, connection, asker.acting, cents):
        raise ConfirmationNeeded


async def _needs_proof(services: Services, connection: Connection, party: int, cents: int) -> bool:
    begun, _ = bounds(day_of(services.clock.now()))
    return needs_proof(cents, await redemption_rows.since_cents(connection, party, begun))


async def _check(services: Services, connection: Connection, new: RedemptionRow, key: UUID) -> None:
    """Before an account is opened for it, and again while nobody else asks for this party."""
    policy, scheme = await policy_of(services, new.policy), await scheme_of(services)
    moved = (0, 0)
    if scheme.sponsored:
        moved = await redemption_rows.moved(connection, new.account)
    earned, redeemed = moved
    check_amount(
        new.bousol_cents,
        scheme,
        policy.limits,
        earned_cents=earned,
        redeemed_cents=redeemed,
    )
    account = await store.account(connection, new.account)
    if account is None or account.balance < new.bousol_cents:
        raise InsufficientFunds(key)


async def _known(
    connection: Connection, asker: Asker, cents: int, key: UUID
) -> RedemptionRow | None:
    """What this key has asked for before; None when nothing."""
    known = await posted_before(connection, asker.acting, key)
    return None if known is None else await _replayed(connection, asker, cents, key, known)


async def _replayed(
    connection: Connection, asker: Asker, cents: int, key: UUID, posted: Posted
) -> RedemptionRow:
    entry = await store.entry_by_id(connection, posted.id)
    assert entry is not None, "an answer has its entry"
    row = None if entry.document is None else await redemption_rows.by_id(
        connection, entry.document
    )  # fmt: skip
    if row is None or (row.party, row.bousol_cents) != (asker.acting, cents):
        raise KeyConflict(key)
    return as_requested(row)


async def _existing(services: Services, number: UUID) -> RedemptionRow:
    async with services.connection() as connection:
        found = await redemption_rows.by_id(connection, number)
    if found is None:
        raise Problem("not_found")
    return found


async def _locked(connection: Connection, number: UUID) -> RedemptionRow:
    found = await redemption_rows.by_id(connection, number, locked=True)
    if found is None:
        raise Problem("not_found")
    return found


async def _decided(
    connection: Connection, asker: Asker, found: RedemptionRow, status: str, key: UUID
) -> RedemptionRow:
    again = await answered_by(connection, asker.acting, key, found.entry)
    if not again or found.status != status or found.decided_by != asker.grant:
        raise RedemptionDecided
    return found


async def _approve_first(
    services: Services, connection: Connection, asker: Asker, found: RedemptionRow, key: UUID
) -> RedemptionRow:
    at = services.clock.now()
    first = replace(found, first_by=asker.grant, first_key=key, first_at=at)
    await redemption_rows.approve_first(connection, first)
    await connection.execute("commit")
    return first


async def _decide(  # noqa: PLR0913  why: who decided what, how, and for which reason
    services: Services,
    connection: Connection,
    asker: Asker,
    found: RedemptionRow,
    entry: JournalEntry,
    *,
    status: str,
    reason: str | None = None,
) -> RedemptionRow:
    decided = replace(
        found,
        status=status,
        decided_by=asker.grant,
        decided_at=services.clock.now(),
        reason=reason,
        entry=entry.id,
    )
    assert decided.decided_at is not None
    await redemption_rows.decide(connection, decided)
    await redemption_rows.tell(
        connection, found.party, Template.REDEMPTION_DECIDED, decided.decided_at
    )
    await post_beside_rows(services, connection, entry)
    return decided

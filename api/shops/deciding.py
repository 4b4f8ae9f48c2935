"""What is decided of a merchant, by two persons; a freeze by one, for a while.

What takes a right away is told to the ledger before it is written down, what gives one after; the
merchant's row is locked meanwhile, so that decisions come one after another. Whoever dies in
between has given nothing, and the same request finishes what was begun.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from admin import events
from admin.events import Event, Happened
from admin.people import granting
from admin.refusals import NotAllowed
from admin.roles import MAY, SECOND, Act, check_may, check_second
from admin.telling import messages
from admin.telling.words import Template
from api.aid import accepting
from api.policies import policy_in_force
from api.shops import renewing
from api.shops.admitting import carry_out, found_in, reserve
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger import store
from merchants import admission, decisions, register
from merchants.admission import Status, What
from merchants.decisions import Decision
from merchants.refusals import DecisionOpen, DecisionSettled, StandingMisfit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.roles import Grant
    from api.gate.asker import Asker
    from api.services import Services
    from merchants.register import Merchant

ACTS: Final = dict.fromkeys(What, Act.ADMIT_MERCHANT) | {
    What.FREEZE: Act.FREEZE,
    What.UNFREEZE: Act.FREEZE,
}
"""The act of two persons that each decision is."""


class Decided(NamedTuple):
    """A decision that holds, and for an approval the token of the first invitation."""

    decision: Decision
    merchant: Merchant
    invitation: str | None = None


async def propose(
    services: Services, asker: Asker, merchant: UUID, what: What, reason: str
) -> Decision:
    """The first half of a decision; nothing changes until another person confirms it.

    Raises:
        Problem: `not_found`.
        NotAllowed: the role does not propose this.
        StandingMisfit, DecisionOpen: it does not follow, or another one waits.
        ApprovalRuns: it is too early for a renewal.
    """
    await thaw_overdue(services)
    now = services.clock.now()
    async with services.rows() as rows:
        by = await _checked(rows, asker, what, now)
        found = await found_in(rows, merchant, lock=True)
        found.standing.after(what)
        if what is What.RENEW:
            await renewing.check_near(services, found)
        if found.standing.status is Status.CANDIDATE and found.party is not None:
            raise DecisionOpen  # an approval is being carried out: ask for its confirmation again
        return await _write(rows, by, found, what, reason, now)


async def freeze(services: Services, asker: Asker, merchant: UUID, reason: str) -> Decided:
    """Nothing of a merchant moves from now on, for as long as a freeze of one person holds.

    Raises:
        Problem: `not_found`.
        NotAllowed, StandingMisfit: not this role, or not from here.
    """
    await thaw_overdue(services)
    now = services.clock.now()
    limits = (await policy_in_force(services)).limits
    until = now + timedelta(hours=limits.freeze_hours)
    async with services.rows() as rows:
        by = await _checked(rows, asker, What.FREEZE, now)
        found = await found_in(rows, merchant, lock=True)
        after = found.standing.after(What.FREEZE, frozen_until=until)
        await tell_ledger(services, found, after.status)
        await register.stand(rows, merchant, after)
        made = await _write(rows, by, found, What.FREEZE, reason, now)
        await tell_holder(rows, found, now)
        return Decided(made, await found_in(rows, merchant))


async def confirm(services: Services, asker: Asker, number: UUID) -> Decided:
    """The second half of a decision: it holds. Again, by the same person, finishes it.

    Raises:
        Problem: `not_found`.
        NotAllowed, SamePerson: the two do not make a pair.
        DecisionSettled, StandingMisfit: withdrawn, confirmed by another, or it follows no more.
    """
    await thaw_overdue(services)
    now = services.clock.now()
    async with services.rows() as rows:
        made = await _decision(rows, number)
        found = await found_in(rows, made.merchant, lock=True)
        made = await _decision(rows, number)
        first, second = await _pair(rows, asker, made, now)
        if made.withdrawn_at is not None:
            raise DecisionSettled
        if made.confirmed_at is None:
            await _take(services, rows, found, made, now)
            await decisions.confirm(rows, number, by=second.id, at=now)
            event = Event(
                Happened.MERCHANT_DECISION_CONFIRMED, second.user, found.party, str(number),
                {"what": made.what},
            )  # fmt: skip
            await events.write(rows, event, now)
        elif made.confirmed_by != second.id:
            raise DecisionSettled
    token = None
    if made.what is What.APPROVE:
        token = await carry_out(services, found.id, made, first, second)
        await accepting.settle(services)
    elif made.what is not What.REFUSE:
        await settle(services, found.id)
    async with services.rows() as rows:
        return Decided(await _decision(rows, number), await found_in(rows, found.id), token)


async def withdraw(services: Services, asker: Asker, number: UUID) -> None:
    """A decision that waits is taken back; a freeze that nobody confirmed ends with it.

    Raises:
        Problem: `not_found`.
        NotAllowed: not in this role.
        DecisionSettled: it was confirmed, withdrawn, or ran out.
    """
    await thaw_overdue(services)
    now = services.clock.now()
    async with services.rows() as rows:
        made = await _decision(rows, number)
        found = await found_in(rows, made.merchant, lock=True)
        made = await _decision(rows, number)
        by = await granting.grant_of(rows, _grant(asker))
        act = ACTS[made.what]
        if by.role not in MAY[act] | SECOND[act] or not by.held_at(now):
            raise NotAllowed
        if made.confirmed_at is not None or made.withdrawn_at is not None:
            raise DecisionSettled
        await decisions.withdraw(rows, number, now)
        if made.what is What.FREEZE:
            await register.stand(rows, found.id, found.standing.thawed())
            await tell_holder(rows, found, now)
        event = Event(
            Happened.MERCHANT_DECISION_WITHDRAWN, asker.by, found.party, str(number),
            {"what": made.what},
        )  # fmt: skip
        await events.write(rows, event, now)
    if made.what is What.FREEZE:
        await settle(services, found.id)


async def thaw_overdue(services: Services) -> int:
    """Freezes that nobody confirmed in time run out; how many did."""
    now = services.clock.now()
    async with services.rows() as rows:
        over = await register.run_out(rows, now)
    for merchant in over:
        async with services.rows() as rows:
            found = await found_in(rows, merchant, lock=True)
            if found.standing.has_run_out(now):
                await register.stand(rows, merchant, found.standing.thawed())
                await decisions.withdraw_freeze(rows, merchant, now)
        await settle(services, merchant)
    return len(over)


async def settle(services: Services, merchant: UUID) -> None:
    """The ledger knows of a merchant what the register says."""
    async with services.rows() as rows:
        found = await found_in(rows, merchant, lock=True)
        if found.standing.status in admission.STANDING:
            await tell_ledger(services, found, found.standing.status)
    await accepting.settle(services)


async def tell_ledger(services: Services, found: Merchant, status: Status) -> None:
    """What a status lets the accounts of a merchant do."""
    _, account, payable = found.numbers
    async with services.connection() as ledger:
        await store.set_status(ledger, account, admission.ACCOUNT_STATUS[status])
        await store.set_status(ledger, payable, admission.payable_status(status))


async def _take(
    services: Services, rows: AsyncConnection, found: Merchant, made: Decision, now: datetime
) -> None:
    """What a decision changes before it is written down as confirmed."""
    if made.what is What.FREEZE:
        if found.standing.frozen_until is None:
            raise StandingMisfit(found.standing.status)
        kept = admission.Standing(Status.FROZEN, found.standing.frozen_from)
        await register.stand(rows, found.id, kept)
        return
    after = found.standing.after(made.what)
    if made.what is What.RENEW:
        await renewing.renew(services, rows, found)
        await tell_holder(rows, found, now)
        return
    if made.what is What.APPROVE:
        await reserve(services, rows, found, now)
        return
    if made.what is not What.REFUSE:
        if admission.takes_away(found.standing.status, after.status):
            await tell_ledger(services, found, after.status)
        await tell_holder(rows, found, now)
    elif found.contact is not None:
        template = Template.APPLICATION_DECIDED
        await messages.queue_to_person(rows, person=found.contact, template=template, at=now)
    await register.stand(rows, found.id, after)


async def _write(
    rows: AsyncConnection, by: Grant, found: Merchant, what: What, reason: str, now: datetime
) -> Decision:
    made = Decision(new_id(), found.id, what, reason, by.id, now)
    await decisions.propose(rows, made)
    event = Event(
        Happened.MERCHANT_DECISION_PROPOSED, by.user, found.party, str(made.id), {"what": what}
    )
    await events.write(rows, event, now)
    return made


async def _checked(rows: AsyncConnection, asker: Asker, what: What, now: datetime) -> Grant:
    by = await granting.grant_of(rows, _grant(asker))
    check_may(by, ACTS[what], now)
    return by


async def _pair(
    rows: AsyncConnection, asker: Asker, made: Decision, now: datetime
) -> tuple[Grant, Grant]:
    first = await granting.grant_of(rows, made.proposed_by)
    second = await granting.grant_of(rows, _grant(asker))
    check_second(first, second, ACTS[made.what], now)
    return first, second


async def tell_holder(rows: AsyncConnection, found: Merchant, now: datetime) -> None:
    """Write to a merchant that a decision was taken."""
    party, _, _ = found.numbers
    await messages.queue(rows, party=party, template=Template.STANDING_CHANGED, at=now)


async def _decision(rows: AsyncConnection, number: UUID) -> Decision:
    made = await decisions.find(rows, number)
    if made is None:
        raise Problem("not_found")
    return made


def _grant(asker: Asker) -> UUID:
    return asker.acting_as

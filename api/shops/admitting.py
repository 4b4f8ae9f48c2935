"""From an application to a merchant with an account, a till and somebody who is invited.

Two rooms that do not know each other meet here: the register of merchants, and the persons who
decide. Every number and id is drawn or derived before what it names is made, so that an approval
that died is finished by asking again.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from admin import events, parties
from admin.events import Event, Happened
from admin.people import invitations
from admin.people.invitations import Invitation
from admin.roles import PartyClass, Role
from api.conflicts import conflict_of
from api.policies import policy_in_force
from api.wire import replying
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger import store
from ledger.chart import AccountClass
from merchants import admission, register, tills
from merchants.admission import MerchantClass, Status

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.parties import Person
    from admin.roles import Grant
    from api.services import Services
    from merchants.decisions import Decision
    from merchants.register import Application, Merchant

_PARTY: Final = {
    MerchantClass.MERCHANT: PartyClass.MERCHANT,
    MerchantClass.ASSOCIATION: PartyClass.ASSOCIATION,
    MerchantClass.PUBLIC: PartyClass.PUBLIC,
}
_APPLICATIONS: Final = UUID("0d7c8f5e-6a1b-5c0e-9b7e-3f0f2a9d4c11")


def application_id(key: UUID) -> UUID:
    """The id of the application that a client's key makes: a retry is the same application."""
    return uuid5(_APPLICATIONS, str(key))


async def apply_for(services: Services, wanted: Application, contact: Person) -> Merchant:
    """A candidate is in the register; again is no act.

    Raises:
        NameTaken, SiretTaken, UnknownFiliere: as `register.apply` says.
        KeyConflict: the key made another application.
    """
    now = services.clock.now()
    async with services.rows() as rows:
        if await register.apply(rows, wanted, now):
            await parties.add_person(rows, contact)
            await events.write(rows, Event(Happened.MERCHANT_APPLIED, object=str(wanted.id)), now)
        else:
            replying.answered_before()
        found = await found_in(rows, wanted.id)
    asked, kept = [(one.name, one.siret, one.contact) for one in (wanted, found)]
    if asked != kept:
        raise conflict_of(services.pepper, wanted.id, asked=asked, kept=kept)
    return found


async def reserve(
    services: Services, rows: AsyncConnection, found: Merchant, now: datetime
) -> None:
    """The numbers of a candidate are drawn and written down before what they name is made."""
    party = await parties.add_party(rows, _PARTY[found.merchant_class], now, person=found.contact)
    async with services.connection() as ledger:
        account = await store.next_account_id(ledger)
        payable = await store.next_account_id(ledger)
    await register.reserve(rows, found.id, party=party, account=account, payable=payable)


async def carry_out(
    services: Services, merchant: UUID, made: Decision, first: Grant, second: Grant
) -> str:
    """Party, accounts, merchant, invitation, first till: what is there already is left alone."""
    async with services.rows() as rows:
        found = await found_in(rows, merchant)
    party, account, payable = found.numbers
    public = found.merchant_class is MerchantClass.PUBLIC
    async with services.connection() as ledger:
        kind = AccountClass.PUBLIC if public else AccountClass.MERCHANT
        await store.open_account(ledger, kind, account=account, party=party)
        await store.open_account(ledger, AccountClass.PAYABLE, account=payable, party=party)
    token, now = _token(services, made), services.clock.now()
    months = (await policy_in_force(services)).limits.approval_months
    async with services.rows() as rows:
        found = await found_in(rows, merchant, lock=True)
        if found.standing.status is Status.CANDIDATE:
            until = admission.months_after(day_of(now), months)
            await register.approve(rows, merchant, at=now, until=until)
            role = Role.CASH_OFFICER if public else Role.MERCHANT
            number = uuid5(merchant, "invitation")
            offered = Invitation(number, party, role, first, second)
            await invitations.invite(rows, offered, now, token=token)
            till = uuid5(merchant, "till")
            await tills.open_till(
                rows, till=till, merchant=merchant, label=tills.FIRST_LABEL, at=now
            )
    return token


def _token(services: Services, made: Decision) -> str:
    """The token of the invitation that an approval makes: the same each time it is asked for."""
    digest = hmac.digest(services.pepper.key("admission"), made.id.bytes, "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def found_in(rows: AsyncConnection, merchant: UUID, *, lock: bool = False) -> Merchant:
    """A merchant or a candidate.

    Raises:
        Problem: `not_found`.
    """
    found = await register.find(rows, merchant, lock=lock)
    if found is None:
        raise Problem("not_found")
    return found

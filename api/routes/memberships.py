"""Memberships: asked for a year, paid in Bou'Sols by who holds them or in euros with a document."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.people import fees, memberships
from admin.people.memberships import Membership, Standing
from admin.roles import Act, Role
from api.acting import act
from api.conflicts import conflict_with
from api.gate.access import may
from api.gate.given import GivenAsker
from api.openapi import POSTING
from api.policies import policy_in_force, scheme_of
from api.services import GivenServices, Services
from api.wire import replying
from api.wire.ids import derived_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Sum, Told, euros
from api.wire.strict import IdempotencyKey
from ledger import flows, store
from ledger.chart import AccountClass
from ledger.journal import JournalEntry
from ledger.policies import Limits
from ledger.refusals import KeyConflict

_PAYING: Final = {AccountClass.WALLET, AccountClass.MERCHANT}
_FEE_PROBLEMS: Final = ("key_missing", "not_found", *POSTING)


class MembershipYear(Told):
    """One year: pending until its fee is paid, active until the grace after its last day."""

    id: UUID
    fee: Annotated[Sum, Field(description="In euros; in Bou'Sols it is the same number.")]
    standing: Standing
    asked_at: datetime
    paid_at: datetime | None
    until: datetime | None


class Memberships(Told):
    """The years of who asks, oldest first."""

    items: list[MembershipYear]
    may_buy: Annotated[
        bool, Field(description="Whoever lapsed spends what is there, buys nothing.")
    ]
    fee: Annotated[Sum, Field(description="Of a year that is asked for now, in euros.")]


class PaidYear(Told):
    """A year whose fee is paid."""

    membership: UUID
    paid_at: datetime
    until: datetime
    entry: Annotated[UUID, Field(description="Of the fee, in the journal.")]


class FeeReceipt(Shape):
    """Euros that reached the operating account for a year's fee."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "0b0f7a52-6d0e-4a3e-8f0b-2d9f3f1c7a11"}]}
    )

    document: Annotated[UUID, Field(description="The receipt or the bank's line.")]


@get(
    "/v1/memberships",
    operation_id="listMemberships",
    tags=["memberships"],
    opt=may(Act.JOIN),
)
async def list_memberships(asker: GivenAsker, services: GivenServices) -> Memberships:
    """Lists the years of who asks, and whether they may buy."""
    limits = (await policy_in_force(services)).limits
    async with services.rows() as rows:
        years = await memberships.of(rows, asker.acting)
    items = [_told(year, limits, services) for year in years]
    may_buy = any(item.standing is Standing.ACTIVE for item in items)
    fee = memberships.fee_of(limits, business=asker.role is Role.MERCHANT)
    return Memberships(items=items, may_buy=may_buy, fee=euros(fee))


@get(
    "/v1/memberships/{membership:uuid}",
    operation_id="getMembership",
    tags=["memberships"],
    opt=may(Act.JOIN, problems=("not_found",)),
)
async def get_membership(
    membership: FromPath[UUID], asker: GivenAsker, services: GivenServices
) -> MembershipYear:
    """Tells one year of who asks."""
    limits = (await policy_in_force(services)).limits
    return _told(await _own(services, asker.acting, membership), limits, services)


@post(
    "/v1/memberships",
    operation_id="askForMembership",
    tags=["memberships"],
    opt=may(Act.JOIN, problems=("key_missing", "membership_open")),
)
async def ask_for_membership(
    key: IdempotencyKey, asker: GivenAsker, services: GivenServices
) -> Response[MembershipYear]:
    """Asks for a year; it begins when its fee is paid."""
    limits = (await policy_in_force(services)).limits
    membership = derived_id(services.pepper, "askForMembership", asker.acting, key)
    async with services.rows() as rows:
        years = await memberships.of(rows, asker.acting)
        if membership not in {year.id for year in years}:
            await memberships.ask(
                rows,
                party=asker.acting,
                membership=membership,
                fee_cents=memberships.fee_of(limits, business=asker.role is Role.MERCHANT),
                at=services.clock.now(),
            )
        else:
            replying.answered_before()
    year = await _own(services, asker.acting, membership)
    headers = {"Location": f"/v1/memberships/{membership}"}
    return Response(_told(year, limits, services), headers=headers)


@post(
    "/v1/memberships/{membership:uuid}/payment",
    operation_id="payFee",
    tags=["memberships"],
    opt=may(Act.JOIN, problems=_FEE_PROBLEMS),
)
async def pay_fee(
    membership: FromPath[UUID],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> Response[PaidYear]:
    """Pays a year's fee from the account of who asks: 3.00 Bou'Sols pay 3.00 euros of fee."""
    year = await _own(services, asker.acting, membership)
    scheme = await scheme_of(services)
    acted = act(
        services, asker.acting, key, "payFee", membership, document=membership, once=membership
    )
    fee = flows.fee_bsl(
        acted,
        holder=await _account(services, asker.acting),
        bousol_cents=year.fee_cents,
        scheme=scheme,
    )
    paid = await _pay(services, membership, fee, asker.by)
    return Response(paid, headers={"Location": f"/v1/memberships/{membership}"})


@post(
    "/v1/memberships/{membership:uuid}/receipt",
    operation_id="bookFee",
    tags=["memberships"],
    opt=may(Act.BOOK_FEE, problems=_FEE_PROBLEMS),
)
async def book_fee(
    membership: FromPath[UUID],
    data: JSONBody[FeeReceipt],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> PaidYear:
    """Books the euros of a year's fee, with the document that shows them."""
    year = await _own(services, None, membership)
    booked = act(
        services,
        asker.acting,
        key,
        "bookFee",
        membership,
        data.document,
        document=data.document,
        once=membership,
    )
    fee = flows.fee_eur(booked, euros_cents=year.fee_cents)
    return await _pay(services, membership, fee, asker.by)


@post(
    "/v1/memberships/leave",
    operation_id="leave",
    tags=["memberships"],
    status_code=204,
    opt=may(Act.JOIN),
)
async def leave(asker: GivenAsker, services: GivenServices) -> None:
    """Leaves: no year goes on; what the account holds stays its holder's, to be spent."""
    async with services.rows() as rows:
        await memberships.leave(rows, party=asker.acting, actor=asker.by, at=services.clock.now())


async def _own(services: Services, party: int | None, membership: UUID) -> Membership:
    """A year of a party; of anybody when `party` is None."""
    async with services.rows() as rows:
        year = await memberships.find(rows, membership, party)
    if year is None:
        raise Problem("not_found")
    return year


async def _account(services: Services, party: int) -> int:
    async with services.connection() as connection:
        found = await store.accounts_of(connection, party)
    account = next((one.id for one in found if one.account_class in _PAYING), None)
    if account is None:
        raise Problem("not_found")
    return account


async def _pay(services: Services, membership: UUID, fee: JournalEntry, actor: UUID) -> PaidYear:
    at = services.clock.now()
    async with services.connection() as connection:
        try:
            year = await fees.pay(connection, membership=membership, fee=fee, actor=actor, at=at)
        except KeyConflict:
            raise await conflict_with(connection, fee) from None
    if year.entry != fee.id:
        replying.answered_before()
    return PaidYear(membership=membership, paid_at=year.paid_at, until=year.until, entry=year.entry)


def _told(year: Membership, limits: Limits, services: Services) -> MembershipYear:
    return MembershipYear(
        id=year.id,
        fee=euros(year.fee_cents),
        standing=year.standing(services.clock.now(), memberships.grace_of(limits)),
        asked_at=year.asked_at,
        paid_at=year.paid_at,
        until=year.until,
    )


ROUTES: Final = (
    list_memberships,
    get_membership,
    ask_for_membership,
    pay_fee,
    book_fee,
    leave,
)

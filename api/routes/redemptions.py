"""Redemptions: a merchant asks for euros, treasurers approve or reject."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.reserve import redemption_rows
from admin.reserve.redemption_rows import RedemptionRow
from admin.reserve.redemptions import expected_on
from admin.roles import Act, Role
from api.gate.access import may
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.gate.proving import PROVING_PIN, PinProof
from api.openapi import POSTING
from api.reserve import previews, redemptions
from api.services import GivenServices
from api.settings import Settings
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.days import day_of
from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, euros, ledger_amount, local
from api.wire.spans import GivenSpan
from api.wire.strict import IdempotencyKey
from api.wire.texts import SEEN_SOME
from ledger.chart import Commodity
from ledger.spans import EVER
from merchants.admission import masked_iban

_REQUEST: Final[JsonDict] = {
    "amount": {"amount": 10500, "currency": "BSL"},
    "proof": {"pin": "4711"},
}
_LIST: Final = "redemptions"
_LAST: Final = UUID(int=2**128 - 1)
_DECIDING: Final = ("not_found", "key_missing", "redemption_decided", *POSTING)
Waiting = Annotated[
    bool, QueryParameter(name="waiting", description="Only those to be decided; for treasurers.")
]
"""The type of the handler's parameter `waiting`."""


class RedemptionRequest(Shape):
    """Bou'Sols that are to become euros."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    amount: Amount
    proof: Annotated[
        PinProof | None, Field(description="That its asker is there: above 30.00 in one day.")
    ] = None


class RedemptionWish(Shape):
    """What is to become euros, perhaps."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": {"amount": 10500, "currency": "BSL"}}, {}]}
    )

    amount: Annotated[Amount | None, Field(description="null: all that is available.")] = None


class RedemptionQuote(Told):
    """What a request made now would come to; nothing is held."""

    available: Annotated[Sum, Field(description="What may be asked for now.")]
    minimum: Sum
    amount: Sum
    gross: Annotated[Sum, Field(description="Euros at the rate, rounded down.")]
    commission: Sum
    net: Annotated[Sum, Field(description="Euros paid out.")]
    discount: Annotated[Sum, Field(description="What it costs: the amount at par, less the net.")]
    iban: Annotated[
        str | None, Field(description="Where they are paid, all but its ends hidden; null: none.")
    ]
    expected: Annotated[date, Field(description="When the euros have left, at the latest.")]
    proof: Annotated[bool, Field(description="PIN, password or passkey will be asked for.")]


class RedemptionRejection(Shape):
    """Why a request is rejected, for the merchant to read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "IBAN d’un autre titulaire"}]}
    )

    reason: Annotated[str, Field(min_length=1, max_length=400, pattern=SEEN_SOME)]


class RedemptionTold(Told):
    """A request as it stands; what it comes to was fixed when it was made."""

    id: UUID
    party: Annotated[int, Field(description="The account's number.")]
    status: Annotated[
        Literal["requested", "approved", "rejected"],
        Field(description="approved: owed and to be paid out; the payout file comes later."),
    ]
    amount: Annotated[Sum, Field(description="Held, then destroyed or given back.")]
    gross: Annotated[Sum, Field(description="Euros at the rate, rounded down.")]
    commission: Sum
    net: Annotated[Sum, Field(description="Euros paid out.")]
    discount: Annotated[Sum, Field(description="What it costs: the amount at par, less the net.")]
    policy: Annotated[int, Field(description="The version of the policies it was made under.")]
    requested_at: datetime
    expected: Annotated[date, Field(description="When the euros have left, at the latest.")]
    approvals: Annotated[int, Field(description="Treasurers who approved so far: 0, 1 or 2.")]
    decided_at: datetime | None
    reason: str | None
    entry: Annotated[UUID | None, Field(description="Of the ledger, once it is decided.")]
    iban: Annotated[
        str | None,
        Field(description="Where its euros are paid, all but its ends hidden; never changed."),
    ]


class RedemptionList(Told):
    """Newest first."""

    items: list[RedemptionTold]
    next_cursor: str | None


@post(
    "/v1/redemptions",
    operation_id="requestRedemption",
    tags=["redemptions"],
    opt=may(
        Act.REQUEST_REDEMPTION,
        problems=(
            "key_missing",
            "malformed_amount",
            "not_redeemable",
            "iban_missing",
            "below_minimum",
            "redemption_not_earned",
            "confirmation_needed",
            *PROVING_PIN,
            *POSTING,
        ),
    )
    | MONEY,
)
async def request(
    data: JSONBody[RedemptionRequest],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> Response[RedemptionTold]:
    """Holds Bou'Sols of a merchant until treasurers have decided to pay euros for them."""
    cents = _cents(data.amount, services.settings)
    made = await redemptions.request(services, asker, cents, key, proof=data.proof)
    return Response(
        _told(made, services.settings), headers={"Location": f"/v1/redemptions/{made.id}"}
    )


@post(
    "/v1/redemptions/quotes",
    operation_id="quoteRedemption",
    tags=["redemptions"],
    status_code=HTTP_200_OK,
    opt=may(
        Act.REQUEST_REDEMPTION,
        problems=("malformed_amount", "not_redeemable", "below_minimum", "redemption_not_earned"),
    )
    | MONEY,
)
async def quote(
    data: JSONBody[RedemptionWish], asker: GivenAsker, services: GivenServices
) -> RedemptionQuote:
    """Tells what a merchant's Bou'Sols would come to in euros, and when; nothing is held."""
    cents = None if data.amount is None else _cents(data.amount, services.settings)
    found = await previews.preview(services, asker, cents)
    came_to, settings = found.quote, services.settings
    return RedemptionQuote(
        available=local(found.available_cents, settings),
        minimum=local(found.policy.limits.redemption_min_cents, settings),
        amount=local(came_to.bousol_cents, settings),
        gross=euros(came_to.gross_cents),
        commission=euros(came_to.commission_cents),
        net=euros(came_to.net_cents),
        discount=euros(came_to.discount_cents),
        iban=None if not found.iban else masked_iban(found.iban),
        expected=found.expected,
        proof=found.proof,
    )


@get(
    "/v1/redemptions",
    operation_id="listRedemptions",
    tags=["redemptions"],
    opt=may(Act.SEE_REDEMPTIONS),
)
async def list_all(
    asker: GivenAsker,
    services: GivenServices,
    waiting: Waiting = False,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    made: GivenSpan = EVER,
) -> RedemptionList:
    """Lists a merchant's own requests; to a treasurer everybody's."""
    party = None if asker.role is Role.TREASURER else asker.acting
    before = _LAST
    if cursor is not None:
        (last,) = unpack(services.pepper, cursor, _LIST, 1)
        before = UUID(last)
    async with services.connection() as connection:
        found = await redemption_rows.page(
            connection, made, party=party, waiting=waiting, before=before, limit=limit + 1
        )
    more = pack(services.pepper, _LIST, found[limit - 1].id) if found[limit:] else None
    items = [_told(one, services.settings) for one in found[:limit]]
    return RedemptionList(items=items, next_cursor=more)


@get(
    "/v1/redemptions/{number:uuid}",
    operation_id="getRedemption",
    tags=["redemptions"],
    opt=may(Act.SEE_REDEMPTIONS, problems=("not_found",)),
)
async def get_one(
    number: FromPath[UUID], asker: GivenAsker, services: GivenServices
) -> RedemptionTold:
    """Tells a request to its merchant and to treasurers."""
    return _told(await redemptions.seen_by(services, asker, number), services.settings)


@post(
    "/v1/redemptions/{number:uuid}/approval",
    operation_id="approveRedemption",
    tags=["redemptions"],
    status_code=HTTP_200_OK,
    opt=may(Act.APPROVE_REDEMPTION, problems=("not_allowed", "same_person", *_DECIDING)),
)
async def approve(
    number: FromPath[UUID],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> RedemptionTold:
    """Approves a request: its euros are owed from now on; above a limit two treasurers do so."""
    approved = await redemptions.approve(services, asker, number, key)
    return _told(approved, services.settings)


@post(
    "/v1/redemptions/{number:uuid}/rejection",
    operation_id="rejectRedemption",
    tags=["redemptions"],
    status_code=HTTP_200_OK,
    opt=may(Act.APPROVE_REDEMPTION, problems=_DECIDING),
)
async def reject(
    data: JSONBody[RedemptionRejection],
    number: FromPath[UUID],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> RedemptionTold:
    """Rejects a request with a reason: what was held is the merchant's again."""
    rejected = await redemptions.reject(services, asker, number, data.reason, key)
    return _told(rejected, services.settings)


def _cents(amount: Amount, settings: Settings) -> int:
    counted = ledger_amount(amount, settings)
    if counted.commodity is not Commodity.BSL:
        raise Problem("wrong_currency", (Fault("/amount/currency", "wrong_currency"),))
    return counted.minor


def _told(row: RedemptionRow, settings: Settings) -> RedemptionTold:
    came_to = row.quote
    approved = row.status == "approved"
    return RedemptionTold.model_validate(
        {
            "id": row.id,
            "party": row.party,
            "status": row.status,
            "amount": local(came_to.bousol_cents, settings),
            "gross": euros(came_to.gross_cents),
            "commission": euros(came_to.commission_cents),
            "net": euros(came_to.net_cents),
            "discount": euros(came_to.discount_cents),
            "policy": row.policy,
            "requested_at": row.requested_at,
            "expected": expected_on(day_of(row.requested_at)),
            "approvals": (row.first_by is not None) + approved,
            "decided_at": row.decided_at,
            "reason": row.reason,
            "entry": row.entry,
            "iban": None if row.iban is None else masked_iban(row.iban),
        }
    )


ROUTES: Final = (request, quote, list_all, get_one, approve, reject)

"""Decisions on merchants that were approved: suspended, frozen, resumed, closed."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.openapi import POSTING
from api.routes.applications import proposed
from api.services import GivenServices
from api.shops import deciding, leaving
from api.shops.shapes import Confirmed, DecisionTold, Reason, decision_told
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, euros, ledger_amount, local
from api.wire.strict import IdempotencyKey
from ledger.chart import Commodity
from merchants import admission, decisions
from merchants.admission import Status, What

_HALF: Final = ("not_found", "not_allowed", "standing_misfit", "unavailable", "outcome_unknown")
_PROPOSING: Final = (*_HALF, "decision_open")
_CONFIRMING: Final = (*_HALF, "same_person", "decision_settled", "unknown_party", "role_misfit")


class Proposal(Shape):
    """What the committee decided of a merchant."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"what": "suspend", "reason": "PV du 3 mars, point 1"}]}
    )

    what: Literal["suspend", "resume", "close"]
    reason: Reason


class Suspicion(Shape):
    """Why a merchant is frozen, or no longer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Ventes fictives signalées le 4 mars"}]}
    )

    reason: Reason


class Rest(Shape):
    """What is left of a closing merchant's Bou'Sols, and the paper that says so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "amount": {"amount": 450, "currency": "BSL"},
                    "document": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
                }
            ]
        }
    )

    amount: Amount
    document: Annotated[UUID, Field(description="The decision, or the request to leave.")]


class RestRedeemed(Told):
    """Bou'Sols redeemed, and the euros now owed for them."""

    entry: UUID
    posted_at: datetime
    redeemed: Sum
    owed: Sum


class Stands(Told):
    """Where a merchant stands."""

    id: UUID
    status: Status


@post(
    "/v1/merchants/{merchant:uuid}/decisions",
    operation_id="proposeOnMerchant",
    tags=["merchants"],
    opt=may(Act.ADMIT_MERCHANT, problems=_PROPOSING),
)
async def propose_on_merchant(
    services: GivenServices,
    asker: GivenAsker,
    merchant: FromPath[UUID],
    data: JSONBody[Proposal],
) -> Response[DecisionTold]:
    """Proposes to suspend, to resume or to close; another person confirms it."""
    return await proposed(services, asker, merchant, What(data.what), data.reason)


@post(
    "/v1/merchants/{merchant:uuid}/freezes",
    operation_id="freezeMerchant",
    tags=["merchants"],
    opt=may(Act.FREEZE, problems=_PROPOSING),
)
async def freeze(
    services: GivenServices,
    asker: GivenAsker,
    merchant: FromPath[UUID],
    data: JSONBody[Suspicion],
) -> Response[Confirmed]:
    """Freezes a merchant at once; it runs out by itself unless another person confirms it."""
    reason = admission.tidied(data.reason) or "-"
    done = await deciding.freeze(services, asker, merchant, reason)
    location = {"location": f"/v1/merchant-decisions/{done.decision.id}"}
    return Response(_told(done), headers=location)


@post(
    "/v1/merchants/{merchant:uuid}/thaws",
    operation_id="proposeThaw",
    tags=["merchants"],
    opt=may(Act.FREEZE, problems=_PROPOSING),
)
async def thaw(
    services: GivenServices,
    asker: GivenAsker,
    merchant: FromPath[UUID],
    data: JSONBody[Suspicion],
) -> Response[DecisionTold]:
    """Proposes to end a freeze that two persons made; another person confirms it."""
    return await proposed(services, asker, merchant, What.UNFREEZE, data.reason)


@get(
    "/v1/merchant-decisions/{decision:uuid}",
    operation_id="getMerchantDecision",
    tags=["merchants"],
    opt=may(Act.CONFIRM_DECISION, problems=("not_found", "unavailable")),
)
async def get_decision(services: GivenServices, decision: FromPath[UUID]) -> DecisionTold:
    """Shows a decision, and whether it holds."""
    async with services.rows() as rows:
        made = await decisions.find(rows, decision)
    if made is None:
        raise Problem("not_found")
    return decision_told(made)


@post(
    "/v1/merchant-decisions/{decision:uuid}/confirmation",
    operation_id="confirmMerchantDecision",
    tags=["merchants"],
    opt=may(Act.CONFIRM_DECISION, problems=_CONFIRMING),
)
async def confirm(
    services: GivenServices, asker: GivenAsker, decision: FromPath[UUID]
) -> Confirmed:
    """Confirms what another person proposed; asked again by the same one, finishes it."""
    return _told(await deciding.confirm(services, asker, decision))


@delete(
    "/v1/merchant-decisions/{decision:uuid}",
    operation_id="withdrawMerchantDecision",
    tags=["merchants"],
    opt=may(Act.CONFIRM_DECISION, problems=(*_HALF, "decision_settled")),
)
async def withdraw(services: GivenServices, asker: GivenAsker, decision: FromPath[UUID]) -> None:
    """Takes back what nobody confirmed yet; a freeze ends with it."""
    await deciding.withdraw(services, asker, decision)


@post(
    "/v1/merchants/{merchant:uuid}/rest",
    operation_id="redeemRest",
    tags=["merchants"],
    opt=may(
        Act.SETTLE_CLOSING,
        problems=(
            "key_missing",
            "malformed_amount",
            "not_found",
            "standing_misfit",
            "unavailable",
            *POSTING,
        ),
    ),
)
async def redeem_rest(
    services: GivenServices,
    asker: GivenAsker,
    merchant: FromPath[UUID],
    data: JSONBody[Rest],
    key: IdempotencyKey,
) -> RestRedeemed:
    """Redeems what a closing merchant still holds; the euros are owed to it."""
    moved = ledger_amount(data.amount, services.settings)
    if moved.commodity is not Commodity.BSL:
        raise Problem("wrong_currency")
    done = await leaving.redeem_rest(
        services,
        asker,
        key,
        merchant=merchant,
        bousol_cents=moved.minor,
        document=data.document,
    )
    return RestRedeemed(
        entry=done.entry,
        posted_at=done.posted_at,
        redeemed=local(done.bousol_cents, services.settings),
        owed=euros(done.euros_cents),
    )


@post(
    "/v1/merchants/{merchant:uuid}/closure",
    operation_id="closeMerchant",
    tags=["merchants"],
    opt=may(Act.ADMIT_MERCHANT, problems=(*_HALF, "money_left")),
)
async def close(services: GivenServices, asker: GivenAsker, merchant: FromPath[UUID]) -> Stands:
    """Closes for good a merchant that was closing and holds nothing any more."""
    found = await leaving.finish_closing(services, asker, merchant)
    return Stands(id=found.id, status=found.standing.status)


def _told(done: deciding.Decided) -> Confirmed:
    return Confirmed(
        decision=decision_told(done.decision),
        status=done.merchant.standing.status,
        frozen_until=done.merchant.standing.frozen_until,
        party=done.merchant.party,
        invitation=done.invitation,
    )


ROUTES: Final = (
    propose_on_merchant,
    freeze,
    thaw,
    get_decision,
    confirm,
    withdraw,
    redeem_rest,
    close,
)

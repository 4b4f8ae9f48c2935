"""Approvals that end: the association sees them, and decides to renew them by two persons."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.policies import policy_in_force
from api.routes.applications import proposed
from api.services import GivenServices
from api.shops import renewing
from api.shops.shapes import DecisionTold, Reason, decision_told
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.days import day_of
from api.wire.shapes import Shape, Told
from merchants import decisions, register
from merchants.admission import Status, What

_LIST: Final = "merchant-approvals"


class Renewal(Shape):
    """The committee's decision that an approval goes on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "PV du 3 mars 2027, point 2"}]}
    )

    reason: Annotated[Reason, Field(description="The committee's minutes: their day and point.")]


class ApprovalTold(Told):
    """A merchant whose approval ends soon, or has ended."""

    merchant: UUID
    name: str
    commune: str
    status: Status
    approved_at: datetime | None
    approved_until: Annotated[date, Field(description="The last day.")]
    ended: Annotated[bool, Field(description="Paid as before: renew it, or close the merchant.")]
    waiting: Annotated[
        DecisionTold | None, Field(description="What one person proposed and nobody confirmed.")
    ]
    yours: Annotated[bool, Field(description="Proposed by whoever asks: another confirms it.")]


class Approvals(Told):
    """A page of approvals that end, the soonest first."""

    ended: Annotated[int, Field(description="Of all, so many have ended; 100 at most are counted.")]
    items: list[ApprovalTold]
    next_cursor: str | None


@get(
    "/v1/merchant-approvals",
    operation_id="listApprovalsEnding",
    tags=["merchants"],
    opt=may(Act.ADMIT_MERCHANT, problems=("unavailable",)),
)
async def list_ending(
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Approvals:
    """Lists approvals that have ended or may be renewed now, and what was proposed of each."""
    today, after = day_of(services.clock.now()), None
    if cursor is not None:
        day, last = unpack(services.pepper, cursor, _LIST, 2)
        after = (date.fromisoformat(day), UUID(last))
    until = renewing.listed_until(today, (await policy_in_force(services)).limits)
    async with services.rows() as rows:
        found = await register.ending(rows, until, after=after, count=limit + 1)
        over = await register.ending(rows, today - renewing.DAY, after=None, count=_COUNTED)
        waiting = await decisions.open_of(rows, [one.id for one in found])
    shown = found[:limit]
    return Approvals(
        ended=len(over),
        items=[_told(one, waiting.get(one.id), today, asker.grant) for one in shown],
        next_cursor=pack(services.pepper, _LIST, shown[-1].approved_until, shown[-1].id)
        if len(found) > limit
        else None,
    )


@post(
    "/v1/merchants/{merchant:uuid}/renewals",
    operation_id="proposeRenewal",
    tags=["merchants"],
    opt=may(
        Act.ADMIT_MERCHANT,
        problems=(
            "not_found",
            "not_allowed",
            "standing_misfit",
            "approval_runs",
            "decision_open",
            "unavailable",
            "outcome_unknown",
        ),
    ),
)
async def propose_renewal(
    services: GivenServices,
    asker: GivenAsker,
    merchant: FromPath[UUID],
    data: JSONBody[Renewal],
) -> Response[DecisionTold]:
    """Proposes that an approval goes on for another term; another person confirms it."""
    return await proposed(services, asker, merchant, What.RENEW, data.reason)


def _told(
    found: register.Merchant, made: decisions.Decision | None, today: date, asker: UUID | None
) -> ApprovalTold:
    assert found.approved_until is not None, "the query asks for those that end"
    return ApprovalTold(
        merchant=found.id,
        name=found.name,
        commune=found.commune,
        status=found.standing.status,
        approved_at=found.approved_at,
        approved_until=found.approved_until,
        ended=found.approved_until < today,
        waiting=None if made is None else decision_told(made),
        yours=made is not None and made.proposed_by == asker,
    )


_COUNTED: Final = 100
ROUTES: Final = (list_ending, propose_renewal)

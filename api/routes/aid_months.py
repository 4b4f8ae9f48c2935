"""A food fund's month for its sponsor's people: what came, what each gets, and giving it."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import ConfigDict, Field

from admin.roles import Act
from api.aid import deciding, founding, joining, monthly
from api.aid.monthly import Look, Wish
from api.aid.shapes import MONTH, BatchTold, Period, Reference
from api.gate.access import may
from api.gate.given import GivenAsker
from api.routes.aid_batches import told as batch_told
from api.services import GivenServices, Services
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.days import day_of
from api.wire.shapes import Shape, Sum, Told, euros
from api.wire.strict import IdempotencyKey

Month = Annotated[
    str | None,
    QueryParameter(
        name="period",
        pattern=MONTH,
        description="Such as 2027-03; by default this month.",
    ),
]
Everybody = Annotated[
    bool,
    QueryParameter(
        name="everybody", description="Members whose contribution has not come get a share too."
    ),
]


class FundMonth(Told):
    """A month of a food fund as it stands; nothing was written."""

    period: str
    members: int
    paid: Annotated[int, Field(description="Members whose contribution of the month has come.")]
    given: Annotated[int, Field(description="Members who have a share of the month.")]
    to_give: Annotated[int, Field(description="Members who would get one now.")]
    promised: Annotated[Sum, Field(description="The contributions of all members.")]
    from_members: Annotated[Sum, Field(description="Euros that came with a member's reference.")]
    other: Annotated[Sum, Field(description="Other euros that came: subsidies, gifts.")]
    free: Annotated[Sum, Field(description="Euros of the fund that nothing waits for.")]
    each: Annotated[Sum, Field(description="What each of `to_give` gets; the same for all.")]
    total: Sum
    remainder: Annotated[Sum, Field(description="What would stay in the fund.")]
    missing: Annotated[Sum, Field(description="What must still arrive before the batch runs.")]


class MemberTold(Told):
    """A member of the fund; file and name are null once the file was erased."""

    beneficiary: UUID
    file: str | None
    name: str | None
    contribution: Annotated[Sum, Field(description="A month.")]
    paid: Annotated[Sum, Field(description="What came in the month with the member's reference.")]
    share: Annotated[Sum | None, Field(description="Of the month; null: none yet.")]
    joined_at: datetime


class FundMembers(Told):
    """A page of who is in a fund, who joined first at the front."""

    items: list[MemberTold]
    next_cursor: str | None


class Allotment(Shape):
    """Which month is shared out, and the decision it rests on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"period": "2027-03", "decision": "Règlement, art. 4"}]}
    )

    period: Period
    decision: Annotated[Reference, Field(description="Kept sealed, for the sponsor alone.")]
    everybody: Annotated[
        bool, Field(description="Members whose contribution has not come get a share too.")
    ] = False


@get(
    "/v1/aid/programmes/{programme:uuid}/month",
    operation_id="getFundMonth",
    tags=["aid"],
    opt=may(Act.SEE_FUND, problems=("not_found",)),
)
async def get_month(
    programme: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    period: Month = None,
    everybody: Everybody = False,
) -> FundMonth:
    """Shows a food fund's month: contributions, members, what each would get, what would stay."""
    month = period or _this(services)
    found = await founding.of_asker(services, asker, programme)
    await joining.fund_of(services, found.id)
    return _told(month, await monthly.look(services, found, month, everybody=everybody))


@get(
    "/v1/aid/programmes/{programme:uuid}/members",
    operation_id="listFundMembers",
    tags=["aid"],
    opt=may(Act.SEE_FUND, problems=("not_found", "sponsor_key_missing")),
)
async def list_members(
    programme: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    period: Month = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> FundMembers:
    """Lists the members of a food fund with what came of each; the look is written down."""
    found = await founding.of_asker(services, asker, programme)
    await joining.fund_of(services, found.id)
    looked = await monthly.look(services, found, period or _this(services))
    name, left = f"members {found.id}", looked.members
    if cursor is not None:
        at, last = unpack(services.pepper, cursor, name, 2)
        after = datetime.fromisoformat(at), UUID(last)
        left = [one for one in left if (one.joined_at, one.id) > after]
    shown = left[:limit]
    async with services.room(asker.acting) as room:
        known = await room.read([one.beneficiary for one in shown])
        await room.looked(asker.by, "list", services.clock.now(), count=len(shown))
    end = shown[-1] if len(left) > limit else None
    return FundMembers(
        items=[
            MemberTold(
                beneficiary=one.beneficiary,
                file=known.get(one.beneficiary, {}).get("file"),
                name=known.get(one.beneficiary, {}).get("name"),
                contribution=euros(one.contribution_cents),
                paid=euros(looked.paid.get(one.id, 0)),
                share=_sum(looked.given.get(one.party)),
                joined_at=one.joined_at,
            )
            for one in shown
        ],
        next_cursor=end and pack(services.pepper, name, end.joined_at.isoformat(), end.id),
    )


@post(
    "/v1/aid/programmes/{programme:uuid}/allotments",
    operation_id="submitAllotments",
    tags=["aid"],
    opt=may(
        Act.SHARE_FUND,
        problems=(
            "not_found",
            "key_missing",
            "key_conflict",
            "programme_shut",
            "fund_month_far",
            "fund_without_members",
            "fund_empty",
            "own_award",
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def submit(
    programme: FromPath[UUID],
    data: JSONBody[Allotment],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[BatchTold]:
    """Enters the equal shares of a month's members as a batch; another person approves it."""
    found = await founding.of_asker(services, asker, programme)
    await joining.fund_of(services, found.id)
    wish = Wish(data.period, data.decision, data.everybody)
    made = await monthly.run(services, asker, key, found, wish)
    told = await batch_told(services, await deciding.of_asker(services, asker, made))
    return Response(told, headers={"Location": f"/v1/aid/batches/{made}"})


def _this(services: Services) -> str:
    return f"{day_of(services.clock.now()):%Y-%m}"


def _sum(cents: int | None) -> Sum | None:
    return None if cents is None else euros(cents)


def _told(period: str, found: Look) -> FundMonth:
    share = found.share
    come = [one for one in found.members if found.paid.get(one.id, 0) >= one.contribution_cents]
    return FundMonth(
        period=period,
        members=len(found.members),
        paid=len(come),
        given=len(found.given),
        to_give=len(found.todo),
        promised=euros(sum(one.contribution_cents for one in found.members)),
        from_members=euros(found.arrived.from_members_cents),
        other=euros(found.arrived.other_cents),
        free=euros(found.free_cents),
        each=euros(share.each),
        total=euros(share.total),
        remainder=euros(max(0, share.remainder)),
        missing=euros(max(0, -share.remainder)),
    )


ROUTES: Final = (get_month, list_members, submit)

"""What a sponsor's people look at: a batch beside the last one, its list, a programme's course."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from admin.aid import views
from admin.aid.proof import ProofBroken, received, reclaimed
from admin.aid.refusals import ProofRefused
from admin.roles import Act
from api.aid import deciding, founding
from api.aid.statistics import least_of
from api.gate.access import may
from api.gate.given import GivenAsker
from api.policies import policy_in_force
from api.services import GivenServices
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.shapes import Sum, Told, euros, local
from ledger import store

_LATEST: Final = 2**62
_LIST: Final = "aid-batch-awards"
_PAIR: Final = 2
_THREE: Final = 3


Unmandated = Annotated[
    bool, QueryParameter(description="Those alone whose persons have no live civil mandate.")
]


class AlikeTold(Told):
    """Awards of one amount."""

    each: Sum
    awards: int
    total: Sum


class ChangeTold(Told):
    """Awards that differ from the last period before this one."""

    code: Annotated[str, Field(pattern="^(new|gone|changed)$")]
    awards: int
    difference: Annotated[int, Field(description="In euro-cents; below 0: less than before.")]


class BatchReview(Told):
    """What somebody weighs before they approve."""

    entered_by: Annotated[UUID, Field(description="The role, of `GET /v1/roles`.")]
    approved_by: UUID | None
    third_by: UUID | None
    refused_by: UUID | None
    persons: Annotated[int, Field(description="How many must agree: 2, above a limit 3.")]
    pair_at_most: Annotated[Sum, Field(description="Up to so much, two suffice.")]
    amounts: list[AlikeTold]
    changes: list[ChangeTold]


class ListedTold(Told):
    """One award of a list; file and name are null once the file was erased."""

    award: UUID
    beneficiary: UUID
    file: str | None
    name: str | None
    amount: Sum
    amount_local: Sum
    status: str
    expires_at: Annotated[datetime | None, Field(description="null: not given yet.")]
    card: Annotated[bool, Field(description="The holder has a card that pays.")]
    unmandated: Annotated[
        bool, Field(description="Under a civil mandate, and without a live one: it is not given.")
    ]


class BatchAwards(Told):
    """A page of a batch, in the order of its list."""

    items: list[ListedTold]
    next_cursor: str | None


class EndingTold(Told):
    """What is left in lots that end together, or between two instants when too few do."""

    at: datetime
    until: datetime
    left: Sum
    lots: int


class FollowUp(Told):
    """Where a programme's euros are. Nobody's purchases are in it."""

    funded: Annotated[Sum, Field(description="Euros received, less those sent back.")]
    given: Annotated[Sum, Field(description="Euros of every award that was given.")]
    given_local: Sum
    spent: Annotated[Sum, Field(description="Of `given_local`, paid to merchants.")]
    left: Annotated[Sum, Field(description="Of `given_local`, still in lots.")]
    ended: Annotated[Sum, Field(description="Of `given_local`, taken back or freed at their end.")]
    reclaimed: Annotated[Sum, Field(description="Euros that came back with what had ended.")]
    people: int
    endings: Annotated[
        list[EndingTold],
        Field(description="The next one first, at most 24, none of it over too few households."),
    ]


@get(
    "/v1/aid/batches/{batch:uuid}/review",
    operation_id="reviewBatch",
    tags=["aid"],
    opt=may(Act.SEE_AWARDS, problems=("not_found",)),
)
async def review(batch: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> BatchReview:
    """Shows who entered a batch, how many must agree, and what differs from the last period."""
    row = await deciding.of_asker(services, asker, batch)
    limit = (await policy_in_force(services)).limits.aid_pair_max_cents
    async with services.connection() as connection:
        amounts = await views.amounts(connection, batch)
        changes = await views.changes(connection, batch)
    return BatchReview(
        entered_by=row["submitted_by"],
        approved_by=row["approved_by"],
        third_by=row["third_by"],
        refused_by=row["refused_by"],
        persons=_THREE if row["euros_cents"] > limit else _PAIR,
        pair_at_most=euros(limit),
        amounts=[
            AlikeTold(each=euros(a.cents), awards=a.awards, total=euros(a.cents * a.awards))
            for a in amounts
        ],
        changes=[ChangeTold(code=c.code, awards=c.awards, difference=c.cents) for c in changes],
    )


@get(
    "/v1/aid/batches/{batch:uuid}/awards",
    operation_id="listBatchAwards",
    tags=["aid"],
    opt=may(Act.SEE_BENEFICIARIES, problems=("not_found", "sponsor_key_missing")),
)
async def list_awards(
    batch: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    unmandated: Unmandated = False,
) -> BatchAwards:
    """Lists the persons of a batch, for their own sponsor; the look is written down."""
    await deciding.of_asker(services, asker, batch)
    after = 0 if cursor is None else int(unpack(services.pepper, cursor, _LIST, 1)[0])
    async with services.connection() as connection:
        found = await views.awards(connection, batch, after=after, count_max=limit + 1,
                                   unmandated=unmandated)  # fmt: skip
    shown = found[:limit]
    async with services.room(asker.acting) as room:
        known = await room.read([one.beneficiary for one in shown])
        await room.looked(asker.by, "list", services.clock.now(), count=len(shown))
    items = [
        ListedTold(
            award=one.award,
            beneficiary=one.beneficiary,
            file=known.get(one.beneficiary, {}).get("file"),
            name=known.get(one.beneficiary, {}).get("name"),
            amount=euros(one.euros_cents),
            amount_local=local(one.bousol_cents, services.settings),
            status=one.status,
            expires_at=one.expires_at,
            card=one.card,
            unmandated=one.unmandated,
        )
        for one in shown
    ]
    more = shown[-1].nth if len(found) > limit else None
    return BatchAwards(
        items=items, next_cursor=None if more is None else pack(services.pepper, _LIST, more)
    )


@get(
    "/v1/aid/programmes/{programme:uuid}/follow-up",
    operation_id="followProgramme",
    tags=["aid"],
    opt=may(Act.SEE_AWARDS, problems=("not_found", "proof_refused")),
)
async def follow(programme: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> FollowUp:
    """Shows what a programme gave, what was spent of it, and what ends when."""
    found = await founding.of_asker(services, asker, programme)
    least = await least_of(services)
    async with services.connection() as connection:
        given = await views.given(connection, found.id)
        endings = await views.endings(connection, found.id, least=least)
        moved = await store.moved_by_kind(connection, [found.account], _LATEST)
    try:
        funded, came_back = received(moved), reclaimed(moved)
    except ProofBroken as error:
        raise ProofRefused from error
    spent = given.bousol_cents - given.left_cents - given.ended_cents
    return FollowUp(
        funded=euros(funded),
        given=euros(given.euros_cents),
        given_local=local(given.bousol_cents, services.settings),
        spent=local(max(0, spent), services.settings),
        left=local(given.left_cents, services.settings),
        ended=local(given.ended_cents, services.settings),
        reclaimed=euros(came_back),
        people=given.people,
        endings=[
            EndingTold(
                at=one.at,
                until=one.until,
                left=local(one.cents, services.settings),
                lots=one.lots,
            )
            for one in endings
        ],
    )


ROUTES: Final = (review, list_awards, follow)

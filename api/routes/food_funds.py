"""A resident in a food fund: the funds there are, joining, what one pays, what one got."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import delete, get, put
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.aid import award_rows, fund, members
from admin.aid.lists import CONTRIBUTION_CENTS_MAX, CONTRIBUTION_CENTS_MIN
from admin.aid.members import Member
from admin.aid.programmes import Programme
from admin.reserve import epc, references
from admin.roles import Act
from api.aid import joining
from api.aid.shapes import euro_cents
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.days import day_of
from api.wire.shapes import Amount, Shape, Sum, Told, euros, local

_EXAMPLE: Final[JsonDict] = {"contribution": {"amount": 6000, "currency": "EUR"}}

_GIVEN: Final = frozenset({"given", "expired", "released"})


class Contribution(Shape):
    """What a member pays a month, by their means."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    contribution: Annotated[Amount, Field(description="In EUR, 1.00 to 150.00.")]


class ContributionTransfer(Told):
    """How a month's contribution is paid: the same reference each month."""

    holder: str
    iban: str
    bic: str | None
    reference: Annotated[str, Field(description="ISO 11649; it alone finds the member.")]
    printed_reference: str
    epc: str


class ShareTold(Told):
    """A month's share of the fund."""

    period: str
    status: str
    amount: Sum
    amount_local: Sum
    left: Sum
    expires_at: Annotated[datetime | None, Field(description="null: not given yet.")]


class MembershipTold(Told):
    """The asker's place in a fund."""

    contribution: Annotated[Sum, Field(description="A month.")]
    joined_at: datetime
    paid: Annotated[Sum, Field(description="What of it has come this month.")]
    transfer: Annotated[
        ContributionTransfer | None, Field(description="null: no bank account is known yet.")
    ]
    shares: Annotated[list[ShareTold], Field(description="Newest first.")]


class FundTold(Told):
    """A food fund. Nobody's name is in it."""

    id: UUID
    name: str
    ends_on: date
    share: Annotated[
        Sum | None, Field(description="What each gets a month; null: what is there, shared out.")
    ]
    least: Sum
    most: Sum
    members: int
    mine: Annotated[MembershipTold | None, Field(description="null: not a member.")]


class Funds(Told):
    """Food funds that give today, oldest first."""

    items: list[FundTold]


@get("/v1/food-funds", operation_id="listFoodFunds", tags=["food-funds"],
     opt=may(Act.JOIN_FUND))  # fmt: skip
async def list_funds(services: GivenServices, asker: GivenAsker) -> Funds:
    """Lists the food funds one may join, with one's own place in each."""
    found = await joining.open_funds(services)
    return Funds(items=[await _told(services, asker, one) for one in found])


@get(
    "/v1/food-funds/{programme:uuid}",
    operation_id="getFoodFund",
    tags=["food-funds"],
    opt=may(Act.JOIN_FUND, problems=("not_found",)),
)
async def get_fund(
    programme: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> FundTold:
    """Shows a food fund and one's own place in it."""
    return await _told(services, asker, await joining.fund_of(services, programme))


@put(
    "/v1/food-funds/{programme:uuid}/membership",
    operation_id="joinFoodFund",
    tags=["food-funds"],
    opt=may(
        Act.JOIN_FUND,
        problems=(
            "not_found",
            "contribution_unfit",
            "programme_shut",
            "wrong_currency",
            "malformed_amount",
            "sponsor_key_missing",
        ),
    ),
)
async def join(
    programme: FromPath[UUID],
    data: JSONBody[Contribution],
    services: GivenServices,
    asker: GivenAsker,
) -> FundTold:
    """Joins a fund, or says what one pays from now on; its sponsor learns name and address."""
    found = await joining.fund_of(services, programme)
    cents = euro_cents(services, data.contribution, "/contribution")
    await joining.join(services, asker, found, cents)
    return await _told(services, asker, found)


@delete(
    "/v1/food-funds/{programme:uuid}/membership",
    operation_id="leaveFoodFund",
    tags=["food-funds"],
    status_code=204,
    opt=may(Act.JOIN_FUND, problems=("not_found",)),
)
async def leave(programme: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Leaves a fund; shares that were given stay."""
    await joining.leave(services, asker, await joining.fund_of(services, programme))


async def _told(services: Services, asker: Asker, one: Programme) -> FundTold:
    formula = one.version.formula
    async with services.connection() as connection:
        everybody = await members.count(connection, one.id)
        mine = await members.of_party(connection, one.id, asker.acting)
    return FundTold(
        id=one.id,
        name=one.name,
        ends_on=one.version.ends_on,
        share=euros(min(formula.first_cents, formula.most_cents)) if formula.known else None,
        least=euros(CONTRIBUTION_CENTS_MIN),
        most=euros(CONTRIBUTION_CENTS_MAX),
        members=everybody,
        mine=None if mine is None else await _mine(services, one, mine),
    )


async def _mine(services: Services, programme: Programme, mine: Member) -> MembershipTold:
    since, until = fund.bounds(f"{day_of(services.clock.now()):%Y-%m}")
    async with services.connection() as connection:
        paid = await members.paid(connection, [mine.id], since, until)
        rows = await award_rows.of_beneficiary(connection, mine.beneficiary, programme.sponsor)
    return MembershipTold(
        contribution=euros(mine.contribution_cents),
        joined_at=mine.joined_at,
        paid=euros(paid.get(mine.id, 0)),
        transfer=_transfer(services, mine),
        shares=[
            ShareTold(
                period=row["period"],
                status=row["status"],
                amount=euros(row["euros_cents"]),
                amount_local=local(row["bousol_cents"], services.settings),
                left=local(row["balance"] or 0, services.settings),
                expires_at=row["expires_at"],
            )
            for row in rows
            if row["programme"] == programme.id and row["status"] in _GIVEN
        ],
    )


def _transfer(services: Services, mine: Member) -> ContributionTransfer | None:
    settings = services.settings
    if settings.iban is None:
        return None
    holder = settings.issuer_name[: epc.NAME_MAX]
    reference = references.member_reference(mine.number)
    payload = epc.payload(
        name=holder,
        iban=settings.iban,
        cents=mine.contribution_cents,
        reference=reference,
        bic=settings.bic or "",
    )
    return ContributionTransfer(
        holder=holder,
        iban=settings.iban,
        bic=settings.bic,
        reference=reference,
        printed_reference=references.printed(reference),
        epc=payload,
    )


ROUTES: Final = (list_funds, get_fund, join, leave)

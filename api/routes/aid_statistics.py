"""What a sponsor is told of spending: never of fewer households than the policy says."""

from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from pydantic import Field

from admin.aid.statistic_rows import Publication, named
from admin.roles import Act
from api.access import may
from api.aid import founding, statistics
from api.door import GivenAsker
from api.services import GivenServices, Services
from api.shapes import Sum, Told, local

Month = Annotated[str, Field(description="As 2027-03.")]


class SpentTold(Told):
    """What was spent in some filières together."""

    filieres: Annotated[
        list[str], Field(description="Those that are too small stand together; `other`: of none.")
    ]
    households: int
    amount: Annotated[
        int, Field(description="Bou'Sol-cents, refunds deducted: below 0 when more came back.")
    ]


class PublicationTold(Told):
    """Figures of some months together; they do not change any more."""

    first_month: Month
    last_month: Month
    spent: list[SpentTold]
    left: Annotated[
        Sum | None, Field(description="Unspent at the end of the last month; null: of too few.")
    ]
    ending: Annotated[
        Sum | None, Field(description="Of it, what ends in the month after; null: of too few.")
    ]
    days_to_spend: Annotated[
        int | None,
        Field(description="From the first award to the first payment, the median household."),
    ]


class StatisticsTold(Told):
    """What is published of a programme, oldest months first."""

    least: Annotated[int, Field(description="Over so many households a new figure is at least.")]
    items: list[PublicationTold]


@get(
    "/v1/aid/programmes/{programme:uuid}/statistics",
    operation_id="getAidStatistics",
    tags=["aid"],
    opt=may(Act.SEE_AWARDS, problems=("not_found", "unavailable")),
)
async def get_statistics(
    programme: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> StatisticsTold:
    """Tells what was spent where in months that have closed; too small figures are joined."""
    found = await founding.of_asker(services, asker, programme)
    known = await statistics.told(services, found)
    least = await statistics.least_of(services)
    return StatisticsTold(least=least, items=[_told(services, one) for one in known])


def _told(services: Services, one: Publication) -> PublicationTold:
    left, ending = (
        None if cents is None else local(cents, services.settings)
        for cents in (one.left_cents, one.ending_cents)
    )
    return PublicationTold(
        first_month=named(one.months[0]),
        last_month=named(one.months[-1]),
        spent=[
            SpentTold(
                filieres=list(cell.filieres),
                households=cell.households,
                amount=cell.cents,
            )
            for cell in one.cells
        ],
        left=left,
        ending=ending,
        days_to_spend=one.delay_days,
    )


ROUTES: Final = (get_statistics,)

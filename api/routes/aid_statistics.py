"""What a sponsor is told of spending: never of fewer households than the policy says."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from pydantic import Field

from admin.aid.statistic_rows import Publication, named
from admin.roles import Act
from api.aid import founding, statistics
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.figures import Language
from api.wire.shapes import Sum, Told, local
from merchants import directory
from merchants.csv_files import write_csv

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "heads": "Premier mois;Dernier mois;Quoi;Foyers;Bou’Sols",
        "left": "Reste à dépenser à la fin du dernier mois",
        "ending": "De ce reste, finit le mois suivant",
        "delay": "De l’aide au premier achat, en jours, pour un foyer sur deux : {}",
        "few": "trop peu de foyers pour être dit",
        "other": "Sans filière",
    },
    "en": {
        "heads": "First month;Last month;What;Households;Bou’Sols",
        "left": "Left to spend at the end of the last month",
        "ending": "Of that, ends in the month after",
        "delay": "From the aid to the first purchase, in days, for one household in two: {}",
        "few": "too few households to be told",
        "other": "Of no filière",
    },
}

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
    next_on: Annotated[date, Field(description="From this day on, the running month may join.")]
    waiting: Annotated[
        list[Month], Field(description="Months that have closed and wait: too few households.")
    ]
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
    now = services.clock.now()
    return StatisticsTold(
        least=await statistics.least_of(services),
        next_on=statistics.next_on(now),
        waiting=[named(one) for one in statistics.open_months(known, found.made_at, now)],
        items=[_told(services, one) for one in known],
    )


@get(
    "/v1/aid/programmes/{programme:uuid}/statistics.csv",
    operation_id="getAidStatisticsCSV",
    tags=["aid"],
    media_type="text/csv",
    opt=may(Act.SEE_AWARDS, problems=("not_found", "unavailable")),
)
async def get_csv(
    programme: FromPath[UUID],
    request: Request[Any, Any, Any],
    services: GivenServices,
    asker: GivenAsker,
) -> Response[bytes]:
    """Gives the published figures of a programme as a table for a spreadsheet."""
    language = asked(request.scope).language
    found = await founding.of_asker(services, asker, programme)
    known = await statistics.told(services, found)
    async with services.rows() as rows:
        tree = await directory.filieres(rows)
    words = _WORDS[language]
    names = {one.code: one.fr if language == "fr" else one.en for one in tree}
    names[statistics.OTHER] = words["other"]
    lines = [line for one in known for line in _lines(one, words, names)]
    headers = {
        "content-disposition": f'attachment; filename="{programme}-statistics.csv"',
        "cache-control": "no-store",
    }
    content = write_csv(words["heads"].split(";"), lines)
    return Response(content, media_type="text/csv", headers=headers)


def _lines(
    one: Publication, words: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[tuple[str | int, ...]]:
    """A publication as lines: its cells, then what was left."""
    span = named(one.months[0]), named(one.months[-1])
    few = words["few"]
    for cell in one.cells:
        together = " + ".join(names.get(code, code) for code in cell.filieres)
        yield *span, together, str(cell.households), cell.cents
    for name, cents in (("left", one.left_cents), ("ending", one.ending_cents)):
        yield *span, words[name], "", few if cents is None else cents
    days = few if one.delay_days is None else str(one.delay_days)
    yield *span, words["delay"].format(days), "", ""


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


ROUTES: Final = (get_statistics, get_csv)

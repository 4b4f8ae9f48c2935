"""History: movements by day, searched by name or amount, and the paper of a month."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.resident import lines
from api.pages.resident.common import shown
from api.pages.visit import GivenVisit
from api.routes.account import account, movement, movements
from api.wire.days import day_of

_MONTHS: Final = 12
Wanted = Annotated[str, QueryParameter(name="cherche", max_length=60)]
Place = Annotated[str | None, QueryParameter(name="suite", max_length=400)]


@get("/mouvements", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def history(visit: GivenVisit, wanted: Wanted = "", place: Place = None) -> Response[bytes]:
    """Lists what happened, newest first, a page at a time."""
    wanted = wanted.strip()
    if wanted:
        rows, more = lines.merged(await lines.found(visit, wanted), (), whole=True), None
    else:
        found = await visit.through(movements, limit=lines.PAGE, cursor=place)
        told = None if place else await visit.through(account)
        more = found.next_cursor
        rows = lines.merged(found.items, told.refusals if told else (), whole=more is None)
    today = day_of(visit.services.clock.now())
    return shown(
        visit,
        "history.html",
        days=lines.days(rows),
        more=more,
        found=len(rows),
        wanted=wanted,
        later=place is not None,
        months=_months(today),
        searched_max=lines.SEARCHED_MAX,
    )


def _months(today: date) -> list[date]:
    """This month and those before it."""
    counts = (today.year * 12 + today.month - 1 - back for back in range(_MONTHS))
    return [date(count // 12, count % 12 + 1, 1) for count in counts]


@get("/mouvements/{number:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def entry(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows one movement that is no payment at a shop."""
    told = await visit.through(movement, movement=number)
    return shown(visit, "entry.html", back="/mouvements", told=told)


ROUTES: Final = (history, entry)

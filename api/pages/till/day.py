"""The day of a till: its total, its payments, each cashier's part, its closing; earlier days."""

from datetime import date, timedelta
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.till.stand import TAKES, Stand, said, stand_at
from api.pages.visit import GivenVisit
from api.paying import streaming
from api.routes import till_days
from api.routes.shifts import ListedShift, Takings, list_shifts, list_takings
from api.routes.taken_payments import listed
from api.wire.cursors import CURSOR_CHARACTERS_MAX
from api.wire.problems import Problem
from ledger.refusals import Refusal

_LINES: Final = 50
More = Annotated[str | None, QueryParameter(name="suite", max_length=CURSOR_CHARACTERS_MAX)]
"""The type of a page's parameter that says where its list goes on."""
Asked = Annotated[str, QueryParameter(name="jour", max_length=10)]
"""The type of a page's parameter that names a day."""


class Part(NamedTuple):
    """What one person took at a till on a day."""

    shift: ListedShift
    takings: Takings


@get("/caisse/{till_id:uuid}/jour", opt=TAKES, include_in_schema=False)
async def today(
    till_id: FromPath[UUID], visit: GivenVisit, more: More = None, asked: Asked = ""
) -> Response[bytes]:
    """Shows today as it goes; a day that was asked for has an address of its own."""
    stand = await stand_at(visit, till_id)
    other = _day(asked)
    if other is not None and other < stand.today:
        return visit.go(f"{stand.path}/jour/{other}")
    return await _shown(stand, stand.today, more)


@get("/caisse/{till_id:uuid}/jour/{day:date}", opt=TAKES, include_in_schema=False)
async def earlier(
    till_id: FromPath[UUID], day: FromPath[date], visit: GivenVisit, more: More = None
) -> Response[bytes]:
    """Shows an earlier day."""
    stand = await stand_at(visit, till_id)
    if day >= stand.today:
        return visit.go(f"{stand.path}/jour")
    return await _shown(stand, day, more)


@post(
    "/caisse/{till_id:uuid}/jour/{day:date}/arret",
    opt=page(may(Act.REQUEST_PAYMENT)),
    include_in_schema=False,
)
async def close(till_id: FromPath[UUID], day: FromPath[date], visit: GivenVisit) -> Response[bytes]:
    """Closes a day, once."""
    stand = await stand_at(visit, till_id)
    try:
        await visit.through(till_days.close, till_id=till_id, day=day)
    except (Problem, Refusal) as error:
        return await _shown(stand, day, None, wrong=said(visit, error))
    return visit.go(f"{stand.path}/jour/{day}")


async def _shown(stand: Stand, day: date, more: str | None, **facts: Any) -> Response[bytes]:
    visit, till = stand.visit, stand.place.till
    since = await streaming.cursor(visit.services, stand.place)
    figures = await visit.through(till_days.read, till_id=till, day=day)
    lines = await visit.through(listed, till=till, day=day, limit=_LINES, cursor=more)
    known = {
        "day": day,
        "figures": figures,
        "lines": lines,
        "parts_of_day": [] if more else await _parts(stand, day),
        "live": day == stand.today and more is None,
        "further": more is not None,
        "before": day - timedelta(days=1),
        "since": since,
        "may_close": visit.may(till_days.close),
        "wrong": None,
    }
    return stand.show("till/day.html", **(known | facts))


async def _parts(stand: Stand, day: date) -> list[Part]:
    """Each person's takings, as far as who asks may see them."""
    visit, till = stand.visit, stand.place.till
    found = await visit.through(list_shifts, till_id=till, day=day)
    parts = []
    for one in found.items:
        asked = {"till": till, "shift": one.id, "limit": 1, "cursor": None}
        parts.append(Part(one, await visit.through(list_takings, **asked)))
    return parts


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES: Final = (today, earlier, close)

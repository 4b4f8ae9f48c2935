"""The entrance of a demo: everybody who may come in, by one press; elsewhere there is nothing."""

from typing import TYPE_CHECKING, Final

from litestar import Response, get, post

from api.gate.access import everybody, page
from api.gate.asker import cookie
from api.pages.visit import GivenVisit, Visit
from api.wire.problems import Problem

if TYPE_CHECKING:
    from api.demo.identities import Guests

STATE: Final = "guests"
"""Under this name the application's state has the guests of a demo."""
_DAY_SECONDS: Final = 24 * 3600


@get("/demo", opt=page(everybody()), include_in_schema=False)
async def entrance(visit: GivenVisit) -> Response[bytes]:
    """Shows who may come in, the poster of the shop, and the card of the resident."""
    return visit.show("demo/entrance.html", guests=_guests(visit))


@post("/demo", opt=page(everybody()), include_in_schema=False)
async def come_in(visit: GivenVisit) -> Response[bytes]:
    """Lets somebody be one of the people of the demo."""
    guests, form = _guests(visit), await visit.form()
    chosen = next((one for one in guests.people if one.who == form.get("qui")), None)
    if chosen is None:
        raise Problem("not_found")
    answer = visit.go("/")
    answer.headers["set-cookie"] = cookie(chosen.token, seconds=_DAY_SECONDS)
    return answer


def _guests(visit: Visit) -> "Guests":
    found: Guests | None = visit.request.app.state.get(STATE)
    if found is None:
        raise Problem("not_found")
    return found


ROUTES: Final = (entrance, come_in)

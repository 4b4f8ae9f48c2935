"""Card number and PIN on a borrowed browser: a look at the card, which closes by itself."""

from typing import Final

from litestar import Response, get, post
from pydantic import ValidationError

from api.gate.access import everybody, page
from api.gate.handing import gone_cookie
from api.pages.resident import lines
from api.pages.resident.common import last_day, said, shown
from api.pages.resident.tide import tide
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account
from api.routes.own_cards import own_card
from api.routes.sessions import LookIn, look_in, sign_out
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger.refusals import Refusal

CLOSES_SECONDS: Final = 120
"""After so long without a touch a page on a borrowed screen closes."""
_CLOSED: Final = "/carte/fermee"


@get("/carte", opt=page(everybody()), include_in_schema=False)
async def look(visit: GivenVisit) -> Response[bytes]:
    """Shows the card that was looked up, or asks which one."""
    if not _looks(visit):
        return shown(visit, "look_up.html", back="/", wrong=None, number="")
    told = await visit.through(account)
    today = day_of(visit.services.clock.now())
    answer = shown(
        visit,
        "looked_up.html",
        told=told,
        lines=lines.merged((), told.refusals, whole=True),
        card=await visit.through(own_card),
        dated=told.balance.amount - told.own.amount,
        days=[last_day(one.expires) for one in told.expiring],
        tide=tide(told.expiring, today),
        seconds=CLOSES_SECONDS,
    )
    # Without a script too: the browser itself goes on to the page that ends the session.
    answer.headers["refresh"] = f"{CLOSES_SECONDS + 5}; url={_CLOSED}"
    return answer


@post("/carte", opt=page(everybody()), include_in_schema=False)
async def enter(visit: GivenVisit) -> Response[bytes]:
    """Begins a look at a card."""
    form = await visit.form()
    number = form.get("numero", "")
    try:
        told = await visit.asked(look_in, data=_data(number, form.get("code", "")))
    except (Problem, Refusal) as error:
        wrong = said(visit, error)
        status = wrong["status"]
        return shown(visit, "look_up.html", back="/", status=status, wrong=wrong, number=number)
    return visit.go("/carte", like=told)


def _data(number: str, pin: str) -> LookIn:
    """What was typed; what has not even the shape of a PIN is answered like a wrong one."""
    try:
        return LookIn(number=number, pin=pin, cookie=True)
    except ValidationError:
        raise Problem("bad_credentials") from None


@post("/carte/quitter", opt=page(everybody()), include_in_schema=False)
async def leave(visit: GivenVisit) -> Response[bytes]:
    """Ends the look, and makes the browser forget it."""
    return await _left(visit)


@get(_CLOSED, opt=page(everybody()), include_in_schema=False)
async def closed(visit: GivenVisit) -> Response[bytes]:
    """Says that the page is closed; a look that still goes on ends here, and nothing else does."""
    if _looks(visit):
        return await _left(visit)
    return shown(visit, "look_closed.html", back="/")


async def _left(visit: Visit) -> Response[bytes]:
    answer = visit.go(_CLOSED)
    if _looks(visit):
        await visit.through(sign_out)
        answer.headers["set-cookie"] = gone_cookie()
    return answer


def _looks(visit: Visit) -> bool:
    return visit.asker is not None and visit.asker.scope == "look"


ROUTES: Final = (look, enter, leave, closed)

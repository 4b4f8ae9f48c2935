"""Which till, and who stands there: a card and its PIN on a shared device, or who is signed in."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may, page
from api.gate.asker import cookie
from api.pages.till.stand import TAKES, Stand, said, stand_at
from api.pages.visit import GivenVisit
from api.routes.keys import NewKey, make_key
from api.routes.sessions import sign_out
from api.routes.shifts import ShiftForm, begin, end
from api.routes.tills import list_tills
from api.wire.problems import Problem
from ledger.refusals import Refusal

_DEVICE_SECONDS: Final = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; the merchant ends the key before that."""
_HOME: Final = "bousol-caisse"
"""The cookie in which a device keeps which till it is."""
_LABEL_MAX: Final = 60


@get("/caisse", opt=TAKES, include_in_schema=False)
async def choose(visit: GivenVisit) -> Response[bytes]:
    """Lists the tills; a device that is one goes on to it, as does who has only one."""
    found = await visit.through(list_tills)
    known = {str(one.id) for one in found.items}
    kept = visit.request.cookies.get(_HOME)
    only = kept if kept in known else known.pop() if len(known) == 1 else None
    if only is not None:
        return visit.go(f"/caisse/{only}")
    return visit.show("till/choose.html", tills=found.items)


@get("/caisse/{till_id:uuid}/debut", opt=TAKES, include_in_schema=False)
async def ask(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks who stands at the till."""
    return _asked(await stand_at(visit, till_id))


def _asked(
    stand: Stand, wrong: Exception | None = None, card: str = "", *, anothers: bool = False
) -> Response[bytes]:
    facts = {
        "wrong": None if wrong is None else said(stand.visit, wrong),
        "card": card,
        "anothers": anothers,
        "may_pair": stand.visit.may(make_key),
    }
    return stand.show("till/begin.html", scans=True, **facts)


@post("/caisse/{till_id:uuid}/debut", opt=TAKES, include_in_schema=False)
async def stand_there(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Begins a shift with a card and its PIN."""
    form = await visit.form()
    card, pin = form.get("carte", ""), form.get("code", "")
    data = ShiftForm(card=card[:200] or "?", pin=pin[:12] or "?")
    try:
        await visit.through(begin, till=till_id, data=data)
    except (Problem, Refusal) as error:
        return _asked(await stand_at(visit, till_id), error, card)
    stand = await stand_at(visit, till_id)
    return _asked(stand, anothers=True) if stand.shift is None else visit.go(stand.path)


@post("/caisse/{till_id:uuid}/fin", opt=TAKES, include_in_schema=False)
async def leave(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Ends the shift of who stands there."""
    stand = await stand_at(visit, till_id)
    if stand.shift is not None:
        await visit.through(end, till=till_id, shift=stand.shift.id)
    return visit.go(f"{stand.path}/debut")


@post("/caisse/{till_id:uuid}/appareil", opt=page(may(Act.MANAGE_KEYS)), include_in_schema=False)
async def pair(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Makes this browser a till that several share: it gets a key, and who is signed in leaves."""
    stand = await stand_at(visit, till_id)
    label = f"{stand.place.label} · {visit.device}"[:_LABEL_MAX]
    made = await visit.through(make_key, data=NewKey(label=label, scopes=list(Scope)))
    await visit.through(sign_out)
    kept = Cookie(
        key=_HOME, value=str(till_id), max_age=_DEVICE_SECONDS, path="/", secure=True,
        httponly=True, samesite="lax",
    )  # fmt: skip
    paired = {"set-cookie": cookie(made.key, seconds=_DEVICE_SECONDS)}
    return visit.go(f"{stand.path}/debut", cookies=[kept], like=Response(None, headers=paired))


ROUTES: Final = (choose, ask, stand_there, leave, pair)

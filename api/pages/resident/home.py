"""A soliste's home: how much, until when, what happened last, and one button that pays."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import Cookie

from admin.roles import Act
from api.gate.access import may, page
from api.pages.common import ours
from api.pages.resident import lines
from api.pages.resident.common import HIDING_COOKIE, hides, hiding, shown
from api.pages.resident.tide import tide
from api.pages.visit import GivenVisit
from api.routes.account import account, movements
from api.routes.me import get_me
from api.wire.days import day_of

_LAST: Final = 5
_YEAR_SECONDS: Final = 365 * 24 * 3600
_BAR: Final = 326
_GAP: Final = 4
_LEAST: Final = 8


@get("/compte", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def home(visit: GivenVisit) -> Response[bytes]:
    """Shows the balance before anything else."""
    told = await visit.through(account)
    moved = await visit.through(movements, limit=_LAST)
    rows = lines.merged(moved.items, told.refusals, whole=moved.next_cursor is None)
    me = await visit.through(get_me)
    today = day_of(visit.services.clock.now())
    return shown(
        visit,
        "home.html",
        told=told,
        pin_locked=me.means.pin_locked,
        dated=told.balance.amount - told.own.amount,
        bar=_bar(told.own.amount, told.balance.amount),
        tide=tide(told.expiring, today),
        lines=rows[:_LAST],
    )


def _bar(own: int, whole: int) -> dict[str, Any]:
    """Widths of the two parts of the bar: neither is so thin that it is not seen."""
    if own in {0, whole}:
        return {"own": _BAR if own else 0, "dated": 0 if own or not whole else _BAR, "x": 0}
    left = round((_BAR - _GAP) * own / whole)
    left = min(max(left, _LEAST), _BAR - _GAP - _LEAST)
    return {"own": left, "dated": _BAR - _GAP - left, "x": left + _GAP}


@post("/compte/montants", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def hide(visit: GivenVisit) -> Response[bytes]:
    """Hides amounts on this device, or shows them again."""
    form = await visit.form()
    kept = Cookie(
        key=HIDING_COOKIE, value=hiding(on=not hides(visit)), max_age=_YEAR_SECONDS, path="/",
        samesite="lax", secure=True, httponly=True,
    )  # fmt: skip
    return visit.go(ours(form.get("suite", "/compte")), cookies=[kept])


ROUTES: Final = (home, hide)

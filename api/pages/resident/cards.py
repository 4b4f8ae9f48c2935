"""One's own card: how it stands, its secret code, and blocking it together with the phone."""

from typing import Any, Final

from litestar import Response, get, post
from pydantic import ValidationError

from admin.roles import Act
from api.gate.access import everybody, may, page
from api.gate.handing import gone_cookie
from api.gate.proving import Proof
from api.pages.resident.common import refused, said, shown
from api.pages.visit import GivenVisit, Visit
from api.routes.account import block
from api.routes.lost_cards import CardOpposition, oppose_card
from api.routes.me import get_me
from api.routes.own_cards import own_card
from api.routes.secrets import NewPin, set_pin
from api.wire.problems import Problem
from ledger.refusals import Refusal


@get("/ma-carte", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def mine(visit: GivenVisit) -> Response[bytes]:
    """Shows how one's card stands, and where its code is changed."""
    return shown(visit, "card.html", **await _card(visit), wrong=None)


async def _card(visit: Visit) -> dict[str, Any]:
    try:
        card = await visit.through(own_card)
    except Problem:
        card = None
    me = await visit.through(get_me)
    done = visit.request.query_params.get("fait") == "code"
    return {"card": card, "means": me.means, "done": done}


@post("/ma-carte/code", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def change_pin(visit: GivenVisit) -> Response[bytes]:
    """Sets another secret code."""
    form = await visit.form()
    try:
        proof = Proof(password=form.get("mot_de_passe", ""))
        data = NewPin(pin=form.get("nouveau", ""), proof=proof)
    except ValidationError:
        return refused(visit, "card.html", Problem("pin_guessable"), **await _card(visit))
    try:
        await visit.through(set_pin, data=data)
    except (Problem, Refusal) as error:
        return refused(visit, "card.html", error, **await _card(visit))
    return visit.go("/ma-carte?fait=code")


@get("/bloquer", opt=page(everybody()), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Says what blocking does, and offers whatever way is open to who looks."""
    return _asked(visit)


def _asked(visit: Visit, error: Exception | None = None, number: str = "") -> Response[bytes]:
    wrong = None if error is None else said(visit, error)
    looks = visit.asker is not None and visit.asker.scope == "look"
    return shown(
        visit,
        "block.html",
        back="/carte" if looks else "/compte" if visit.may(block) else "/",
        status=wrong["status"] if wrong else 200,
        may_block=visit.may(block),
        wrong=wrong,
        number=number,
    )


@post("/bloquer", opt=page(may(Act.BLOCK_ONESELF, look=True)), include_in_schema=False)
async def block_all(visit: GivenVisit) -> Response[bytes]:
    """Blocks cards and phone; every session ends, this one too."""
    await visit.through(block)
    answer = visit.go("/bloque")
    answer.headers["set-cookie"] = gone_cookie()
    return answer


@post("/bloquer/numero", opt=page(everybody()), include_in_schema=False)
async def block_by_number(visit: GivenVisit) -> Response[bytes]:
    """Blocks a card for whoever has the number that blocks it."""
    number = (await visit.form()).get("opposition", "")
    try:
        data = CardOpposition(opposition_number=number)
    except ValidationError:
        return _asked(visit, Problem("unknown_card"), number)
    try:
        await visit.through(oppose_card, data=data)
    except (Problem, Refusal) as error:
        return _asked(visit, error, number)
    return visit.go("/bloque?carte=seule")


@get("/bloque", opt=page(everybody()), include_in_schema=False)
async def blocked(visit: GivenVisit) -> Response[bytes]:
    """Says that the card is blocked, and what comes next."""
    card_only = visit.request.query_params.get("carte") == "seule"
    return shown(visit, "blocked.html", back="/", card_only=card_only)


ROUTES: Final = (mine, change_pin, ask, block_all, block_by_number, blocked)

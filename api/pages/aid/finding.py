"""Who stands at the desk: one field for the number of a file or of a card, then that person."""

from typing import Any, Final

from litestar import Response, get, post

from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import card_number, present
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_desk import read_card
from api.routes.aid_finding import Found, Wanted, find
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/foyers"


@get(PATH, opt=page(may(Act.SEE_BENEFICIARIES)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Asks for whom."""
    return await _form(visit, "")


@post(PATH, opt=page(may(Act.SEE_BENEFICIARIES)), include_in_schema=False)
async def go(visit: GivenVisit) -> Response[bytes]:
    """Opens the file of who was asked for, or says that there is none."""
    said = (await visit.form()).get("numero", "").strip()
    try:
        found = await _found(visit, said)
    except (Problem, Refusal) as error:
        return await _form(visit, said, wrong_of(visit, error))
    return visit.go(f"{PATH}/{found.id}")


async def _form(visit: Visit, said: str, wrong: dict[str, Any] | None = None) -> Response[bytes]:
    nobody = wrong is not None and wrong["code"] in {"not_found", "unknown_card"}
    facts: dict[str, Any] = {"typed": said, "nobody": nobody, "wrong": None if nobody else wrong}
    return await present(visit, "find.html", "foyers", **facts)


async def _found(visit: Visit, said: str) -> Found:
    """By the number of a file; if there is none, by that of a card, typed or scanned."""
    if not (said.startswith("http") and visit.may(read_card)):
        try:
            return await _asked(visit, file=said)
        except Problem as error:
            if error.code != "not_found" or not said.replace(" ", "").isdigit():
                raise
    return await _asked(visit, card_number=await card_number(visit, said))


async def _asked(visit: Visit, **wanted: str) -> Found:
    found: Found = await visit.through(find, data=shaped(Wanted, **wanted))
    return found


ROUTES: Final = (ask, go)

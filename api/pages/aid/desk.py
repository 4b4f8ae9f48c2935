"""Emergency aid: what the desk may give, one form, and a receipt to be signed."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.aid.programmes import Instrument
from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import card_number, euro, present, programmes, typed, whole
from api.pages.forms import key_of, next_key
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_batches import get_batch
from api.routes.aid_desk import EmergencyOrder, give
from api.routes.aid_programmes import get_programme
from api.routes.aid_views import list_awards
from api.routes.cards import Stocks, count_cards
from api.wire.problems import Problem
from ledger.refusals import Refusal


@get("/aide/urgence", opt=page(may(Act.AWARD_AT_DESK)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Shows what is set aside for the desk, and asks for whom."""
    return await _form(visit, {"adultes": "1", "enfants": "0"})


@post("/aide/urgence", opt=page(may(Act.AWARD_AT_DESK)), include_in_schema=False)
async def hand_over(visit: GivenVisit) -> Response[bytes]:
    """Gives aid at the desk."""
    form = await visit.form()
    try:
        data = shaped(
            EmergencyOrder,
            file=form.get("dossier"),
            name=form.get("nom"),
            adults=whole(form.get("adultes", "")),
            children=whole(form.get("enfants") or "0"),
            address=form.get("adresse"),
            amount=euro(form.get("montant", "")),
            decision=form.get("decision"),
            card_number=await card_number(visit, form.get("carte", "")),
            pin=form.get("code"),
            mandate=form.get("mandat") or None,
        )
        number = UUID(form.get("programme", ""))
        made = await visit.through(give, programme=number, data=data, key=key_of(form))
    except ValueError:
        return await _form(visit, form, wrong_of(visit, Problem("malformed_body")))
    except (Problem, Refusal) as error:
        return await _form(visit, form, wrong_of(visit, error))
    told = made.content if isinstance(made, Response) else made
    return visit.go(f"/aide/lots/{told.batch}/recu")


@get("/aide/lots/{batch:uuid}/recu", opt=page(may(Act.SEE_BENEFICIARIES)), include_in_schema=False)
async def receipt(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows the receipt of an award of the desk, to be printed and signed."""
    told = await visit.through(get_batch, batch=batch)
    if not told.emergency:
        raise Problem("not_found")
    listed = await visit.through(list_awards, batch=batch, limit=1)
    programme = await visit.through(get_programme, programme=told.programme)
    facts: dict[str, Any] = {"batch": told, "award": listed.items[0], "programme": programme}
    return await present(visit, "given.html", "urgence", **facts)


async def _form(
    visit: Visit, form: Mapping[str, str], wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    open_ = [one for one in await programmes(visit) if one.line is not None]
    kept = {name: value for name, value in form.items() if name != "code"}
    return await present(
        visit,
        "desk.html",
        "urgence",
        wrong=wrong,
        open=open_,
        civil=any(one.instrument is Instrument.MANDAT_CIVIL for one in open_),
        typed=typed(kept),
        key=next_key(kept, wrong),
        stock=await _stock(visit),
        scans=True,
    )


async def _stock(visit: Visit) -> int | None:
    """How many cards lie at the desk, for those who count them."""
    if not visit.may(count_cards):
        return None
    told: Stocks = await visit.through(count_cards)
    return sum(one.count for one in told.items)


ROUTES: Final = (ask, hand_over, receipt)

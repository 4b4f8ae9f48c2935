"""The home of who works with aid: what waits for somebody, then each programme and its euros."""

from typing import Any, Final

from litestar import Response, get

from admin.aid.programmes import Instrument
from admin.roles import Act
from api.gate.access import may, page
from api.pages.aid.bar import bar
from api.pages.aid.common import (
    DECIDING,
    batches,
    course_of,
    may_import,
    present,
    programmes,
)
from api.pages.aid.letters import PART, sender_of
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_batches import approve, get_batch
from api.routes.aid_letters import list_waiting

_SHOWN: Final = 20


@get("/aide", opt=page(may(Act.SEE_AWARDS)), include_in_schema=False)
async def home(visit: GivenVisit) -> Response[bytes]:
    """Shows what waits, and where the euros of each programme are."""
    found = await programmes(visit)
    courses = [await course_of(visit, one.id) for one in found]
    shown = [(one, course and bar(one, course)) for one, course in zip(found, courses, strict=True)]
    waits = await _waits(visit)
    may_approve = visit.may(approve)
    return await present(
        visit,
        "home.html",
        "home",
        programmes=shown,
        names={one.id: one.name for one in found},
        waits=waits,
        letters=await _letters(visit),
        sender=sender_of(visit),
        size=PART,
        may_approve=may_approve,
        yours=sum(may_approve and one.status in DECIDING for one in waits),
    )


async def _waits(visit: Visit) -> list[Any]:
    """Batches that wait for a person or for euros, each with what is missing."""
    open_ = [one for one in await batches(visit) if one.status in DECIDING | {"waiting", "issuing"}]
    return [await visit.through(get_batch, batch=one.id) for one in open_[:_SHOWN]]


async def _letters(visit: Visit) -> list[tuple[Any, Any]]:
    """Batches with letters or codes to print, each with how far it is."""
    if not visit.may(list_waiting):
        return []
    by = {one.id: one for one in await batches(visit)}
    told = (await visit.through(list_waiting)).items
    return [(by[one.batch], one) for one in told if one.batch in by]


@get("/aide/lots", opt=page(may(Act.SEE_AWARDS)), include_in_schema=False)
async def lots(visit: GivenVisit) -> Response[bytes]:
    """Lists the last batches of the sponsor."""
    found = await programmes(visit)
    names = {one.id: one.name for one in found}
    civil = {one.id for one in found if one.instrument is Instrument.MANDAT_CIVIL}
    # A list does not say whether a batch waits for euros or for a mandate.
    told = [
        await visit.through(get_batch, batch=one.id)
        if one.status == "waiting" and one.programme in civil
        else one
        for one in await batches(visit)
    ]
    return await present(visit, "batches.html", "lots", lots=told, names=names)


@get("/aide/importer", opt=page(may(Act.PROPOSE_AWARD)), include_in_schema=False)
async def choose(visit: GivenVisit) -> Response[bytes]:
    """Goes to the import of the only programme, or asks for which one."""
    assert may_import(visit), "the rule of the page says so"
    found = await programmes(visit)
    if len(found) == 1:
        return visit.go(f"/aide/programmes/{found[0].id}/import")
    return await present(visit, "choose.html", "import", programmes=found)


ROUTES: Final = (home, lots, choose)

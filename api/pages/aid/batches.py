"""A batch: weighed and approved by another person, then given out while somebody may watch."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import MAY, Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import DECIDING, present, roles
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_batches import BatchRefusal, approve, get_batch, refuse
from api.routes.aid_letters import print_letters
from api.routes.aid_programmes import get_programme
from api.routes.aid_views import list_awards, review
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/lots/{batch:uuid}"
_PAGE: Final = 100
_NAMED_MAX: Final = 10
"""Persons without a mandate whom the page of a batch names."""
Without = Annotated[bool, QueryParameter(name="sans_mandat")]
After = Annotated[str | None, QueryParameter(name="apres", max_length=400)]


@get(PATH, opt=page(may(Act.SEE_AWARDS)), include_in_schema=False)
async def show(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a batch; its list to whoever is about to approve it."""
    return await _shown(visit, batch)


@get(PATH + "/foyers", opt=page(may(Act.SEE_BENEFICIARIES)), include_in_schema=False)
async def people(
    batch: FromPath[UUID], visit: GivenVisit, after: After = None, without: Without = False
) -> Response[bytes]:
    """Lists the persons of a batch, or those without a live mandate; the look is written down."""
    told = await visit.through(get_batch, batch=batch)
    asked = {"limit": _PAGE, "cursor": after, "unmandated": without}
    listed = await visit.through(list_awards, batch=batch, **asked)
    facts: dict[str, Any] = {"batch": told, "listed": listed, "without": without}
    return await present(visit, "people.html", "lots", **facts)


@post(PATH + "/accord", opt=page(may(Act.APPROVE_AWARD)), include_in_schema=False)
async def agree(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Approves a batch as another person."""
    try:
        await visit.through(approve, batch=batch)
    except (Problem, Refusal) as error:
        return await _shown(visit, batch, wrong_of(visit, error))
    return visit.go(f"/aide/lots/{batch}")


@post(PATH + "/refus", opt=page(may(Act.APPROVE_AWARD)), include_in_schema=False)
async def disagree(batch: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Refuses a batch, with a reason: it is not given."""
    why = (await visit.form()).get("motif", "")
    try:
        await visit.through(refuse, batch=batch, data=shaped(BatchRefusal, reason=why))
    except (Problem, Refusal) as error:
        return await _shown(visit, batch, wrong_of(visit, error), why)
    return visit.go(f"/aide/lots/{batch}")


async def _shown(
    visit: Visit, number: UUID, wrong: dict[str, Any] | None = None, why: str = ""
) -> Response[bytes]:
    told = await visit.through(get_batch, batch=number)
    weighed = await visit.through(review, batch=number)
    eyes = await _eyes(visit, weighed)
    mine_to_decide = told.status in DECIDING and not told.shut and eyes["may"]
    listed = None
    if mine_to_decide:
        listed = await visit.through(list_awards, batch=number, limit=_PAGE)
    without = None
    if told.unmandated and visit.may(list_awards):
        without = await visit.through(list_awards, batch=number, limit=_NAMED_MAX, unmandated=True)
    return await present(
        visit,
        "batch.html",
        "lots",
        wrong=wrong,
        batch=told,
        review=weighed,
        eyes=eyes,
        listed=listed,
        without=without,
        programme=await visit.through(get_programme, programme=told.programme),
        may_refuse=visit.may(refuse),
        why=why,
        may_print=visit.may(print_letters),
        difference=sum(one.difference for one in weighed.changes),
        key=new_id(),
    )


async def _eyes(visit: Visit, weighed: Any) -> dict[str, Any]:
    """Who entered and who approved, whether whoever looks did, and who may approve now."""
    assert visit.asker is not None, "the rule of the page says so"
    known = await roles(visit)
    acted = {weighed.entered_by, weighed.approved_by, weighed.third_by} - {None}
    by = {one.id: one for one in known}
    hands = {one.id for one in known if one.mine} | {visit.asker.grant}
    agree = MAY[Act.APPROVE_AWARD]
    others = [one.name for one in known if one.role in agree and one.id not in acted | hands]
    return {
        "author": by.get(weighed.entered_by),
        "second": by.get(weighed.approved_by),
        "third": by.get(weighed.third_by),
        "refused": by.get(weighed.refused_by),
        "wrote": weighed.entered_by in hands,
        "approved": weighed.approved_by in hands,
        "may": visit.may(approve) and not acted & hands,
        "others": others,
    }


ROUTES: Final = (show, people, agree, disagree)

"""A programme: where its euros are, its rules in words, its line for the desk, its end moved."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.bar import bar, heights
from api.pages.aid.common import batches, course_of, euro, present, typed
from api.pages.forms import key_of, next_key
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_desk import NewLine, close_line, open_line
from api.routes.aid_funds import list_returns
from api.routes.aid_programmes import (
    Extension,
    extend,
    get_programme,
    put_version,
)
from api.routes.directory import list_filieres
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/programmes/{programme:uuid}"


@get(PATH, opt=page(may(Act.SEE_AWARDS)), include_in_schema=False)
async def show(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a programme."""
    return await _shown(visit, programme, {})


@post(PATH + "/prolongation", opt=page(may(Act.EXTEND_AID)), include_in_schema=False)
async def prolong(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Lets what is left of a programme's aid end later."""
    form = await visit.form()
    try:
        data = shaped(Extension, until=form.get("jusqu_au"))
        await visit.through(extend, programme=programme, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, programme, form, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}?fait=prolonge")


@post(PATH + "/guichet", opt=page(may(Act.OPEN_LINE)), include_in_schema=False)
async def reserve(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Sets euros aside for the desk."""
    form = await visit.form()
    try:
        asked = {"total": "somme", "each_at_most": "chacune", "floor": "seuil"}
        line = {name: euro(form.get(field, "")) for name, field in asked.items()}
        data = shaped(NewLine, **line)
        await visit.through(open_line, programme=programme, data=data, key=key_of(form))
    except unsure.REFUSED as error:
        return await _shown(visit, programme, form, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}#guichet")


@post(PATH + "/guichet/fin", opt=page(may(Act.OPEN_LINE)), include_in_schema=False)
async def free(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Ends the desk's line."""
    await visit.through(close_line, programme=programme)
    return visit.go(f"/aide/programmes/{programme}#guichet")


async def _shown(
    visit: Visit, number: UUID, form: Mapping[str, str], wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    programme = await visit.through(get_programme, programme=number)
    course = await course_of(visit, number)
    endings = course.endings if course else []
    tree = (await visit.through(list_filieres)).items
    return await present(
        visit,
        "programme.html",
        "home",
        wrong=wrong,
        programme=programme,
        course=course,
        bar=course and bar(programme, course),
        columns=list(zip(endings, heights([one.left.amount for one in endings]), strict=True)),
        lots=[one for one in await batches(visit) if one.programme == number],
        sold=[one for one in tree if one.code in programme.filieres],
        returns=await visit.through(list_returns, programme=number),
        typed=typed(form),
        key=next_key(form, wrong),
        may_change=visit.may(put_version),
        may_extend=visit.may(extend),
        may_reserve=visit.may(open_line),
        done=visit.request.query_params.get("fait", ""),
    )


ROUTES: Final = (show, prolong, reserve, free)

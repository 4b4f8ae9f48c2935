"""What was spent where, as it was published; and when the next figures come."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.aid.bar import rate_of
from api.pages.aid.common import course_of, present, unproven
from api.pages.aid.grouping import Tree, pictured, spans
from api.pages.visit import GivenVisit
from api.routes.aid_programmes import get_programme
from api.routes.aid_statistics import get_statistics
from api.routes.directory import list_filieres

PATH: Final = "/aide/programmes/{programme:uuid}/chiffres"


@get(PATH, opt=page(may(Act.SEE_AWARDS)), include_in_schema=False)
async def show(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows what is published of a programme."""
    told = await visit.through(get_statistics, programme=programme)
    found = await visit.through(get_programme, programme=programme)
    tree = Tree.of((await visit.through(list_filieres)).items, found.filieres)
    course = await course_of(visit, programme)
    if course is None:
        return await unproven(visit, found)
    drawn = spans(told.items, tree)
    groups, of = pictured(told.items, drawn, tree)
    return await present(
        visit,
        "figures.html",
        "home",
        programme=found,
        told=told,
        last=told.items[-1] if told.items else None,
        groups=groups,
        of=of,
        spans=drawn,
        rate=rate_of(course),
    )


ROUTES: Final = (show,)

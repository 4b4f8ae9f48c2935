"""One person of a sponsor, looked at through its sealed room; and who looked at whom."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.aid.programmes import Instrument
from admin.aid.refusals import BeneficiaryErased
from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import present, programmes, typed
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_beneficiaries import erase, get_beneficiary, list_looks
from api.routes.aid_letters import print_letters
from api.routes.aid_mandates import record
from api.routes.aid_programmes import Extension, extend_award
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/foyers/{beneficiary:uuid}"
_PAGE: Final = 50
After = Annotated[str | None, QueryParameter(name="apres", max_length=400)]


@get(PATH, opt=page(may(Act.SEE_BENEFICIARIES)), include_in_schema=False)
async def show(beneficiary: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a person and what is left of each award; the look is written down."""
    return await shown(visit, beneficiary)


@post(
    PATH + "/aides/{award:uuid}/prolongation",
    opt=page(may(Act.EXTEND_AID)),
    include_in_schema=False,
)
async def prolong(
    beneficiary: FromPath[UUID], award: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Lets one award of a person end later."""
    form = await visit.form()
    try:
        data = shaped(Extension, until=form.get("jusqu_au"))
        await visit.through(extend_award, award=award, data=data)
    except (Problem, Refusal) as error:
        return await shown(visit, beneficiary, wrong_of(visit, error))
    return visit.go(f"/aide/foyers/{beneficiary}")


async def shown(
    visit: Visit,
    number: UUID,
    wrong: dict[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The page of a person; with what was typed, and what is wrong with it."""
    try:
        person = await visit.through(get_beneficiary, beneficiary=number)
    except BeneficiaryErased:
        return await present(visit, "erased.html", "lots")
    known = await programmes(visit)
    return await present(
        visit,
        "person.html",
        "lots",
        wrong=wrong,
        person=person,
        names={one.id: one.name for one in known},
        civil=[one for one in known if one.instrument is Instrument.MANDAT_CIVIL],
        typed=typed(form or {}),
        may_keep=visit.may(record),
        may_extend=visit.may(extend_award),
        may_erase=visit.may(erase),
        may_print=visit.may(print_letters),
    )


@post(PATH + "/effacement", opt=page(may(Act.ERASE_BENEFICIARY)), include_in_schema=False)
async def wipe(beneficiary: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Destroys the key of a person's file."""
    await visit.through(erase, beneficiary=beneficiary)
    return visit.go(f"/aide/foyers/{beneficiary}")


@get("/aide/acces", opt=page(may(Act.ERASE_BENEFICIARY)), include_in_schema=False)
async def log(visit: GivenVisit, after: After = None) -> Response[bytes]:
    """Shows who looked at the sponsor's files."""
    looks = await visit.through(list_looks, limit=_PAGE, cursor=after)
    return await present(visit, "log.html", "acces", looks=looks)


ROUTES: Final = (show, prolong, wipe, log)

"""Civil mandates on the page of a person: written down, or taken back after a second look."""

from typing import Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid import people
from api.pages.visit import GivenVisit
from api.routes.aid_mandates import NewMandate, record, revoke
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = people.PATH + "/mandats"


@post(PATH, opt=page(may(Act.KEEP_MANDATES)), include_in_schema=False)
async def keep(beneficiary: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Writes down a mandate that a person signed."""
    form = await visit.form()
    try:
        data = shaped(
            NewMandate,
            programme=form.get("programme"),
            given_on=form.get("signe_le"),
            ends_on=form.get("jusqu_au") or None,
            reference=form.get("piece", ""),
        )
        await visit.through(record, beneficiary=beneficiary, data=data)
    except (Problem, Refusal) as error:
        return await people.shown(visit, beneficiary, wrong_of(visit, error), form)
    return visit.go(f"/aide/foyers/{beneficiary}")


@post(
    PATH + "/{mandate:uuid}/revocation",
    opt=page(may(Act.KEEP_MANDATES)),
    include_in_schema=False,
)
async def take_back(
    beneficiary: FromPath[UUID], mandate: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Writes down that a person took a mandate back."""
    await visit.through(revoke, beneficiary=beneficiary, mandate=mandate)
    return visit.go(f"/aide/foyers/{beneficiary}")


ROUTES: Final = (keep, take_back)

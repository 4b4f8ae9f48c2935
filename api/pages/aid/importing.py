"""A list of awards: chosen, looked at row by row, submitted. Nothing is written before that."""

import base64
from typing import Any, Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from admin.aid.programmes import Instrument
from admin.roles import Act
from api.gate.access import everybody, may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import present
from api.pages.forms import key_of
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_batches import AwardList, SubmittedList, preview, submit
from api.routes.aid_letters import print_letters
from api.routes.aid_programmes import get_programme
from api.wire.bodies import LIST_BYTES_MAX
from api.wire.days import PARIS
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/programmes/{programme:uuid}/import"
_MODEL: Final = (
    "dossier;nom;adultes;enfants;montant;periode;carte;adresse\r\n"
    "B-2026-0001;Camille Lefèvre;1;2;120,00;;;4 rue de Lille, 62200 Boulogne-sur-Mer\r\n"
    "B-2026-0002;Anne Martin;2;0;90,00;;;12 rue Faidherbe, 62200 Boulogne-sur-Mer\r\n"
)
_MANDATED: Final = (
    "dossier;nom;adultes;enfants;montant;periode;carte;adresse;mandat\r\n"
    "B-2026-0001;Camille Lefèvre;1;2;120,00;;;4 rue de Lille, 62200 Boulogne-sur-Mer;2026-09-03\r\n"
    "B-2026-0002;Anne Martin;2;0;90,00;;;12 rue Faidherbe, 62200 Boulogne-sur-Mer;2026-09-10\r\n"
)
_EMPLOYEES: Final = (
    "dossier;nom;montant;periode;carte\r\n"
    "S-001;Camille Lefèvre;50,00;;\r\n"
    "S-002;Anne Martin;50,00;;\r\n"
)


_TWICE: Final = frozenset({"duplicate_in_file", "awarded_before", "awarded_differently"})
"""Faults of rows that somebody has an award for already."""


class _Sent(NamedTuple):
    """A list in base64 with its name and month, and the key of what it will make."""

    content: str
    name: str
    month: str
    key: str


@get("/aide/modele.csv", opt=everybody(), include_in_schema=False)
async def model() -> Response[bytes]:
    """Gives a list to begin with."""
    return _file(_MODEL, "modele-aides.csv")


@get("/aide/modele-mandats.csv", opt=everybody(), include_in_schema=False)
async def mandated() -> Response[bytes]:
    """Gives a list under civil mandates to begin with."""
    return _file(_MANDATED, "modele-aides-mandats.csv")


@get("/aide/modele-salaries.csv", opt=everybody(), include_in_schema=False)
async def employees() -> Response[bytes]:
    """Gives a works council's list to begin with."""
    return _file(_EMPLOYEES, "modele-salaries.csv")


def _file(text: str, name: str) -> Response[bytes]:
    head = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), media_type="text/csv", headers=head)


@get(PATH, opt=page(may(Act.PROPOSE_AWARD)), include_in_schema=False)
async def begin(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks for the list and its month."""
    return await _begun(visit, programme, visit.services.clock.now().astimezone(PARIS))


@post(
    PATH,
    opt=page(may(Act.PROPOSE_AWARD)),
    include_in_schema=False,
    request_max_body_size=LIST_BYTES_MAX,
)
async def look(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows what the list would do; nothing is written."""
    form = await visit.form()
    period = form.get("mois", "")
    try:
        content, name = await _content(visit, form.get("texte", ""))
        told = await _previewed(visit, programme, content, period)
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        return await _begun(visit, programme, period, form.get("texte", ""), wrong)
    return await _shown(visit, programme, told, _Sent(content, name, period, str(new_id())))


@post(
    PATH + "/lot",
    opt=page(may(Act.PROPOSE_AWARD)),
    include_in_schema=False,
    request_max_body_size=LIST_BYTES_MAX,
)
async def send(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Submits the list that was looked at."""
    form = await visit.form()
    content, period = form.get("liste", ""), form.get("mois", "")
    try:
        data = shaped(SubmittedList, file=content, period=period, decision=form.get("decision", ""))
        made = await visit.through(submit, programme=programme, data=data, key=key_of(form))
    except (Problem, Refusal) as error:
        wrong = wrong_of(visit, error)
        told = await _previewed(visit, programme, content, period)
        again = _Sent(content, form.get("nom", ""), period, form.get("cle", ""))
        return await _shown(visit, programme, told, again, wrong)
    return visit.go(f"/aide/lots/{made.id}")


def _differs(row: Any) -> bool:
    """Whether something is remarked of a row beside its total of the year."""
    return any(one.code != "in_year" for one in row.remarks)


async def _previewed(visit: Visit, programme: UUID, content: str, period: str) -> Any:
    data = shaped(AwardList, file=content, period=period)
    return await visit.through(preview, programme=programme, data=data)


async def _content(visit: Visit, pasted: str) -> tuple[str, str]:
    """The list in base64, and its name: the file, else what was pasted.

    Raises:
        Problem: `malformed_body`; there is neither.
    """
    sent = (await visit.request.form()).get("fichier")
    raw, name = pasted.encode(), ""
    if isinstance(sent, UploadFile) and (uploaded := await sent.read()):
        raw, name = uploaded, sent.filename
    if not raw:
        raise Problem("list_unreadable")
    return base64.b64encode(raw).decode(), name


async def _begun(
    visit: Visit,
    number: UUID,
    period: Any,
    pasted: str = "",
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    programme = await visit.through(get_programme, programme=number)
    month = period if isinstance(period, str) else f"{period:%Y-%m}"
    return await present(
        visit, "import.html", "import", wrong=wrong, programme=programme, month=month, pasted=pasted
    )


async def _shown(
    visit: Visit,
    number: UUID,
    told: Any,
    sent: _Sent,
    wrong: dict[str, Any] | None = None,
) -> Response[bytes]:
    faulty = [row for row in told.rows if row.faults]
    doubles = [row for row in faulty if any(one.code in _TWICE for one in row.faults)]
    shown = {"in_year", "above_year"}
    years = [(row, x.facts) for row in told.rows for x in row.faults + row.remarks
             if x.code in shown]  # fmt: skip
    programme = await visit.through(get_programme, programme=number)
    return await present(
        visit,
        "preview.html",
        "import",
        wrong=wrong,
        programme=programme,
        employees=programme.instrument is Instrument.CSE,
        told=told,
        nowhere=told.no_address if visit.may(print_letters) else 0,
        faulty=faulty,
        doubles=len(doubles),
        years=sorted(years, key=lambda one: one[0].line),
        moved=sum(x.code == "address_changed" for row in told.rows for x in row.remarks),
        remarked=[row for row in told.rows if not row.faults and _differs(row)],
        sent=sent,
        left=told.budget_left.amount - told.total.amount,
    )


ROUTES: Final = (model, mandated, employees, begin, look, send)

"""Where every euro of a programme went: a table and a paper, at a head of the chain, signed."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.access import may
from api.aid import founding, proving
from api.asker import Asker
from api.asking import asked
from api.door import GivenAsker
from api.papers.proof import ProofFacts, proof_sheet, rows_of, title_of
from api.printing import host_of, printed
from api.services import GivenServices, Services
from merchants.csv_files import write_csv

_SEQ_MAX: Final = 2**62
Seq = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=_SEQ_MAX,
        description="The last entry of a head the chain had; by default the head there is.",
    ),
]
Since = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=_SEQ_MAX,
        description="Of an earlier proof: its figures are told beside, as a dated supplement.",
    ),
]
_PROBLEMS: Final = ("not_found", "awards_under_way", "proof_refused", "unavailable")
_HEADS: Final = {
    "fr": (("Poste", "Unité", "Montant"), ("Avant", "Écart")),
    "en": (("Item", "Unit", "Amount"), ("Before", "Difference")),
}


@get(
    "/v1/aid/programmes/{programme:uuid}/proof.csv",
    operation_id="getProofCSV",
    tags=["aid"],
    media_type="text/csv",
    opt=may(Act.SEE_PROGRAMMES, problems=_PROBLEMS),
)
async def get_csv(
    programme: FromPath[UUID],
    request: Request[Any, Any, Any],
    services: GivenServices,
    asker: GivenAsker,
    seq: Seq = None,
    since: Since = None,
) -> Response[bytes]:
    """Gives the proof of a programme as a table for a spreadsheet."""
    language = asked(request.scope).language
    facts = await _facts(services, asker, programme, seq, since)
    heads, more = _HEADS[language]
    lines: list[tuple[str | int, ...]] = [
        (title_of(facts, language), str(facts.programme), facts.name),
        *rows_of(facts, language),
    ]
    content = write_csv(heads if since is None else heads + more, lines)
    headers = {
        "content-disposition": f'attachment; filename="{programme}-{facts.now.seq}.csv"',
        "cache-control": "no-store",
    }
    return Response(content, media_type="text/csv", headers=headers)


@get(
    "/v1/aid/programmes/{programme:uuid}/proof.pdf",
    operation_id="getProofPDF",
    tags=["aid"],
    media_type="application/pdf",
    opt=may(Act.SEE_PROGRAMMES, problems=_PROBLEMS),
)
async def get_pdf(
    programme: FromPath[UUID],
    request: Request[Any, Any, Any],
    services: GivenServices,
    asker: GivenAsker,
    seq: Seq = None,
    since: Since = None,
) -> Response[bytes]:
    """Gives the proof of a programme as a paper."""
    facts = await _facts(services, asker, programme, seq, since)
    name = f"{programme}-{facts.now.seq}"
    return await printed(name, proof_sheet, facts, asked(request.scope).language)


async def _facts(
    services: Services, asker: Asker, programme: UUID, seq: int | None, since: int | None
) -> ProofFacts:
    found = await founding.of_asker(services, asker, programme)
    proven = await proving.prove(services, found, seq=seq, since=since)
    return ProofFacts(
        programme=found.id,
        name=found.name,
        convention=found.convention_reference,
        ends_on=found.version.ends_on,
        now=proven.now,
        before=proven.before,
        signature=proven.signature,
        host=host_of(services.settings),
    )


ROUTES: Final = (get_csv, get_pdf)

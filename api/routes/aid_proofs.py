"""Where every euro of a programme went: a table and a paper, at a head of the chain, signed."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from admin.aid.proof_bytes import At
from admin.roles import Act
from api.aid import founding, proving
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.papers.proof import ProofFacts, kind_of, proof_sheet, rows_of, title_of
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.printing import host_of, printed
from api.wire.shapes import Sum, Told, euros, local
from merchants.csv_files import write_csv

_SEQ_MAX: Final = 2**62
Seq = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=_SEQ_MAX,
        description="The last entry of a head that is told: one that closed a published period, the"
        " programme's last day or a day after it; by default the head there is.",
    ),
]
Since = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=_SEQ_MAX,
        description="Of an earlier proof: figures of the last head that is told until then stand"
        " beside it, as a supplement.",
    ),
]
_PROBLEMS: Final = ("not_found", "awards_under_way", "proof_refused", "unavailable")
_HEADS: Final = {
    "fr": (("Poste", "Unité", "Montant"), ("Avant", "Écart")),
    "en": (("Item", "Unit", "Amount"), ("Before", "Difference")),
}


class ProofTold(Told):
    """The figures of a programme at a head of the chain; sums close to the cent.

    In euros: funded = spent + unused + returned + released + backing. In Bou'Sols: issued = spent +
    expired + released + backing.
    """

    seq: Annotated[int, Field(description="The last entry of the head.")]
    posted_at: datetime
    hash: Annotated[str, Field(description="Of the head, in hexadecimals.")]
    funded: Sum
    spent: Sum
    unused: Sum
    returned: Sum
    released: Sum
    backing: Sum
    reclaimed: Annotated[Sum, Field(description="Came back from lapsed aid; part of no sum.")]
    issued_local: Sum
    spent_local: Sum
    expired_local: Sum
    released_local: Sum
    backing_local: Sum


class Proofs(Told):
    """A proof, signed; a supplement tells the earlier figures beside."""

    kind: Annotated[
        Literal["open", "end", "supplement"],
        Field(description="open: the programme's last day has not passed."),
    ]
    now: ProofTold
    before: ProofTold | None
    signature: str
    ended_seq: Annotated[
        int | None,
        Field(description="The head there was when the last day ended: `since` of a supplement."),
    ]


@get(
    "/v1/aid/programmes/{programme:uuid}/proof",
    operation_id="getProof",
    tags=["aid"],
    opt=may(Act.SEE_PROGRAMMES, problems=_PROBLEMS),
)
async def get_proof(
    programme: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    seq: Seq = None,
    since: Since = None,
) -> Proofs:
    """Tells where every euro of a programme went, as the table and the paper do."""
    facts = await _facts(services, asker, programme, seq, since)
    return Proofs(
        kind=kind_of(facts),
        now=_told(services, facts.now),
        before=None if facts.before is None else _told(services, facts.before),
        signature=facts.signature,
        ended_seq=await proving.ended_seq(services, facts.ends_on, facts.now),
    )


def _told(services: Services, at: At) -> ProofTold:
    proof, settings = at.proof, services.settings
    return ProofTold(
        seq=at.seq,
        posted_at=at.posted_at,
        hash=at.hash.hex(),
        funded=euros(proof.funded),
        spent=euros(proof.spent_euros),
        unused=euros(proof.unused),
        returned=euros(proof.returned),
        released=euros(proof.released_euros),
        backing=euros(proof.backing_euros),
        reclaimed=euros(proof.reclaimed),
        issued_local=local(proof.issued, settings),
        spent_local=local(proof.spent, settings),
        expired_local=local(proof.expired, settings),
        released_local=local(proof.released, settings),
        backing_local=local(proof.backing, settings),
    )


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


ROUTES: Final = (get_proof, get_csv, get_pdf)

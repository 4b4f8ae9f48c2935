"""Who receives aid, as their own sponsor sees them; each look is written down."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from asyncpg import Record
from litestar import Request, Response, get, post
from litestar.params import FromPath
from pydantic import Field

from admin.aid import award_rows, letter_rows
from admin.aid.letter_rows import Last
from admin.aid.refusals import BeneficiaryErased
from admin.people import granting
from admin.roles import Act
from api.aid import deciding
from api.gate.access import may
from api.gate.given import GivenAsker
from api.routes.aid_mandates import MandateTold, mandate_told
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.figures import Language
from api.wire.problems import Problem
from api.wire.shapes import Sum, Told, euros, local
from ledger import store
from merchants.csv_files import write_csv

_LOG: Final = "aid-access-log"
_LATEST: Final = 2**62
_REFUSALS_MAX: Final = 20
_ROWS_MAX: Final = 10_000
_HEADS: Final = ("dossier", "nom", "période", "montant EUR", "Bou’Sols", "état")
"""In both languages those of a list that is sent: a table that was given can be sent anew."""
_STATES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "submitted": "pas encore donnée",
        "given": "donnée",
        "refused": "refusée",
        "expired": "finie à sa date",
        "released": "devenue libre à sa date",
        "unmandated": "sans mandat en cours",
    },
    "en": {
        "submitted": "not given yet",
        "given": "given",
        "refused": "refused",
        "expired": "ended at its date",
        "released": "released at its date",
        "unmandated": "without a live mandate",
    },
}


class LetterTold(Told):
    """The last letter of an award, and the card that went with it."""

    printed_at: datetime
    card_ends: Annotated[str | None, Field(description="null: the holder had a card.")]
    card_blocked: bool
    code_sent_at: datetime | None


class AwardTold(Told):
    """One award of a person."""

    id: UUID
    batch: UUID
    programme: UUID
    period: str
    status: str
    amount: Sum
    amount_local: Sum
    left: Annotated[Sum, Field(description="Not spent.")]
    expires_at: datetime | None
    letter: Annotated[LetterTold | None, Field(description="null: none is printed.")]


class RefusedAtTold(Told):
    """A payment that was refused: the reason a till does not tell."""

    code: str
    at: datetime


class BeneficiaryTold(Told):
    """A person and their awards of this sponsor."""

    id: UUID
    file: str
    name: str
    adults: int | None
    children: int
    awards: list[AwardTold]
    mandates: Annotated[list[MandateTold], Field(description="The newest first, at most 100.")]
    refused: list[RefusedAtTold]


class LookTold(Told):
    """Somebody looked."""

    at: datetime
    user: UUID
    name: Annotated[str | None, Field(description="null: acts for the sponsor no more.")]
    act: str
    beneficiary: UUID | None
    people: Annotated[int, Field(description="How many were looked at.")]


class Looks(Told):
    """A page of the access log, newest first."""

    items: list[LookTold]
    next_cursor: str | None


@get(
    "/v1/aid/beneficiaries/{beneficiary:uuid}",
    operation_id="getBeneficiary",
    tags=["aid"],
    opt=may(
        Act.SEE_BENEFICIARIES,
        problems=("not_found", "beneficiary_erased", "sponsor_key_missing"),
    ),
)
async def get_beneficiary(
    beneficiary: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> BeneficiaryTold:
    """Shows a person, what is left of each award, and why payments were refused."""
    async with services.room(asker.acting) as room:
        party = await room.party_of(beneficiary)
        if party is None:
            raise Problem("not_found")
        facts = (await room.read([beneficiary])).get(beneficiary)
        mandates = await room.mandates.of_person(beneficiary)
        await room.looked(asker.by, "show", services.clock.now(), beneficiary=beneficiary)
    if facts is None:
        raise BeneficiaryErased
    async with services.connection() as connection:
        rows = await award_rows.of_beneficiary(connection, beneficiary, asker.acting)
        refused = await store.refusals_of(connection, party, _REFUSALS_MAX)
    async with services.rows() as sent:
        letters = await letter_rows.last_of(sent, [row["id"] for row in rows])
    return BeneficiaryTold(
        id=beneficiary,
        file=facts["file"],
        name=facts["name"],
        adults=facts["adults"],
        children=facts["children"],
        awards=[_award(services, row, letters.get(row["id"])) for row in rows],
        mandates=[mandate_told(services, one) for one in mandates],
        refused=[RefusedAtTold(code=one.code, at=one.at) for one in refused],
    )


def _award(services: Services, row: Record, last: Last | None) -> AwardTold:
    return AwardTold(
        id=row["id"],
        batch=row["batch"],
        programme=row["programme"],
        period=row["period"],
        status=row["status"],
        amount=euros(row["euros_cents"]),
        amount_local=local(row["bousol_cents"], services.settings),
        left=local(row["balance"] or 0, services.settings),
        expires_at=row["expires_at"],
        letter=_letter(last),
    )


def _letter(last: Last | None) -> LetterTold | None:
    if last is None:
        return None
    return LetterTold(
        printed_at=last.printed_at,
        card_ends=last.number and last.number[-4:],
        card_blocked=last.number is not None and last.card_status != "handed",
        code_sent_at=last.coded_at,
    )


@post(
    "/v1/aid/beneficiaries/{beneficiary:uuid}/erasure",
    operation_id="eraseBeneficiary",
    tags=["aid"],
    status_code=204,
    opt=may(Act.ERASE_BENEFICIARY, problems=("not_found", "sponsor_key_missing")),
)
async def erase(beneficiary: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Destroys the key of a person's file; awards, balances and the chain stay as they are."""
    async with services.room(asker.acting) as room:
        if await room.party_of(beneficiary) is None:
            raise Problem("not_found")
        now = services.clock.now()
        await room.erase(beneficiary, asker.by, now)
        await room.looked(asker.by, "erase", now, beneficiary=beneficiary)


@get(
    "/v1/aid/batches/{batch:uuid}/list",
    operation_id="exportBatch",
    tags=["aid"],
    media_type="text/csv",
    opt=may(Act.SEE_BENEFICIARIES, problems=("not_found", "sponsor_key_missing")),
)
async def export(
    batch: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Gives a batch as a table for a spreadsheet, with names, for its own sponsor."""
    words = _STATES[asked(request.scope).language]
    await deciding.of_asker(services, asker, batch)
    async with services.connection() as connection:
        rows = await award_rows.of_batch(connection, batch, _ROWS_MAX)
    async with services.room(asker.acting) as room:
        known = await room.read([row["beneficiary"] for row in rows])
        await room.looked(asker.by, "export", services.clock.now(), count=len(rows))
    lines = [
        (
            known.get(row["beneficiary"], {}).get("file", ""),
            known.get(row["beneficiary"], {}).get("name", ""),
            row["period"],
            row["euros_cents"],
            row["bousol_cents"],
            str(words.get(row["status"], row["status"])),
        )
        for row in rows
    ]
    name = f'attachment; filename="{batch}.csv"'
    return Response(
        write_csv(_HEADS, lines), media_type="text/csv", headers={"content-disposition": name}
    )


@get(
    "/v1/aid/access-log",
    operation_id="listLooks",
    tags=["aid"],
    opt=may(Act.ERASE_BENEFICIARY, problems=("sponsor_key_missing",)),
)
async def list_looks(
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Looks:
    """Lists who looked at the sponsor's files, newest first."""
    before = _LATEST
    if cursor is not None:
        (last,) = unpack(services.pepper, cursor, _LOG, 1)
        before = int(last)
    async with services.room(asker.acting) as room:
        found = await room.log(before=before, count_max=limit + 1)
    async with services.rows() as rows:
        people = await granting.of_party(rows, asker.acting, services.clock.now())
    names = {grant.user: name for grant, name in people}
    more = found[limit - 1].id if len(found) > limit else None
    return Looks(
        items=[
            LookTold(
                at=x.at,
                user=x.actor,
                name=names.get(x.actor),
                act=x.act,
                beneficiary=x.beneficiary,
                people=x.people,
            )
            for x in found[:limit]
        ],
        next_cursor=None if more is None else pack(services.pepper, _LOG, more),
    )


ROUTES: Final = (get_beneficiary, erase, export, list_looks)

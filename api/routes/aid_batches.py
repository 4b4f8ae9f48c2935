"""Awards in batches: a list looked at, submitted by one person, approved by another, given once."""

import base64
import binascii
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.aid import batches, mandated
from admin.aid.batches import REFUSABLE, Row
from admin.aid.mandated import Without
from admin.roles import Act
from api.aid import deciding, executing, founding, listing
from api.aid.listing import Sent
from api.aid.shapes import BatchTold, Period, Reason, Reference, RowTold, row_told
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.bodies import LIST_BYTES_MAX
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.faults import Fault
from api.wire.problems import CROWDED, Problem
from api.wire.shapes import Shape, Sum, Told, euros, local
from api.wire.spans import GivenSpan
from api.wire.strict import IdempotencyKey
from ledger.spans import EVER

FINDINGS_MAX: Final = 1_000
_LIST: Final = "aid-batches"
_LAST: Final = UUID(int=2**128 - 1)
_FILE: Final = base64.b64encode(
    "dossier;nom;adultes;enfants;montant\nD-104;Camille Lefèvre;1;2;\n".encode()
).decode()
_Content = Annotated[
    str,
    Field(
        min_length=4,
        max_length=LIST_BYTES_MAX - 1_000,
        pattern=r"^[A-Za-z0-9+/]+={0,2}$",
        description="The CSV file in base64: columns dossier, nom, adultes, enfants, montant,"
        " periode, carte, adresse; under civil mandates also mandat, the day it was signed.",
    ),
]


class AwardList(Shape):
    """A list of awards to be looked at."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"file": _FILE, "period": "2027-03"}]}
    )

    file: _Content
    period: Annotated[Period, Field(description="Of rows that name none.")]


class SubmittedList(AwardList):
    """A list of awards as the committee decided it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"file": _FILE, "period": "2027-03", "decision": "CP du 12 mars 2027, no 2027-14"}
            ]
        }
    )

    decision: Annotated[Reference, Field(description="Kept sealed, for the sponsor alone.")]


class BatchRefusal(Shape):
    """Why a batch is not given."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Deux foyers sont sortis : refaire la liste."}]}
    )

    reason: Annotated[Reason, Field(description="Kept sealed; told to who entered the batch.")]


class GoneTold(Told):
    """Who had an award in the last period, and has none in this list."""

    beneficiary: UUID
    file: str | None
    name: str | None
    amount: Sum


class PreviewTold(Told):
    """What a list would do; nothing was written."""

    awards: int
    total: Sum
    budget_left: Annotated[Sum, Field(description="Euros that nothing else waits for.")]
    missing: Sum
    faulty: Annotated[int, Field(description="Rows that keep the list from being submitted.")]
    new: int
    changed: int
    no_address: Annotated[int, Field(description="Rows whose letters bear a name alone.")]
    rows: Annotated[
        list[RowTold], Field(description="With findings, faulty ones first, at most 1,000.")
    ]
    gone: Annotated[list[GoneTold], Field(description="At most 1,000.")]


class Batches(Told):
    """A page of batches, newest first."""

    items: list[BatchTold]
    next_cursor: str | None


@post(
    "/v1/aid/programmes/{programme:uuid}/previews",
    operation_id="previewAwards",
    tags=["aid"],
    status_code=200,
    request_max_body_size=LIST_BYTES_MAX,
    opt=may(Act.PROPOSE_AWARD, problems=("not_found", "list_unreadable", "sponsor_key_missing")),
)
async def preview(
    programme: FromPath[UUID],
    data: JSONBody[AwardList],
    services: GivenServices,
    asker: GivenAsker,
) -> PreviewTold:
    """Says what a list would do, row by row; nothing is written."""
    found = await founding.of_asker(services, asker, programme)
    content = _content(data.file)
    checked, gone = await listing.preview(services, asker, found, content, data.period)
    codes = [one.code for row in checked.rows for one in row.remarks]
    found_in = [row for row in checked.rows if row.faults or row.remarks]
    shown = sorted(found_in, key=lambda row: not row.faults)[:FINDINGS_MAX]
    return PreviewTold(
        awards=len(checked.rows),
        total=euros(checked.total_cents),
        budget_left=euros(checked.free_cents),
        missing=euros(checked.missing_cents),
        faulty=checked.faulty,
        new=codes.count("new"),
        changed=codes.count("changed"),
        no_address=checked.no_address,
        rows=[row_told(row) for row in shown],
        gone=[
            GoneTold(
                beneficiary=one.beneficiary, file=one.file, name=one.name, amount=euros(one.cents)
            )
            for one in gone[:FINDINGS_MAX]
        ],
    )


@post(
    "/v1/aid/programmes/{programme:uuid}/batches",
    operation_id="submitAwards",
    tags=["aid"],
    request_max_body_size=LIST_BYTES_MAX,
    opt=may(
        Act.PROPOSE_AWARD,
        problems=(
            "not_found",
            "key_missing",
            "key_conflict",
            "list_unreadable",
            "list_faulty",
            "programme_shut",
            "beneficiary_taken",
            "own_award",
            "sponsor_key_missing",
            "outcome_unknown",
        ),
    ),
)
async def submit(
    programme: FromPath[UUID],
    data: JSONBody[SubmittedList],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[BatchTold]:
    """Submits a list; another person approves it."""
    found = await founding.of_asker(services, asker, programme)
    sent = Sent(_content(data.file), data.period, data.decision)
    batch = await listing.submit(services, asker, key, found, sent)
    made = await told(services, await deciding.of_asker(services, asker, batch))
    return Response(made, headers={"Location": f"/v1/aid/batches/{batch}"})


@get("/v1/aid/batches", operation_id="listBatches", tags=["aid"], opt=may(Act.SEE_AWARDS))
async def list_batches(
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    made: GivenSpan = EVER,
) -> Batches:
    """Lists batches of the sponsor, newest first."""
    before = services.clock.now(), _LAST
    if cursor is not None:
        at, last = unpack(services.pepper, cursor, _LIST, 2)
        before = datetime.fromisoformat(at), UUID(last)
    async with services.connection() as connection:
        rows = await batches.page(connection, asker.acting, made, before, limit + 1)
    last_row = rows[limit - 1] if len(rows) > limit else None
    packed = None
    if last_row is not None:
        place = last_row["submitted_at"].isoformat(), last_row["id"]
        packed = pack(services.pepper, _LIST, *place)
    return Batches(items=[_batch(services, r) for r in rows[:limit]], next_cursor=packed)


@get(
    "/v1/aid/batches/{batch:uuid}",
    operation_id="getBatch",
    tags=["aid"],
    opt=may(Act.SEE_AWARDS, problems=("not_found", "sponsor_key_missing")),
)
async def get_batch(batch: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> BatchTold:
    """Shows a batch: how far it is, and which sum it waits for."""
    return await told(services, await deciding.of_asker(services, asker, batch))


@post(
    "/v1/aid/batches/{batch:uuid}/approval",
    operation_id="approveBatch",
    tags=["aid"],
    status_code=200,
    opt=may(
        Act.APPROVE_AWARD,
        problems=(
            "not_found",
            "not_allowed",
            "same_person",
            "own_award",
            "batch_decided",
            "programme_shut",
            "sponsor_key_missing",
        ),
    ),
)
async def approve(batch: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> BatchTold:
    """Approves as another person; it runs by itself once its euros are there."""
    await deciding.approve(services, asker, batch)
    # The approval stands: where somebody is in the way, the sweep of the next second starts it.
    with suppress(Problem, *CROWDED):
        await executing.start(services, batch)
    return await told(services, await deciding.of_asker(services, asker, batch))


@post(
    "/v1/aid/batches/{batch:uuid}/refusal",
    operation_id="refuseBatch",
    tags=["aid"],
    status_code=200,
    opt=may(Act.APPROVE_AWARD, problems=("not_found", "batch_decided", "sponsor_key_missing")),
)
async def refuse(
    batch: FromPath[UUID],
    data: JSONBody[BatchRefusal],
    services: GivenServices,
    asker: GivenAsker,
) -> BatchTold:
    """Refuses a batch whose euros have not been issued; its persons may be awarded anew."""
    await deciding.refuse(services, asker, batch, data.reason.strip())
    return await told(services, await deciding.of_asker(services, asker, batch))


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Problem("malformed_body", (Fault("/file", "unfit"),)) from None


async def told(services: Services, row: Row) -> BatchTold:
    """A batch to be told: with the sum it waits for and the sponsor's own reference."""
    missing = 0
    async with services.connection() as connection:
        without = await mandated.without(connection, row["id"])
    if row["status"] in REFUSABLE and not row["shut"]:
        programme = await executing.programme_of(services, row)
        async with services.connection() as connection:
            free, _ = await executing.free_cents(connection, programme, row)
        missing = max(0, row["euros_cents"] - without.euros_cents - free)
    async with services.room(row["sponsor"]) as room:
        decision = (await room.decision(row["id"])).get("decision")
        by = row["refused_by"]
        reason = None if by is None else await room.refusal(row["id"], by)
    return _batch(services, row, _More(missing, without, decision, reason))


class _More(NamedTuple):
    """What one batch says that lists do not."""

    missing: int = 0
    without: Without = Without(0, 0)
    decision: str | None = None
    reason: str | None = None


_NOTHING: Final = _More()


def _batch(services: Services, row: Row, more: _More = _NOTHING) -> BatchTold:
    return BatchTold(
        id=row["id"],
        programme=row["programme"],
        period=row["period"],
        status=row["status"],
        shut=row["shut"],
        emergency=row["line"] is not None,
        awards=row["awards"],
        done=row["done"],
        total=euros(row["euros_cents"]),
        total_local=local(row["bousol_cents"], services.settings),
        missing=euros(more.missing),
        submitted_at=row["submitted_at"],
        approved_at=row["approved_at"],
        executed_at=row["executed_at"],
        decision=more.decision,
        refused_at=row["refused_at"],
        reason=more.reason,
        unmandated=more.without.awards,
        unmandated_total=euros(more.without.euros_cents),
    )


ROUTES: Final = (preview, submit, list_batches, get_batch, approve, refuse)

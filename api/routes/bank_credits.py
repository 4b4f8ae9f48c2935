"""What the bank has brought, booked by hand: one treasurer up to a limit a day, above it two."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from admin.aid import members
from admin.refusals import BookedAhead
from admin.reserve import bank_credits, orders, references
from admin.reserve.bank_credits import Arrived, Released, Row
from admin.roles import Act
from api.acting import request_hash
from api.aid import founding
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.openapi import POSTING
from api.reserve import buying, matching
from api.reserve.shapes import CreditMade, CreditOutcome, Credits, CreditTold, Match, NewCredit
from api.services import GivenServices, Services
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.days import day_of
from api.wire.faults import Fault
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Amount, euros, ledger_amount, local
from api.wire.spans import GivenSpan
from api.wire.strict import IdempotencyKey
from ledger.chart import Commodity
from ledger.spans import EVER

_LIST: Final = "bank-credits"
_LAST: Final = UUID(int=2**128 - 1)
_POSTED: Final = ("not_found", "key_missing", *POSTING)


@post(
    "/v1/bank-credits",
    operation_id="bookCredit",
    tags=["treasury"],
    opt=may(
        Act.CREDIT_BY_HAND,
        problems=("malformed_amount", "bank_reference_taken", "booked_ahead", *_POSTED),
    ),
)
async def book(
    data: JSONBody[NewCredit], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[CreditMade]:
    """Books euros that the bank brought; above the limit of one's day a second person confirms."""
    if data.booked_on > day_of(services.clock.now()):
        raise BookedAhead
    order = await _order_of(services, data)
    programme, member = await _programme_of(services, asker, data)
    if order is not None and programme is not None:  # a text that names both: a person decides
        order = programme = member = None
    arrived = Arrived(
        id=new_id(),
        key=key,
        request=request_hash(services.pepper, "bookCredit", data.model_dump_json()),
        bank_reference=data.bank_reference,
        order=order,
        programme=programme,
        member=member,
        euros_cents=_euros(services, data.amount),
        document=new_id(),
        document_reference=data.document_reference,
        booked_on=data.booked_on,
        proposed_by=asker.acting_as,
    )
    row = await buying.propose(services, asker, arrived)
    made = CreditMade(id=row["id"], order=arrived.order, amount=euros(row["euros_cents"]))
    return Response(made, headers={"Location": f"/v1/bank-credits/{row['id']}"})


@get("/v1/bank-credits", operation_id="listCredits", tags=["treasury"], opt=may(Act.CREDIT_BY_HAND))
async def list_credits(
    services: GivenServices,
    asker: GivenAsker,  # noqa: ARG001  why: every treasurer sees all of them
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    open_only: Annotated[
        bool, QueryParameter(name="open", description="Only what waits for somebody.")
    ] = False,
    made: GivenSpan = EVER,
) -> Credits:
    """Lists credits, newest first; `open` ones wait for a second person, an order, or room."""
    before = _place(services, cursor)
    async with services.connection() as connection:
        rows = await bank_credits.page(
            connection, before, made, open_only=open_only, most=limit + 1
        )
    last_row = rows[limit - 1] if len(rows) > limit else None
    return Credits(
        items=[_told(services, row) for row in rows[:limit]],
        next_cursor=None if last_row is None else _cursor(services, last_row),
    )


@get(
    "/v1/bank-credits/{credit:uuid}",
    operation_id="getCredit",
    tags=["treasury"],
    opt=may(Act.CREDIT_BY_HAND, problems=("not_found",)),
)
async def get_credit(credit: FromPath[UUID], services: GivenServices) -> CreditTold:
    """Shows a credit as it stands."""
    return _told(services, await buying.credit(services, credit))


@post(
    "/v1/bank-credits/{credit:uuid}/confirmation",
    operation_id="confirmCredit",
    tags=["treasury"],
    opt=may(
        Act.CREDIT_BY_HAND,
        problems=("not_allowed", "same_person", "credit_decided", *_POSTED),
    ),
)
async def confirm(
    credit: FromPath[UUID], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[CreditOutcome]:
    """Confirms as the second person what another treasurer proposed."""
    made = await buying.confirm(services, asker, key, credit)
    if isinstance(made, Released):
        return _of(credit, _released(services, made))
    return _of(credit, _booked(services, made))


@post(
    "/v1/bank-credits/{credit:uuid}/refusal",
    operation_id="refuseCredit",
    tags=["treasury"],
    status_code=200,
    opt=may(Act.CREDIT_BY_HAND, problems=("not_found", "credit_decided")),
)
async def refuse(credit: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> CreditTold:
    """Refuses what waits for a second treasurer, or withdraws one's own proposal."""
    await matching.refuse(services, asker, credit)
    return _told(services, await buying.credit(services, credit))


@post(
    "/v1/bank-credits/{credit:uuid}/match",
    operation_id="matchCredit",
    tags=["treasury"],
    opt=may(
        Act.MATCH_BANK_LINES,
        problems=("credit_decided", "nothing_waits", *_POSTED),
    ),
)
async def match(
    credit: FromPath[UUID],
    data: JSONBody[Match],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[CreditOutcome]:
    """Says whose euros wait; above the limit of one's day a second person confirms it."""
    if data.programme is not None:
        found = (await founding.of_asker(services, asker, data.programme)).id
        made = await matching.match_programme(services, asker, key, credit, found)
    else:
        assert data.order is not None, "the shape says so"
        made = await matching.match(services, asker, key, credit, data.order)
    return _of(credit, _released(services, made))


@post(
    "/v1/bank-credits/{credit:uuid}/return",
    operation_id="returnCredit",
    tags=["treasury"],
    opt=may(Act.MATCH_BANK_LINES, problems=("credit_decided", "nothing_waits", *_POSTED)),
)
async def give_back(
    credit: FromPath[UUID], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[CreditOutcome]:
    """Returns what waits to who sent it; above the limit of one's day a second person confirms."""
    made = await matching.give_back(services, asker, key, credit)
    return _of(credit, _released(services, made))


def _of(credit: UUID, made: CreditOutcome) -> Response[CreditOutcome]:
    """What was done with a credit, and where it stands."""
    return Response(made, headers={"Location": f"/v1/bank-credits/{credit}"})


async def _order_of(services: Services, data: NewCredit) -> UUID | None:
    """The order a credit names; None when its text holds no reference of ours."""
    number = None if data.reference is None else references.order_of(data.reference)
    if data.order is None and number is None:
        return None
    async with services.rows() as rows:
        found = await orders.anybodys(rows, order=data.order, number=number)
    if found is None and data.order is not None:
        raise Problem("not_found")
    return None if found is None else found.id


async def _programme_of(
    services: Services, asker: Asker, data: NewCredit
) -> tuple[UUID | None, UUID | None]:
    """The programme a credit names, which there must be; or the food fund's and its member."""
    if data.programme is not None:
        return (await founding.of_asker(services, asker, data.programme)).id, None
    number = None if data.reference is None else references.member_of(data.reference)
    if number is None or data.order is not None:
        return None, None
    async with services.connection() as connection:
        found = await members.of_number(connection, number)
    return (found.programme, found.id) if found else (None, None)


def _euros(services: Services, amount: Amount) -> int:
    counted = ledger_amount(amount, services.settings)
    if counted.commodity is not Commodity.EUR:
        raise Problem("wrong_currency", (Fault("/amount/currency", "wrong_currency"),))
    return counted.minor


def _place(services: Services, cursor: str | None) -> tuple[datetime, UUID]:
    if cursor is None:
        return services.clock.now(), _LAST
    at, last = unpack(services.pepper, cursor, _LIST, 2)
    return datetime.fromisoformat(at), UUID(last)


def _cursor(services: Services, row: Row) -> str:
    return pack(services.pepper, _LIST, row["proposed_at"].isoformat(), row["id"])


def _told(services: Services, row: Row) -> CreditTold:
    return CreditTold(
        id=row["id"],
        state=bank_credits.state_of(row).value,
        bank_reference=row["bank_reference"],
        order=row["order_id"],
        programme=row["programme"],
        matching=row["matching"],
        matching_programme=row["matching_programme"],
        amount=euros(row["euros_cents"]),
        booked_on=row["booked_on"],
        document_reference=row["document_reference"],
        proposed_at=row["proposed_at"],
        decided_at=row["decided_at"],
        entry=row["entry"],
        credited=local(row["bousol_cents"], services.settings),
        put_aside=euros(row["surplus_cents"]),
        waiting=euros(row["waiting_cents"]),
    )


def _booked(services: Services, row: Row) -> CreditOutcome:
    return CreditOutcome(
        entry=row["entry"],
        euros=euros(row["euros_cents"] - row["surplus_cents"]),
        credited=local(row["bousol_cents"], services.settings),
        put_aside=euros(row["surplus_cents"]),
    )


def _released(services: Services, made: Released | None) -> CreditOutcome:
    return CreditOutcome(
        entry=made.entry if made else None,
        euros=euros(made.euros_cents if made else 0),
        credited=local(made.bousol_cents if made else 0, services.settings),
        put_aside=euros(0),
    )


ROUTES: Final = (book, list_credits, get_credit, confirm, refuse, match, give_back)

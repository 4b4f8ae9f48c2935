"""Did it go through? Asked with the key alone, and if it did not, "no" can be made final."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins.keys import Scope
from admin.roles import MAY, Act
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.paying.scanning import CODE_CHARACTERS_MAX
from api.paying.told import PAID, PaymentReceipt, TakenPayment, receipt_of, taken_of
from api.routes.card_payments import holder_of
from api.services import GivenServices, Services
from api.wire.shapes import Shape, Told
from ledger import store
from ledger.journal import Posted
from ledger.refusals import CeilingReached, KeyClosed, PayeeBlocked, PostingRefusal
from ledger.store import Entry
from merchants import remarks
from merchants.places import Place
from merchants.remarks import Remark

_KEY: Final = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
_UNKNOWN: Final[JsonDict] = {
    "state": "unknown",
    "reason": None,
    "entry": None,
    "posted_at": None,
    "receipt": None,
    "taken": None,
}


class OutcomeAsked(Shape):
    """Which act is asked about: by its key, and at a till also by the card that was to pay."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key": _KEY, "close": True}]})

    key: Annotated[UUID, Field(description="The `Idempotency-Key` it was sent with.")]
    close: Annotated[
        bool,
        Field(description="If nothing happened, nothing will: a late arrival is no act."),
    ] = False
    card: Annotated[str | None, Field(min_length=1, max_length=CODE_CHARACTERS_MAX)] = None


class Outcome(Told):
    """What became of an act.

    `paid` and `done` stand; `refused` and `closed` are final; `unknown` may still arrive.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_UNKNOWN]})

    state: Literal["paid", "done", "refused", "closed", "unknown"]
    reason: Annotated[
        str | None, Field(description="The code of the refusal; told to whoever's act it was.")
    ]
    entry: Annotated[UUID | None, Field(description="The entry that stands.")]
    posted_at: datetime | None
    receipt: Annotated[PaymentReceipt | None, Field(description="Of a payment, for its payer.")]
    taken: Annotated[TakenPayment | None, Field(description="Of a payment by card, for its till.")]


@post(
    "/v1/outcomes",
    operation_id="askOutcome",
    tags=["paying"],
    status_code=200,
    opt=may(
        Act.SEE_PAYMENT,
        scope=Scope.TAKE_PAYMENTS,
        problems=("malformed_body", "outcome_unknown", "unavailable"),
    )
    | MONEY,
)
async def outcome(
    data: JSONBody[OutcomeAsked], services: GivenServices, asker: GivenAsker
) -> Outcome:
    """Tells whether an act went through; with `close`, a "no" is final."""
    if data.card is None:
        return await _own(services, asker, data)
    holder = await holder_of(services, data.card)
    if holder is None:  # nobody's card pays nothing, now or later
        return _outcome("closed" if data.close else "unknown")
    found = await _asked(services, holder.party, data)
    if not isinstance(found, Posted):
        return _no(found, None)
    entry, place, remark = await _stored(services, found)
    if place is None or place.party != asker.party:
        return _outcome("unknown")
    told = taken_of(entry, place, remark, services.settings.currency_code)
    return _outcome("paid", entry=entry, taken=told)


async def _own(services: Services, asker: Asker, data: OutcomeAsked) -> Outcome:
    found = await _asked(services, asker.acting, data)
    if not isinstance(found, Posted):
        return _no(found, _reason(found, asker))
    entry, place, remark = await _stored(services, found)
    if place is None or entry.kind not in PAID:
        return _outcome("done", entry=entry)
    told = receipt_of(entry, place, remark, services.settings.currency_code)
    return _outcome("paid", entry=entry, receipt=told)


async def _asked(
    services: Services, party: int, data: OutcomeAsked
) -> Posted | PostingRefusal | None:
    """What the ledger answered; the key is closed only when it never was."""
    async with services.connection() as connection:
        found = await store.answer(connection, party=party, key=data.key)
        if found is None and data.close:
            found = await store.close_key(connection, party=party, key=data.key)
    if isinstance(found, Posted):
        await services.durable(found.seq)
    return found


async def _stored(services: Services, posted: Posted) -> tuple[Entry, Place | None, Remark | None]:
    async with services.connection() as connection:
        entry = await store.entry_by_id(connection, posted.id)
    assert entry is not None, "what was answered stands"
    place = None if entry.document is None else await services.paying.places.of(entry.document)
    async with services.rows() as rows:
        remark = (await remarks.of_entries(rows, [entry.id])).get(entry.id)
    return entry, place, remark


def _reason(found: PostingRefusal | None, asker: Asker) -> str | None:
    """The code of a refusal, as far as the act's own route tells it.

    Who may send to persons learns nothing of a payee's standing: full and blocked sound the same.
    A key does not say whom it was to pay, so it is the same of shops.
    """
    if isinstance(found, PayeeBlocked) and asker.role in MAY[Act.SEND]:
        return CeilingReached.code
    return None if found is None else found.code


def _no(found: PostingRefusal | None, reason: str | None) -> Outcome:
    if found is None:
        return _outcome("unknown")
    if isinstance(found, KeyClosed):
        return _outcome("closed")
    return _outcome("refused", reason=reason)


def _outcome(
    state: Literal["paid", "done", "refused", "closed", "unknown"],
    *,
    reason: str | None = None,
    entry: Entry | None = None,
    receipt: PaymentReceipt | None = None,
    taken: TakenPayment | None = None,
) -> Outcome:
    return Outcome(
        state=state,
        reason=reason,
        entry=None if entry is None else entry.id,
        posted_at=None if entry is None else entry.posted_at,
        receipt=receipt,
        taken=taken,
    )


ROUTES: Final = (outcome,)
